import Glibc

/// Connections that hold a whole request and wait for a worker. Bounded; the accept thread puts, workers take.
///
/// `mutex` guards all that can change.
final class ConnectionQueue: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let filled: UnsafeMutablePointer<pthread_cond_t>
    private var ring: [Int32]
    private var first = 0
    private var count = 0
    private var isClosed = false

    init(capacity: Int) {
        ring = Array(repeating: -1, count: max(1, capacity))
        mutex = .allocate(capacity: 1)
        filled = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(filled, nil)
    }

    deinit {
        pthread_cond_destroy(filled)
        pthread_mutex_destroy(mutex)
        filled.deallocate()
        mutex.deallocate()
    }

    var isEmpty: Bool { locked { count == 0 } }
    var isFull: Bool { locked { count == ring.count } }

    /// False when full or closed: the descriptor stays the caller's.
    func put(_ connection: Int32) -> Bool {
        let isTaken = locked {
            guard !isClosed, count < ring.count else { return false }
            ring[(first + count) % ring.count] = connection
            count += 1
            return true
        }
        // Outside, so that who wakes finds the lock free.
        if isTaken { pthread_cond_signal(filled) }
        return isTaken
    }

    /// Waits; nil when closed and empty.
    func take() -> Int32? {
        locked {
            while count == 0 {
                if isClosed { return nil }
                pthread_cond_wait(filled, mutex)
            }
            let connection = ring[first]
            first = (first + 1) % ring.count
            count -= 1
            return connection
        }
    }

    /// Takers get what is still in it, then nil.
    func close() {
        locked {
            isClosed = true
            pthread_cond_broadcast(filled)
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
