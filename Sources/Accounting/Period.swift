/// A month of billing: from a day of the calendar to the day before the next one's first. No counter is ever reset by it.
package struct Period: Hashable, Sendable {
    /// On which day of the month it begins, 1 to 31; in a shorter month on that month's last day.
    package let startDay: Int

    /// The month it begins in.
    package let year: Int
    package let month: Int

    private init(startDay: Int, year: Int, month: Int) {
        self.startDay = startDay
        self.year = year
        self.month = month
    }

    /// The period that holds `day`. A `startDay` outside 1 to 31 is taken for the nearest of these.
    package init(startDay: Int, holding day: PeriodDay) {
        let here = Period(startDay: min(max(startDay, 1), 31), year: day.year, month: day.month)
        self = day < here.start ? here.previous : here
    }

    package var start: PeriodDay {
        PeriodDay(year: year, month: month, day: min(startDay, PeriodDay.days(in: month, of: year)))
    }

    /// The first day after it.
    package var end: PeriodDay { next.start }

    /// 28 to 31, or one off where the start was clamped.
    package var days: Int { end.number - start.number }

    package var next: Period {
        month == 12
            ? Period(startDay: startDay, year: year + 1, month: 1)
            : Period(startDay: startDay, year: year, month: month + 1)
    }

    package var previous: Period {
        month == 1
            ? Period(startDay: startDay, year: year - 1, month: 12)
            : Period(startDay: startDay, year: year, month: month - 1)
    }

    /// The day of the period before that is as far from its start as `day` is from this one's; its end where it has no such day.
    package func sameDayBefore(_ day: PeriodDay) -> PeriodDay {
        min(previous.start.advanced(by: day.number - start.number), start)
    }
}
