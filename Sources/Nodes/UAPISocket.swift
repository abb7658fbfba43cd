import Glibc

/// The control socket of a userspace WireGuard (wireguard-go, amneziawg-go), asked for what `get=1` tells
/// (wireguard.com/xplatform).
struct UAPISocket: Equatable {
    /// The interface's name is the file's, without `.sock`.
    var interface: String
    var path: String

    enum Failure: Error, Equatable {
        /// EACCES, EPERM: sockets are made for root alone.
        case notPermitted
        /// The file was left by a process that is gone, or is gone itself.
        case stale
        case timedOut
        case tooLarge
        case system(code: Int32, operation: String)
    }

    /// The sockets in `folder`, sorted. None where it does not exist.
    static func all(in folder: String) throws(Failure) -> [UAPISocket] {
        guard let directory = opendir(folder) else {
            switch errno {
            case ENOENT, ENOTDIR: return []
            case EACCES, EPERM: throw .notPermitted
            case let code: throw .system(code: code, operation: "open \(folder)")
            }
        }
        defer { closedir(directory) }
        var sockets: [UAPISocket] = []
        while sockets.count < maximumSockets, let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".sock"), name.utf8.count > 5, !name.hasPrefix(".") else { continue }
            sockets.append(UAPISocket(interface: String(name.dropLast(5)), path: "\(folder)/\(name)"))
        }
        return sockets.sorted { $0.interface < $1.interface }
    }

    /// Gives the answer to `body`; it holds keys and is wiped afterwards.
    func get<Result>(
        until deadline: ContinuousClock.Instant, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(Failure) -> Result {
        let descriptor = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw .system(code: errno, operation: "socket") }
        defer { close(descriptor) }
        try connect(descriptor)
        let request = Array("get=1\n\n".utf8)
        // A new socket has room for 7 bytes. SIGPIPE must not be raised where the other end has just gone.
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw errno == EPIPE ? .stale : .system(code: errno, operation: "write")
        }
        return try receive(descriptor, until: deadline, body)
    }

    private func connect(_ descriptor: Int32) throws(Failure) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else { throw .system(code: ENAMETOOLONG, operation: "connect") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            switch errno {
            case EACCES, EPERM: throw .notPermitted
            case ECONNREFUSED, ENOENT: throw .stale
            // A full queue of connections: it is there and does not answer.
            case EAGAIN: throw .timedOut
            case let code: throw .system(code: code, operation: "connect")
            }
        }
    }

    private func receive<Result>(
        _ descriptor: Int32, until deadline: ContinuousClock.Instant, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(Failure) -> Result {
        var capacity = 64 * 1024
        var buffer = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
        var count = 0
        defer {
            explicit_bzero(buffer, capacity)
            buffer.deallocate()
        }
        while true {
            if count == capacity {
                guard capacity < Self.maximumAnswer else { throw .tooLarge }
                let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 1)
                larger.copyMemory(from: buffer, byteCount: count)
                explicit_bzero(buffer, capacity)
                buffer.deallocate()
                buffer = larger
                capacity *= 2
            }
            let got = read(descriptor, buffer + count, capacity - count)
            if got > 0 {
                count += got
                // One that never ends must not be read for ever either.
                if deadline <= .now { throw .timedOut }
                // An empty line ends the answer; the connection stays open for more questions.
                if count >= 2, isEnd(buffer, count) { break }
            } else if got == 0 {
                break
            } else if errno == EAGAIN || errno == EINTR {
                try wait(descriptor, until: deadline)
            } else {
                throw errno == ECONNRESET ? .stale : .system(code: errno, operation: "read")
            }
        }
        return body(UnsafeRawBufferPointer(start: buffer, count: count))
    }

    private func isEnd(_ buffer: UnsafeMutableRawPointer, _ count: Int) -> Bool {
        buffer.load(fromByteOffset: count - 1, as: UInt8.self) == UInt8(ascii: "\n")
            && buffer.load(fromByteOffset: count - 2, as: UInt8.self) == UInt8(ascii: "\n")
    }

    private func wait(_ descriptor: Int32, until deadline: ContinuousClock.Instant) throws(Failure) {
        let left = deadline - .now
        guard left > .zero else { throw .timedOut }
        var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptors, 1, Int32(min(left / .milliseconds(1) + 1, 60_000)))
    }

    /// 100,000 peers.
    private static let maximumAnswer = 64 << 20
    private static let maximumSockets = 1024
}
