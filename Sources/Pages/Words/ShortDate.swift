/// Short dates for charts: the year is seen elsewhere.
enum ShortDate {
    private static let russian: [StaticString] = [
        "янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек",
    ]
    private static let english: [StaticString] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func name(_ civil: CivilTime, _ language: Language) -> String {
        (language == .russian ? russian : english)[civil.month - 1].description
    }

    /// `18 ноя`, `Nov 18`.
    static func day(_ civil: CivilTime, _ language: Language) -> String {
        switch language {
        case .russian: "\(civil.day)\u{A0}\(name(civil, language))"
        case .english: "\(name(civil, language))\u{A0}\(civil.day)"
        }
    }

    /// `ноя 2026`; the month of May alone has another form beside a day.
    static func month(_ civil: CivilTime, _ language: Language) -> String {
        let name = language == .russian && civil.month == 5 ? "май" : name(civil, language)
        return "\(name)\u{A0}\(civil.year)"
    }

    /// `15:00`
    static func hour(_ civil: CivilTime) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(civil.hour)):\(two(civil.minute))"
    }
}
