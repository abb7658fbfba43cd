import Nodes
import Store
import WireGuard

/// When old history goes, and by which time: a clock that is set forward must not cost a year of hours.
struct Forgetting {
    private let began: (time: UnixTime, instant: ContinuousClock.Instant)
    private var next: ContinuousClock.Instant

    /// After a start: a machine whose clock is wrong then has it set meanwhile.
    private static let first: Duration = .seconds(600)
    private static let pause: Duration = .seconds(600)

    /// Rows at a time, so that no sample waits for it.
    private static let rows = 100

    init(at now: UnixTime = .now, instant: ContinuousClock.Instant = .now) {
        began = (now, instant)
        next = instant + Self.first
    }

    /// Forgets some rows where it is time to.
    mutating func forget(
        _ retention: Retention, in store: TrafficStore, at now: UnixTime = .now,
        instant: ContinuousClock.Instant = .now
    ) throws(StoreError) {
        guard instant >= next else { return }
        next = instant + Self.pause
        let passed = (instant - began.instant).components.seconds
        if try store.prune(retention, at: min(now, began.time.advanced(by: passed)), rows: Self.rows) {
            next = instant
        }
    }
}
