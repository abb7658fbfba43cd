import Fleet
import WireGuard

extension Page {
    /// All users, a hundred at a time, each with their devices.
    mutating func users(_ snapshot: Snapshot) {
        let order = UserOrder(context.query("sort"))
        let paging = Paging(context.query("page"), of: snapshot.users.count)
        let users = order.sorted(snapshot.users)[paging.range]
        let shown = Set(users.map(\.user.telegramID))
        var devices: [Int64: [PeerRow]] = [:]
        for peer in snapshot.peers {
            if let owner = peer.owner, shown.contains(owner) { devices[owner, default: []].append(peer) }
        }
        let names = Dictionary(
            snapshot.nodes.map { ($0.status.node.id, $0.status.node.name) }, uniquingKeysWith: { first, _ in first })
        let most = snapshot.users.map(\.lifetime.total).max() ?? 0
        block("users", .users, count: snapshot.users.count, .users) { page in
            guard !snapshot.users.isEmpty else { return page.empty(.noUsers) }
            page.table(
                .users, isDense: true,
                head: { page in
                    for column in UserOrder.Column.allCases { page.sortHead(column, order) }
                },
                rows: { page in
                    for row in users {
                        page.element("tr") { $0.user(row, devices[row.user.telegramID] ?? [], names, most) }
                    }
                })
            page.pager(paging, order)
        }
    }

    private mutating func sortHead(_ column: UserOrder.Column, _ order: UserOrder) {
        let isNumber = column != .name
        let link = Link.here.query("sort", order.word(for: column)).fragment("users")
        let content: (inout Page) -> Void = { page in
            page.element("a", .href(link)) { $0.words(column.phrase) }
        }
        guard column == order.column else {
            return element("th", .fixed("scope", "col"), .class(isNumber ? "n" : "t"), content: content)
        }
        let direction: StaticString = column.isAscending != order.isReversed ? "ascending" : "descending"
        element(
            "th", .fixed("scope", "col"), .class(isNumber ? "n" : "t"), .fixed("aria-sort", direction), content: content
        )
    }

    private mutating func user(_ row: UserRow, _ devices: [PeerRow], _ names: [NodeID: String], _ most: UInt64) {
        rowHead(.user) { page in
            page.person(row)
            page.devices(devices, of: row, names)
        }
        numberCell(.devices) { $0.number(row.peersCount) }
        numberCell(.downloaded) { $0.volume(row.lifetime.tx) }
        numberCell(.uploaded) { $0.volume(row.lifetime.rx) }
        numberCell(.total) { page in
            page.element("b") { $0.volume(row.lifetime.total) }
            page.share(row.lifetime, of: most)
        }
        numberCell(.today) { $0.volume(row.today.total) }
        numberCell(.month) { $0.volume(row.month.total) }
        numberCell(.lastHandshake) { $0.handshake(row.latestHandshake, row.isOnline) }
    }

    private mutating func person(_ row: UserRow) {
        let presence = Presence(isOnline: row.isOnline, age: row.latestHandshake.map(clock.age))
        element("span", .class("who"), .title(string(presence.phrase))) { page in
            page.mark(presence.mark)
            page.element("span", .class("unseen")) { page in
                page.words(presence.phrase)
                page.raw(" ")
            }
            page.who(row.user)
        }
    }

    private mutating func devices(_ devices: [PeerRow], of row: UserRow, _ names: [NodeID: String]) {
        guard !devices.isEmpty else { return }
        element("details", .key("user-\(row.user.telegramID)")) { page in
            page.element("summary") { $0.text($0.count(devices.count, .devices)) }
            page.element("ul", .class("devices")) { page in
                for device in devices { page.element("li") { $0.device(device, names) } }
            }
        }
    }

    private mutating func device(_ peer: PeerRow, _ names: [NodeID: String]) {
        let presence = Presence(isOnline: peer.isOnline, age: peer.latestHandshake.map(clock.age))
        element("span", .class("who"), .title(string(presence.phrase))) { page in
            page.mark(presence.mark)
            page.element("span", .class("unseen")) { $0.words(presence.phrase) }
            page.raw(" ")
            if let name = peer.device?.name { page.name(name) } else { page.words(.device) }
            page.text(" · ")
            page.name(names[peer.node] ?? peer.node.name)
            if peer.device?.isActive == false { page.element("em") { $0.words(.disabled) } }
        }
        element("span") { $0.downUp(peer.lifetime) }
        element("small") { page in
            if let address = peer.device?.wgIP, !address.isEmpty {
                page.code(address)
                page.text(" · ")
            }
            page.handshake(peer.latestHandshake, peer.isOnline)
            page.text(" · ")
            page.counted(peer)
        }
    }

    /// Since when bytes are counted, and what the node's own counter shows.
    private mutating func counted(_ peer: PeerRow) {
        if let since = peer.countedSince {
            words(.countedSince, { $0.date(since) })
        } else {
            words(.notCounted)
        }
        if peer.interface == nil, peer.isOnline != nil {
            text(" · ")
            words(.notOnNode)
        }
        guard let session = peer.session else { return }
        text(" · ")
        words(.counterNow)
        raw(" ")
        downUp(session)
    }

    mutating func handshake(_ time: UnixTime?, _ isOnline: Bool?) {
        if let time {
            ago(time)
        } else if isOnline == nil {
            dash()
        } else {
            words(.never)
        }
    }

    private mutating func pager(_ paging: Paging, _ order: UserOrder) {
        guard paging.pages > 1 else { return }
        let sort = order.current
        func link(_ page: Int) -> Link {
            Link.here.query("sort", sort).query("page", "\(page)").fragment("users")
        }
        element("nav", .class("pager"), .label(string(.pages))) { page in
            if paging.page > 1 {
                page.element("a", .class("button"), .href(link(paging.page - 1)), .fixed("rel", "prev")) {
                    $0.words(.previousPage)
                }
            }
            page.element("span") { page in
                page.words(.pageOf, { $0.number(paging.page) }, { $0.number(paging.pages) })
            }
            if paging.page < paging.pages {
                page.element("a", .class("button"), .href(link(paging.page + 1)), .fixed("rel", "next")) {
                    $0.words(.nextPage)
                }
            }
        }
    }
}
