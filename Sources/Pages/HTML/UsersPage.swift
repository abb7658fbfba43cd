package import Fleet
import WireGuard

/// Everybody, to be sorted, filtered and found; users without devices and keys without a user beside them.
package struct UsersPage: Sendable {
    let snapshot: Snapshot
    let context: PageContext

    package init(snapshot: Snapshot, context: PageContext) {
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        let title = Page(context).title(.users)
        return Page.framed(context, title: title, asOf: snapshot.newestSample, refreshes: true) { page in
            page.heading(.users)
            let list = UserList(snapshot, context)
            page.tabs(list, snapshot)
            if list.tab == .keys { page.keys(snapshot) } else { page.people(list, snapshot) }
        }
    }
}

extension Page {
    fileprivate mutating func tabs(_ list: UserList, _ snapshot: Snapshot) {
        let keys = snapshot.peers.count { $0.owner == nil }
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
        guard snapshot.peers.contains(where: { $0.owner == nil }) else { return empty(.noUnmatched) }
        unmatched(snapshot)
    }

    fileprivate mutating func people(_ list: UserList, _ snapshot: Snapshot) {
        let paging = Paging(context.query("page"), of: list.found.count)
        let most = list.found.map(\.lifetime.total).max() ?? 0
        let names = snapshot.nodeNames
        element("section", .id("users"), .class("block")) { page in
            page.element("h2", .class("unseen")) { $0.words(.users) }
            page.hint(list.tab == .withoutDevices ? .usersWithoutDevices : .users)
            guard !snapshot.users.isEmpty else { return page.empty(.noUsers) }
            page.search(list)
            page.states(list)
            guard !list.found.isEmpty else { return page.empty(.nobodyFound) }
            page.table(
                .users, isDense: true,
                head: { $0.heads(list) },
                rows: { page in
                    for row in list.found[paging.range] { page.element("tr") { $0.person(row, names, most) } }
                })
            page.pager(paging) { list.link(page: $0) }
        }
    }

    private mutating func search(_ list: UserList) {
        element("form", .class("search"), .fixed("method", "get"), .fixed("role", "search")) { page in
            page.element("label", .fixed("for", "q")) { $0.words(.findUser) }
            page.void(
                "input", .id("q"), .fixed("type", "search"), .fixed("name", "q"), .fixed("maxlength", "100"),
                .fixed("autocomplete", "off"), .value(list.words))
            for (name, value) in list.kept { page.void("input", .fixed("type", "hidden"), name, .value(value)) }
            page.element("button", .fixed("type", "submit")) { $0.words(.find) }
        }
    }

    private mutating func states(_ list: UserList) {
        element("nav", .class("tabs small"), .label(string(.state))) { page in
            page.choice(.everybody, count: list.all, isChosen: list.state == nil, list.link(state: ""))
            for (presence, word) in UserList.states where presence != .unknown || list.counts[presence] != nil {
                page.choice(
                    presence.phrase, count: list.counts[presence] ?? 0, isChosen: list.state == presence,
                    list.link(state: word))
            }
        }
    }

    private mutating func heads(_ list: UserList) {
        sortHead(.name, list)
        sortHead(.devices, list)
        element("th", .fixed("scope", "col"), .class("t")) { $0.words(.nodes) }
        for column in [UserOrder.Column.today, .month, .total, .handshake] { sortHead(column, list) }
    }

    private mutating func sortHead(_ column: UserOrder.Column, _ list: UserList) {
        let content: (inout Page) -> Void = { page in
            page.element("a", .href(list.link(sort: list.order.word(for: column)))) { $0.words(column.phrase) }
        }
        let kind: StaticString = column == .name ? "t" : "n"
        guard column == list.order.column else {
            return element("th", .fixed("scope", "col"), .class(kind), content: content)
        }
        let direction: StaticString = column.isAscending != list.order.isReversed ? "ascending" : "descending"
        element("th", .fixed("scope", "col"), .class(kind), .fixed("aria-sort", direction), content: content)
    }

    private mutating func person(_ row: UserRow, _ names: [NodeID: String], _ most: UInt64) {
        let presence = Presence(isOnline: row.isOnline, age: row.latestHandshake.map(clock.age))
        rowHead(.user) { page in
            page.element("span", .class("who"), .title(page.string(presence.phrase))) { page in
                page.mark(presence.mark)
                page.element("span", .class("unseen")) { $0.words(presence.phrase) }
                page.raw(" ")
                page.element("span") { $0.who(row.user) }
            }
            page.element("small") { page in
                page.element("code") { $0.text(String(row.user.telegramID)) }
                if !row.isKnown {
                    page.text(" · ")
                    page.words(.forgotten)
                }
            }
        }
        numberCell(.devices) { $0.number(row.peersCount) }
        cell(.nodes) { page in
            let nodes = Set(row.activeNodes).sorted()
            guard !nodes.isEmpty else { return page.dash() }
            for (index, node) in nodes.prefix(3).enumerated() {
                if index > 0 { page.text(", ") }
                page.name(names[node] ?? node.name)
            }
            if nodes.count > 3 { page.text(" +\(nodes.count - 3)") }
        }
        numberCell(.today) { $0.volume(row.today.total) }
        numberCell(.month) { $0.volume(row.month.total) }
        numberCell(.total) { page in
            page.element("b") { $0.volume(row.lifetime.total) }
            page.share(row.lifetime, of: most)
        }
        numberCell(.lastHandshake) { $0.handshake(row.latestHandshake, row.isOnline) }
    }
}

extension UserList {
    /// What the search form carries along.
    fileprivate var kept: [(name: Attribute, value: String)] {
        var kept: [(Attribute, String)] = []
        if tab != .everyone { kept.append((.fixed("name", "show"), tab.rawValue)) }
        if let word = Self.states.first(where: { $0.presence == state })?.word {
            kept.append((.fixed("name", "state"), word))
        }
        if order != UserOrder(nil) { kept.append((.fixed("name", "sort"), order.current)) }
        return kept
    }
}
