import CLibSSH2
import Glibc

/// One login at one host over one connection: made, used and ended by one thread, which it therefore never leaves (not Sendable).
///
/// libssh2 runs non-blocking under one wait: a call that gives EAGAIN is made again, and nothing else in between. Whatever
/// libssh2 answers besides, save a clear refusal of a channel, ends the session: then `isAlive` is false, and calls throw `disconnected`.
package final class Session {
    let raw: OpaquePointer
    let transport: Transport
    let address: Address

    private var isDead = false
    private var isClosed = false

    /// The key that the host proved to have.
    package internal(set) var hostKey: HostKey?

    /// The server's own word for its software, "SSH-2.0-OpenSSH_9.2p1 Debian-2". Printable ASCII, at most 255 characters.
    package internal(set) var serverVersion = ""

    /// Bytes of the last command's stdout: the next one's are likely as many.
    var expectedOutput = 0

    /// libssh2 and OpenSSL behind it are made ready once, whoever comes first. The counter inside is never taken down.
    private static let isReady = libssh2_init(0) == 0

    /// An unstarted session on a connected transport, which it owns from here on.
    init(_ transport: Transport, to address: Address) throws(SSHError) {
        let me = Unmanaged.passUnretained(transport).toOpaque()
        guard Session.isReady, let raw = libssh2_session_init_ex(allocate, release, reallocate, me) else {
            transport.hangUp()
            transport.close()
            throw SSHError(.other, "handshake", "libssh2 does not start")
        }
        self.raw = raw
        self.transport = transport
        self.address = address
        libssh2_session_set_blocking(raw, 0)
        typealias Receive = @convention(c) (Int32, UnsafeMutableRawPointer?, Int, Int32, Abstract?) -> Int
        typealias Send = @convention(c) (Int32, UnsafeRawPointer?, Int, Int32, Abstract?) -> Int
        let (receiver, sender): (Receive, Send) = (receive, send)
        libssh2_session_callback_set(
            raw, LIBSSH2_CALLBACK_RECV, unsafeBitCast(receiver, to: UnsafeMutableRawPointer.self))
        libssh2_session_callback_set(
            raw, LIBSSH2_CALLBACK_SEND, unsafeBitCast(sender, to: UnsafeMutableRawPointer.self))
    }

    deinit { close() }

    /// Connects, checks the host's key, logs in. `through`: jump hosts, the nearest to us first; a failure of one is a `.jump`.
    package static func connect(
        to login: Login, through jumps: [Login] = [], deadline: Deadline, cancellation: Cancellation
    ) throws(SSHError) -> Session {
        let methods = Algorithms.ours.hostKeys.filter { method in
            login.hostKeys.contains { $0.methods.contains(method) }
        }
        if methods.isEmpty, let pinned = login.hostKeys.first {
            throw SSHError(
                .noCommonAlgorithm, "handshake",
                "the pinned host key is of type \(pinned.type), which libssh2 cannot check",
                advice: "pin the host's ed25519 key: vpn-web trust")
        }
        let session = try open(login.address, through: jumps, deadline, cancellation)
        try session.handshake(methods.isEmpty ? Algorithms.ours.hostKeys : methods)
        try session.check(against: login.hostKeys)
        try session.authenticate(login)
        return session
    }

    /// The keys of all types that the server has and we can check, for `trust`: nothing is believed and nobody logs in.
    /// One connection each. The best type first.
    package static func hostKeys(
        of address: Address, through jumps: [Login] = [], deadline: Deadline, cancellation: Cancellation
    ) throws(SSHError) -> [HostKey] {
        let offered = try algorithms(of: address, through: jumps, deadline: deadline, cancellation: cancellation)
        if let lack = offered.missing.first {
            throw SSHError(.noCommonAlgorithm, "handshake", lack.reason, advice: lack.advice)
        }
        var keys: [HostKey] = []
        for method in Algorithms.ours.hostKeys where offered.hostKeys.contains(method) {
            if keys.contains(where: { $0.methods.contains(method) }) { continue }
            let session = try open(address, through: jumps, deadline, cancellation)
            try session.handshake([method])
            if let key = session.hostKey { keys.append(key) }
        }
        return keys
    }

    /// What the server offers, as its KEXINIT says it, before any login.
    package static func algorithms(
        of address: Address, through jumps: [Login] = [], deadline: Deadline, cancellation: Cancellation
    ) throws(SSHError) -> Algorithms {
        let session = try open(address, through: jumps, deadline, cancellation)
        return try session.offeredAlgorithms()
    }

    private static func open(
        _ address: Address, through jumps: [Login], _ deadline: Deadline, _ cancellation: Cancellation
    ) throws(SSHError) -> Session {
        guard let jump = jumps.last else {
            let socket = try Dial.socket(to: address, deadline: deadline, cancellation: cancellation)
            return try Session(Transport(socket: socket, deadline: deadline, cancellation: cancellation), to: address)
        }
        let outer: Session
        do throws(SSHError) {
            outer = try connect(to: jump, through: jumps.dropLast(), deadline: deadline, cancellation: cancellation)
        } catch {
            throw error.ofJump(jump.address)
        }
        let tunnel = try outer.tunnel(to: address)
        return try Session(Transport(tunnel: tunnel, deadline: deadline, cancellation: cancellation), to: address)
    }

    // MARK: One call at a time

    /// Makes a libssh2 call until it gives something else than EAGAIN.
    @discardableResult
    func call(_ operation: String, _ body: (OpaquePointer) -> Int) throws(SSHError) -> Int {
        while true {
            let code = body(raw)
            if code >= 0 { return code }
            guard code == Int(LIBSSH2_ERROR_EAGAIN) else { throw failure(Int32(code), operation) }
            try wait(operation)
        }
    }

    /// The same for a call that gives a thing.
    func make(_ operation: String, _ body: (OpaquePointer) -> OpaquePointer?) throws(SSHError) -> OpaquePointer {
        while true {
            if let thing = body(raw) { return thing }
            let code = libssh2_session_last_errno(raw)
            guard code == LIBSSH2_ERROR_EAGAIN else { throw failure(code, operation) }
            try wait(operation)
        }
    }

    func wait(_ operation: String) throws(SSHError) {
        do throws(SSHError) { try transport.wait(for: raw, operation) } catch {
            isDead = true
            throw error
        }
    }

    /// libssh2 waits for the socket to take the rest of what it has begun to send: then the same call must come next.
    var isBlockedOutbound: Bool { libssh2_session_block_directions(raw) & LIBSSH2_SESSION_BLOCK_OUTBOUND != 0 }

    /// Before an operation: is there still a session to do it on?
    func begin(_ operation: String, _ deadline: Deadline) throws(SSHError) {
        guard !isDead, !isClosed else { throw SSHError(.disconnected, operation, "the session has ended") }
        transport.deadline = deadline
    }

    /// What a code other than EAGAIN means. The session is dead after it, save when the server refused a channel in so many words.
    func failure(_ code: Int32, _ operation: String) -> SSHError {
        var text: UnsafeMutablePointer<CChar>?
        libssh2_session_last_error(raw, &text, nil, 0)
        let words = text.map { String(cString: $0) } ?? "no words"
        if code == LIBSSH2_ERROR_CHANNEL_FAILURE, words.hasPrefix("Channel open failure"), transport.isOpen {
            return SSHError(.channel, operation, words)
        }
        isDead = true
        if let failure = transport.failure { return failure }
        if let interruption = transport.interruption(operation) { return interruption }
        if transport.hasEnded { return SSHError(.disconnected, operation, "the server closed the connection") }
        switch code {
        case LIBSSH2_ERROR_CHANNEL_FAILURE, LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED:
            return SSHError(.channel, operation, words)
        case LIBSSH2_ERROR_SOCKET_RECV, LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_DISCONNECT:
            return SSHError(.disconnected, operation, words)
        case LIBSSH2_ERROR_ALLOC:
            return SSHError(.other, operation, "out of memory: \(words), \(transport.allocated >> 10) KB in use")
        case LIBSSH2_ERROR_BANNER_RECV, LIBSSH2_ERROR_INVALID_MAC, LIBSSH2_ERROR_DECRYPT, LIBSSH2_ERROR_PROTO,
            LIBSSH2_ERROR_OUT_OF_BOUNDARY, LIBSSH2_ERROR_CHANNEL_OUTOFORDER:
            return SSHError(.notSSH, operation, "the server broke the protocol: \(words) (\(code))")
        default:
            return SSHError(.other, operation, "\(words) (\(code))")
        }
    }

    /// For an end that we decide.
    func end(_ error: SSHError) -> SSHError {
        isDead = true
        return error
    }

    // MARK: Between commands

    /// Tells the server that we are there, unless something is still unsent. Cheap; sends at most once in two seconds.
    ///
    /// No reply is wanted, since libssh2 never frees one (libssh2#623), and a half-sent keepalive would be the session's end.
    package func keepAlive() {
        guard isAlive, transport.unsent == 0 else { return }
        transport.deadline = .after(.seconds(1))
        libssh2_keepalive_config(raw, 0, 2)
        var next: Int32 = 0
        if libssh2_keepalive_send(raw, &next) != 0 { isDead = true }
        transport.flush()
    }

    /// False once anything failed, or the server closed the connection. True is no proof: a silent peer looks alive.
    package var isAlive: Bool { !isDead && !isClosed && transport.isOpen }

    /// Ends the connection and frees all, without waiting for the server. Also done by deinit.
    package func close() {
        guard !isClosed else { return }
        sayGoodbye()
        isClosed = true
        // A frozen peer leaves session_free at EAGAIN for ever; after this it has nothing to wait for.
        transport.hangUp()
        for _ in 0..<100 where libssh2_session_free(raw) != LIBSSH2_ERROR_EAGAIN { return transport.close() }
        transport.close()
    }

    /// So that servers log an end and no accident. One attempt.
    private func sayGoodbye() {
        guard isAlive, hostKey != nil, transport.unsent == 0 else { return }
        libssh2_session_disconnect_ex(raw, SSH_DISCONNECT_BY_APPLICATION, "", "")
        transport.flush()
        transport.outer?.sayGoodbye()
    }
}

extension SSHError {
    /// The same trouble, told of a host on the way.
    func ofJump(_ address: Address) -> SSHError {
        if kind == .jump || kind == .cancelled { return self }
        return SSHError(.jump, operation, "jump host \(address): \(reason)", advice: advice)
    }
}
