import Accounting
import Foundation
import WireGuard

/// Where the owner's days, months and hours are cut. A day that changes to or from summer time has 23 or 25 hours.
struct OwnerZone: Sendable {
    let timeZone: TimeZone
    private let calendar: Calendar

    /// Nil: not a name of the tz database.
    init?(_ name: String) {
        guard let timeZone = TimeZone(identifier: name) else { return nil }
        self.init(timeZone)
    }

    init(_ timeZone: TimeZone) {
        self.timeZone = timeZone
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        self.calendar = calendar
    }

    /// Of the tz database.
    var name: String { timeZone.identifier }

    enum Step: String, CaseIterable, Sendable {
        case hour
        case day
        case month

        fileprivate var component: Calendar.Component {
            switch self {
            case .hour: .hour
            case .day: .day
            case .month: .month
            }
        }
    }

    /// The start of the hour, day or month that holds `instant`.
    func start(of step: Step, holding instant: UnixTime) -> UnixTime {
        let interval = calendar.dateInterval(of: step.component, for: instant.date)
        return interval.map { UnixTime($0.start) } ?? instant
    }

    /// The cuts of `from..<to`: every start of a step inside it, `from` itself first and `to` last.
    /// Empty where `to` is not after `from`; at most `limit` pieces (nil: more than that).
    func cuts(_ step: Step, from: UnixTime, to: UnixTime, limit: Int) -> [UnixTime]? {
        guard from < to else { return [] }
        var cuts = [from]
        var start = self.start(of: step, holding: from).date
        while let next = calendar.date(byAdding: step.component, value: 1, to: start) {
            // Adding a day across a change of the clocks can land beside midnight: take the day's own start.
            start = self.start(of: step, holding: UnixTime(next)).date
            guard UnixTime(start) < to else { break }
            guard cuts.count < limit else { return nil }
            if UnixTime(start) > from { cuts.append(UnixTime(start)) }
        }
        return cuts + [to]
    }

    /// The start of the step after the one that holds `instant`, or `count` steps further or back.
    func start(of step: Step, holding instant: UnixTime, movedBy count: Int) -> UnixTime {
        let start = start(of: step, holding: instant)
        guard let moved = calendar.date(byAdding: step.component, value: count, to: start.date) else { return start }
        return self.start(of: step, holding: UnixTime(moved))
    }

    func day(of instant: UnixTime) -> PeriodDay {
        let parts = calendar.dateComponents([.year, .month, .day], from: instant.date)
        return PeriodDay(year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1)
    }

    func start(of day: PeriodDay) -> UnixTime {
        let parts = DateComponents(year: day.year, month: day.month, day: day.day, hour: 12)
        return calendar.date(from: parts).map { UnixTime(calendar.startOfDay(for: $0)) }
            ?? UnixTime(Int64(day.number) * 86_400)
    }

    /// Where clocks skip that time of day, the next there is.
    func moment(on day: PeriodDay, hour: Int, minute: Int) -> UnixTime {
        let parts = DateComponents(year: day.year, month: day.month, day: day.day, hour: hour, minute: minute)
        return calendar.date(from: parts).map(UnixTime.init) ?? start(of: day)
    }

    /// That day at the time of day that clocks show at `instant`; where they skip it, the next there is.
    func moment(on day: PeriodDay, atClockOf instant: UnixTime) -> UnixTime {
        let clock = calendar.dateComponents([.hour, .minute, .second], from: instant.date)
        return moment(on: day, hour: clock.hour ?? 0, minute: clock.minute ?? 0, second: clock.second ?? 0)
    }

    func moment(on day: PeriodDay, hour: Int, minute: Int, second: Int = 0) -> UnixTime {
        let parts = DateComponents(
            year: day.year, month: day.month, day: day.day, hour: hour, minute: minute, second: second)
        return calendar.date(from: parts).map(UnixTime.init) ?? start(of: day)
    }

    /// RFC 3339 (`2026-11-23T10:00:00Z`, any offset), or a date, which is that day's start in this zone.
    func parse(_ text: String) -> UnixTime? {
        let date = text.split(separator: "-", omittingEmptySubsequences: false)
        if text.utf8.count == 10, date.count == 3 {
            guard let year = Int(date[0]), let month = Int(date[1]), let day = Int(date[2]) else { return nil }
            let components = DateComponents(year: year, month: month, day: day)
            guard components.isValidDate(in: calendar), let noon = calendar.date(from: components) else { return nil }
            return UnixTime(calendar.startOfDay(for: noon))
        }
        return UnixTime(rfc3339: text)
    }
}

extension UnixTime {
    /// RFC 3339, section 5.6; a fraction is cut off. An offset may lack its colon, as date(1) prints it. Nil: another form, or
    /// a day or an hour that is none.
    fileprivate init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        func isAt(_ place: Int, _ characters: String) -> Bool {
            place < bytes.count && characters.utf8.contains(bytes[place])
        }
        guard isAt(4, "-"), isAt(7, "-"), isAt(10, "Tt"), isAt(13, ":"), isAt(16, ":"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...PeriodDay.days(in: month, of: year)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var place = 19
        if isAt(place, ".") {
            let start = place + 1
            place = start
            while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
            guard place > start else { return nil }
        }
        var offset = 0
        if isAt(place, "Zz") {
            guard place + 1 == bytes.count else { return nil }
        } else {
            let colon = isAt(place + 3, ":") ? 1 : 0
            guard isAt(place, "+-"), place + 5 + colon == bytes.count, let hours = number(place + 1..<place + 3),
                let minutes = number(place + 3 + colon..<place + 5 + colon), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (bytes[place] == UInt8(ascii: "-") ? -1 : 1)
        }
        let days = PeriodDay(year: year, month: month, day: day).number
        self.init(Int64(days * 86_400 + hour * 3600 + minute * 60 + second - offset))
    }
}

extension UnixTime {
    init(_ date: Date) {
        self.init(Int64(date.timeIntervalSince1970.rounded(.down)))
    }

    var date: Date { Date(timeIntervalSince1970: Double(seconds)) }
}
