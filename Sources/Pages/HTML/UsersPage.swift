package import Fleet
import WireGuard

/// Everybody, to be sorted, filtered and found; users without devices and keys without a user beside them.
package struct UsersPage: Sendable {
    let snapshot: Snapshot
    let list: UserList
    let periods: [Int64: PeriodsAnswer.Row]
    let context: PageContext

    /// - Parameter periods: of users who have an allowance, by telegram id.
    package init(snapshot: Snapshot, periods: [Int64: PeriodsAnswer.Row] = [:], context: PageContext) {
        self.snapshot = snapshot
        self.periods = periods
        self.context = context
        list = UserList(snapshot, periods, context)
    }

    package func html() -> [UInt8] {
        let title = Page(context).title(.users)
        return Page.framed(context, title: title, asOf: snapshot.newestSample, refreshes: true) { page in
            page.heading(.users)
            page.tabs(list, snapshot)
            if list.tab == .keys { page.keys(snapshot) } else { page.people(self) }
        }
    }

    /// Everybody whom the query finds, of all its pages: names of columns and numbers are those of the API.
    package func csv() -> [UInt8] {
        var csv = CSVWriter(
            "telegram_id,username,role,active,devices,nodes,online,last_handshake,today_rx_bytes,today_tx_bytes,"
                + "month_rx_bytes,month_tx_bytes,rx_bytes,tx_bytes")
        for row in list.found {
            csv.line([
                .ours("\(row.user.telegramID)"), .foreign(row.user.username ?? ""), .foreign(row.user.role),
                .ours(row.user.isActive ? "true" : "false"), .number(UInt64(row.peersCount)),
                .foreign(Set(row.activeNodes).sorted().map(\.name).joined(separator: " ")),
                .ours(row.isOnline.map { $0 ? "true" : "false" } ?? ""), .ours(row.latestHandshake?.rfc3339 ?? ""),
                .number(row.today.rx), .number(row.today.tx), .number(row.month.rx), .number(row.month.tx),
                .number(row.lifetime.rx), .number(row.lifetime.tx),
            ])
        }
        return csv.bytes
    }
}

extension Page {
    fileprivate mutating func tabs(_ list: UserList, _ snapshot: Snapshot) {
        let keys = snapshot.peers.count(where: \.isUnmatched)
        element("nav", .class("tabs"), .label(string(.views))) { page in
            page.choice(
                .users, count: snapshot.users.count, isChosen: list.tab == .everyone, Link("/users"))
            page.choice(
                .usersWithoutDevices, count: snapshot.users.count { $0.peersCount == 0 },
                isChosen: list.tab == .withoutDevices, Link("/users").query("show", "nodevices"))
            page.choice(
                .unmatchedKeys, count: keys, isChosen: list.tab == .keys, Link("/users").query("show", "keys"))
        }
    }

    fileprivate mutating func keys(_ snapshot: Snapshot) {
        guard snapshot.peers.contains(where: \.isUnmatched) else { return empty(.noUnmatched) }
        unmatched(snapshot)
    }

    fileprivate mutating func people(_ users: UsersPage) {
        let list = users.list
        let paging = Paging(context.query("page"), of: list.found.count)
        let most = list.found.map(\.lifetime.total).max() ?? 0
        let names = users.snapshot.nodeNames
        element("section", .id("users"), .class("block")) { page in
            page.element("h2", .class("unseen")) { $0.words(.users) }
            page.hint(list.tab == .withoutDevices ? .usersWithoutDevices : .users)
            guard !users.snapshot.users.isEmpty else { return page.empty(.noUsers) }
            page.search(list)
            page.states(list, hasLimits: !users.periods.isEmpty)
            guard !list.found.isEmpty else { return page.empty(.nobodyFound) }
            page.table(
                .users, isDense: true,
                head: { page in for column in UserOrder.Column.allCases { page.sortHead(column, list) } },
                rows: { page in
                    for row in list.found[paging.range] {
                        page.element("tr") { $0.person(row, names, most, users.periods[row.user.telegramID]) }
                    }
                })
            page.element("div", .class("under")) { page in
                page.pager(paging) { list.link(page: $0) }
                page.element("a", .href(list.link(format: "csv")), .fixed("download", "")) { $0.words(.asCSV) }
            }
        }
    }

    private mutating func search(_ list: UserList) {
        element("form", .class("search"), .fixed("method", "get"), .fixed("role", "search")) { page in
            page.element("label", .class("unseen"), .fixed("for", "q")) { $0.words(.findUser) }
            page.void(
                "input", .id("q"), .fixed("type", "search"), .fixed("name", "q"), .fixed("maxlength", "100"),
                .fixed("autocomplete", "off"),
                .fixed("placeholder", Phrase.findUser.wording.text(page.language)), .value(list.words))
            for (name, value) in list.kept { page.void("input", .fixed("type", "hidden"), name, .value(value)) }
            page.element("button", .fixed("type", "submit")) { $0.words(.find) }
        }
    }

    private mutating func states(_ list: UserList, hasLimits: Bool) {
        element("nav", .class("tabs small"), .label(string(.state))) { page in
            page.choice(
                .everybody, count: list.all, isChosen: list.state == nil && !list.isOver,
                list.link(state: "", over: false))
            for (presence, word) in UserList.states
            where presence == .online || presence == list.state || list.counts[presence] != nil {
                page.choice(
                    presence.phrase, count: list.counts[presence] ?? 0, isChosen: list.state == presence,
                    list.link(state: word))
            }
            guard hasLimits || list.isOver else { return }
            page.choice(
                .overLimit, count: list.over, isChosen: list.isOver, list.link(over: !list.isOver))
        }
    }

    private mutating func sortHead(_ column: UserOrder.Column, _ list: UserList) {
        let content: (inout Page) -> Void = { page in
            page.element("a", .href(list.link(sort: list.order.word(for: column)))) { $0.words(column.phrase) }
        }
        let kind: StaticString = column == .name || column == .nodes ? "t" : "n"
        guard column == list.order.column else {
            return element("th", .fixed("scope", "col"), .class(kind), content: content)
        }
        let direction: StaticString = column.isAscending != list.order.isReversed ? "ascending" : "descending"
        element("th", .fixed("scope", "col"), .class(kind), .fixed("aria-sort", direction), content: content)
    }

    private mutating func person(
        _ row: UserRow, _ names: [NodeID: String], _ most: UInt64, _ period: PeriodsAnswer.Row?
    ) {
        rowHead(.user) { page in
            page.element("span", .class("who")) { page in
                page.presence(row)
                page.element("span") { $0.who(row.user) }
            }
            page.element("small") { page in
                page.element("code") { $0.text(String(row.user.telegramID)) }
                if !row.isKnown {
                    page.text(" · ")
                    page.words(.forgotten)
                }
                if let allowance = period?.allowance, allowance.isUsedUp {
                    page.text(" · ")
                    page.state(.warning, .overLimit)
                }
            }
        }
        numberCell(.today) { $0.downUpOrDash(row.today) }
        numberCell(.month) { $0.downUpOrDash(row.month) }
        numberCell(.total) { page in
            page.element("b") { $0.volume(row.lifetime.total) }
            page.share(row.lifetime, of: most)
        }
        numberCell(.devices) { $0.number(row.peersCount) }
        cell(.nodes) { page in
            let nodes = Set(row.activeNodes).sorted()
            guard !nodes.isEmpty else { return page.dash() }
            for (index, node) in nodes.prefix(2).enumerated() {
                if index > 0 { page.text(", ") }
                page.name(names[node] ?? node.name)
            }
            if nodes.count > 2 { page.text(" +\(nodes.count - 2)") }
        }
        numberCell(.lastHandshake) { $0.handshake(row.latestHandshake, row.isOnline) }
    }
}

extension UserList {
    /// What the search form carries along.
    fileprivate var kept: [(name: Attribute, value: String)] {
        var kept: [(Attribute, String)] = []
        if tab != .everyone { kept.append((.fixed("name", "show"), tab.rawValue)) }
        if let stateWord { kept.append((.fixed("name", "state"), stateWord)) }
        if isOver { kept.append((.fixed("name", "limit"), "over")) }
        if order != UserOrder(nil) { kept.append((.fixed("name", "sort"), order.current)) }
        return kept
    }
}
