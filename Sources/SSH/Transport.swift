import CLibSSH2
import Glibc

/// What one libssh2 session stands on: where its bytes go and come from, its memory, and the wait.
///
/// libssh2's callbacks get a pointer to it (Callbacks.swift). It lives on the session's one thread.
final class Transport {
    private enum Path {
        /// A connected, non-blocking socket, owned.
        case socket(Int32)
        /// A channel of another session, owned.
        case tunnel(Tunnel)
    }

    private let path: Path
    private let cancellation: Cancellation

    /// Of the operation under way. libssh2 comes back with EAGAIN only when there is nothing to read, so against a peer
    /// that never pauses the deadline is looked at on every read too.
    var deadline: Deadline {
        didSet { if case .tunnel(let tunnel) = path { tunnel.outer.transport.deadline = deadline } }
    }

    /// Bytes that the server may still send. Bounded until the first key exchange is done.
    var allowance = Transport.handshakeAllowance

    /// A KEXINIT is about 1.5 KB, a whole handshake under 10 KB; libssh2 itself would read greeting lines for ever.
    private static let handshakeAllowance = 256 << 10

    /// The first bytes of the server, in plain: its version line and its KEXINIT. Nil once nobody wants them.
    var prologue: [UInt8]? = []

    /// Heap that libssh2 holds for this session.
    var allocated = 0

    /// A window of 2 MB in packets of a few bytes each needs several times as much; a server that makes us hold more than this is hostile.
    static let memoryLimit = 24 << 20

    /// End of what was last received into libssh2's buffer.
    private var unwiped: UnsafeMutableRawPointer?

    /// The peer ended or reset the connection.
    private(set) var hasEnded = false

    /// What failed below libssh2, which knows no better than "socket error" of it.
    private(set) var failure: SSHError?

    private var isHungUp = false

    init(socket: Int32, deadline: Deadline, cancellation: Cancellation) {
        path = .socket(socket)
        self.deadline = deadline
        self.cancellation = cancellation
    }

    init(tunnel: Tunnel, deadline: Deadline, cancellation: Cancellation) {
        path = .tunnel(tunnel)
        self.deadline = deadline
        self.cancellation = cancellation
    }

    /// The one socket at the bottom of all tunnels.
    var descriptor: Int32 {
        switch path {
        case .socket(let socket): socket
        case .tunnel(let tunnel): tunnel.outer.transport.descriptor
        }
    }

    // MARK: Bytes

    /// recv(2) with the error negated. 0: the peer has ended.
    func receive(_ buffer: UnsafeMutableRawPointer, _ count: Int, _ flags: Int32) -> Int {
        wipeRead(buffer, count)
        if isHungUp { return -Int(ECONNRESET) }
        if cancellation.isCancelled || deadline.hasPassed { return -Int(ETIMEDOUT) }
        var got = 0
        switch path {
        case .socket(let socket):
            got = recv(socket, buffer, count, flags)
            if got < 0 { got = -Int(errno) }
        case .tunnel(let tunnel):
            do throws(SSHError) { got = try tunnel.read(buffer, count) } catch {
                failure = error
                return -Int(ECONNRESET)
            }
        }
        if got == -Int(EINTR) { return -Int(EAGAIN) }
        if got == 0 || got == -Int(ECONNRESET) || got == -Int(ETIMEDOUT) || got == -Int(EPIPE) { hasEnded = true }
        if got > 0 {
            if count > 1 { unwiped = buffer + got }
            note(buffer, got)
        }
        return allowance > 0 ? got : -Int(EMSGSIZE)
    }

    /// libssh2 deciphers in place, and leaves the plain text in its buffer until something overwrites it. When it asks for
    /// more, all that it offers to write to is read and done with.
    private func wipeRead(_ buffer: UnsafeMutableRawPointer, _ count: Int) {
        // The version line comes byte by byte, to another place.
        guard count > 1, let end = unwiped, buffer < end else { return }
        memset(buffer, 0, min(count, end - buffer))
        unwiped = nil
    }

    private func note(_ buffer: UnsafeMutableRawPointer, _ count: Int) {
        guard allowance != .max else { return }
        allowance -= min(count, allowance)
        if allowance == 0 {
            failure = SSHError(
                .notSSH, "handshake", "the server sent \(Transport.handshakeAllowance >> 10) KB and no key exchange")
        }
        guard let seen = prologue?.count, seen < Transport.prologueLimit else { return }
        prologue?.append(
            contentsOf: UnsafeRawBufferPointer(start: buffer, count: min(count, Transport.prologueLimit - seen)))
    }

    /// Room for greeting lines, the version line and the longest KEXINIT that libssh2 would take.
    private static let prologueLimit = 40_000

    /// send(2) with the error negated.
    func send(_ buffer: UnsafeRawPointer, _ count: Int, _ flags: Int32) -> Int {
        if isHungUp { return -Int(ECONNRESET) }
        switch path {
        case .socket(let socket):
            let sent = Glibc.send(socket, buffer, count, flags | Int32(MSG_NOSIGNAL))
            if sent >= 0 { return sent }
            if errno == EINTR { return -Int(EAGAIN) }
            if errno != EAGAIN { hasEnded = true }
            return -Int(errno)
        case .tunnel(let tunnel):
            do throws(SSHError) { return try tunnel.write(buffer, count) } catch {
                failure = error
                return -Int(ECONNRESET)
            }
        }
    }

    // MARK: Waiting

    /// The only wait: until the socket is ready in the directions that the session's last call was blocked in, the deadline, or the cancellation.
    ///
    /// POLLIN is always among them: libssh2 may name no direction at all (libssh2#1672).
    func wait(for raw: OpaquePointer, _ operation: String) throws(SSHError) {
        if case .tunnel(let tunnel) = path {
            try tunnel.flush()
            return try tunnel.outer.wait(operation)
        }
        var events = Int16(POLLIN)
        if libssh2_session_block_directions(raw) & LIBSSH2_SESSION_BLOCK_OUTBOUND != 0 { events |= Int16(POLLOUT) }
        var fds = (
            pollfd(fd: descriptor, events: events, revents: 0),
            pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0)
        )
        let count = withUnsafeMutablePointer(to: &fds) { pointer in
            pointer.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, deadline.milliseconds) }
        }
        if let ended = interruption(operation) { throw ended }
        if count < 0 && errno != EINTR { throw SSHError(.other, operation, "poll: \(systemError(errno))") }
    }

    /// Why nothing may go on: cancelled, or too late.
    func interruption(_ operation: String) -> SSHError? {
        if cancellation.isCancelled { return SSHError(.cancelled, operation, "cancelled") }
        if deadline.hasPassed { return SSHError(.timedOut, operation, "no answer in time") }
        return nil
    }

    // MARK: Liveness and end

    /// False: the peer has closed. True: nothing is known against it.
    var isOpen: Bool {
        if isHungUp || hasEnded || failure != nil { return false }
        switch path {
        case .socket(let socket):
            // Not recv(2) with MSG_PEEK: unread bytes, such as OpenSSH's list of its host keys, would hide the end behind them.
            var seen = pollfd(fd: socket, events: Transport.peerHasClosed, revents: 0)
            return poll(&seen, 1, 0) == 0 || seen.revents == 0
        case .tunnel(let tunnel): return tunnel.isOpen
        }
    }

    /// POLLRDHUP of poll(2), which hides behind _GNU_SOURCE. POLLHUP and POLLERR come unasked.
    private static let peerHasClosed: Int16 = 0x2000

    /// Bytes that the network has not acknowledged, ours and the tunnels' below.
    var unsent: Int {
        var count: Int32 = 0
        if ioctl(descriptor, UInt(TIOCOUTQ), &count) != 0 { return 0 }
        if case .tunnel(let tunnel) = path { return Int(count) + tunnel.pending }
        return Int(count)
    }

    /// From here on the session can neither send nor receive, at any depth, and so never blocks.
    func hangUp() {
        isHungUp = true
        switch path {
        case .socket(let socket): shutdown(socket, Int32(SHUT_RDWR))
        case .tunnel(let tunnel): tunnel.outer.transport.hangUp()
        }
    }

    /// After the session is freed.
    func close() {
        switch path {
        case .socket(let socket): Glibc.close(socket)
        case .tunnel(let tunnel): tunnel.outer.close()
        }
    }

    /// Pushes out what a polite last message left behind, without waiting.
    func flush() { if case .tunnel(let tunnel) = path { try? tunnel.flush() } }

    var outer: Session? { if case .tunnel(let tunnel) = path { tunnel.outer } else { nil } }
}

/// "Connection refused" and the like.
func systemError(_ code: Int32) -> String { String(cString: strerror(code)) }
