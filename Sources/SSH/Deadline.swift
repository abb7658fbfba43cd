import Glibc

/// An instant of CLOCK_MONOTONIC until which something may take.
///
/// Not moved by a change of the wall clock; does not run while the machine is suspended.
package struct Deadline: Sendable, Hashable {
    /// Nanoseconds of CLOCK_MONOTONIC.
    private let instant: Int64

    package static func after(_ duration: Duration) -> Deadline {
        let (seconds, attoseconds) = duration.components
        // A year is for ever here, and keeps the sum far from overflow.
        let bounded = min(max(seconds, 0), 31_536_000)
        let fraction = seconds < 0 || attoseconds < 0 ? 0 : attoseconds / 1_000_000_000
        return Deadline(instant: now() + bounded * 1_000_000_000 + fraction)
    }

    /// Zero when it has passed, never negative.
    package var remaining: Duration { .nanoseconds(max(0, instant - Deadline.now())) }

    package var hasPassed: Bool { Deadline.now() >= instant }

    package func earlier(_ other: Deadline) -> Deadline { instant <= other.instant ? self : other }

    /// For poll(2): whole milliseconds, rounded up, so that a wait never ends before its deadline and spins.
    var milliseconds: Int32 {
        let left = max(0, instant - Deadline.now())
        return Int32(clamping: (left + 999_999) / 1_000_000)
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
