import Accounting
import FastCGI
import Fleet
import Foundation
import Pages
import Store
import WireGuard

/// The window that the traffic page's query asks for: a word, or two moments. What is not understood is the last 30 days.
struct TrafficWindow {
    let shown: TrafficPage.Window
    let asked: Window

    var selection: Selection { Selection(user: shown.user.map { .telegramID($0) }, node: shown.node) }

    typealias Name = TrafficPage.Window.Name

    /// Nil: the window has no steps.
    ///
    /// - Parameter hours: since when hours are kept; nil: all.
    init?(_ visit: Visit, hours: UnixTime?) {
        let query = visit.request.query
        let zone = visit.zone
        let today = zone.start(of: .day, holding: visit.now)
        func day(_ count: Int) -> UnixTime { zone.start(of: .day, holding: visit.now, movedBy: count) }
        func month(_ count: Int) -> UnixTime { zone.start(of: .month, holding: visit.now, movedBy: count) }

        var name = query["window"].flatMap(Name.init) ?? .thirtyDays
        var range = (from: day(-29), to: day(1))
        if name == .custom { name = .thirtyDays }
        func text(_ name: String) -> String? { query[name].flatMap { $0.isEmpty ? nil : $0 } }
        let from = text("from").flatMap { zone.moment($0, isEnd: false) }
        // Without an end: until now.
        let to = text("to").map { zone.moment($0, isEnd: true) } ?? day(1)
        if let from, let to, from < to, from <= visit.now {
            name = .custom
            range = (max(from, Self.earliest), min(to, day(1)))
        }
        switch name {
        case .today: range = (today, day(1))
        case .yesterday: range = (day(-1), today)
        case .week: range = (day(-6), day(1))
        case .month: range = (month(0), day(1))
        case .lastMonth: range = (month(-1), month(0))
        case .thirtyDays, .custom: break
        }
        let seconds = range.to.seconds(since: range.from)
        var step = query["step"].flatMap(OwnerZone.Step.init) ?? Window.step(seconds: seconds)
        // A chart of more bars shows nothing.
        if step == .hour, seconds > 15 * 86_400 { step = .day }
        if step == .day, seconds > 400 * 86_400 { step = .month }
        guard let told = try? Window(range.from, range.to, step, zone, Window.mostSteps) else { return nil }
        let window = told.widened(hours, zone)
        let counted = Questions.whole(window.counted(hours))
        self.asked = window
        let (node, user) = (text("node"), text("user"))
        var shown = TrafficPage.Window(
            name: name, from: window.from, to: window.to, counted: counted.isEmpty ? window.from..<window.to : counted,
            isWidened: window.from != told.from || window.to != told.to, formFrom: zone.form(window.from),
            formTo: zone.form(window.to), step: Series.Grain(rawValue: window.step.rawValue) ?? .day,
            grouping: query["by"].flatMap(TrafficPage.Window.Grouping.init) ?? .user,
            node: node.flatMap { try? visit.node($0) },
            user: user.flatMap { Int64($0) }.flatMap { id in
                visit.snapshot.users.contains { $0.user.telegramID == id } ? id : nil
            })
        let isNamed = query["window"].flatMap(Name.init).map { $0 != .custom } ?? false
        shown.isRefused = name != .custom && !isNamed && (text("from") ?? text("to")) != nil
        if user != nil, shown.user == nil { shown.missing = .user }
        if node != nil, shown.node == nil { shown.missing = .node }
        self.shown = shown
    }

    /// 2015-01-01: before there was WireGuard.
    private static let earliest = UnixTime(1_420_070_400)
}

extension OwnerZone {
    /// A date (as an end, that day's own), `2026-11-19T20:00` by this zone's clocks, or RFC 3339.
    fileprivate func moment(_ text: String, isEnd: Bool) -> UnixTime? {
        if text.utf8.count == 10 {
            return parse(text).map { isEnd ? start(of: .day, holding: $0, movedBy: 1) : $0 }
        }
        guard [16, 19].contains(text.utf8.count), !text.hasSuffix("Z") else {
            // The plus of an offset that was not encoded came as a space.
            return parse(text.replacing(" ", with: "+"))
        }
        let parts = text.split(separator: "T")
        guard parts.count == 2, let day = parse(String(parts[0])) else { return nil }
        let clock = parts[1].split(separator: ":").map { Int($0) }
        guard clock.count >= 2, let hour = clock[0], let minute = clock[1], (0..<24).contains(hour),
            (0..<60).contains(minute)
        else { return nil }
        return moment(on: self.day(of: day), hour: hour, minute: minute)
    }

    /// As a form's field has it.
    fileprivate func form(_ time: UnixTime) -> String {
        let day = day(of: time)
        let seconds = Int(time.seconds) + timeZone.secondsFromGMT(for: time.date)
        let minute = (seconds % 86_400 + 86_400) % 86_400 / 60
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day.year)-\(two(day.month))-\(two(day.day))T\(two(minute / 60)):\(two(minute % 60))"
    }
}
