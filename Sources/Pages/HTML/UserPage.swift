package import Fleet
package import WireGuard

/// One user: how much, when, where, with what, and what happened to it.
package struct UserPage: Sendable {
    let row: UserRow
    let history: History?
    let snapshot: Snapshot
    let context: PageContext

    /// What the database knows of the user.
    package struct History: Sendable {
        /// 35 days, the last one today; 7 times 24 hours, the last one now.
        package var days: Series
        package var hours: Series

        /// Over these 35 days, and since the month began.
        package var byNode: [(node: NodeID, days: Traffic, month: Traffic)]

        /// Since when bytes of theirs are counted. Nil: none is.
        package var countedSince: UnixTime?

        /// The billing period under way. Nil: nothing was booked yet.
        package var period: PeriodsAnswer.Row?

        /// Newest first.
        package var sessions: [SessionLine]
        package var story: [StoryLine]

        package init(
            days: Series, hours: Series, byNode: [(node: NodeID, days: Traffic, month: Traffic)],
            countedSince: UnixTime?, period: PeriodsAnswer.Row? = nil, sessions: [SessionLine], story: [StoryLine]
        ) {
            self.days = days
            self.hours = hours
            self.byNode = byNode
            self.countedSince = countedSince
            self.period = period
            self.sessions = sessions
            self.story = story
        }
    }

    /// Nil: nobody of this id is known, nor are bytes of theirs. `history` nil: it could not be read.
    package init?(_ id: Int64, snapshot: Snapshot, history: History?, context: PageContext) {
        guard let row = snapshot.users.first(where: { $0.user.telegramID == id }) else { return nil }
        self.row = row
        self.snapshot = snapshot
        self.history = history
        self.context = context
    }

    package func html() -> [UInt8] {
        let id = row.user.telegramID
        let name = Page.cut(row.user.username ?? "\(id)", 100)
        let devices = snapshot.peers.rows { $0[$1].owner == id }
        let names = snapshot.nodeNames
        let panel = Phrase.panel.wording.text(context.language).description
        return Page.framed(context, title: "\(name) · \(panel)", asOf: snapshot.newestSample, refreshes: true) {
            page in
            page.who(row)
            page.totals(row, since: history.map(\.countedSince) ?? row.countedSince)
            if let period = history?.period { page.period(period) }
            if let history {
                page.usage(history, of: id)
                page.split(history.byNode, names)
            } else {
                page.unreadable()
            }
            page.devices(devices, names)
            if let history {
                page.sessions(history.sessions, devices, names)
                page.story(history.story, names, .userEvents)
            }
        }
    }
}

extension Page {
    fileprivate mutating func who(_ row: UserRow) {
        let presence = Presence(isOnline: row.isOnline, age: row.latestHandshake.map(clock.age))
        heading(
            { $0.userName(row.user) },
            state: { page in
                page.state(presence.mark, presence.phrase)
                page.element("small") { page in
                    page.raw("Telegram ")
                    page.element("code") { $0.text(String(row.user.telegramID)) }
                    if row.user.role == "owner" { page.element("em") { $0.words(.owner) } }
                    if !row.isKnown {
                        page.element("em") { $0.words(.forgotten) }
                    } else if !row.user.isActive {
                        page.element("em") { $0.words(.disabled) }
                    }
                }
            })
    }

    fileprivate mutating func totals(_ row: UserRow, since: UnixTime?) {
        element("section", .class("numbers"), .label(string(.numbers))) { page in
            page.hint(.userNumbers)
            page.element("dl") { page in
                page.figure(.today) { $0.downUp(row.today) }
                page.figure(.month) { $0.downUp(row.month) }
                page.figure(.total) { page in
                    page.downUp(row.lifetime)
                    page.element("small") { page in
                        if let since {
                            page.words(.countedSince, { $0.date(since) })
                        } else {
                            page.words(.notCounted)
                        }
                    }
                }
                page.figure(.lastHandshake) { $0.handshake(row.latestHandshake, row.isOnline) }
            }
        }
    }

    fileprivate mutating func usage(_ history: UserPage.History, of id: Int64) {
        let narrower = Link("/traffic").query("user", "\(id)").query("by", "node")
        block("usage", .traffic, .chart) { page in
            page.chart(Chart(.days, .byDays35, history.days, narrower: narrower))
            page.chart(Chart(.hours, .byHours7, history.hours, narrower: narrower))
            page.element("p", .class("onward")) { page in
                page.element("a", .href(Link("/traffic").query("user", "\(id)"))) { $0.words(.otherTimes) }
                page.raw(" · ")
                page.element(
                    "a", .href(Link("/api/history").query("user", "\(id)").query("step", "day").query("format", "csv")),
                    .fixed("download", "")
                ) { $0.words(.asCSV) }
            }
        }
    }

    fileprivate mutating func split(
        _ nodes: [(node: NodeID, days: Traffic, month: Traffic)], _ names: [NodeID: String]
    ) {
        guard !nodes.isEmpty else { return }
        let most = nodes.map(\.days.total).max() ?? 0
        block("by-node", .byNode, .userByNode) { page in
            page.table(
                .byNode, isDense: true,
                head: { $0.heads([(.node, false), (.month, true), (.days35, true)]) },
                rows: { page in
                    for one in nodes.sorted(by: { ($0.days.total, $1.node) > ($1.days.total, $0.node) }) {
                        page.element("tr") { page in
                            page.rowHead(.node) { page in
                                page.node(one.node, names)
                            }
                            page.numberCell(.month) { $0.downUp(one.month) }
                            page.numberCell(.days35) { page in
                                page.downUp(one.days)
                                page.share(one.days, of: most)
                            }
                        }
                    }
                })
        }
    }

    fileprivate mutating func devices(_ devices: [PeerRow], _ names: [NodeID: String]) {
        let isOpen = showsAddresses
        block("devices", .devices, count: devices.count, .userDevices) { page in
            guard !devices.isEmpty else { return page.empty(.noDevices) }
            page.table(
                .devices, isDense: true,
                head: {
                    $0.heads([
                        (.device, false), (.node, false), (.total, true), (.onNodeNow, true), (.since, true),
                        (.endpointNow, false), (.lastHandshake, true),
                    ])
                },
                rows: { page in
                    for device in devices { page.element("tr") { $0.device(device, names) } }
                })
            page.element("p", .class("onward")) { page in
                page.element("a", .href(Link.here([("addresses", isOpen ? nil : "1")]).fragment("devices"))) {
                    $0.words(isOpen ? .hideAddresses : .showAddresses)
                }
            }
        }
    }

    /// Where people are is nobody's to see over a shoulder: the query opens it.
    private var showsAddresses: Bool { context.query("addresses") == "1" }

    private mutating func device(_ peer: PeerRow, _ names: [NodeID: String]) {
        rowHead(.device) { page in
            page.element("span", .class("who")) { page in
                page.presence(peer.isOnline, peer.latestHandshake)
                page.element("span") { page in
                    if let name = peer.device?.name { page.name(name) } else { page.words(.device) }
                    if peer.device?.isActive == false { page.element("em") { $0.words(.disabled) } }
                }
            }
            page.element("small") { page in
                if let address = peer.device?.wgIP, !address.isEmpty {
                    page.code(address)
                    page.text(" · ")
                }
                page.key(peer.publicKey)
            }
        }
        cell(.node) { $0.name(names[peer.node] ?? peer.node.name) }
        numberCell(.total) { $0.downUpOrDash(peer.lifetime) }
        numberCell(.onNodeNow) { page in
            if let session = peer.session {
                page.downUpOrDash(session)
            } else if peer.isOnline != nil || peer.interface == nil {
                page.words(.notOnNode)
            } else {
                page.dash()
            }
        }
        numberCell(.since) { page in
            if let since = peer.countedSince { page.date(since) } else { page.dash() }
        }
        cell(.endpointNow) { page in
            guard let endpoint = peer.endpoint else { return page.dash() }
            page.code(page.showsAddresses ? endpoint : Page.masked(endpoint))
        }
        numberCell(.lastHandshake) { $0.handshake(peer.latestHandshake, peer.isOnline) }
    }

    /// `198.51.100.7:40000` → `198.51.…`; of an IPv6 address the first two groups stay.
    static func masked(_ endpoint: String) -> String {
        let isIPv6 = endpoint.hasPrefix("[")
        let parts = endpoint.drop { $0 == "[" }.split(separator: isIPv6 ? ":" : ".", omittingEmptySubsequences: false)
        guard parts.count > 2 else { return "…" }
        return parts.prefix(2).map { cut(String($0), 8) }.joined(separator: isIPv6 ? ":" : ".") + (isIPv6 ? ":…" : ".…")
    }
}
