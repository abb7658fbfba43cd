import Fleet
import WireGuard

extension Page {
    /// `18 ноя, 15:00`: which hour, day or month it is.
    mutating func moment(_ time: UnixTime, _ grain: Series.Grain) -> String {
        guard let civil = civil(time) else { return "\(time.seconds)" }
        return switch grain {
        case .hour: ShortDate.day(civil, language) + ", " + ShortDate.hour(civil)
        case .day: ShortDate.day(civil, language)
        case .month: ShortDate.month(civil, language)
        }
    }

    /// One bar in words.
    mutating func told(_ bucket: Series.Bucket, _ grain: Series.Grain) -> String {
        let units = context.units
        var text =
            moment(bucket.start, grain)
            + ": ↓\u{A0}\(units.volume(bucket.traffic.tx, language)) ↑\u{A0}\(units.volume(bucket.traffic.rx, language))"
        if bucket.hasGap { text += " · " + string(.gap) }
        if bucket.resets > 0 { text += " · " + string(.counterReset) }
        return text
    }

    /// The chart's numbers, newest first; always on the page, closed until wanted.
    mutating func data(_ chart: Chart) {
        let grain = chart.series.grain
        element("details", .class("data"), .key(chart.place.title.description)) { page in
            page.element("summary") { $0.words(.asTable) }
            page.element("table", .class("numbers")) { page in
                page.element("caption") { $0.words(chart.title) }
                page.element("thead") { page in
                    page.element("tr") {
                        $0.heads([
                            (.when, false), (.downloaded, true), (.uploaded, true), (.total, true), (.note, false),
                        ])
                    }
                }
                page.element("tbody") { page in
                    let buckets = chart.series.buckets
                    for index in buckets.indices.reversed() {
                        let end = index + 1 < buckets.count ? buckets[index + 1].start : chart.series.end
                        page.element("tr") { $0.data(buckets[index], grain, chart.narrower, until: end) }
                    }
                }
            }
        }
    }

    private mutating func data(_ bucket: Series.Bucket, _ grain: Series.Grain, _ narrower: Link?, until end: UnixTime) {
        let moment = moment(bucket.start, grain)
        element("th", .fixed("scope", "row")) { page in
            guard let narrower, bucket.traffic.total > 0 else { return page.text(moment) }
            let link = narrower.query("from", bucket.start.rfc3339).query("to", end.rfc3339)
            page.element("a", .href(link)) { $0.text(moment) }
        }
        for bytes in [bucket.traffic.tx, bucket.traffic.rx, bucket.traffic.total] {
            element("td", .class("n")) { $0.volume(bytes) }
        }
        element("td") { page in
            if bucket.hasGap { page.words(.gap) }
            if bucket.hasGap, bucket.resets > 0 { page.text(", ") }
            if bucket.resets > 0 { page.words(.counterReset) }
        }
    }
}
