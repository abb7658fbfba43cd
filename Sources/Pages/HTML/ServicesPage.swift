package import Fleet
import WireGuard

/// What people use, how it is known to work, and how it was.
package struct ServicesPage: Sendable {
    let snapshot: Snapshot
    let context: PageContext

    package init(snapshot: Snapshot, context: PageContext) {
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        let title = Page(context).title(.services)
        return Page.framed(context, title: title, asOf: snapshot.newestSample, refreshes: true) { page in
            page.heading(.services)
            page.services(snapshot)
            page.ninetyDays(snapshot)
            page.outages(snapshot)
            page.evidences()
        }
    }
}

extension Page {
    fileprivate mutating func ninetyDays(_ snapshot: Snapshot) {
        block("days", .days90, .days90) { page in
            let recorded = snapshot.services.filter { $0.history != nil }
            guard !recorded.isEmpty else { return page.empty(.noServiceHistory) }
            let names = snapshot.nodeNames
            for service in recorded {
                let place = service.node.map { names[$0] ?? $0.name } ?? service.target
                page.element("div", .class("history")) { page in
                    page.element("h3") { page in
                        page.text(service.kind.rawValue)
                        if let place { page.element("span", .class("of")) { $0.name(place) } }
                    }
                    page.dayBars(service.history?.days ?? [], of: service.kind.rawValue)
                }
            }
            page.barsLegend()
        }
    }

    fileprivate mutating func outages(_ snapshot: Snapshot) {
        let names = snapshot.nodeNames
        var rows: [(name: String, place: String?, outage: ServiceHistory.Outage)] = []
        for service in snapshot.services {
            let place = service.node.map { names[$0] ?? $0.name } ?? service.target
            rows += (service.history?.outages ?? []).map { (service.kind.rawValue, place, $0) }
        }
        rows.sort { $0.outage.since > $1.outage.since }
        block("outages", .outages, count: rows.count, .outages) { page in
            guard !rows.isEmpty else { return page.empty(.noOutages) }
            page.outages(Array(rows.prefix(100)), isOwner: true)
        }
    }

    /// What each answer rests on, once for all.
    fileprivate mutating func evidences() {
        block("legend", .statesMean, .statesMean) { page in
            page.element("ul", .class("meanings")) { page in
                for status in [ServiceState.Status.online, .offline, .blocked, .unknown] {
                    page.element("li") { page in
                        page.state(status.mark, status.phrase)
                        page.element("span") { $0.words(status.meaning) }
                    }
                }
            }
        }
    }
}

extension ServiceState.Status {
    fileprivate var meaning: Phrase {
        switch self {
        case .online: .meaningOnline
        case .offline: .meaningOffline
        case .unknown: .meaningUnknown
        case .blocked: .meaningBlocked
        }
    }
}
