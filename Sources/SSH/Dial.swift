import CLibSSH2
import Glibc

/// Attempts to connect to one host: its addresses one after another, each new one a little after the last, the first that answers wins.
struct Dial: ~Copyable {
    private let address: Address
    private var waiting: ArraySlice<SocketAddress>
    private var attempts: [Int32] = []
    /// What the last failed attempt said. A refusal outweighs silence.
    private var failure: SSHError?

    /// RFC 8305 5: "Connection Attempt Delay".
    private static let delay: Duration = .milliseconds(250)

    /// A connected socket, non-blocking and set up for a long SSH session. The caller owns it.
    static func socket(to address: Address, deadline: Deadline, cancellation: Cancellation) throws(SSHError) -> Int32 {
        let addresses = try Lookup.addresses(of: address, deadline: deadline, cancellation: cancellation)
        var dial = Dial(address: address, waiting: addresses[...])
        return try dial.run(deadline, cancellation)
    }

    private init(address: Address, waiting: ArraySlice<SocketAddress>) {
        self.address = address
        self.waiting = waiting
    }

    deinit { for socket in attempts { close(socket) } }

    private mutating func run(_ deadline: Deadline, _ cancellation: Cancellation) throws(SSHError) -> Int32 {
        var nextStart = Deadline.after(.zero)
        while true {
            if !waiting.isEmpty && (attempts.isEmpty || nextStart.hasPassed) {
                begin(waiting.removeFirst())
                nextStart = .after(Dial.delay)
                continue
            }
            guard !attempts.isEmpty else {
                throw failure ?? SSHError(.unresolved, "resolve", "\(address.host) has no address")
            }
            var fds = attempts.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
            fds.append(pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0))
            poll(&fds, nfds_t(fds.count), (waiting.isEmpty ? deadline : deadline.earlier(nextStart)).milliseconds)
            if cancellation.isCancelled { throw SSHError(.cancelled, "connect", "cancelled") }
            for seen in fds.dropLast() where seen.revents != 0 {
                attempts.removeAll { $0 == seen.fd }
                var code: Int32 = 0
                var length = socklen_t(MemoryLayout<Int32>.size)
                if getsockopt(seen.fd, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code == 0 { return seen.fd }
                close(seen.fd)
                note(code)
            }
            if deadline.hasPassed {
                throw failure
                    ?? SSHError(
                        .unreachable, "connect", "\(address) does not answer",
                        advice: "is the node up, and does a firewall let us in?")
            }
        }
    }

    private mutating func begin(_ target: SocketAddress) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let fd = Glibc.socket(target.family, type, 0)
        guard fd >= 0 else { return note(errno) }
        Dial.prepare(fd)
        let code = withUnsafePointer(to: target.storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, target.length) }
        }
        if code == 0 || errno == EINPROGRESS {
            attempts.append(fd)
        } else {
            note(errno)
            close(fd)
        }
    }

    private mutating func note(_ code: Int32) {
        let kind: SSHError.Kind =
            switch code {
            case ECONNREFUSED: .refused
            case EMFILE, ENFILE, ENOMEM, ENOBUFS, EACCES, EPERM: .other
            default: .unreachable
            }
        if kind == .refused || failure?.kind != .refused {
            failure = SSHError(kind, "connect", "\(address): \(systemError(code))")
        }
    }

    /// A dead peer is noticed by the kernel within about a minute even when we have nothing to say. What an option's failure costs is speed.
    private static func prepare(_ fd: Int32) {
        func set(_ level: Int32, _ option: Int32, _ value: Int32) {
            var value = value
            setsockopt(fd, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        let tcp = Int32(IPPROTO_TCP)
        // Without it 100 commands took 4.9 s, with it 0.95 s: two small writes end a channel.
        set(tcp, TCP_NODELAY, 1)
        // Milliseconds that sent bytes may stay unacknowledged.
        set(tcp, TCP_USER_TIMEOUT, 30_000)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(tcp, TCP_KEEPIDLE, 30)
        set(tcp, TCP_KEEPINTVL, 10)
        set(tcp, TCP_KEEPCNT, 3)
        // A packet should never be half sent: libssh2 cannot do anything else meanwhile.
        set(SOL_SOCKET, SO_SNDBUF, 128 << 10)
    }
}
