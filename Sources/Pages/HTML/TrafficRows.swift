import Fleet
import WireGuard

extension Page {
    mutating func sums(_ usage: TrafficPage.Usage, _ window: TrafficPage.Window) {
        let sum = usage.series.sum
        // What was before anybody counted says nothing of the average.
        let start = max(window.counted.lowerBound, usage.countedSince ?? window.counted.lowerBound)
        let seconds = max(1, min(window.counted.upperBound, context.now).seconds(since: start))
        element("section", .class("numbers"), .label(string(.numbers))) { page in
            page.element("dl") { page in
                page.figure(.downloaded) { $0.volume(sum.tx) }
                page.figure(.uploaded) { $0.volume(sum.rx) }
                page.figure(.total) { page in page.element("b") { $0.volume(sum.total) } }
                page.figure(.onAverage) { page in
                    page.text(Units.rate(bytes: sum.total, over: seconds, page.language))
                }
            }
            page.element("p", .class("span")) { page in
                page.exactly(window.counted.lowerBound)
                page.text(" – ")
                page.exactly(window.counted.upperBound)
                if window.isWidened {
                    page.raw(" · ")
                    page.words(.wholeHours)
                }
            }
            if window.isRefused { page.element("p", .class("hint")) { $0.words(.noSuchWindow) } }
        }
    }

    mutating func rows(_ usage: TrafficPage.Usage, _ window: TrafficPage.Window, _ snapshot: Snapshot) {
        let rows = usage.rows
        let paging = Paging(context.query("page"), of: rows.count)
        let most = rows.map(\.traffic.total).max() ?? 0
        let names = snapshot.nodeNames
        let people = Dictionary(
            snapshot.users.map { ($0.user.telegramID, $0.user) }, uniquingKeysWith: { first, _ in first })
        let heading = window.grouping.heading
        block("rows", window.grouping.phrase, count: rows.count, .trafficRows) { page in
            guard !rows.isEmpty else { return page.element("p", .class("empty")) { $0.words(.noTraffic) } }
            page.table(
                window.grouping.phrase, isDense: true,
                head: { $0.heads([(heading, false), (.downloaded, true), (.uploaded, true), (.total, true)]) },
                rows: { page in
                    for row in rows[paging.range] {
                        page.element("tr") { page in
                            page.rowHead(heading) { $0.subject(row, window, names, people, snapshot.ownership) }
                            page.numberCell(.downloaded) { $0.volume(row.traffic.tx) }
                            page.numberCell(.uploaded) { $0.volume(row.traffic.rx) }
                            page.numberCell(.total) { page in
                                page.element("b") { $0.volume(row.traffic.total) }
                                page.share(row.traffic, of: most)
                            }
                        }
                    }
                })
            page.element("div", .class("under")) { page in
                page.pager(paging) { window.link(step: window.step, page: $0).fragment("rows") }
                page.element("span") { page in
                    page.element("a", .href(window.api("csv")), .fixed("download", "")) { $0.words(.asCSV) }
                    page.raw(" · ")
                    page.element("a", .href(window.api("json"))) { $0.raw("JSON") }
                }
            }
        }
    }

    private mutating func subject(
        _ row: TrafficPage.Row, _ window: TrafficPage.Window, _ names: [NodeID: String], _ people: [Int64: User],
        _ ownership: Ownership
    ) {
        switch row.subject {
        case .user(let id?):
            if let user = people[id] {
                who(user)
            } else {
                words(.nameless, { $0.text(String(id)) })
            }
        case .user(nil):
            element("a", .href(Link("/users").query("show", "keys"))) { $0.words(.unmatchedKeys) }
        case .node(let id): node(id, names)
        case .peer(let key):
            self.key(key.base64)
            if let user = ownership.device(of: key).flatMap({ people[$0.telegramID] }) {
                element("small") { $0.who(user) }
            }
        case .time(let start, let end):
            let told = moment(start, window.step)
            let link = window.narrower.query("from", start.rfc3339).query("to", end.rfc3339)
            element("a", .href(link)) { $0.text(told) }
        }
        if row.hasGap { element("small") { $0.words(.gap) } }
    }
}
