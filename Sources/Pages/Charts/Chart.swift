import Fleet
import Foundation
import WireGuard

/// Stacked bars of what was downloaded and uploaded, as SVG: text keeps its size at every width, since only places are
/// in percent. Every colour is a class of the sheet.
struct Chart {
    var place: Place
    var title: Phrase
    var series: Series

    /// Where somebody finds who used it: `from` and `to` of a bar are added. Nil: a bar leads nowhere.
    var narrower: Link?

    /// Which chart of its page: parts of a drawing are named once a page.
    enum Place {
        case hours, days, active

        var title: StaticString {
            switch self {
            case .hours: "hours-title"
            case .days: "days-title"
            case .active: "active-title"
            }
        }
        var summary: StaticString {
            switch self {
            case .hours: "hours-summary"
            case .days: "days-summary"
            case .active: "active-summary"
            }
        }
        var both: StaticString {
            switch self {
            case .hours: "hours-title hours-summary"
            case .days: "days-title days-summary"
            case .active: "active-title active-summary"
            }
        }
        var hatch: StaticString {
            switch self {
            case .hours: "hours-hatch"
            case .days: "days-hatch"
            case .active: "active-hatch"
            }
        }
        var hatched: StaticString {
            switch self {
            case .hours: "url(#hours-hatch)"
            case .days: "url(#days-hatch)"
            case .active: "url(#active-hatch)"
            }
        }
    }

    init(_ place: Place, _ title: Phrase, _ series: Series, narrower: Link? = nil) {
        self.place = place
        self.title = title
        self.series = series
        self.narrower = narrower
    }

    /// A bar's place among so many, and what is left free beside it, in ten-thousandths of the drawing.
    static func bar(_ index: Int, of count: Int) -> (start: Int, end: Int, inset: Int) {
        let (start, end) = (index * 10_000 / count, (index + 1) * 10_000 / count)
        return (start, end, (end - start) * (count > 60 ? 1 : 3) / 20)
    }
}

extension Attribute {
    /// Ten-thousandths of the drawing's width or height, as percent.
    static func share(_ name: StaticString, _ share: Int) -> Attribute {
        let share = min(max(0, share), 10_000)
        let rest = share % 100
        return Attribute(name: name, value: .text("\(share / 100).\(rest < 10 ? "0" : "")\(rest)%"))
    }
}

extension Page {
    /// The drawing with its sentence, its legend, and the table for those who want numbers.
    mutating func chart(_ chart: Chart) {
        guard let peak = chart.series.peak else { return noTraffic(chart) }
        let summary = summary(chart, peak)
        element("figure", .class("chart")) { page in
            page.element("figcaption") { page in
                page.element("h3") { $0.words(chart.title) }
                page.element("p") { $0.text(summary) }
            }
            page.drawing(chart, Axis(most: peak.traffic.total, page.context.units), summary)
            page.legend(chart.series)
            page.data(chart)
        }
    }

    private mutating func noTraffic(_ chart: Chart) {
        element("figure", .class("chart")) { page in
            page.element("figcaption") { page in page.element("h3") { $0.words(chart.title) } }
            page.element("p", .class("empty")) { page in
                if chart.series.buckets.contains(where: \.hasGap) {
                    page.words(chart.series.buckets.allSatisfy(\.hasGap) ? .nobodyLooked : .noTrafficSeen)
                } else if let start = chart.series.buckets.first?.start {
                    page.words(.noTrafficSince, { $0.date(start) })
                } else {
                    page.words(.noTraffic)
                }
            }
        }
    }

    private mutating func summary(_ chart: Chart, _ peak: Series.Bucket) -> String {
        let sum = chart.series.sum
        let units = context.units
        return Phrase.chartSummary.wording.filled(
            language, units.volume(sum.tx, language), units.volume(sum.rx, language),
            moment(peak.start, chart.series.grain), units.volume(peak.traffic.total, language))
    }

    private mutating func drawing(_ chart: Chart, _ axis: Axis, _ summary: String) {
        let place = chart.place
        element("svg", .class("plot"), .fixed("role", "img"), .fixed("aria-labelledby", place.both)) { page in
            page.element("title", .id(place.title)) { $0.words(chart.title) }
            page.element("desc", .id(place.summary)) { $0.text(summary) }
            page.grid(axis)
            if chart.series.buckets.contains(where: \.hasGap) { page.hatch(place) }
            for (index, bucket) in chart.series.buckets.enumerated() {
                page.bar(chart, index, bucket, axis)
            }
            page.times(chart.series.grain, chart.series.buckets.map(\.start))
        }
    }

    mutating func grid(_ axis: Axis) {
        for line in 0...axis.lines {
            let y = 10_000 - line * 10_000 / axis.lines
            let label = axis.label(line, language)
            element("line", .class(line == 0 ? "base" : "grid"), .fixed("x2", "100%"), .share("y1", y), .share("y2", y))
            { _ in }
            element("text", .class("y"), .fixed("x", "-6"), .share("y", y), .fixed("dy", ".32em")) {
                $0.text(line == 0 ? "0" : label)
            }
        }
    }

    mutating func hatch(_ place: Chart.Place) {
        element("defs") { page in
            page.element(
                "pattern", .id(place.hatch), .fixed("width", "6"), .fixed("height", "6"),
                .fixed("patternUnits", "userSpaceOnUse"), .fixed("patternTransform", "rotate(45)")
            ) { page in
                page.element("line", .class("hatch"), .fixed("y2", "6")) { _ in }
            }
        }
    }

    private mutating func bar(_ chart: Chart, _ index: Int, _ bucket: Series.Bucket, _ axis: Axis) {
        guard bucket.traffic.total > 0 || bucket.hasGap || bucket.resets > 0 || chart.narrower != nil else { return }
        let (start, end, inset) = Chart.bar(index, of: chart.series.buckets.count)
        let down = axis.height(bucket.traffic.tx)
        let both = axis.height(bucket.traffic.total)
        let title = told(bucket, chart.series.grain)
        element("g", .number("data-row", index)) { page in
            page.element("title") { $0.text(title) }
            page.element(
                "rect", .class(bucket.hasGap ? "gap" : "hit"), .share("x", start), .share("width", end - start),
                .fixed("height", "100%"), .fixed("fill", bucket.hasGap ? chart.place.hatched : "transparent")
            ) { _ in }
            if down > 0 {
                page.element(
                    "rect", .class("d"), .share("x", start + inset), .share("width", end - start - 2 * inset),
                    .share("y", 10_000 - down), .share("height", down)
                ) { _ in }
            }
            if both > down {
                page.element(
                    "rect", .class("u"), .share("x", start + inset), .share("width", end - start - 2 * inset),
                    .share("y", 10_000 - both), .share("height", both - down)
                ) { _ in }
            }
            if bucket.resets > 0 {
                page.element("svg", .class("reset"), .share("x", (start + end) / 2), .fixed("overflow", "visible")) {
                    $0.raw("<path d=\"M-4-9H4L0-2z\"/>")
                }
            }
        }
    }

    /// Below the base line: the days' starts under hours, some of the days under days.
    mutating func times(_ grain: Series.Grain, _ starts: [UnixTime], perHour: Int = 1) {
        var labels: [(index: Int, text: String)] = []
        for (index, start) in starts.enumerated() {
            if let text = tick(start, grain, hours: starts.count / perHour) { labels.append((index, text)) }
        }
        let every = max(1, (labels.count + 7) / 8)
        let kept = labels.enumerated().filter { (labels.count - 1 - $0.offset).isMultiple(of: every) }.map(\.element)
        for (offset, label) in kept.enumerated() {
            let (start, end, _) = Chart.bar(label.index, of: starts.count)
            // On a phone every other one is left out.
            let isKept = (kept.count - 1 - offset).isMultiple(of: 2)
            let x = grain == .hour && (starts.count > 48 || perHour > 1) ? start : (start + end) / 2
            element(
                "text", .class(isKept ? "x" : "x more"), .share("x", x), .fixed("y", "100%"), .fixed("dy", "1.35em")
            ) { $0.text(label.text) }
        }
    }

    private mutating func tick(_ time: UnixTime, _ grain: Series.Grain, hours: Int) -> String? {
        guard let civil = civil(time), civil.minute == 0 || grain != .hour else { return nil }
        switch grain {
        case .hour where hours <= 4: return ShortDate.hour(civil)
        case .hour where hours <= 48:
            return civil.hour.isMultiple(of: 3) ? ShortDate.hour(civil) : nil
        case .hour: return civil.hour == 0 ? ShortDate.day(civil, language) : nil
        case .day: return ShortDate.day(civil, language)
        case .month: return ShortDate.month(civil, language)
        }
    }

    private mutating func legend(_ series: Series) {
        let zone = context.zone.identifier
        element("p", .class("legend")) { page in
            page.element("span", .class("key d")) { $0.words(.downloaded) }
            page.element("span", .class("key u")) { $0.words(.uploaded) }
            if series.buckets.contains(where: \.hasGap) { page.element("span", .class("key gap")) { $0.words(.gap) } }
            if series.buckets.contains(where: { $0.resets > 0 }) {
                page.element("span", .class("key reset")) { $0.words(.counterReset) }
            }
            page.element("span") { page in page.words(.zoneOfChart, { $0.text(zone) }) }
        }
    }
}
