import CLinux
import Glibc

/// epoll_ctl(2) in Swift's words.
enum Epoll {
    /// False: no memory, or too many are watched.
    @discardableResult
    static func add(_ descriptor: Int32, to epoll: Int32, _ flags: EPOLL_EVENTS...) -> Bool {
        var event = epoll_event()
        event.events = flags.reduce(0) { $0 | $1.rawValue }
        event.data.fd = descriptor
        return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0
    }
}
