package import WireGuard

/// What the peers of an interface were booked, beside what the interface's own counters say passed it in the same time.
/// Nothing is ever corrected by it.
package struct Reconciliation: Sendable, Equatable {
    package var interface: String

    /// From one complete sample to another.
    package var since: UnixTime
    package var until: UnixTime

    /// Booked in that time, all keys together. Of it, what no user owns.
    package var booked: Traffic
    package var unmatched: Traffic

    /// What the interface's own counters grew by.
    package var passed: Traffic

    package init(
        interface: String, since: UnixTime, until: UnixTime, booked: Traffic, unmatched: Traffic, passed: Traffic
    ) {
        self.interface = interface
        self.since = since
        self.until = until
        self.booked = booked
        self.unmatched = unmatched
        self.passed = passed
    }

    /// Passed the interface and was booked to nobody: at least so much is missing.
    package var missing: Traffic {
        Traffic(rx: Self.excess(passed.rx, booked.rx), tx: Self.excess(passed.tx, booked.tx))
    }

    /// Booked beyond what passed. A peer's counter holds WireGuard's headers, keepalives and handshakes; the interface's
    /// holds less of them, or none.
    package var overhead: Traffic {
        Traffic(rx: Self.excess(booked.rx, passed.rx), tx: Self.excess(booked.tx, passed.tx))
    }

    /// The figures are known to ± this: how far the two are apart, whatever the reason.
    package var bound: UInt64 { (missing + overhead).total }

    /// Worth a word: more is missing than a hundredth of what passed, and than a mebibyte. The two are not read at the same
    /// moment, so a little always is.
    package var isLarge: Bool {
        let missing = missing.total
        return missing > 1 << 20 && missing > passed.total / 100
    }

    private static func excess(_ a: UInt64, _ b: UInt64) -> UInt64 { a > b ? a - b : 0 }
}
