package import Fleet
package import WireGuard

/// How much in a window of time, of whom.
package struct TrafficPage: Sendable {
    let window: Window
    let usage: Usage?
    let snapshot: Snapshot
    let context: PageContext

    /// The asked window, in the owner's days.
    package struct Window: Sendable, Equatable {
        package var name: Name
        package var from: UnixTime
        package var to: UnixTime

        /// As a form takes them, `2026-11-19`; both days are part of it.
        package var firstDay: String
        package var lastDay: String
        package var step: Series.Grain
        package var grouping: Grouping

        package enum Name: String, Sendable, CaseIterable {
            case today, yesterday
            case week = "7d"
            case thirtyDays = "30d"
            case month
            case lastMonth = "last-month"
            /// By its two days.
            case days
        }

        package enum Grouping: String, Sendable, CaseIterable {
            case user, node, peer
        }

        package init(
            name: Name, from: UnixTime, to: UnixTime, firstDay: String, lastDay: String, step: Series.Grain,
            grouping: Grouping
        ) {
            self.name = name
            self.from = from
            self.to = to
            self.firstDay = firstDay
            self.lastDay = lastDay
            self.step = step
            self.grouping = grouping
        }
    }

    package struct Usage: Sendable {
        package var series: Series
        package var rows: [Row]

        package init(series: Series, rows: [Row]) {
            self.series = series
            self.rows = rows
        }
    }

    package struct Row: Sendable, Equatable {
        package var subject: Subject
        package var traffic: Traffic
        package var hasGap: Bool

        package enum Subject: Sendable, Equatable {
            /// Nil: keys without a user.
            case user(Int64?)
            case node(NodeID)
            case peer(String)
        }

        package init(subject: Subject, traffic: Traffic, hasGap: Bool) {
            self.subject = subject
            self.traffic = traffic
            self.hasGap = hasGap
        }
    }

    /// `usage` nil: it could not be read.
    package init(window: Window, usage: Usage?, snapshot: Snapshot, context: PageContext) {
        self.window = window
        self.usage = usage
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.traffic), asOf: snapshot.newestSample, refreshes: true) {
            page in
            page.heading(.traffic)
            page.windows(window)
            guard let usage else { return page.unreadable() }
            page.sums(usage)
            page.block("usage", .overTime, .chart) { page in
                page.chart(Chart(.days, .allTraffic, usage.series))
                page.element("p", .class("actions")) { page in
                    page.element("a", .class("button"), .href(window.csv)) { $0.words(.asCSV) }
                }
            }
            page.table(usage, window, snapshot)
        }
    }
}

extension TrafficPage.Window {
    func link(
        name: Name? = nil, by grouping: Grouping? = nil, step: Series.Grain? = nil, page: Int? = nil
    ) -> Link {
        let name = name ?? self.name
        let isDays = name == .days
        return Link.here([
            ("window", isDays ? nil : name.rawValue), ("from", isDays ? firstDay : nil), ("to", isDays ? lastDay : nil),
            ("by", (grouping ?? self.grouping).rawValue), ("step", step?.rawValue), ("page", page.map { "\($0)" }),
        ])
    }
}

extension TrafficPage.Window {
    fileprivate var csv: Link {
        Link("/api/history").query("from", from.rfc3339).query("to", to.rfc3339).query("by", grouping.rawValue)
            .query("step", step.rawValue).query("format", "csv")
    }
}

extension TrafficPage.Window.Name {
    var phrase: Phrase {
        switch self {
        case .today: .today
        case .yesterday: .yesterday
        case .week: .days7
        case .thirtyDays: .days30
        case .month: .month
        case .lastMonth: .lastMonth
        case .days: .customDates
        }
    }
}

extension TrafficPage.Window.Grouping {
    var phrase: Phrase {
        switch self {
        case .user: .byUser
        case .node: .byNode
        case .peer: .byKey
        }
    }

    var heading: Phrase {
        switch self {
        case .user: .user
        case .node: .node
        case .peer: .publicKey
        }
    }
}

extension Series.Grain {
    var phrase: Phrase {
        switch self {
        case .hour: .byHour
        case .day: .byDay
        case .month: .byMonth
        }
    }
}

extension Page {
    fileprivate mutating func windows(_ window: TrafficPage.Window) {
        element("section", .class("block"), .label(string(.window))) { page in
            page.hint(.traffic)
            page.element("nav", .class("tabs"), .label(page.string(.window))) { page in
                for name in TrafficPage.Window.Name.allCases where name != .days {
                    page.choice(name.phrase, isChosen: name == window.name, window.link(name: name))
                }
            }
            page.days(window)
            page.element("nav", .class("tabs small"), .label(page.string(.views))) { page in
                for grouping in TrafficPage.Window.Grouping.allCases {
                    page.choice(grouping.phrase, isChosen: grouping == window.grouping, window.link(by: grouping))
                }
            }
            page.element("nav", .class("tabs small"), .label(page.string(.step))) { page in
                for grain in Series.Grain.allCases {
                    page.choice(grain.phrase, isChosen: grain == window.step, window.link(step: grain))
                }
            }
        }
    }

    private mutating func days(_ window: TrafficPage.Window) {
        element("form", .class("search"), .fixed("method", "get")) { page in
            page.element("label", .fixed("for", "from")) { $0.words(.fromDay) }
            page.void("input", .id("from"), .fixed("type", "date"), .fixed("name", "from"), .value(window.firstDay))
            page.element("label", .fixed("for", "to")) { $0.words(.toDay) }
            page.void("input", .id("to"), .fixed("type", "date"), .fixed("name", "to"), .value(window.lastDay))
            page.void(
                "input", .fixed("type", "hidden"), .fixed("name", "by"), .value(window.grouping.rawValue))
            page.element("button", .fixed("type", "submit")) { $0.words(.show) }
        }
    }

    fileprivate mutating func sums(_ usage: TrafficPage.Usage) {
        let sum = usage.series.sum
        element("section", .class("numbers"), .label(string(.numbers))) { page in
            page.element("dl") { page in
                page.figure(.downloaded) { $0.volume(sum.tx) }
                page.figure(.uploaded) { $0.volume(sum.rx) }
                page.figure(.total) { page in page.element("b") { $0.volume(sum.total) } }
            }
        }
    }

    fileprivate mutating func table(_ usage: TrafficPage.Usage, _ window: TrafficPage.Window, _ snapshot: Snapshot) {
        let rows = usage.rows.sorted { $0.traffic.total > $1.traffic.total }
        let paging = Paging(context.query("page"), of: rows.count)
        let most = rows.first?.traffic.total ?? 0
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
                            page.rowHead(heading) { $0.subject(row, names, people) }
                            page.numberCell(.downloaded) { $0.volume(row.traffic.tx) }
                            page.numberCell(.uploaded) { $0.volume(row.traffic.rx) }
                            page.numberCell(.total) { page in
                                page.element("b") { $0.volume(row.traffic.total) }
                                page.share(row.traffic, of: most)
                            }
                        }
                    }
                })
            page.pager(paging) { window.link(step: window.step, page: $0).fragment("rows") }
        }
    }

    private mutating func subject(_ row: TrafficPage.Row, _ names: [NodeID: String], _ people: [Int64: User]) {
        switch row.subject {
        case .user(let id?):
            if let user = people[id] {
                who(user)
            } else {
                words(.nameless, { $0.text(String(id)) })
            }
        case .user(nil):
            element("a", .href(Link("/users").query("show", "keys"))) { $0.words(.unmatchedKeys) }
        case .node(let id): element("a", .href(.node(id))) { $0.name(names[id] ?? id.name) }
        case .peer(let key): code(key)
        }
        if row.hasGap { element("em") { $0.words(.gap) } }
    }
}
