package import WireGuard

/// How a billing period will end if it goes on as on its completed days: a straight line, and no more than that.
package struct Forecast: Equatable, Sendable {
    /// By the end of the period, what is used already included.
    package let atEnd: UInt64

    /// Bytes a second, the mean of the completed days.
    private let rate: Double
    private let used: UInt64
    private let now: UnixTime
    private let end: UnixTime

    /// Fewer completed days tell of those days, and of nothing else.
    package static let fewestDays = 3

    /// Nil: too little data.
    ///
    /// - Parameters:
    ///   - completed: bytes of the completed days, from `since`, when the first of them began, until `today` began. Days before
    ///     anybody looked must not be among them.
    ///   - days: how many these are.
    ///   - used: of the period so far, the day under way included.
    package init?(
        completed: UInt64, days: Int, since: UnixTime, today: UnixTime, used: UInt64, now: UnixTime, end: UnixTime
    ) {
        let span = today.seconds(since: since)
        guard days >= Forecast.fewestDays, span > 0, now >= today, end >= now else { return nil }
        rate = Double(completed) / Double(span)
        self.used = used
        self.now = now
        self.end = end
        atEnd = Forecast.sum(used, rate * Double(end.seconds(since: now)))
    }

    /// When `limit` will have been used, in this period. Nil: not in this one, or it is already.
    package func reaches(_ limit: UInt64) -> UnixTime? {
        guard used < limit, rate > 0 else { return nil }
        let seconds = (Double(limit - used) / rate).rounded(.up)
        guard seconds <= Double(end.seconds(since: now)) else { return nil }
        return now.advanced(by: Int64(seconds))
    }

    private static func sum(_ used: UInt64, _ more: Double) -> UInt64 {
        guard let more = UInt64(exactly: more.rounded()) else { return .max }
        let (sum, overflow) = used.addingReportingOverflow(more)
        return overflow ? .max : sum
    }
}
