import Fleet
import WireGuard

/// How one service was, a bar a day: what was not looked at is grey, never green.
struct DayBars {
    enum Shade: CaseIterable {
        case up, partly, blocked, down, unknown

        init(_ day: ServiceHistory.Day) {
            let sum = day.sum
            let known = sum.online + sum.offline + sum.blocked
            // A day of which most is not known is no green day; an outage in it is shown all the same.
            self =
                if known == 0 {
                    .unknown
                } else if sum.offline + sum.blocked == 0 {
                    known * 2 >= day.seconds ? .up : .unknown
                } else if sum.blocked > sum.offline {
                    .blocked
                } else {
                    sum.offline * 2 > known ? .down : .partly
                }
        }

        var name: StaticString {
            switch self {
            case .up: "good"
            case .partly: "partly"
            case .blocked: "blocked"
            case .down: "bad"
            case .unknown: "unknown"
            }
        }

        var phrase: Phrase {
            switch self {
            case .up: .barUp
            case .partly: .barPartly
            case .blocked: .barBlocked
            case .down: .barDown
            case .unknown: .barUnknown
            }
        }
    }
}

extension Page {
    /// The drawing with its sentence and its dates.
    mutating func dayBars(_ days: [ServiceHistory.Day], of name: String) {
        let shades = days.map(DayBars.Shade.init)
        let summary = Phrase.barsSummary.wording.filled(
            language, name, percent(ServiceHistory.uptime(days)),
            language.grouped(UInt64(shades.count { [.partly, .down, .blocked].contains($0) })),
            language.grouped(UInt64(shades.count { $0 == .unknown })))
        element(
            "svg", .class("days"), .fixed("role", "img"), .label(summary), .fixed("viewBox", "0 0 360 24"),
            .fixed("preserveAspectRatio", "none")
        ) { page in
            for (index, shade) in shades.enumerated() {
                page.element(
                    "rect", .class(shade.name), .number("x", index * 360 / max(1, shades.count)), .fixed("width", "3"),
                    .fixed("height", "24")
                ) { _ in }
            }
        }
        guard let first = days.first?.start, let last = days.last?.start else { return }
        element("p", .class("span")) { page in
            page.date(first)
            page.element("span") { $0.text(summary) }
            page.date(last)
        }
    }

    mutating func barsLegend() {
        element("ul", .class("legend days")) { page in
            for shade in DayBars.Shade.allCases {
                page.element("li") { page in
                    page.element("span", .class(shade.name)) { _ in }
                    page.words(shade.phrase)
                }
            }
        }
    }

    /// `99,98 %`, rounded down: a hundred is whole. A dash where nobody looked.
    mutating func share(_ share: Double?) {
        guard let share else { return dash() }
        text(percent(share))
    }

    func percent(_ share: Double?) -> String {
        guard let share else { return "–" }
        guard share < 1 else { return language == .russian ? "100\u{A0}%" : "100%" }
        let hundredths = Int(share * 10_000)
        let rest = hundredths % 100
        let digits = "\(hundredths / 100)\(language.decimalPoint)\(rest < 10 ? "0" : "")\(rest)"
        return digits + (language == .russian ? "\u{A0}%" : "%")
    }

    /// When it was down, newest first.
    mutating func outages(_ rows: [(name: String, place: String?, outage: ServiceHistory.Outage)], isOwner: Bool) {
        table(
            .outages,
            head: {
                $0.heads([(.service, false), (.state, false), (.began, false), (.lasted, true), (.cause, false)])
            },
            rows: { page in
                for row in rows { page.element("tr") { $0.outage(row.name, row.place, row.outage, isOwner) } }
            })
    }

    private mutating func outage(
        _ name: String, _ place: String?, _ outage: ServiceHistory.Outage, _ isOwner: Bool
    ) {
        rowHead(.service) { page in
            page.text(name)
            if let place { page.element("small") { $0.name(place) } }
        }
        cell(.state) { $0.state(outage.status.mark, outage.status.phrase) }
        cell(.began) { $0.exactly(outage.since) }
        numberCell(.lasted) { page in
            let end = outage.until ?? page.context.now
            page.text(OwnerClock.span(max(0, end.seconds(since: outage.since)), page.language))
            if outage.until == nil { page.element("small") { $0.words(.goesOn) } }
        }
        cell(.cause) { page in
            page.words(outage.evidence.wording)
            if isOwner, let detail = outage.detail { page.element("small") { $0.code(detail) } }
        }
    }
}

extension ServiceHistory {
    static func uptime(_ days: [Day]) -> Double? {
        days.reduce(into: Sum()) { $0 += $1.sum }.uptime
    }
}
