package import Fleet
import WireGuard

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

        /// Newest first.
        package var sessions: [SessionLine]
        package var story: [StoryLine]

        package init(
            days: Series, hours: Series, byNode: [(node: NodeID, days: Traffic, month: Traffic)],
            sessions: [SessionLine], story: [StoryLine]
        ) {
            self.days = days
            self.hours = hours
            self.byNode = byNode
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
        let name = Page.cut(row.user.username ?? "\(row.user.telegramID)", 100)
        let devices = snapshot.peers.filter { $0.owner == row.user.telegramID }
        let names = snapshot.nodeNames
        let panel = Phrase.panel.wording.text(context.language).description
        return Page.framed(context, title: "\(name) · \(panel)", asOf: snapshot.newestSample, refreshes: true) {
            page in
            page.who(row)
            page.totals(row, since: devices.compactMap(\.countedSince).min())
            if let history {
                page.usage(history)
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
            { page in
                if let username = row.user.username {
                    page.name(username)
                } else {
                    page.words(.nameless, { $0.text(String(row.user.telegramID)) })
                }
            },
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
            page.hint(.userNumbers)
        }
    }

    fileprivate mutating func usage(_ history: UserPage.History) {
        block("usage", .traffic, .chart) { page in
            page.chart(Chart(.days, .byDays35, history.days))
            page.chart(Chart(.hours, .byHours7, history.hours))
        }
    }

    fileprivate mutating func split(
        _ nodes: [(node: NodeID, days: Traffic, month: Traffic)], _ names: [NodeID: String]
    ) {
        guard !nodes.isEmpty else { return }
        let most = nodes.map(\.days.total).max() ?? 0
        block("by-node", .byNode, .userByNode) { page in
            page.table(
                .byNode,
                head: { $0.heads([(.node, false), (.month, true), (.days35, true)]) },
                rows: { page in
                    for one in nodes.sorted(by: { ($0.days.total, $1.node) > ($1.days.total, $0.node) }) {
                        page.element("tr") { page in
                            page.rowHead(.node) { page in
                                page.element("a", .href(.node(one.node))) { $0.name(names[one.node] ?? one.node.name) }
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
        block("devices", .devices, count: devices.count, .userDevices) { page in
            guard !devices.isEmpty else { return page.empty(.noDevices) }
            page.table(
                .devices,
                head: {
                    $0.heads([
                        (.device, false), (.node, false), (.total, true), (.onNodeNow, true), (.since, true),
                        (.lastHandshake, true),
                    ])
                },
                rows: { page in
                    for device in devices { page.element("tr") { $0.device(device, names) } }
                })
        }
    }

    private mutating func device(_ peer: PeerRow, _ names: [NodeID: String]) {
        let presence = Presence(isOnline: peer.isOnline, age: peer.latestHandshake.map(clock.age))
        rowHead(.device) { page in
            page.element("span", .class("who"), .title(page.string(presence.phrase))) { page in
                page.mark(presence.mark)
                page.element("span", .class("unseen")) { $0.words(presence.phrase) }
                page.raw(" ")
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
                page.code(peer.publicKey)
            }
        }
        cell(.node) { $0.name(names[peer.node] ?? peer.node.name) }
        numberCell(.total) { $0.downUp(peer.lifetime) }
        numberCell(.onNodeNow) { page in
            if let session = peer.session {
                page.downUp(session)
            } else if peer.isOnline != nil || peer.interface == nil {
                page.words(.notOnNode)
            } else {
                page.dash()
            }
        }
        numberCell(.since) { page in
            if let since = peer.countedSince { page.date(since) } else { page.dash() }
        }
        numberCell(.lastHandshake) { $0.handshake(peer.latestHandshake, peer.isOnline) }
    }
}
