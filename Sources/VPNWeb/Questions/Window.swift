import Accounting
import Fleet
import WireGuard

/// From when to when somebody asks, and in which steps.
struct Window: Sendable, Equatable {
    var from: UnixTime

    /// The first moment after it.
    var to: UnixTime
    var step: OwnerZone.Step

    /// Where its steps begin, `from` first and `to` last; empty: nothing is asked.
    var cuts: [UnixTime]

    /// Its cuts as sums are made of them: at whole hours of UTC, and where hours are kept no more, at days of UTC. What
    /// cannot be cut belongs to where it begins.
    ///
    /// - Parameter hours: since when hours are kept; nil: all.
    func counted(_ hours: UnixTime?) -> [UnixTime] {
        cuts.map { Window.next($0, hours) }
    }

    /// The window with every whole hour of UTC that it touches, where an end is not at a full hour of the owner's clocks:
    /// sums are made of no less. Where hours are kept no more, with every day of UTC, unless it ends at a midnight.
    ///
    /// - Parameter hours: since when hours are kept; nil: all.
    func widened(_ hours: UnixTime?, _ zone: OwnerZone) -> Window {
        guard from < to else { return self }
        func isWhole(_ time: UnixTime) -> Bool {
            zone.start(of: hours.map { time < $0 } == true ? .day : .hour, holding: time) == time
        }
        func last(_ time: UnixTime) -> UnixTime {
            let hour = Hour(containing: time).start
            guard let hours, hour < hours else { return hour }
            return Grain.day.start(of: Grain.day.bucket(holding: hour))
        }
        var wide = self
        if !isWhole(from) { wide.from = last(from) }
        if !isWhole(to) { wide.to = Window.next(to, hours) }
        // In a zone of half or quarter hours both ends may come to one.
        if Window.next(wide.from, hours) >= Window.next(wide.to, hours) {
            wide.from = last(from)
            wide.to = Window.next(to, hours)
        }
        wide.cuts = zone.cuts(step, from: wide.from, to: wide.to, limit: .max) ?? cuts
        return wide
    }

    /// The first moment at or after `time` at which what is kept can be cut.
    private static func next(_ time: UnixTime, _ hours: UnixTime?) -> UnixTime {
        let hour = Hour(notBefore: time).start
        guard let hours, hour < hours else { return hour }
        return Grain.day.start(of: Grain.day.bucket(notBefore: hour))
    }

    enum Problem: Error, Equatable {
        case step
        case from
        case to
        /// It ends before it begins.
        case order
        /// More steps than are answered at once.
        case tooMany(Int)
    }

    /// - Parameters:
    ///   - from: RFC 3339, or a date in the owner's zone; nil: as many steps before `to` as are usual.
    ///   - first: what is asked of cannot have begun before: where neither moment is told, the window begins in its hour.
    ///   - to: likewise, exclusive; nil: the end of the step under way.
    ///   - step: a word; nil: what suits the window's length, hours where nothing is told.
    init(
        from: String?, to: String?, step word: String?, since first: UnixTime? = nil, zone: OwnerZone, now: UnixTime,
        limit: Int
    ) throws(Problem) {
        func parse(_ text: String?, _ problem: Problem) throws(Problem) -> UnixTime? {
            guard let text else { return nil }
            guard let time = zone.parse(text), Window.times.contains(time.seconds) else { throw problem }
            return time
        }
        let whole = from == nil && to == nil ? first.map { Hour(containing: $0).start } : nil
        let told = try parse(from, .from)
        let start = whole ?? told
        let end = try parse(to, .to)
        var step = OwnerZone.Step.hour
        if let word {
            guard let known = OwnerZone.Step(rawValue: word) else { throw .step }
            step = known
        } else if let start {
            step = Window.step(seconds: (end ?? now).seconds(since: start))
        }
        let last = end ?? max(zone.start(of: step, holding: now, movedBy: 1), start ?? now)
        let begin = start ?? zone.start(of: step, holding: last.advanced(by: -1), movedBy: 1 - Window.usual(step))
        guard begin <= last else { throw .order }
        try self.init(begin, last, step, zone, limit)
    }

    init(_ from: UnixTime, _ to: UnixTime, _ step: OwnerZone.Step, _ zone: OwnerZone, _ limit: Int) throws(Problem) {
        self.from = from
        self.to = to
        self.step = step
        guard let cuts = zone.cuts(step, from: from, to: to, limit: limit) else { throw .tooMany(limit) }
        self.cuts = cuts
    }

    /// A quarter of hours, and some: more are not answered at once.
    static let mostSteps = 2400

    /// Years that calendars agree on, and have four digits.
    private static let times: ClosedRange<Int64> = -2_208_988_800...253_370_764_800

    /// A day of hours, five weeks of days, a year and a month.
    private static func usual(_ step: OwnerZone.Step) -> Int {
        switch step {
        case .hour: 24
        case .day: 35
        case .month: 13
        }
    }

    static func step(seconds: Int64) -> OwnerZone.Step {
        seconds <= 3 * 86_400 ? .hour : seconds <= 100 * 86_400 ? .day : .month
    }
}
