import FastCGI
import Foundation
import Glibc
import Synchronization

@testable import FastCGI

/// The server under test in a folder of its own.
final class Served: Sendable {
    let folder: String
    let server: Server
    let reports = Mutex<[String]>([])
    var path: String { folder + "/s" }

    init(
        workers: Int = 4, limits: Limits = Limits(), handler: @escaping @Sendable (Request) throws -> Response
    ) throws {
        let folder = temporaryFolder()
        self.folder = folder
        let box = Box()
        server = Server(
            listen: .path(folder + "/s"), workers: workers, limits: limits,
            report: { line in box.owner?.reports.withLock { $0.append(line) } }, handler: handler)
        box.owner = self
        try server.start()
    }

    deinit {
        server.stop(within: .seconds(2))
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Set once, before the first report can come.
    private final class Box: @unchecked Sendable { weak var owner: Served? }
}

func temporaryFolder() -> String {
    var template = Array("/tmp/vpn-web-fcgi-XXXXXX".utf8CString)
    return mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
}

/// Waits for a state, never for a time.
func eventually(_ limit: Duration = .seconds(10), _ condition: () throws -> Bool) rethrows -> Bool {
    let until = ContinuousClock.now + limit
    while ContinuousClock.now < until {
        if try condition() { return true }
        usleep(2000)
    }
    return try condition()
}

/// FastCGI as a web server speaks it, and as it should not.
enum Wire {
    static func record(_ type: UInt8, _ content: [UInt8], id: UInt16 = 1, padding: UInt8 = 0) -> [UInt8] {
        Record.header(type, id: id, length: content.count, padding: padding) + content
            + [UInt8](repeating: 0, count: Int(padding))
    }

    static func begin(id: UInt16 = 1, role: UInt8 = 1, keep: Bool = false) -> [UInt8] {
        record(1, [0, role, keep ? 1 : 0, 0, 0, 0, 0, 0], id: id)
    }

    static func pairs(_ pairs: [(String, String)]) -> [UInt8] {
        pairs.flatMap { length($0.utf8.count) + length($1.utf8.count) + Array($0.utf8) + Array($1.utf8) }
    }

    static func length(_ length: Int) -> [UInt8] {
        length < 128
            ? [UInt8(length)]
            : [
                UInt8(length >> 24) | 0x80, UInt8(length >> 16 & 0xff), UInt8(length >> 8 & 0xff), UInt8(length & 0xff),
            ]
    }

    static func request(
        _ method: String = "GET", _ target: String = "/", headers: [(String, String)] = [], body: [UInt8] = [],
        contentLength: Int? = nil, chunk: Int = 32_768, keep: Bool = false
    ) -> [UInt8] {
        let length = contentLength ?? body.count
        let all =
            [
                ("REQUEST_METHOD", method), ("REQUEST_URI", target), ("CONTENT_LENGTH", length == 0 ? "" : "\(length)"),
                ("REMOTE_ADDR", "192.0.2.1"), ("HTTPS", "on"), ("HTTP_HOST", "panel.example"),
            ] + headers
        var bytes = begin(keep: keep)
        var parameters = pairs(all)[...]
        while !parameters.isEmpty {
            bytes += record(4, Array(parameters.prefix(chunk)))
            parameters = parameters.dropFirst(chunk)
        }
        bytes += record(4, [])
        var rest = body[...]
        while !rest.isEmpty {
            bytes += record(5, Array(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        return bytes + record(5, [])
    }
}

/// One connection to the socket.
final class Client {
    let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if code != 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        var time = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Everything until the other side closes; nil when it does not within the time limit.
    func readToEnd() -> [UInt8]? {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { return all }
            if count < 0 { return errno == ECONNRESET ? all : nil }
            all += buffer[..<count]
        }
    }

    func answer() -> Answer? { readToEnd().flatMap(Answer.init) }
}

/// The records that came back, put together.
struct Answer {
    var status = 0
    var head = ""
    var body: [UInt8] = []
    var text: String { String(decoding: body, as: UTF8.self) }

    /// END_REQUEST records seen.
    var ends = 0

    init?(_ bytes: [UInt8]) {
        var output: [UInt8] = []
        var place = 0
        while place < bytes.count {
            guard let record = bytes.withUnsafeBytes({ Record($0, at: place) }), record.end <= bytes.count else {
                return nil
            }
            if record.type == 6 { output += bytes[record.content] }
            if record.type == 3 { ends += 1 }
            place = record.end
        }
        guard ends > 0, let blank = output.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        head = String(decoding: output[..<blank.lowerBound], as: UTF8.self)
        body = Array(output[blank.upperBound...])
        status = Int(head.dropFirst(8).prefix(3)) ?? 0
    }
}

func ask(_ path: String, _ bytes: [UInt8]) throws -> Answer? {
    let client = try Client(path)
    client.send(bytes)
    return client.answer()
}

func fileDescriptors() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1 }
