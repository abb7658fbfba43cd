import CLinux
import Glibc

/// A netlink socket and its buffer, which is wiped after every datagram: the kernel's answers hold private keys.
package struct NetlinkSocket: ~Copyable {
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawPointer
    private var sequence: UInt32 = 0

    package enum `Protocol`: Int32 {
        case route = 0
        case generic = 16
    }

    package init(_ kind: `Protocol`) throws(NetlinkError) {
        descriptor = socket(
            AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
            kind.rawValue)
        guard descriptor >= 0 else { throw NetlinkError(errno: errno, operation: "socket") }
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 8)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Sends what `request` makes of a new sequence number and gives every message of the answer to `body`, until the
    /// answer is whole. Asks anew (`restart` first) where the kernel's list changed under it.
    package mutating func ask(
        until deadline: ContinuousClock.Instant, _ request: (UInt32) -> [UInt8],
        restart: () -> Void, _ body: (RawSpan, Message) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        for _ in 0..<Self.maximumTries {
            restart()
            sequence &+= 1
            try send(request(sequence))
            var reply = Reply(sequence: sequence)
            while !reply.isWhole {
                try receive(until: deadline, into: &reply, body)
            }
            if !reply.isInterrupted { return }
        }
        throw .interrupted
    }

    private func send(_ message: [UInt8]) throws(NetlinkError) {
        var kernel = sockaddr_nl()
        kernel.nl_family = sa_family_t(AF_NETLINK)
        let sent = withUnsafePointer(to: &kernel) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, 0, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        guard sent == message.count else { throw NetlinkError(errno: errno, operation: "send") }
    }

    private func receive(
        until deadline: ContinuousClock.Instant, into reply: inout Reply,
        _ body: (RawSpan, Message) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        try wait(until: deadline)
        var sender = sockaddr_nl()
        var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
        // MSG_TRUNC: the datagram's whole length, so that one that did not fit is known.
        let count = withUnsafeMutablePointer(to: &sender) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(descriptor, buffer, Self.bufferSize, Int32(MSG_TRUNC), $0, &length)
            }
        }
        guard count >= 0 else {
            if errno == EAGAIN || errno == EINTR { return }
            throw NetlinkError(errno: errno, operation: "receive")
        }
        defer { explicit_bzero(buffer, min(count, Self.bufferSize)) }
        // Another process may write to our port; only the kernel has number 0.
        guard sender.nl_pid == 0 else { return }
        guard count <= Self.bufferSize else { throw .malformed }
        let bytes = UnsafeRawBufferPointer(start: buffer, count: count).bytes
        try reply.read(bytes) { (message: Message) throws(NetlinkError) in try body(bytes, message) }
    }

    private func wait(until deadline: ContinuousClock.Instant) throws(NetlinkError) {
        let left = deadline - .now
        guard left > .zero else { throw .timedOut }
        var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&descriptors, 1, Int32(min(left / .milliseconds(1) + 1, 60_000)))
        guard ready >= 0 || errno == EINTR else { throw NetlinkError(errno: errno, operation: "poll") }
    }

    /// A dump's datagrams are as large as the largest buffer we offered, up to 32 KiB (Linux net/netlink/af_netlink.c);
    /// an answer without NLM_F_DUMP may be larger.
    private static let bufferSize = 64 * 1024

    /// Interfaces that change faster than they can be listed are no state to report.
    private static let maximumTries = 5
}
