import Glibc
import Synchronization

/// Which worker is busy on which connection, and until when it may be. The waiting room ends those past their time,
/// since a worker writes blocking, and a web server that reads a byte now and then would hold it for ever.
final class Watch: Sendable {
    private struct Task {
        var connection: Int32
        var until: Instant
    }

    /// One worker's, under a lock of its own: workers do not wait for each other.
    private final class Slot: Sendable {
        let task = Mutex<Task?>(nil)
    }

    private let slots: [Slot]

    init(workers: Int) { slots = (0..<workers).map { _ in Slot() } }

    func enter(_ worker: Int, _ connection: Int32, until: Instant) {
        slots[worker].task.withLock { $0 = Task(connection: connection, until: until) }
    }

    /// Before the connection is closed: its number may be another's the moment after.
    func leave(_ worker: Int) { slots[worker].task.withLock { $0 = nil } }

    /// How many were cut. A cut connection's writes fail at once; its worker goes on.
    func cut(_ now: Instant) -> Int {
        slots.count { slot in
            slot.task.withLock { task in
                guard let late = task, late.until < now else { return false }
                shutdown(late.connection, Int32(SHUT_RDWR))
                task = nil
                return true
            }
        }
    }
}
