import Glibc
import Synchronization

/// Which worker is busy on which connection, and until when it may be. The accept thread ends those past their time,
/// since SO_SNDTIMEO bounds one write and not the sum of them.
final class Watch: Sendable {
    private struct Slot {
        var connection: Int32
        var until: Instant
    }

    private let slots: Mutex<[Slot?]>

    init(workers: Int) { slots = Mutex(Array(repeating: nil, count: workers)) }

    var isIdle: Bool { slots.withLock { $0.allSatisfy { $0 == nil } } }

    func enter(_ worker: Int, _ connection: Int32, until: Instant) {
        slots.withLock { $0[worker] = Slot(connection: connection, until: until) }
    }

    /// Before the connection is closed: its number may be another's the moment after.
    func leave(_ worker: Int) { slots.withLock { $0[worker] = nil } }

    /// How many were cut. A cut connection's writes fail at once; its worker goes on.
    func cut(_ now: Instant) -> Int {
        slots.withLock { slots in
            var cut = 0
            for (index, slot) in slots.enumerated() {
                guard let slot, slot.until < now else { continue }
                shutdown(slot.connection, Int32(SHUT_RDWR))
                slots[index] = nil
                cut += 1
            }
            return cut
        }
    }
}
