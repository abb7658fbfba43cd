import Fleet

/// What a stranger sees at `/`: made of a `PublicSummary` and nothing else.
package struct PublicPage: Sendable {
    let summary: PublicSummary
    let context: PageContext

    package init(summary: PublicSummary, context: PageContext) {
        self.summary = summary
        self.context = context
    }

    package func html() -> [UInt8] {
        let title = Phrase.publicTitle.wording.text(context.language).description
        return Page.framed(context, title: title, asOf: summary.dataAsOf, refreshes: true) { page in
            page.standing(summary.overall)
            page.places(summary.places)
            page.histories(summary.histories)
            page.outages(summary.outages)
            page.counts(summary)
            page.feeds()
        }
    }
}

extension PublicSummary.Overall {
    fileprivate var mark: Mark {
        switch self {
        case .starting, .unproven, .stale: .unknown
        case .up: .good
        case .partlyDown: .warning
        case .down: .bad
        }
    }

    var phrase: Phrase {
        switch self {
        case .starting: .publicStarting
        case .up: .publicAllUp
        case .partlyDown: .publicSomeDown
        case .down: .publicAllDown
        case .unproven: .publicUnproven
        case .stale: .publicStale
        }
    }
}

extension Page {
    fileprivate mutating func standing(_ overall: PublicSummary.Overall) {
        element("h1", .class("standing"), .fixed("data-mark", overall.mark.name)) { page in
            page.mark(overall.mark)
            page.element("span") { $0.words(overall.phrase) }
        }
    }

    fileprivate mutating func places(_ places: [PublicSummary.Place]) {
        block("services", .services, .publicServices) { page in
            guard !places.isEmpty else {
                return page.element("p", .class("empty")) { $0.words(.nothingPublished) }
            }
            page.element("ul", .class("places")) { page in
                for place in places { page.element("li") { $0.place(place) } }
            }
        }
    }

    private mutating func place(_ place: PublicSummary.Place) {
        element("h3") { page in
            switch place.label {
            case .named(_, let name): page.name(name)
            case .numbered(let number): page.words(.nodeNumber, { $0.number(number) })
            case .nowhere: page.words(.elsewhere)
            }
        }
        if place.label != .nowhere {
            switch place.status {
            case .unknown: state(.unknown, .nodeUnknown)
            case .offline: state(.bad, .nodeOffline)
            case .online where place.isStale: state(.warning, .nodeStale)
            case .online: state(.good, .nodeOnline)
            }
        }
        if let count = place.activePeers {
            element("small") { page in page.words(.connectionsHere, { $0.count(count) }) }
        }
        guard !place.services.isEmpty else { return }
        element("ul") { page in
            for service in place.services {
                page.element("li") { page in
                    page.element("span") { $0.text(service.kind.rawValue) }
                    page.state(service.status.mark, service.status.phrase)
                }
            }
        }
    }

    fileprivate mutating func histories(_ histories: [PublicSummary.History]) {
        guard !histories.isEmpty else { return }
        block("history", .byKind, .publicHistory) { page in
            for one in histories {
                page.element("div", .class("history")) { page in
                    page.element("h3") { page in
                        page.text(one.kind.rawValue)
                        page.raw(" ")
                        page.state(one.status.mark, one.status.phrase)
                    }
                    page.dayBars(one.days, of: one.kind.rawValue)
                }
            }
            page.barsLegend()
        }
    }

    fileprivate mutating func outages(_ outages: [PublicSummary.Outage]) {
        block("outages", .outages14, .outages) { page in
            guard !outages.isEmpty else { return page.empty(.noOutages) }
            page.outages(outages.map { ($0.kind.rawValue, $0.place, $0.outage) }, isOwner: false)
        }
    }

    fileprivate mutating func feeds() {
        element("p", .class("hint")) { page in
            page.element("a", .href(Link("/status.rss"))) { $0.words(.statusFeed) }
            page.text(" · ")
            page.element("a", .href(Link("/status.json"))) { $0.words(.statusJSON) }
        }
    }

    fileprivate mutating func counts(_ summary: PublicSummary) {
        element("section", .class("numbers"), .label(string(.numbers))) { page in
            page.hint(.publicNumbers)
            page.element("dl") { page in
                page.figure(.onlineNow) { page in
                    if let online = summary.online { page.count(online) } else { page.dash() }
                }
                page.figure(.activeUsers) { page in
                    page.words(.ofTotal, { $0.count(summary.activeUsers) }, { $0.count(summary.totalUsers) })
                }
                page.figure(.activeConnections) { page in
                    page.words(.ofTotal, { $0.count(summary.activePeers) }, { $0.count(summary.totalPeers) })
                }
            }
        }
    }

    private mutating func count(_ count: PublicSummary.Count) {
        switch count {
        case .exactly(let number): element("b") { $0.number(number) }
        case .under(let minimum): element("b") { $0.text("<\(minimum)") }
        }
    }
}
