import Foundation

/// Somebody else's program on loopback that webhooks, heartbeats and messages go to: it keeps what came, computes with
/// Python what their signature must be, and answers as the test says.
package final class Receiver: Sendable {
    package static let secret = "кот & ключ"
    private let folder: String
    private let port: Int
    private let child: Child

    package struct Call: Decodable, Sendable {
        package var method: String
        package var path: String

        /// By name in lower case.
        package var headers: [String: String]
        package var body: String

        /// HMAC-SHA256 of what came, in hexadecimal.
        package var signature: String
    }

    package enum Answer: Sendable {
        case status(Int, [String: String] = [:])

        /// Heard, and hung up without a word.
        case drop
    }

    package init() throws {
        folder = NSTemporaryDirectory() + "vpn-web-receiver-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let portFile = folder + "/port"
        let child = try Child(["python3", Script.path("receiver"), portFile, Self.secret], output: folder + "/log")
        self.child = child
        port = try eventually("the receiver's port (\(folder)/log)") {
            if let status = child.status { throw BedError("receiver", "exit \(status)") }
            return Int(read(portFile))
        }
    }

    deinit {
        child.kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    package func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// In the order in which they came.
    package func calls() throws -> [Call] {
        let text = try must(["curl", "-sS", "--max-time", "10", url("/_calls")])
        return try JSONDecoder().decode([Call].self, from: Data(text.utf8))
    }

    package func calls(of path: String) throws -> [Call] { try calls().filter { $0.path == path } }

    /// To the calls to come, one each; all others are taken.
    package func answer(_ answers: [Answer]) throws {
        let list: [Any] = answers.map { answer in
            switch answer {
            case .status(let status, let headers): [status, headers] as [Any]
            case .drop: "drop"
            }
        }
        let body = String(decoding: try JSONSerialization.data(withJSONObject: list), as: UTF8.self)
        try must(["curl", "-sS", "--max-time", "10", "-d", body, url("/_answers")])
    }
}
