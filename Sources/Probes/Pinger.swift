import Fleet
import Glibc
import Transfer

/// Echo requests over the kernel's unprivileged ICMP sockets, one a family for all targets (icmp(7), ping_group_range).
final class Pinger {
    private var sockets: [Int32: Int32] = [:]
    private var sequence = UInt16.random(in: 0 ... .max)
    private var waiting: [UInt16: Echo] = [:]

    private struct Echo {
        var attempt: UInt64
        var target: HostAddress
        var cookie: UInt64
        var sent: ContinuousClock.Instant
    }

    /// Of an answer, with room for what a router may quote.
    private var buffer = [UInt8](repeating: 0, count: 2048)

    /// Echoes under way; each probe has at most a few.
    private static let bound = 8192

    deinit { for socket in sockets.values { close(socket) } }

    var descriptors: [Int32] { Array(sockets.values) }

    func send(to target: HostAddress, for attempt: UInt64, at now: ContinuousClock.Instant) throws(ProbeFailure) {
        let socket = try socket(target.family)
        guard waiting.count < Self.bound else { throw ProbeFailure(.ownFault, "too many pings at once") }
        repeat { sequence &+= 1 } while waiting[sequence] != nil
        let cookie = UInt64.random(in: 0 ... .max)
        let packet = EchoPacket.request(target.family, sequence: sequence, cookie: cookie)
        let count = target.withSocketAddress(port: 0) { sendto(socket, packet, packet.count, 0, $0, $1) }
        guard count == packet.count else {
            switch errno {
            case EACCES, EPERM: throw ProbeFailure(.notAllowed, "sendto: \(String(cString: strerror(errno)))")
            case let code: throw ProbeFailure(.unreachable, String(cString: strerror(code)))
            }
        }
        waiting[sequence] = Echo(attempt: attempt, target: target, cookie: cookie, sent: now)
    }

    /// The attempts that were answered, and how long it took.
    func receive(_ socket: Int32, at now: ContinuousClock.Instant) -> [(attempt: UInt64, latency: Duration)] {
        var answered: [(attempt: UInt64, latency: Duration)] = []
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return answered }
            let family = sockets[AF_INET] == socket ? AF_INET : AF_INET6
            guard let (sequence, cookie) = EchoPacket.reply(family, buffer[..<count]), let echo = waiting[sequence],
                echo.cookie == cookie, echo.target.family == family
            else { continue }
            waiting[sequence] = nil
            answered.append((echo.attempt, now - echo.sent))
        }
    }

    func forget(_ attempt: UInt64) {
        waiting = waiting.filter { $0.value.attempt != attempt }
    }

    private func socket(_ family: Int32) throws(ProbeFailure) -> Int32 {
        if let socket = sockets[family] { return socket }
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let socket = Glibc.socket(family, type, family == AF_INET ? Int32(IPPROTO_ICMP) : Int32(IPPROTO_ICMPV6))
        guard socket >= 0 else {
            let words = "ICMP socket: \(String(cString: strerror(errno)))"
            throw ProbeFailure([EACCES, EPERM].contains(errno) ? .notAllowed : .ownFault, words)
        }
        sockets[family] = socket
        return socket
    }
}

/// Eight bytes of header and eight of ours. The kernel puts its own identifier and checksum in.
enum EchoPacket {
    static func request(_ family: Int32, sequence: UInt16, cookie: UInt64) -> [UInt8] {
        [family == AF_INET ? 8 : 128, 0, 0, 0, 0, 0, UInt8(sequence >> 8), UInt8(sequence & 0xff)]
            + (0..<8).map { UInt8(truncatingIfNeeded: cookie >> (56 - 8 * UInt64($0))) }
    }

    /// Nil: not an answer to a request of ours.
    static func reply(_ family: Int32, _ bytes: ArraySlice<UInt8>) -> (sequence: UInt16, cookie: UInt64)? {
        let bytes = Array(bytes)
        guard bytes.count == 16, bytes[0] == (family == AF_INET ? 0 : 129), bytes[1] == 0 else { return nil }
        return (
            UInt16(bytes[6]) << 8 | UInt16(bytes[7]), bytes[8...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        )
    }
}
