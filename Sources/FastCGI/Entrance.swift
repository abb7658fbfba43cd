import CLinux
import Glibc

/// Where one worker waits: for a visitor at the listener, or for one from the waiting room.
///
/// Workers accept by themselves, since to hand a connection from a thread to another costs more than a small answer. The
/// kernel wakes one of them for each visitor (EPOLLEXCLUSIVE), and under load none of them sleeps. Made by the server, then
/// touched by its worker's thread alone, so it may be `@unchecked Sendable`.
final class Entrance: @unchecked Sendable {
    private let epoll: Int32
    private let listener: Int32
    private let stop: Int32
    private let room: ConnectionQueue
    private let whole: ConnectionQueue
    private let limits: Limits
    private let complaint: Complaint
    private let scratch: UnsafeMutableRawBufferPointer

    /// - Parameters:
    ///   - stop: an eventfd; written: what is at the door is taken, and nobody after.
    ///   - room: where those go that have not sent all.
    ///   - whole: those that have.
    init(
        listener: Int32, stop: Int32, room: ConnectionQueue, whole: ConnectionQueue, limits: Limits,
        complaint: Complaint
    ) throws(ServerError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        self.listener = listener
        self.stop = stop
        self.room = room
        self.whole = whole
        self.limits = limits
        self.complaint = complaint
        scratch = .allocate(byteCount: Frame.capacity(limits), alignment: 16)
        guard epoll >= 0, Epoll.add(listener, to: epoll, EPOLLIN, EPOLLEXCLUSIVE),
            Epoll.add(whole.bell, to: epoll, EPOLLIN, EPOLLEXCLUSIVE), Epoll.add(stop, to: epoll, EPOLLIN)
        else { throw ServerError(errno: errno, "epoll", mend: "raise LimitNOFILE") }
    }

    deinit {
        if epoll >= 0 { close(epoll) }
        scratch.deallocate()
    }

    /// Waits; nil: it is time to leave.
    func next() -> Int32? {
        var event = epoll_event()
        while true {
            // One at a time: epoll goes round, so neither door is forgotten for the other.
            guard epoll_wait(epoll, &event, 1, -1) == 1 else { continue }
            switch event.data.fd {
            case stop: return last()
            case whole.bell:
                if let connection = whole.take() { return connection }
            default:
                if let connection = accept(), hasAll(connection) { return connection }
            }
        }
    }

    /// When it is time to leave: those that are there already, a listener's whole queue at most.
    private func last() -> Int32? {
        if let connection = whole.take() { return connection }
        for _ in 0..<limits.waiting {
            guard let connection = accept() else { return nil }
            if hasAll(connection) { return connection }
        }
        return nil
    }

    /// Nil: another worker was quicker, or there are no descriptors.
    private func accept() -> Int32? {
        let connection = clinux_accept4(listener, Int32(SOCK_CLOEXEC.rawValue))
        guard connection >= 0 else {
            if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) {
                complaint.say("no descriptor is left for a connection: raise LimitNOFILE")
                // Visitors wait in the listener's queue meanwhile.
                poll(nil, 0, 50)
            }
            return nil
        }
        return connection
    }

    /// False: it is the waiting room's now.
    private func hasAll(_ connection: Int32) -> Bool {
        var arrival = Arrival(of: connection, scratch, limits)
        if case .nothing = arrival {
            // A web server sends right after it connected: it is nearly always quicker than the way to the room.
            var query = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            poll(&query, 1, Self.patience)
            arrival = Arrival(of: connection, scratch, limits)
        }
        if case .complete = arrival { return true }
        switch room.put(connection) {
        case .taken: return false
        case .full: complaint.say("too many connections are waiting: one was dropped")
        case .closed: complaint.say("one that had not sent its whole request when the server stopped was dropped")
        }
        close(connection)
        return false
    }

    /// Milliseconds.
    private static let patience: Int32 = 2
}
