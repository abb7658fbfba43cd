import CLinux
import Glibc

/// The accept thread's whole state: connections from accept(2) until a worker takes them.
///
/// A connection waits here, in epoll, until the web server has sent a whole request; what is refused, is answered
/// here. So a worker never waits for a byte, and libfcgi never sees a request that is not one. Confined to its thread.
final class AcceptLoop {
    private enum Stage {
        /// Sends its request.
        case arriving

        /// Was refused: what it still sends is thrown away, then the answer goes out.
        case draining(Drain, answer: [UInt8])
    }

    private struct Connection {
        var stage: Stage
        var until: Instant
        var isArmed = false
    }

    private static let now = Int32(MSG_DONTWAIT)
    private static let peek = Int32(MSG_PEEK | MSG_DONTWAIT)
    private static let sendNow = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)

    private let listener: Listener
    private let wake: Int32
    private let epoll: Int32
    private let queue: ConnectionQueue
    private let watch: Watch
    private let limits: Limits
    private let refuse: @Sendable (Refusal) -> Response
    private let report: @Sendable (String) -> Void
    private var connections: [Int32: Connection] = [:]
    private let scratch: UnsafeMutableRawBufferPointer

    /// Given up for a moment when there are no descriptors left, so that a connection can be taken and refused.
    private var spare: Int32

    /// Nil: the listener is armed. Else it is not asked until then.
    private var restUntil: Instant?
    private var lastReport: Instant?

    /// When workers are looked at again for one that takes too long.
    private var nextLook = Instant.now

    /// Something was handed to the workers since they were last seen idle.
    private var mayBeBusy = false

    init(
        listener: Listener, wake: Int32, epoll: Int32, queue: ConnectionQueue, watch: Watch, limits: Limits,
        refuse: @escaping @Sendable (Refusal) -> Response, report: @escaping @Sendable (String) -> Void
    ) {
        self.listener = listener
        self.wake = wake
        self.epoll = epoll
        self.queue = queue
        self.watch = watch
        self.limits = limits
        self.refuse = refuse
        self.report = report
        scratch = .allocate(byteCount: Frame.capacity(limits), alignment: 16)
        spare = open("/dev/null", O_RDONLY | O_CLOEXEC)
        arm(listener.descriptor, EPOLL_CTL_ADD, EPOLLIN)
        arm(wake, EPOLL_CTL_ADD, EPOLLIN)
    }

    deinit {
        scratch.deallocate()
        if spare >= 0 { close(spare) }
    }

    /// Until `wake` is written; then what has come is taken, the listener closed, and what has not sent a whole
    /// request dropped.
    func run() {
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: 64)
        defer { events.deallocate() }
        var isStopping = false
        while !isStopping {
            let count = epoll_wait(epoll, events, 64, timeout)
            for index in 0..<max(0, Int(count)) {
                switch events[index].data.fd {
                case wake: isStopping = true
                case listener.descriptor: acceptAll()
                case let connection: advance(connection)
                }
            }
            tick(isQuiet: count == 0)
        }
        acceptAll()
        listener.close()
        for connection in connections.keys { close(connection) }
        connections.removeAll()
    }

    private var timeout: Int32 {
        if let restUntil { return max(1, restUntil.millisecondsLeft) }
        return connections.isEmpty && !mayBeBusy ? -1 : 500
    }

    private func tick(isQuiet: Bool) {
        let now = Instant.now
        if let rest = restUntil, rest < now, !queue.isFull {
            restUntil = nil
            arm(listener.descriptor, EPOLL_CTL_MOD, EPOLLIN)
        }
        for (connection, state) in connections where state.until < now {
            if case .draining(_, let answer) = state.stage { send(answer, to: connection) }
            drop(connection)
        }
        if isQuiet, queue.isEmpty, watch.isIdle { mayBeBusy = false }
        guard nextLook < now else { return }
        nextLook = now + .milliseconds(100)
        if watch.cut(now) > 0 { say("a web server that did not read its answer was cut") }
    }

    private func acceptAll() {
        // A flood of connections must not keep those that are already here from being heard.
        for _ in 0..<256 {
            guard !queue.isFull else { return rest(.milliseconds(5)) }
            let connection = clinux_accept4(listener.descriptor, Int32(SOCK_CLOEXEC.rawValue))
            guard connection >= 0 else {
                switch errno {
                case EAGAIN: return
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return shed()
                default: continue  // the other side gave up: ECONNABORTED and its like
                }
            }
            // libfcgi reads and writes blocking; a read finds its bytes there, a write has its time.
            var time = timeval(tv_sec: 10, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &time, size)
            setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &time, size)
            arrived(connection)
        }
    }

    /// Nearly always the whole request is there already, and the connection never sees epoll.
    private func arrived(_ connection: Int32) {
        if connections.count >= limits.waiting, let oldest = connections.min(by: { $0.value.until < $1.value.until }) {
            drop(oldest.key)
        }
        connections[connection] = Connection(stage: .arriving, until: .now + limits.arrival)
        advance(connection)
        guard connections[connection] != nil else { return }
        connections[connection]?.isArmed = true
        if !arm(connection, EPOLL_CTL_ADD, EPOLLIN, EPOLLRDHUP, EPOLLET) {
            drop(connection)
        } else {
            // What came between the look and the arming.
            advance(connection)
        }
    }

    private func advance(_ connection: Int32) {
        while let state = connections[connection] {
            switch state.stage {
            case .arriving:
                let count = recv(connection, scratch.baseAddress, scratch.count, Self.peek)
                guard count > 0 else {
                    if count == 0 || errno != EAGAIN && errno != EINTR { drop(connection) }
                    return
                }
                switch Frame.judge(UnsafeRawBufferPointer(rebasing: scratch[..<count]), limits) {
                case .complete: return hand(connection)
                case .garbage:
                    say("a request that is not a web server's was dropped")
                    return drop(connection)
                case .incomplete:
                    // No request within the limits is longer.
                    if count == scratch.count { return drop(connection) }
                    return isHungUp(connection) ? drop(connection) : ()
                case .refused(let refusal, let id):
                    let answer = Self.records(refuse(refusal), id: id)
                    connections[connection]?.stage = .draining(Drain(budget: limits.drain), answer: answer)
                }
            case .draining(var drain, let answer):
                let count = recv(connection, scratch.baseAddress, scratch.count, Self.now)
                if count < 0, errno == EAGAIN || errno == EINTR { return }
                if count <= 0 || drain.consume(UnsafeRawBufferPointer(rebasing: scratch[..<count])) {
                    send(answer, to: connection)
                    return drop(connection)
                }
                connections[connection]?.stage = .draining(drain, answer: answer)
            }
        }
    }

    private func hand(_ connection: Int32) {
        let state = connections.removeValue(forKey: connection)
        mayBeBusy = true
        if state?.isArmed == true { epoll_ctl(epoll, EPOLL_CTL_DEL, connection, nil) }
        if !queue.put(connection) {
            say("too many requests are waiting: one was dropped")
            close(connection)
        }
    }

    private func drop(_ connection: Int32) {
        connections[connection] = nil
        close(connection)
    }

    private func isHungUp(_ connection: Int32) -> Bool {
        var query = pollfd(fd: connection, events: Int16(EPOLLRDHUP.rawValue), revents: 0)
        return poll(&query, 1, 0) > 0
    }

    /// No descriptors are left: one visitor is told by a closed connection, then accepting rests. Never ends the loop.
    private func shed() {
        say("no descriptor is left for a connection: raise LimitNOFILE")
        if spare >= 0 {
            close(spare)
            let connection = clinux_accept4(listener.descriptor, Int32(SOCK_CLOEXEC.rawValue))
            if connection >= 0 { close(connection) }
            spare = open("/dev/null", O_RDONLY | O_CLOEXEC)
        }
        rest(.milliseconds(50))
    }

    private func rest(_ time: Duration) {
        restUntil = .now + time
        arm(listener.descriptor, EPOLL_CTL_MOD)
    }

    @discardableResult
    private func arm(_ descriptor: Int32, _ operation: Int32, _ flags: EPOLL_EVENTS...) -> Bool {
        var event = epoll_event()
        event.events = flags.reduce(0) { $0 | $1.rawValue }
        event.data.fd = descriptor
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    private func send(_ answer: [UInt8], to connection: Int32) {
        _ = answer.withUnsafeBytes {
            Glibc.send(connection, $0.baseAddress, $0.count, Self.sendNow)
        }
    }

    /// A small answer in whole: STDOUT, its end, END_REQUEST with status 0, complete.
    private static func records(_ response: Response, id: UInt16) -> [UInt8] {
        var bytes = response.head()
        if response.sendsBody(to: "GET") { bytes += response.body }
        bytes = Array(bytes.prefix(65_535))
        return Record.header(Record.stdout, id: id, length: bytes.count) + bytes
            + Record.header(Record.stdout, id: id, length: 0)
            + Record.header(Record.end, id: id, length: 8) + [UInt8](repeating: 0, count: 8)
    }

    /// At most one line in ten seconds: a flood must not become a flood of lines.
    private func say(_ line: String) {
        let now = Instant.now
        if let lastReport, now < lastReport + .seconds(10) { return }
        lastReport = now
        report(line)
    }
}
