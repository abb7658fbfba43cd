import Glibc

/// Nanoseconds of CLOCK_MONOTONIC.
struct Instant: Sendable, Comparable {
    private let nanoseconds: Int64

    static var now: Instant {
        var time = Glibc.timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func + (instant: Instant, duration: Duration) -> Instant {
        // A day is for ever here, and keeps the sum far from overflow.
        let bounded = min(max(duration, .zero), .seconds(86_400))
        let (seconds, attoseconds) = bounded.components
        return Instant(nanoseconds: instant.nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Whole milliseconds from now, rounded up; 0 when it has passed.
    var millisecondsLeft: Int32 { Int32(clamping: max(0, nanoseconds - Instant.now.nanoseconds + 999_999) / 1_000_000) }

    /// For pthread_cond_timedwait(3) on CLOCK_MONOTONIC.
    var timespec: Glibc.timespec {
        Glibc.timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}
