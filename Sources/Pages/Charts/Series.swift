package import Fleet
package import WireGuard

/// Dated traffic, one piece after the other: what a chart draws and its table lists.
package struct Series: Sendable, Equatable {
    package var grain: Grain
    package var buckets: [Bucket]

    package init(_ grain: Grain, _ buckets: [Bucket]) {
        self.grain = grain
        self.buckets = buckets
    }

    package enum Grain: String, Sendable, CaseIterable {
        case hour
        case day
        case month
    }

    package struct Bucket: Sendable, Equatable {
        package var start: UnixTime
        package var traffic: Traffic

        /// For a part of it nobody looked: bytes may belong to an earlier piece, or were seen by nobody.
        package var hasGap: Bool

        /// How often counters began again in it.
        package var resets: Int

        package init(start: UnixTime, traffic: Traffic = .zero, hasGap: Bool = false, resets: Int = 0) {
            self.start = start
            self.traffic = traffic
            self.hasGap = hasGap
            self.resets = resets
        }
    }

    /// Where the last piece ends, which may be to come: hours and days are the only pieces that lead somewhere narrower, and a day of
    /// a change of the clocks ends an hour off.
    var end: UnixTime {
        guard let last = buckets.last?.start else { return UnixTime(0) }
        return last.advanced(by: grain == .hour ? 3600 : grain == .day ? 86_400 : 31 * 86_400)
    }

    var sum: Traffic { buckets.reduce(into: .zero) { $0 += $1.traffic } }

    /// The first of the largest. Nil: nothing was used.
    var peak: Bucket? {
        buckets.reduce(nil) { best, one in
            one.traffic.total > (best?.traffic.total ?? 0) ? one : best
        }
    }
}
