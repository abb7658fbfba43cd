import Foundation
import Testing

@testable import VPNWeb

struct ReplayTests {
    private let folder = NSTemporaryDirectory() + "vpn-web-replay-\(UUID().uuidString)"
    private let own = Data(repeating: 9, count: 32).base64EncodedString()
    private let alice = Data(repeating: 1, count: 32).base64EncodedString()
    private let bob = Data(repeating: 2, count: 32).base64EncodedString()

    /// One line an interface, then its peers: what `wg show all dump` prints.
    private func dump(_ peers: [(key: String, rx: UInt64, tx: UInt64, handshake: Int)]) -> String {
        (["wg0\t(none)\t\(own)\t51820\toff"]
            + peers.map {
                "wg0\t\($0.key)\t(none)\t203.0.113.9:4000\t10.0.0.2/32,fd00::2/128\t\($0.handshake)\t\($0.rx)\t\($0.tx)\t25"
            })
            .joined(separator: "\n") + "\n"
    }

    private typealias Polls = [(stdout: String, other: [String: Any])]

    /// Plays the polls; each is a file's text and what else the recording says of it.
    private func play(
        _ polls: Polls, files: [String: Any] = [:], show: (ReplayResult) throws -> Void
    ) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var recording: [String: Any] = [:]
        for (name, content) in files {
            recording[name] = "\(name).json"
            try JSONSerialization.data(withJSONObject: content).write(
                to: URL(fileURLWithPath: "\(folder)/\(name).json"))
        }
        recording["polls"] = try polls.enumerated().map { index, poll in
            try poll.stdout.write(toFile: "\(folder)/\(index).out", atomically: true, encoding: .utf8)
            let base: [String: Any] = [
                "t": 1_800_000_000 + 15 * index, "node": "main", "command": "wg show all dump", "exit": 0,
                "stdout": "\(index).out",
            ]
            return base.merging(poll.other) { $1 }
        }
        let path = "\(folder)/recording.json"
        try JSONSerialization.data(withJSONObject: recording).write(to: URL(fileURLWithPath: path))
        var player = try ReplayPlayer(Recording(path: path))
        try player.play(show)
    }

    private func play(_ polls: Polls, files: [String: Any] = [:]) throws -> [[String: Any]] {
        var results: [[String: Any]] = []
        try play(polls, files: files) { result in
            let object = try JSONSerialization.jsonObject(with: Data(try result.json().utf8))
            results.append(try #require(object as? [String: Any]))
        }
        return results
    }

    private func lines(_ polls: Polls) throws -> [String] {
        var texts: [String] = []
        try play(polls) { texts.append($0.text()) }
        return texts
    }

    private func traffic(_ result: [String: Any], _ part: String, _ key: String) -> [String: String]? {
        (result[part] as? [String: Any])?[key] as? [String: String]
    }

    @Test func `a first sight is an opening, growth is a delta, a fall is a reset`() throws {
        let results = try play([
            (dump([(alice, 100, 200, 1_799_999_990)]), [:]), (dump([(alice, 150, 260, 1_799_999_990)]), [:]),
            (dump([(alice, 30, 40, 1_800_000_020)]), [:]),
        ])
        #expect(traffic(results[0], "opening", alice) == ["rx": "100", "tx": "200"])
        #expect(traffic(results[0], "delta", alice) == nil)
        #expect(traffic(results[1], "delta", alice) == ["rx": "50", "tx": "60"])
        #expect(traffic(results[2], "delta", alice) == ["rx": "30", "tx": "40"])
        #expect(traffic(results[2], "lifetime", alice) == ["rx": "180", "tx": "300"])
        #expect(results.map { ($0["resets"] as? [[String]])?.first } == [nil, nil, ["main", "wg0"]])
        #expect(results.compactMap { $0["poll"] as? Int } == [0, 1, 2])
    }

    @Test func `what a dump shows is told as it stands there`() throws {
        let result = try #require(try play([(dump([(alice, .max, 0, 0)]), [:])]).first)
        let interface = try #require((result["interfaces"] as? [String: Any])?["wg0"] as? [String: Any])
        #expect(interface["public_key"] as? String == own && interface["listen_port"] as? Int == 51820)
        #expect(interface["fwmark"] is NSNull)
        let peer = try #require((interface["peers"] as? [String: Any])?[alice] as? [String: Any])
        #expect(peer["rx"] as? String == "18446744073709551615" && peer["latest_handshake"] is NSNull)
        #expect(peer["endpoint"] as? String == "203.0.113.9:4000" && peer["keepalive"] as? Int == 25)
        #expect(peer["allowed_ips"] as? [String] == ["10.0.0.2/32", "fd00::2/128"] && peer["psk"] as? Bool == false)
    }

    @Test func `a torn line counts nothing, and nobody is gone`() throws {
        let whole = dump([(alice, 100, 200, 5), (bob, 10, 20, 5)])
        let cut = String(dump([(alice, 150, 260, 5), (bob, 11, 21, 5)]).dropLast(8))
        let results = try play([(whole, [:]), (cut, [:]), (whole, ["exit": NSNull()])])
        #expect(results[1]["usable"] as? Bool == true && results[1]["complete"] as? Bool == false)
        #expect(results[1]["rejected"] as? [Int] == [3] && results[1]["gone"] as? [String] == [])
        #expect(traffic(results[1], "lifetime", bob) == ["rx": "10", "tx": "20"])
        #expect(results[2]["complete"] as? Bool == false)
    }

    @Test func `nothing that could be parsed is no answer, and empty with exit 0 is one`() throws {
        let results = try play([
            (dump([(alice, 100, 200, 5)]), [:]), ("Permission denied\n", ["exit": 1]), ("", [:]),
            (dump([(alice, 101, 200, 5)]), [:]),
        ])
        #expect(results.compactMap { $0["usable"] as? Bool } == [true, false, true, true])
        #expect(results.compactMap { $0["complete"] as? Bool } == [true, false, true, true])
        #expect(results[2]["gone"] as? [String] == [])
        #expect(traffic(results[3], "delta", alice) == ["rx": "1", "tx": "0"])
    }

    @Test func `bytes are whose the key was when they were booked, over a restart too`() throws {
        let users: [String: Any] = ["5": ["telegram_id": 5, "username": "alice"], "6": ["telegram_id": 6]]
        let peers: [String: Any] = [
            "5": ["telegram_id": 5, "public_key": alice, "wg_ip": "10.0.0.2/32", "server_id": "main"]
        ]
        let later = ["6": ["telegram_id": 6, "public_key": alice, "wg_ip": "10.0.0.2/32", "server_id": "main"]]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try JSONSerialization.data(withJSONObject: later).write(to: URL(fileURLWithPath: "\(folder)/later.json"))
        let results = try play(
            [
                (dump([(alice, 100, 200, 5), (bob, 7, 8, 5)]), [:]),
                (dump([(alice, 110, 220, 5), (bob, 7, 8, 5)]), ["peers": "later.json", "restart": true]),
            ], files: ["users": users, "peers": peers])
        #expect(traffic(results[0], "by_user", "5") == ["rx": "100", "tx": "200"])
        #expect(traffic(results[1], "by_user", "5") == ["rx": "100", "tx": "200"])
        #expect(traffic(results[1], "by_user", "6") == ["rx": "10", "tx": "20"])
        #expect(traffic(results[1], "lifetime", bob) == ["rx": "7", "tx": "8"])
    }

    @Test func `what the bot's files name is said before the poll, as explain says it`() throws {
        let named = ["6": ["telegram_id": 6, "public_key": alice, "wg_ip": "10.0.0.2/32", "server_id": "main"]]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, content) in ["none": [:], "named": named] {
            try JSONSerialization.data(withJSONObject: content).write(
                to: URL(fileURLWithPath: "\(folder)/\(name).json"))
        }
        let texts = try lines([
            (dump([(alice, 100, 200, 5)]), ["peers": "none.json"]),
            (dump([(alice, 110, 220, 5)]), ["peers": "named.json"]),
        ])
        #expect(!texts[0].contains("names the key"))
        #expect(
            texts[1].contains(
                "main wg0 \(alice): the bot names the key: what nobody owned, rx 100, tx 200, is user 6's now"))
    }

    @Test func `a peer that a whole answer does not show is gone once`() throws {
        let both = dump([(alice, 100, 200, 5), (bob, 10, 20, 5)])
        let one = dump([(alice, 100, 200, 5)])
        let results = try play([
            (both, [:]), (one, [:]), (one, [:]), (dump([(alice, 100, 200, 5), (bob, 3, 4, 9)]), [:]),
        ])
        #expect(results.compactMap { $0["gone"] as? [String] } == [[], [bob], [], []])
        #expect(traffic(results[3], "delta", bob) == ["rx": "3", "tx": "4"])
    }

    @Test(arguments: [
        "{", "[]", #"{"polls": [{"node": "main"}]}"#, #"{"polls": [{"t": "x", "node": "main"}]}"#,
        #"{"polls": [{"t": 1e300, "node": "main"}]}"#,
    ])
    func `a recording that is none is refused by place`(text: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/bad.json"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: CommandFailure.self) { try Recording(path: path) }
    }
}
