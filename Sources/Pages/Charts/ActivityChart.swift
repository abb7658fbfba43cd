import Fleet
package import WireGuard

/// How many peers moved bytes, over time.
package struct ActivitySeries: Sendable, Equatable {
    package var start: UnixTime

    /// Seconds from one number to the next; at most an hour.
    package var step: Int64

    /// The most at a time within a step.
    package var counts: [Int]

    package init(start: UnixTime, step: Int64, counts: [Int]) {
        self.start = start
        self.step = step
        self.counts = counts
    }

    func time(_ index: Int) -> UnixTime { start.advanced(by: Int64(index) * step) }

    /// The first of the most. Nil: nobody was there.
    var peak: Int? {
        counts.indices.max { (counts[$0], $1) < (counts[$1], $0) }.flatMap { counts[$0] > 0 ? $0 : nil }
    }
}

extension Page {
    /// Steps as an area, with the sentence and the table that every chart has.
    mutating func chart(_ series: ActivitySeries) {
        let place = Chart.Place.active
        guard let peak = series.peak else {
            return element("figure", .class("chart")) { page in
                page.element("figcaption") { page in page.element("h3") { $0.words(.activePeers) } }
                page.element("p", .class("empty")) { $0.words(.nobodyActive) }
            }
        }
        let when = moment(series.time(peak), .hour)
        let summary = Phrase.activeSummary.wording.filled(language, language.grouped(UInt64(series.counts[peak])), when)
        element("figure", .class("chart")) { page in
            page.element("figcaption") { page in
                page.element("h3") { $0.words(.activePeers) }
                page.element("p") { $0.text(summary) }
            }
            page.element("svg", .class("plot low"), .fixed("role", "img"), .fixed("aria-labelledby", place.both)) {
                page in
                page.element("title", .id(place.title)) { $0.words(.activePeers) }
                page.element("desc", .id(place.summary)) { $0.text(summary) }
                let axis = Axis(count: series.counts[peak])
                page.grid(axis)
                for index in series.counts.indices where series.counts[index] > 0 { page.bar(series, index, axis) }
                let starts = series.counts.indices.map(series.time)
                page.times(.hour, starts, perHour: max(1, Int(3600 / max(1, series.step))))
            }
            page.table(series)
        }
    }

    private mutating func bar(_ series: ActivitySeries, _ index: Int, _ axis: Axis) {
        let (start, end, _) = Chart.bar(index, of: series.counts.count)
        let height = axis.height(UInt64(series.counts[index]))
        let title = "\(moment(series.time(index), .hour)): \(language.grouped(UInt64(series.counts[index])))"
        element("g") { page in
            page.element("title") { $0.text(title) }
            page.element(
                "rect", .class("c"), .share("x", start), .share("width", end - start + 1),
                .share("y", 10_000 - height), .share("height", height)
            ) { _ in }
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
                            page.element("td", .class("n")) { $0.number(series.counts[index]) }
                        }
                    }
                }
            }
        }
    }
}
