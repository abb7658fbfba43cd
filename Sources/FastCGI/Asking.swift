import CLinux
import Glibc

/// One GET to a FastCGI server on this machine, as a web server asks it: is it there, and does it answer.
package struct Asking: Sendable {
    private let address: sockaddr_un
    private let length: socklen_t

    package struct Answer: Sendable, Equatable {
        package var status: Int
        package var body: String
    }

    /// Nil: no path of a socket.
    package init?(socket path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard !path.isEmpty, path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        self.address = address
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
    }

    /// Where a listener listens.
    init?(listener: Int32) {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        guard code == 0 else { return nil }
        self.address = address
        self.length = length
    }

    /// Nil: nobody is there, or there was no whole answer in time.
    package func get(_ path: String, within limit: Duration) -> Answer? {
        let until = Instant.now + limit
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let connection = socket(AF_UNIX, kind, 0)
        guard connection >= 0 else { return nil }
        defer { close(connection) }
        // A full backlog is EAGAIN, and there is nothing to poll for: it is tried again until the time is over.
        while !connected(connection) {
            guard errno == EAGAIN || errno == EINTR, until.millisecondsLeft > 0 else { return nil }
            poll(nil, 0, 20)
        }
        // In two pieces, so that the waiting room is asked too.
        let request = Self.request(path)
        guard Self.send(request.prefix(8), to: connection, until) else { return nil }
        poll(nil, 0, 5)
        guard Self.send(request.dropFirst(8), to: connection, until) else { return nil }
        return Self.whole(connection, until).flatMap(Self.answer)
    }

    private func connected(_ connection: Int32) -> Bool {
        var address = address
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(connection, $0, length) } == 0
        }
    }

    private static func request(_ path: String) -> [UInt8] {
        let parameters = [
            ("REQUEST_METHOD", "GET"), ("REQUEST_URI", path), ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("REMOTE_ADDR", "127.0.0.1"), ("HTTP_HOST", "localhost"),
        ]
        // Names and values are shorter than 128 bytes: one byte of length each.
        let pairs = parameters.flatMap { name, value in
            [UInt8(name.utf8.count), UInt8(clamping: value.utf8.count)] + Array(name.utf8) + Array(value.utf8)
        }
        func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
            Record.header(type, id: 1, length: content.count) + content
        }
        return record(Record.begin, [0, 1, 0, 0, 0, 0, 0, 0]) + record(Record.params, pairs)
            + record(Record.params, []) + record(Record.stdin, [])
    }

    private static func send(_ bytes: ArraySlice<UInt8>, to connection: Int32, _ until: Instant) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent > 0 {
                rest = rest.dropFirst(sent)
            } else {
                guard errno == EAGAIN || errno == EINTR, isReady(connection, POLLOUT, until) else { return false }
            }
        }
        return true
    }

    /// All until the other side closes; nil: too late, or more than such an answer is.
    private static func whole(_ connection: Int32, _ until: Instant) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < 1 << 20 {
            let count = recv(connection, &chunk, chunk.count, 0)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
            } else {
                guard errno == EAGAIN || errno == EINTR, isReady(connection, POLLIN, until) else { return nil }
            }
        }
        return nil
    }

    private static func isReady(_ connection: Int32, _ events: Int32, _ until: Instant) -> Bool {
        var descriptor = pollfd(fd: connection, events: Int16(events), revents: 0)
        return poll(&descriptor, 1, until.millisecondsLeft) > 0
    }

    /// What is in the records, as CGI has it: header lines, an empty one, the body.
    private static func answer(_ bytes: [UInt8]) -> Answer? {
        var output: [UInt8] = []
        var place = 0
        while place + 8 <= bytes.count {
            let content = Int(bytes[place + 4]) << 8 | Int(bytes[place + 5])
            let end = place + 8 + content + Int(bytes[place + 6])
            guard end <= bytes.count else { return nil }
            if bytes[place + 1] == Record.stdout { output += bytes[(place + 8)..<(place + 8 + content)] }
            place = end
        }
        let text = String(decoding: output, as: UTF8.self)
        guard let gap = text.firstRange(of: "\r\n\r\n") ?? text.firstRange(of: "\n\n") else { return nil }
        let status = text[..<gap.lowerBound].firstMatch(of: /Status: ([0-9]{3})/).flatMap { Int($0.output.1) }
        return Answer(status: status ?? 200, body: String(text[gap.upperBound...]))
    }
}
