import Foundation
import Glibc
import TestBed

/// What nginx says to the daemon, said by the test: so that a visitor may come from any address.
struct FastCGIClient: Sendable {
    let socket: String

    struct Answer: Sendable {
        var status: Int
        /// Of `Set-Cookie`, by name.
        var cookies: [String: String]
    }

    func get(_ path: String, from address: String, cookies: [String: String] = [:]) throws(BedError) -> Answer {
        try ask("GET", path, address, cookies, [])
    }

    func post(
        _ path: String, form: String, from address: String, cookies: [String: String] = [:]
    ) throws(BedError) -> Answer {
        try ask("POST", path, address, cookies, Array(form.utf8))
    }

    private func ask(
        _ method: String, _ path: String, _ address: String, _ cookies: [String: String], _ body: [UInt8]
    ) throws(BedError) -> Answer {
        var parameters: [UInt8] = []
        for (name, value) in [
            ("REQUEST_METHOD", method), ("REQUEST_URI", path), ("REMOTE_ADDR", address), ("HTTPS", "on"),
            ("HTTP_HOST", "localhost"), ("CONTENT_LENGTH", "\(body.count)"),
            ("CONTENT_TYPE", "application/x-www-form-urlencoded"),
            ("HTTP_COOKIE", cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")),
        ] {
            parameters += Self.length(name.utf8.count) + Self.length(value.utf8.count)
            parameters += Array(name.utf8) + Array(value.utf8)
        }
        let request =
            Self.record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + Self.record(4, parameters) + Self.record(4, [])
            + (body.isEmpty ? [] : Self.record(5, body)) + Self.record(5, [])
        return try Self.answer(in: try exchange(request))
    }

    private static func length(_ length: Int) -> [UInt8] {
        length < 128
            ? [UInt8(length)]
            : [UInt8(length >> 24) | 0x80] + [16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
    }

    private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 0xff), 0, 0] + content
    }

    private func exchange(_ request: [UInt8]) throws(BedError) -> [UInt8] {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else { throw BedError("connect \(socket)", String(cString: strerror(errno))) }
        guard write(descriptor, request, request.count) == request.count else {
            throw BedError("write", String(cString: strerror(errno)))
        }
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return answer }
            guard count > 0 else { throw BedError("read", String(cString: strerror(errno))) }
            answer += piece[..<count]
        }
    }

    /// Records of standard output, and of them the headers.
    private static func answer(in bytes: [UInt8]) throws(BedError) -> Answer {
        var output: [UInt8] = []
        var rest = bytes[...]
        while rest.count >= 8 {
            let start = rest.startIndex
            let (length, padding) = (Int(rest[start + 4]) << 8 | Int(rest[start + 5]), Int(rest[start + 6]))
            let content = rest.dropFirst(8).prefix(length)
            if rest[start + 1] == 6 { output += content }
            rest = rest.dropFirst(8 + length + padding)
        }
        var answer = Answer(status: output.isEmpty ? 0 : 200, cookies: [:])
        for line in String(decoding: output, as: UTF8.self).components(separatedBy: "\r\n").prefix(while: {
            !$0.isEmpty
        }) {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "status": answer.status = Int(parts[1].prefix { $0 != " " }) ?? 0
            case "set-cookie":
                let pair = parts[1].prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                if pair.count == 2 { answer.cookies[String(pair[0])] = String(pair[1]) }
            default: break
            }
        }
        return answer
    }
}
