import Accounting
import WireGuard

/// A stretch of time as history can tell it: in five minutes where these are kept, in hours where those are, else in days of
/// UTC. What cannot be cut belongs to where it begins.
struct Span {
    /// In numbers of five minutes.
    private(set) var start: Int64
    private(set) var end: Int64

    /// The coarsest that an end was moved to.
    private(set) var grain: Grain

    /// Pages to be read, and where a page has several buckets which of them.
    struct Part: Equatable {
        var table: HistoryTable
        /// Of the table's span.
        var buckets: Range<Int64>
        var slots: Range<UInt8>?

        /// The same as slots of a table whose pages have several of its buckets.
        func slots(of table: HistoryTable) -> [Part] {
            let count = table.span.seconds / table.grain.seconds
            let (low, high) = (buckets.lowerBound, buckets.upperBound)
            let (first, last) = (-Grain.floor(-low, count), Grain.floor(high, count))
            func part(_ page: Int64, _ from: Int64, _ to: Int64) -> Part {
                Part(
                    table: table, buckets: page..<page + 1, slots: UInt8(from - page * count)..<UInt8(to - page * count)
                )
            }
            guard first <= last else { return [part(last, low, high)] }
            var parts: [Part] = []
            if low < first * count { parts.append(part(first - 1, low, first * count)) }
            if first < last { parts.append(Part(table: table, buckets: first..<last)) }
            if last * count < high { parts.append(part(last, last * count, high)) }
            return parts
        }

        /// The same from the widest pages that it has whole.
        var widest: [Part] {
            guard let wider = table.wider else { return [self] }
            let (first, last) = (-Grain.floor(-buckets.lowerBound, 8), Grain.floor(buckets.upperBound, 8))
            guard first < last else { return [self] }
            return [
                Part(table: table, buckets: buckets.lowerBound..<first * 8),
                Part(table: table, buckets: last * 8..<buckets.upperBound),
            ].filter { !$0.buckets.isEmpty } + Part(table: wider, buckets: first..<last).widest
        }
    }

    private let fives: Int64

    /// - Parameter finest: five minutes or hours.
    init(from: UnixTime, to: UnixTime, finest: Grain, _ horizons: Horizons) {
        let horizon = (fives: horizons.fiveMinutes, hours: horizons.hours)
        fives = horizon.fives.map { Grain.fiveMinutes.bucket(holding: $0) } ?? .min
        grain = finest
        var coarsest = finest
        func snap(_ time: UnixTime) -> Int64 {
            var five = Grain.fiveMinutes.bucket(notBefore: time)
            func round(to grain: Grain) {
                let bucket = grain.bucket(notBefore: Grain.fiveMinutes.start(of: five))
                let rounded = bucket * (grain.seconds / 300)
                if rounded != five, finest == .fiveMinutes || grain == .day { coarsest = max(coarsest, grain) }
                five = rounded
            }
            // Far from both ends of what a number can say.
            five = max(-1 << 40, min(five, 1 << 40))
            if finest == .hour || Grain.fiveMinutes.start(of: five) < horizon.fives ?? UnixTime(.min) {
                round(to: .hour)
            }
            if let hours = horizon.hours, Grain.fiveMinutes.start(of: five) < hours { round(to: .day) }
            return five
        }
        start = snap(from)
        end = max(start, snap(to))
        grain = coarsest
    }

    var startTime: UnixTime { Grain.fiveMinutes.start(of: start) }
    var endTime: UnixTime { Grain.fiveMinutes.start(of: end) }

    /// - Parameters:
    ///   - hasPeaks: five minutes are read where they are kept, though hours would do for sums.
    ///   - newest: the last five minutes that have anything: a stretch that ends after them takes their widest page whole.
    func parts(hasPeaks: Bool, newest: Int64?) -> [Part] {
        guard start < end else { return [] }
        var end = end
        if let newest, newest < end {
            let page = HistoryTable.sixtyFourDays.span.seconds / Grain.fiveMinutes.seconds
            end = -Grain.floor(-end, page) * page
        }
        let days = (first: -Grain.floor(-start, 288), last: Grain.floor(end, 288))
        guard days.first < days.last else {
            let midnight = days.first * 288
            return midnight > start && midnight < end
                ? edge(start, midnight, hasPeaks) + edge(midnight, end, hasPeaks) : edge(start, end, hasPeaks)
        }
        return edge(start, days.first * 288, hasPeaks)
            + [Part(table: .days, buckets: days.first..<days.last)]
            + edge(days.last * 288, end, hasPeaks)
    }

    /// Within one day of UTC.
    private func edge(_ start: Int64, _ end: Int64, _ hasPeaks: Bool) -> [Part] {
        guard start < end else { return [] }
        let hours = (first: -Grain.floor(-start, 12), last: Grain.floor(end, 12))
        if hasPeaks && start >= fives || hours.first >= hours.last {
            return [Part(table: .fiveMinutes, buckets: start..<end)]
        }
        let day = Grain.floor(hours.first, 24)
        let slots = UInt8(hours.first - day * 24)..<UInt8(hours.last - day * 24)
        var parts = [Part(table: .hours, buckets: day..<day + 1, slots: slots)]
        if start < hours.first * 12 { parts.append(Part(table: .fiveMinutes, buckets: start..<hours.first * 12)) }
        if hours.last * 12 < end { parts.append(Part(table: .fiveMinutes, buckets: hours.last * 12..<end)) }
        return parts
    }
}
