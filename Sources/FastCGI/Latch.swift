import Glibc

/// Opens when everybody has left. `mutex` guards the count.
final class Latch: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let opened: UnsafeMutablePointer<pthread_cond_t>
    private var inside: Int

    init(_ inside: Int) {
        self.inside = inside
        mutex = .allocate(capacity: 1)
        opened = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(opened, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(opened)
        pthread_mutex_destroy(mutex)
        opened.deallocate()
        mutex.deallocate()
    }

    func leave() {
        pthread_mutex_lock(mutex)
        inside -= 1
        if inside <= 0 { pthread_cond_broadcast(opened) }
        pthread_mutex_unlock(mutex)
    }

    /// False when `until` came first.
    func wait(_ until: Instant) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var time = until.timespec
        while inside > 0 {
            if pthread_cond_timedwait(opened, mutex, &time) == ETIMEDOUT { return inside <= 0 }
        }
        return true
    }
}
