import Fleet
import WireGuard

extension Page {
    mutating func sums(_ usage: TrafficPage.Usage, _ window: TrafficPage.Window) {
        let sum = usage.series.sum
        let seconds = max(1, min(window.counted.upperBound, context.now).seconds(since: window.counted.lowerBound))
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
        let owners = owners(of: rows[paging.range], snapshot)
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
                            page.rowHead(heading) { $0.subject(row, window, names, people, owners) }
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

    /// Who owns the rows' keys now, by the text of the key.
    private func owners(of rows: ArraySlice<TrafficPage.Row>, _ snapshot: Snapshot) -> [String: Int64] {
        var owners: [String: Int64] = [:]
        let keys = Set(rows.compactMap { if case .peer(let key) = $0.subject { key.base64 } else { nil } })
        guard !keys.isEmpty else { return owners }
        for place in snapshot.peers.indices {
            guard let owner = snapshot.peers[place].owner, keys.contains(snapshot.peers[place].publicKey) else {
                continue
            }
            owners[snapshot.peers[place].publicKey] = owners[snapshot.peers[place].publicKey] ?? owner
        }
        return owners
    }

    private mutating func subject(
        _ row: TrafficPage.Row, _ window: TrafficPage.Window, _ names: [NodeID: String], _ people: [Int64: User],
        _ owners: [String: Int64]
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
            if let user = owners[key.base64].flatMap({ people[$0] }) { element("small") { $0.who(user) } }
        case .time(let start, let end):
            let told = moment(start, window.step)
            let link = window.narrower.query("from", start.rfc3339).query("to", end.rfc3339)
            element("a", .href(link)) { $0.text(told) }
        }
        if row.hasGap { element("small") { $0.words(.gap) } }
    }
}
