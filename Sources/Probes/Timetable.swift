/// When a probe's turn is.
struct Timetable: Sendable {
    private(set) var next: ContinuousClock.Instant

    /// Failures since the last success, as far as they change the pace.
    private var failures = 0

    /// A first probe comes within this, so that the page fills soon and not all begin at once.
    private static let firstWithin: Duration = .seconds(10)

    /// Of the interval, either way.
    private static let jitter = 0.1

    /// - Parameter chance: from 0 to 1.
    init(interval: Duration, from now: ContinuousClock.Instant, chance: Double = .random(in: 0..<1)) {
        next = now + min(interval, Self.firstWithin) * chance
    }

    /// The turn that began at `began` is over.
    ///
    /// After a failure the next turns come sooner, until it is clear.
    mutating func turn(
        _ isProven: Bool, began: ContinuousClock.Instant, interval: Duration, chance: Double = .random(in: 0..<1)
    ) {
        failures = isProven ? 0 : min(failures + 1, Standing.failuresToFall)
        let isUnclear = failures > 0 && failures < Standing.failuresToFall
        next = began + interval * ((isUnclear ? 0.25 : 1) * (1 + Self.jitter * (2 * chance - 1)))
    }

    /// Another interval holds from now on.
    mutating func bring(within interval: Duration, from now: ContinuousClock.Instant) {
        next = min(next, now + interval)
    }
}
