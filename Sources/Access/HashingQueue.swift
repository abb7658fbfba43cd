import Glibc

/// Hashes passwords on threads of its own: at most two at once (each takes 64 MiB and a core for 0.2 s), a few waiting,
/// and then nobody more. The threads are nice, so that pages come first. One place is kept for a caller that goes first:
/// a crowd of strangers cannot fill it.
///
/// The caller waits for its result; let there be more request workers than `running` and `waiting` together, and one.
/// `mutex` guards all that can change.
package final class HashingQueue: @unchecked Sendable {
    /// Too many wait already: 429.
    package struct Busy: Error, Sendable, Hashable {}

    private final class Job {
        let body: () -> Void
        var isDone = false
        init(body: @escaping () -> Void) { self.body = body }
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private let most: Int
    private let threadCount: Int
    private var jobs: [Job] = []
    private var outstanding = 0
    private var threads: [pthread_t] = []
    private var isStopped = false

    package init(running: Int = 2, waiting: Int = 2) {
        threadCount = max(1, running)
        most = threadCount + max(0, waiting)
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` on a hashing thread and waits for it. Busy at once when there is no room, or after `stop`.
    ///
    /// - Parameter first: before those that wait, and in the kept place if there is no other.
    package func run<Result: Sendable>(
        first: Bool = false, _ body: @escaping @Sendable () -> Result
    ) throws(Busy) -> Result {
        let box = Box<Result>()
        let job = Job { box.value = body() }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isStopped, outstanding < most + (first ? 1 : 0) else { throw Busy() }
        if threads.isEmpty { startThreads() }
        guard !threads.isEmpty else { throw Busy() }
        outstanding += 1
        jobs.insert(job, at: first ? 0 : jobs.count)
        pthread_cond_broadcast(changed)
        while !job.isDone { pthread_cond_wait(changed, mutex) }
        outstanding -= 1
        // Done without a value: it was dropped by a stop.
        guard let value = box.value else { throw Busy() }
        return value
    }

    /// Whoever asks now is Busy.
    package var isFull: Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return isStopped || outstanding >= most
    }

    /// How many run and wait.
    var outstandingCount: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return outstanding
    }

    /// Ends the threads; what runs is finished, what waits is Busy. Call it before letting go of the queue.
    package func stop() {
        pthread_mutex_lock(mutex)
        isStopped = true
        for job in jobs { job.isDone = true }
        jobs.removeAll()
        let ending = threads
        threads.removeAll()
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
        for thread in ending { pthread_join(thread, nil) }
    }

    /// With the lock held, at the first hash: an idle panel has no hashing threads.
    private func startThreads() {
        for _ in 0..<threadCount {
            var all = sigset_t()
            var before = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_SETMASK, &all, &before)
            let queue = Unmanaged.passRetained(self)
            var thread = pthread_t()
            if pthread_create(&thread, nil, hashingThread, queue.toOpaque()) == 0 {
                threads.append(thread)
            } else {
                queue.release()
            }
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
    }

    fileprivate func work() {
        // Of this thread alone: on Linux a nice value is a thread's (setpriority(2), "C library/kernel differences").
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if isStopped { return }
            if jobs.isEmpty {
                pthread_cond_wait(changed, mutex)
                continue
            }
            let job = jobs.removeFirst()
            pthread_mutex_unlock(mutex)
            job.body()
            pthread_mutex_lock(mutex)
            job.isDone = true
            pthread_cond_broadcast(changed)
        }
    }

    private final class Box<Value> { var value: Value? }
}

private func hashingThread(_ raw: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let raw else { return nil }
    Unmanaged<HashingQueue>.fromOpaque(raw).takeRetainedValue().work()
    return nil
}
