import CLinux
import Glibc

/// Connections that have not sent a whole request yet, on a thread of their own.
///
/// A worker that accepts such a one brings it here, where it waits in epoll until all has come; what is refused is
/// answered here. So a worker never waits for a visitor, and libfcgi never sees a request that is not one. Also looks after
/// the workers whose answer nobody reads. Confined to its thread but for `queue` and `whole`.
final class WaitingRoom {
    private enum Stage {
        /// Sends its request.
        case arriving

        /// Was refused: what it still sends is thrown away, then the answer goes out.
        case draining(Drain, answer: [UInt8])
    }

    private struct Connection {
        var stage: Stage
        var until: Instant
    }

    private static let now = Int32(MSG_DONTWAIT)
    private static let sendNow = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)

    private let queue: ConnectionQueue
    private let whole: ConnectionQueue
    private let stop: Int32
    private let epoll: Int32
    private let watch: Watch
    private let limits: Limits
    private let refuse: @Sendable (Refusal) -> Response
    private let complaint: Complaint
    private var connections: [Int32: Connection] = [:]
    private let scratch: UnsafeMutableRawBufferPointer

    /// When workers are looked at again for one that takes too long.
    private var nextLook = Instant.now

    /// - Parameters:
    ///   - queue: who comes.
    ///   - whole: where those go that have sent all.
    ///   - stop: an eventfd; written: the room closes.
    init(
        queue: ConnectionQueue, whole: ConnectionQueue, stop: Int32, epoll: Int32, watch: Watch, limits: Limits,
        refuse: @escaping @Sendable (Refusal) -> Response, complaint: Complaint
    ) {
        self.queue = queue
        self.whole = whole
        self.stop = stop
        self.epoll = epoll
        self.watch = watch
        self.limits = limits
        self.refuse = refuse
        self.complaint = complaint
        scratch = .allocate(byteCount: Frame.capacity(limits), alignment: 16)
        Epoll.add(queue.bell, to: epoll, EPOLLIN)
        Epoll.add(stop, to: epoll, EPOLLIN)
    }

    deinit { scratch.deallocate() }

    /// Until `stop` is written; then what has sent all is handed on, and the rest dropped.
    func run() {
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: 64)
        defer { events.deallocate() }
        var isStopping = false
        while !isStopping {
            // Half a second: a worker's answer that takes too long is not announced by anything.
            let count = epoll_wait(epoll, events, 64, 500)
            for index in 0..<max(0, Int(count)) {
                switch events[index].data.fd {
                case stop: isStopping = true
                case queue.bell: while let connection = queue.take() { arrived(connection) }
                case let connection: advance(connection)
                }
            }
            tick()
        }
        // Workers that bring one later find it closed.
        for connection in queue.close() { arrived(connection) }
        for connection in connections.keys { close(connection) }
        connections.removeAll()
    }

    private func tick() {
        let now = Instant.now
        for (connection, state) in connections where state.until < now {
            if case .draining(_, let answer) = state.stage { send(answer, to: connection) }
            drop(connection)
        }
        guard nextLook < now else { return }
        nextLook = now + .milliseconds(100)
        if watch.cut(now) > 0 { complaint.say("a web server that did not read its answer was cut") }
    }

    private func arrived(_ connection: Int32) {
        if connections.count >= limits.waiting, let oldest = connections.min(by: { $0.value.until < $1.value.until }) {
            drop(oldest.key)
        }
        connections[connection] = Connection(stage: .arriving, until: .now + limits.arrival)
        guard Epoll.add(connection, to: epoll, EPOLLIN, EPOLLRDHUP, EPOLLET) else { return drop(connection) }
        // What came before the arming.
        advance(connection)
    }

    private func advance(_ connection: Int32) {
        while let state = connections[connection] {
            switch state.stage {
            case .arriving:
                switch Arrival(of: connection, scratch, limits) {
                case .complete: return hand(connection)
                case .nothing: return
                case .incomplete: return isHungUp(connection) ? drop(connection) : ()
                case .hopeless: return drop(connection)
                case .garbage:
                    complaint.say("a request that is not a web server's was dropped")
                    return drop(connection)
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
        connections[connection] = nil
        epoll_ctl(epoll, EPOLL_CTL_DEL, connection, nil)
        if whole.put(connection) != .taken {
            complaint.say("too many requests are waiting: one was dropped")
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
            + Record.ending(id: id).withUnsafeBytes { Array($0) }
    }
}
