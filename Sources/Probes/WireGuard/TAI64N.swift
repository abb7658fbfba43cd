/// A moment as WireGuard's initiations carry it (cr.yp.to/libtai/tai64.html): a node takes none that is not later than the one
/// before from the same key, so whoever keeps it must keep it across restarts too.
package struct TAI64N: Sendable, Comparable {
    /// Since 1970, as a clock of the wall tells.
    package var seconds: UInt64

    /// Under 1,000,000,000.
    package var nanoseconds: UInt32

    package init(seconds: UInt64, nanoseconds: UInt32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// `now`, or the next moment after `last` where the clock went back.
    package static func next(after last: TAI64N?, now: TAI64N) -> TAI64N {
        guard let last, last >= now else { return now }
        return last.nanoseconds < 999_999_999
            ? TAI64N(seconds: last.seconds, nanoseconds: last.nanoseconds + 1)
            : TAI64N(seconds: last.seconds + 1, nanoseconds: 0)
    }

    package static func < (a: TAI64N, b: TAI64N) -> Bool {
        (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
    }

    /// 2^62 and the 10 s by which TAI was ahead in 1970, as WireGuard counts.
    var bytes: [UInt8] { (0x4000_0000_0000_000a + seconds).bigEndianBytes + nanoseconds.bigEndianBytes }
}
