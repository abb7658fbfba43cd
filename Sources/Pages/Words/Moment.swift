package import Foundation
package import WireGuard

/// Times as the owner reads them. Offsets are asked of the time zone once for each quarter of an hour that a page shows.
package struct OwnerClock: Sendable {
    package let now: UnixTime
    package let language: Language
    private let zone: TimeZone
    private var offsets: [Int64: Int] = [:]

    package init(now: UnixTime, zone: TimeZone, language: Language) {
        self.now = now
        self.zone = zone
        self.language = language
    }

    /// `5 мин назад`. A time to come (a clock that differs) is now.
    package mutating func relative(_ time: UnixTime) -> String {
        let age = age(time)
        if age < 5 { return Phrase.justNow.wording.text(language).description }
        guard age < 30 * 86_400 else { return date(time) }
        return Phrase.ago.wording.filled(language, Self.span(age, language))
    }

    /// `2026-11-19 14:05:10 UTC+3`, in Russian `19.11.2026 14:05:10 UTC+3`.
    package mutating func absolute(_ time: UnixTime) -> String {
        let offset = offset(at: time)
        guard let civil = CivilTime(time, offset: offset) else { return "\(time.seconds)" }
        var bytes: [UInt8] = []
        bytes.append(date: civil, language)
        bytes.append(UInt8(ascii: " "))
        bytes.append(clock: civil)
        bytes.append(raw: " UTC")
        if offset != 0 {
            bytes.append(UInt8(ascii: offset < 0 ? "-" : "+"))
            bytes.append(decimal: UInt64(offset.magnitude / 3600))
            let minutes = Int(offset.magnitude / 60 % 60)
            if minutes != 0 {
                bytes.append(UInt8(ascii: ":"))
                bytes.append(decimal: minutes, width: 2)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `14:05:10` today, the date before that.
    package mutating func clockOrDate(_ time: UnixTime) -> String {
        guard let civil = CivilTime(time, offset: offset(at: time)),
            let today = CivilTime(now, offset: offset(at: now)),
            (civil.year, civil.month, civil.day) == (today.year, today.month, today.day)
        else { return date(time) }
        var bytes: [UInt8] = []
        bytes.append(clock: civil)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `2026-11-19 14:05`
    package mutating func dateAndClock(_ time: UnixTime) -> String {
        guard let civil = civil(time) else { return "\(time.seconds)" }
        var bytes: [UInt8] = []
        bytes.append(date: civil, language)
        bytes.append(UInt8(ascii: " "))
        bytes.append(decimal: civil.hour, width: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: civil.minute, width: 2)
        return String(decoding: bytes, as: UTF8.self)
    }

    package mutating func date(_ time: UnixTime) -> String {
        guard let civil = CivilTime(time, offset: offset(at: time)) else { return "\(time.seconds)" }
        var bytes: [UInt8] = []
        bytes.append(date: civil, language)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// As the owner's calendar and clock say it. Nil: the year has not four digits.
    package mutating func civil(_ time: UnixTime) -> CivilTime? {
        CivilTime(time, offset: offset(at: time))
    }

    /// Seconds from `time` to now; 0 where it is to come.
    package func age(_ time: UnixTime) -> Int64 {
        let (age, overflow) = now.seconds.subtractingReportingOverflow(time.seconds)
        return overflow ? .max : max(0, age)
    }

    /// `12 с`, `5 мин`, `3 ч`, `12 дней`: the largest unit alone.
    package static func span(_ seconds: Int64, _ language: Language) -> String {
        let seconds = UInt64(max(0, seconds))
        return switch seconds {
        case ..<60: language.counted(seconds, .seconds)
        case ..<3600: language.counted(seconds / 60, .minutes)
        case ..<86_400: language.counted(seconds / 3600, .hours)
        default: language.counted(seconds / 86_400, .days)
        }
    }

    private mutating func offset(at time: UnixTime) -> Int {
        let quarter = time.seconds / 900
        if let known = offsets[quarter] { return known }
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.seconds)))
        offsets[quarter] = offset
        return offset
    }
}

extension UnixTime {
    /// `2026-11-19T14:05:10Z`; empty where the year has not four digits.
    package var rfc3339: String {
        guard let civil = CivilTime(self) else { return "" }
        var bytes: [UInt8] = []
        bytes.append(rfc3339: civil)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate mutating func append(date: CivilTime, _ language: Language) {
        switch language {
        case .russian:
            append(decimal: date.day, width: 2)
            append(UInt8(ascii: "."))
            append(decimal: date.month, width: 2)
            append(UInt8(ascii: "."))
            append(decimal: date.year, width: 4)
        case .english:
            append(decimal: date.year, width: 4)
            append(UInt8(ascii: "-"))
            append(decimal: date.month, width: 2)
            append(UInt8(ascii: "-"))
            append(decimal: date.day, width: 2)
        }
    }
}
