/// A wall-clock instant: whole seconds since 1970-01-01 UTC, leap seconds not counted (POSIX time).
///
/// Stamps only. Waits and rates use a monotonic clock.
package struct UnixTime: Hashable, Comparable, Sendable {
    package var seconds: Int64

    package init(_ seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (a: UnixTime, b: UnixTime) -> Bool {
        a.seconds < b.seconds
    }

    /// Seconds from `earlier` to `self`; negative where the clock was set back in between.
    package func seconds(since earlier: UnixTime) -> Int64 {
        seconds - earlier.seconds
    }

    package func advanced(by seconds: Int64) -> UnixTime {
        UnixTime(self.seconds + seconds)
    }
}
