import Fleet
package import WireGuard

/// How many peers moved bytes, over time.
package struct ActivitySeries: Sendable, Equatable {
    package var start: UnixTime

    /// Seconds from one number to the next; at most an hour.
    package var step: Int64

    /// The most at a time within a step. Nil: nobody was seen, and for a part of it nobody looked.
    package var counts: [Int?]

    package init(start: UnixTime, step: Int64, counts: [Int?]) {
        self.start = start
        self.step = step
        self.counts = counts
    }

    func time(_ index: Int) -> UnixTime { start.advanced(by: Int64(index) * step) }

    /// The first of the most. Nil: nobody was seen.
    var peak: (index: Int, count: Int)? {
        var peak: (index: Int, count: Int)?
        for (index, count) in counts.enumerated() {
            if let count, count > peak?.count ?? 0 { peak = (index, count) }
        }
        return peak
    }
}

extension Page {
    /// Steps as an area, with the sentence and the table that every chart has.
    mutating func chart(_ series: ActivitySeries) {
        let place = Chart.Place.active
        guard let peak = series.peak else {
            return element("figure", .class("chart")) { page in
                page.element("figcaption") { page in page.element("h3") { $0.words(.activePeers) } }
                page.element("p", .class("empty")) { page in
                    if series.counts.contains(nil) {
                        page.words(series.counts.allSatisfy { $0 == nil } ? .nobodyLooked : .noTrafficSeen)
                    } else {
                        page.words(.nobodyActive)
                    }
                }
            }
        }
        let when = moment(series.time(peak.index), .hour)
        let summary = Phrase.activeSummary.wording.filled(language, language.grouped(UInt64(peak.count)), when)
        element("figure", .class("chart")) { page in
            page.element("figcaption") { page in
                page.element("h3") { $0.words(.activePeers) }
                page.element("p") { $0.text(summary) }
            }
            page.element("svg", .class("plot low"), .fixed("role", "img"), .fixed("aria-labelledby", place.both)) {
                page in
                page.element("title", .id(place.title)) { $0.words(.activePeers) }
                page.element("desc", .id(place.summary)) { $0.text(summary) }
                let axis = Axis(count: peak.count)
                page.grid(axis)
                if series.counts.contains(nil) { page.hatch(place) }
                for (index, count) in series.counts.enumerated() where count != 0 {
                    page.bar(series, index, count, axis)
                }
                let starts = series.counts.indices.map(series.time)
                page.times(.hour, starts, perHour: max(1, Int(3600 / max(1, series.step))))
            }
            if series.counts.contains(nil) {
                page.element("p", .class("legend")) { page in
                    page.element("span", .class("key gap")) { $0.words(.gap) }
                }
            }
            page.table(series)
        }
    }

    private mutating func bar(_ series: ActivitySeries, _ index: Int, _ count: Int?, _ axis: Axis) {
        let (start, end, _) = Chart.bar(index, of: series.counts.count)
        let height = count.map { axis.height(UInt64($0)) }
        let told = count.map { language.grouped(UInt64($0)) } ?? string(.gap)
        let title = "\(moment(series.time(index), .hour)): \(told)"
        element("g") { page in
            page.element("title") { $0.text(title) }
            if let height {
                page.element(
                    "rect", .class("c"), .share("x", start), .share("width", end - start + 1),
                    .share("y", 10_000 - height), .share("height", height)
                ) { _ in }
            } else {
                page.element(
                    "rect", .class("gap"), .share("x", start), .share("width", end - start + 1),
                    .fixed("height", "100%"), .fixed("fill", Chart.Place.active.hatched)
                ) { _ in }
            }
        }
    }

    private mutating func table(_ series: ActivitySeries) {
        element("details", .class("data"), .key("active-table")) { page in
            page.element("summary") { $0.words(.asTable) }
            page.element("table", .class("numbers")) { page in
                page.element("caption") { $0.words(.activePeers) }
                page.element("thead") { page in
                    page.element("tr") { $0.heads([(.when, false), (.activePeers, true)]) }
                }
                page.element("tbody") { page in
                    for index in series.counts.indices.reversed() {
                        let moment = page.moment(series.time(index), .hour)
                        page.element("tr") { page in
                            page.element("th", .fixed("scope", "row")) { $0.text(moment) }
                            page.element("td", .class("n")) { page in
                                if let count = series.counts[index] { page.number(count) } else { page.dash() }
                            }
                        }
                    }
                }
            }
        }
    }
}
