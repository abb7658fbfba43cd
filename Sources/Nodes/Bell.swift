import Glibc

/// A value under a lock, and a wait for its change with a deadline: pthread's mutex and condition, on the monotonic clock.
final class Bell<Value>: @unchecked Sendable {
    // `value` is touched only under `mutex`.
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Changes or reads the value, and wakes who waits.
    func ring<Result>(_ change: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return change(&value)
    }

    /// Waits until `take` gives something. Nil: the deadline came first.
    func wait<Result>(until deadline: ContinuousClock.Instant, _ take: (inout Value) -> Result?) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = take(&value) { return result }
            let left = deadline - .now
            guard left > .zero else { return nil }
            var until = timespec()
            clock_gettime(CLOCK_MONOTONIC, &until)
            // An hour at most; the loop asks again.
            let nanoseconds = Int(min(left, .seconds(3600)) / .nanoseconds(1)) + until.tv_nsec
            until.tv_sec += nanoseconds / 1_000_000_000
            until.tv_nsec = nanoseconds % 1_000_000_000
            pthread_cond_timedwait(condition, mutex, &until)
        }
    }
}
