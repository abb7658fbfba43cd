import Accounting
import FastCGI
import Pages
import WireGuard

/// The window that the traffic page's query asks for: a word, or two days. What is not understood is the last 30 days.
struct TrafficWindow {
    let shown: TrafficPage.Window
    let asked: Window

    typealias Name = TrafficPage.Window.Name

    /// Nil: the window has no steps.
    init?(_ visit: Visit) {
        let query = visit.request.query
        let zone = visit.zone
        let today = zone.start(of: .day, holding: visit.now)
        func day(_ count: Int) -> UnixTime { zone.start(of: .day, holding: visit.now, movedBy: count) }
        func month(_ count: Int) -> UnixTime { zone.start(of: .month, holding: visit.now, movedBy: count) }
        func asked(_ name: String) -> UnixTime? {
            query[name].flatMap { $0.utf8.count == 10 ? zone.parse($0) : nil }
        }

        var name = query["window"].flatMap(Name.init) ?? .thirtyDays
        var range = (from: day(-29), to: day(1))
        if name == .days { name = .thirtyDays }
        if let from = asked("from"), let to = asked("to"), from <= to, from <= visit.now {
            name = .days
            range = (max(from, Self.earliest), min(zone.start(of: .day, holding: to, movedBy: 1), day(1)))
        }
        switch name {
        case .today: range = (today, day(1))
        case .yesterday: range = (day(-1), today)
        case .week: range = (day(-6), day(1))
        case .month: range = (month(0), day(1))
        case .lastMonth: range = (month(-1), month(0))
        case .thirtyDays, .days: break
        }
        let seconds = range.to.seconds(since: range.from)
        var step = query["step"].flatMap(OwnerZone.Step.init) ?? Window.step(seconds: seconds)
        // A chart of more bars shows nothing.
        if step == .hour, seconds > 15 * 86_400 { step = .day }
        if step == .day, seconds > 400 * 86_400 { step = .month }
        guard let window = try? Window(range.from, range.to, step, zone, Window.mostSteps) else { return nil }
        self.asked = window
        shown = TrafficPage.Window(
            name: name, from: self.asked.from, to: self.asked.to, firstDay: zone.text(self.asked.from),
            lastDay: zone.text(self.asked.to.advanced(by: -1)),
            step: Series.Grain(rawValue: self.asked.step.rawValue) ?? .day,
            grouping: query["by"].flatMap(TrafficPage.Window.Grouping.init) ?? .user)
    }

    /// 2015-01-01: before there was WireGuard.
    private static let earliest = UnixTime(1_420_070_400)
}

extension OwnerZone {
    /// `2026-11-19`, as forms take it.
    fileprivate func text(_ time: UnixTime) -> String {
        let day = day(of: time)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day.year)-\(two(day.month))-\(two(day.day))"
    }
}
