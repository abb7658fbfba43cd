package import Fleet

/// When a node is polled: at its own phase of every interval, so that nodes do not come all at once, and never more often
/// after having been late. Instants are spans since the schedule began.
package struct Schedule: Equatable, Sendable {
    package let interval: Duration

    /// Of the interval: even over nodes, and the same after each start.
    package let phase: Duration

    package init(node: NodeID, interval: Duration) {
        self.interval = max(interval, .milliseconds(10))
        phase = self.interval * Self.fraction(node)
    }

    /// The first poll comes soon, for there is nothing to show before it.
    package var first: Duration { phase * (min(interval, Self.firstWithin) / interval) }

    /// The next poll after one that ended at `elapsed`; what was missed is skipped. `chance` is even in 0..<1.
    package func next(after elapsed: Duration, chance: Double) -> Duration {
        // After a poll that is off the grid, the first or a refresh, the next is not right behind it.
        let passed = (elapsed + interval / 4 - phase) / interval
        let jitter = interval * (chance / 20)
        return phase + interval * (passed.rounded(.down) + 1) + jitter
    }

    private static let firstWithin: Duration = .seconds(1)

    /// FNV-1a, then mixed, since names differ in their last letters.
    private static func fraction(_ node: NodeID) -> Double {
        var hash = node.name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        hash ^= hash >> 33
        hash &*= 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 33
        return Double(hash >> 11) * 0x1p-53
    }
}
