import Fleet
import Synchronization

/// The newest snapshot, for every request: one pointer behind one lock.
final class Newsstand: Sendable {
    private let newest: Mutex<Snapshot>

    init(_ first: Snapshot) {
        newest = Mutex(first)
    }

    var snapshot: Snapshot { newest.withLock { $0 } }

    func publish(_ snapshot: Snapshot) {
        newest.withLock { $0 = snapshot }
    }
}
