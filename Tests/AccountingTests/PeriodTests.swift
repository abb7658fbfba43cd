import Accounting
import Fleet
import Testing
import WireGuard

struct PeriodTests {
    private func day(_ year: Int, _ month: Int, _ day: Int) -> PeriodDay {
        PeriodDay(year: year, month: month, day: day)
    }

    @Test func `days are numbered from 1970 and back`() {
        #expect(day(1970, 1, 1).number == 0)
        #expect(day(2026, 11, 23).number == 1_795_392_000 / 86_400)
        var last = day(1895, 12, 31)
        for number in last.number + 1...day(2105, 1, 1).number {
            let next = PeriodDay(number: number)
            #expect(next.number == number && next > last)
            let isNextDay = next.month == last.month && next.day == last.day + 1
            let isNextMonth = next.day == 1 && last.day == PeriodDay.days(in: last.month, of: last.year)
            if !isNextDay && !isNextMonth { Issue.record("\(last) is followed by \(next)") }
            last = next
        }
    }

    @Test(arguments: [
        (1, "2026-11-23", "2026-11-01", "2026-12-01"), (23, "2026-11-23", "2026-11-23", "2026-12-23"),
        (24, "2026-11-23", "2026-10-24", "2026-11-24"), (31, "2026-02-10", "2026-01-31", "2026-02-28"),
        (31, "2026-02-28", "2026-02-28", "2026-03-31"), (30, "2028-02-29", "2028-02-29", "2028-03-30"),
        (5, "2026-01-04", "2025-12-05", "2026-01-05"), (31, "2026-12-31", "2026-12-31", "2027-01-31"),
    ])
    func `a period begins on its day, or on a shorter month's last`(
        startDay: Int, today: String, start: String, end: String
    ) {
        let period = Period(startDay: startDay, holding: PeriodDay(text: today))
        #expect(period.start == PeriodDay(text: start))
        #expect(period.end == PeriodDay(text: end))
    }

    @Test(arguments: 1...31) func `periods cover every day once`(startDay: Int) {
        for number in day(2023, 12, 1).number...day(2025, 2, 1).number {
            let day = PeriodDay(number: number)
            let period = Period(startDay: startDay, holding: day)
            #expect(period.start <= day && day < period.end)
            #expect(period.previous.end == period.start && period.next.start == period.end)
            #expect(period.previous.next == period && (28...31).contains(period.days))
            let before = period.sameDayBefore(day)
            #expect(period.previous.start <= before && before <= period.start)
        }
    }

    @Test func `the same day of the period before is as far from its start, or its end`() {
        let march = Period(startDay: 1, holding: day(2026, 3, 31))
        #expect(march.sameDayBefore(day(2026, 3, 10)) == day(2026, 2, 10))
        #expect(march.sameDayBefore(day(2026, 3, 31)) == day(2026, 3, 1))
        #expect(Period(startDay: 5, holding: day(2026, 1, 4)).sameDayBefore(day(2026, 1, 4)) == day(2025, 12, 5))
    }

    @Test func `an allowance is used by the directions that count`() {
        let traffic = Traffic(rx: 3, tx: 5)
        #expect(PeriodAllowance.Count.allCases.map { $0.bytes(of: traffic) } == [8, 3, 5])
        #expect(PeriodAllowance(bytes: 8, startDay: 1).left(after: 3) == 5)
        #expect(PeriodAllowance(bytes: 8, startDay: 1).left(after: 9) == 0)
        #expect(PeriodAllowance.Count.both.bytes(of: Traffic(rx: .max, tx: 1)) == .max)
    }
}

struct ForecastTests {
    private let day: Int64 = 86_400

    /// Ten days of a thousand bytes each, and some of today.
    private func made(completed: UInt64 = 10_000, days: Int = 10, used: UInt64 = 10_500) -> Forecast? {
        Forecast(
            completed: completed, days: days, since: UnixTime(0), today: UnixTime(10 * day), used: used,
            now: UnixTime(10 * day + day / 2), end: UnixTime(30 * day))
    }

    @Test func `it goes on as on the completed days`() throws {
        let forecast = try #require(made())
        #expect(forecast.atEnd == 10_500 + 19_500)
        #expect(forecast.reaches(11_500) == UnixTime(11 * day + day / 2))
        #expect(forecast.reaches(30_000) == UnixTime(30 * day))
        #expect(forecast.reaches(30_001) == nil)
        #expect(forecast.reaches(10_500) == nil)
    }

    @Test(arguments: [-1, 0, 2]) func `too few days are too little`(days: Int) {
        #expect(made(days: days) == nil)
    }

    @Test func `who used nothing will, and reaches nothing`() throws {
        let forecast = try #require(made(completed: 0, used: 0))
        #expect(forecast.atEnd == 0 && forecast.reaches(1) == nil)
    }

    @Test func `numbers without end stop at the last`() throws {
        #expect(try #require(made(completed: .max, used: .max)).atEnd == .max)
        #expect(try #require(made(completed: .max, used: 1)).reaches(.max) != nil)
    }
}

extension PeriodDay {
    fileprivate init(text: String) {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        self.init(year: parts[0], month: parts[1], day: parts[2])
    }
}
