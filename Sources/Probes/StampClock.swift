import Glibc
import Synchronization

/// Gives every WireGuard initiation a later stamp than any before it, also when the wall clock was set back and when the
/// program began again: a node drops what is not later, and then a healthy service looks dead.
///
/// Stamps are promised ahead: `ceiling` is stored, and no stamp is given beyond it without another having been stored.
package final class StampClock: Sendable {
    private struct State {
        var last: TAI64N?
        var stored: UInt64
    }

    private let state: Mutex<State>

    /// How far ahead is promised, in seconds: a restart after a crash moves the stamps that far at most.
    private static let ahead: UInt64 = 600

    /// - Parameter stored: what was stored last, in seconds since 1970. Nil: nothing ever was.
    package init(stored: UInt64?) {
        state = Mutex(State(last: stored.map { TAI64N(seconds: $0, nanoseconds: 0) }, stored: stored ?? 0))
    }

    /// What must be stored now, so that every stamp of the next minutes is below it. Nil: what is stored will do.
    package func due(now: UInt64) -> UInt64? {
        state.withLock { state in
            let next = max(now, state.last?.seconds ?? 0)
            return next + Self.ahead / 2 > state.stored ? next + Self.ahead : nil
        }
    }

    package func wasStored(_ ceiling: UInt64) {
        state.withLock { $0.stored = max($0.stored, ceiling) }
    }

    /// At a good end: all stamps were below it, and the next start begins there.
    package var ceilingAtEnd: UInt64? {
        state.withLock { $0.last.map { $0.seconds + 1 } }
    }

    package func next() -> TAI64N {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return next(now: TAI64N(seconds: UInt64(max(0, time.tv_sec)), nanoseconds: UInt32(time.tv_nsec)))
    }

    func next(now: TAI64N) -> TAI64N {
        state.withLock { state in
            let stamp = TAI64N.next(after: state.last, now: now)
            state.last = stamp
            return stamp
        }
    }
}
