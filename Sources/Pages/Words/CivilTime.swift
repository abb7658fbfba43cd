package import WireGuard

/// Year to second of an instant, by the proleptic Gregorian calendar, at a fixed distance from UTC.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    /// Nil: the year has not four digits.
    package init?(_ time: UnixTime) {
        self.init(time, offset: 0)
    }

    /// `offset`: seconds east of UTC.
    package init?(_ time: UnixTime, offset: Int) {
        guard (-62_135_596_800 + 86_400...253_402_300_799 - 86_400).contains(time.seconds) else { return nil }
        let local = time.seconds + Int64(offset)
        let days = Int(local >= 0 ? local / 86_400 : (local - 86_399) / 86_400)
        let ofDay = Int(local) - days * 86_400
        // Days are counted from 0000-03-01, so that the leap day is the last of its year.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let ofEra = shifted % 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * ofYear + 2) / 153
        day = ofYear - (153 * fromMarch + 2) / 5 + 1
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = ofDay / 3600
        minute = ofDay / 60 % 60
        second = ofDay % 60
    }
}

extension [UInt8] {
    /// `2026-11-19T14:05:10Z`
    mutating func append(rfc3339 time: CivilTime) {
        append(decimal: time.year, width: 4)
        append(UInt8(ascii: "-"))
        append(decimal: time.month, width: 2)
        append(UInt8(ascii: "-"))
        append(decimal: time.day, width: 2)
        append(UInt8(ascii: "T"))
        append(clock: time)
        append(UInt8(ascii: "Z"))
    }

    /// `14:05:10`
    mutating func append(clock time: CivilTime) {
        append(decimal: time.hour, width: 2)
        append(UInt8(ascii: ":"))
        append(decimal: time.minute, width: 2)
        append(UInt8(ascii: ":"))
        append(decimal: time.second, width: 2)
    }
}
