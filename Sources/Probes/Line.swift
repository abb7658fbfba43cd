import Glibc
import Transfer

/// A socket to one service: non-blocking, closed with its last owner.
final class Line {
    let descriptor: Int32
    let transport: Transport

    /// What the stream has not taken yet.
    private var outgoing: [UInt8] = []

    /// A conversation that wants to say more than this has lost its way.
    private static let outgoingLimit = 1 << 20

    enum Event {
        case data([UInt8])
        case closed
        case nothing
    }

    /// Nil, with errno set: no socket, or the kernel refuses at once.
    init?(_ transport: Transport, to address: HostAddress, port: UInt16) {
        let type = transport == .udp ? SOCK_DGRAM : SOCK_STREAM
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.family, Int32(type.rawValue) | flags, 0)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        self.transport = transport
        // From here on `deinit` closes it, also where this gives nil; a close that succeeds leaves errno as it is.
        if transport == .tcp {
            var one: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        }
        let code = address.withSocketAddress(port: port) { connect(descriptor, $0, $1) }
        if code != 0, errno != EINPROGRESS { return nil }
    }

    deinit { close(descriptor) }

    /// After the first readiness for writing: zero, or why there is no connection.
    func connectionError() -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }

    var wantsToWrite: Bool { !outgoing.isEmpty }

    /// Zero, or the error.
    func send(_ pieces: [[UInt8]]) -> Int32 {
        guard transport == .tcp else {
            for piece in pieces where Glibc.send(descriptor, piece, piece.count, Int32(MSG_NOSIGNAL)) < 0 {
                return errno
            }
            return 0
        }
        guard outgoing.count + pieces.reduce(0, { $0 + $1.count }) <= Self.outgoingLimit else { return EMSGSIZE }
        for piece in pieces { outgoing += piece }
        return flush()
    }

    /// Zero, or the error.
    func flush() -> Int32 {
        while !outgoing.isEmpty {
            let count = Glibc.send(descriptor, outgoing, outgoing.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { return errno == EAGAIN || errno == EINTR ? 0 : errno }
            outgoing.removeFirst(count)
        }
        return 0
    }

    /// Throws nothing: an error is its number.
    func receive(_ buffer: inout [UInt8]) -> Result<Event, SystemError> {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return .success(.data(Array(buffer.prefix(count)))) }
        // An empty datagram is no end of anything.
        if count == 0 { return .success(transport == .tcp ? .closed : .nothing) }
        return errno == EAGAIN || errno == EINTR ? .success(.nothing) : .failure(SystemError(code: errno))
    }
}

struct SystemError: Error {
    var code: Int32

    var words: String { String(cString: strerror(code)) }
}
