package import Fleet
package import WireGuard

/// What one user sees of their own usage by a personal link: no key, no address, nobody else.
package struct UsagePage: Sendable {
    let content: Content?
    let context: PageContext

    /// Made of what may be shown, and of nothing else.
    package struct Content: Sendable {
        /// Nil: the bot's files know none.
        package var username: String?
        package var today: Traffic
        package var month: Traffic
        package var lifetime: Traffic

        /// Nil: nothing is counted yet.
        package var countedSince: UnixTime?
        package var devices: [Device]

        /// 35 days, the last one today. Nil: they could not be read.
        package var days: Series?
        package var asOf: UnixTime?

        /// Of the link.
        package var expires: UnixTime

        /// Nil: there is no such user any more.
        package init?(
            of user: Int64, in snapshot: Snapshot, countedSince: UnixTime?, days: Series?, expires: UnixTime,
            namesNodes: Bool
        ) {
            guard let row = snapshot.users.first(where: { $0.user.telegramID == user }), row.isKnown else { return nil }
            username = row.user.username
            (today, month, lifetime) = (row.today, row.month, row.lifetime)
            let names = snapshot.nodeNames
            let peers = snapshot.peers.filter { $0.owner == user }
            self.countedSince = countedSince
            devices = peers.map { peer in
                Device(
                    name: peer.device?.name, node: namesNodes ? names[peer.node] : nil, isOnline: peer.isOnline,
                    latestHandshake: peer.latestHandshake, lifetime: peer.lifetime)
            }
            self.days = days
            asOf = snapshot.newestSample
            self.expires = expires
        }
    }

    package struct Device: Sendable {
        package var name: String?

        /// What people call it. Nil: nodes are not named to strangers.
        package var node: String?

        /// Nil: nobody knows now.
        package var isOnline: Bool?
        package var latestHandshake: UnixTime?
        package var lifetime: Traffic
    }

    /// `content` nil: the link opens nothing.
    package init(_ content: Content?, context: PageContext) {
        self.content = content
        self.context = context
    }

    package func html() -> [UInt8] {
        let title = Page(context).title(.yourUsage)
        guard let content else {
            return Page.framed(context, title: title) { page in
                page.element("section", .class("door")) { page in
                    page.element("h1") { $0.words(.yourUsage) }
                    page.element("p") { $0.words(access: .linkOver) }
                }
            }
        }
        return Page.framed(context, title: title, asOf: content.asOf) { $0.usage(content) }
    }
}

extension Page {
    fileprivate mutating func usage(_ content: UsagePage.Content) {
        heading(
            { page in
                if let name = content.username { page.name(name) } else { page.words(.yourUsage) }
            }, state: { _ in })
        hintWords(.personalLead)
        element("section", .class("numbers"), .label(string(.numbers))) { page in
            page.element("dl") { page in
                page.figure(.today) { $0.downUp(content.today) }
                page.figure(.month) { $0.downUp(content.month) }
                page.figure(.total) { page in
                    page.downUp(content.lifetime)
                    page.element("small") { page in
                        if let since = content.countedSince {
                            page.words(.countedSince, { $0.date(since) })
                        } else {
                            page.words(.notCounted)
                        }
                    }
                }
            }
        }
        block("usage", .traffic, .chart) { page in
            if let days = content.days { page.chart(Chart(.days, .byDays35, days)) } else { page.unreadable() }
        }
        devices(content.devices)
        hintWords(.linkUntil, { $0.exactly(content.expires) })
    }

    private mutating func hintWords(_ words: AccessWords, _ holes: ((inout Page) -> Void)...) {
        element("p", .class("hint")) { $0.words(words.wording, holes) }
    }

    private mutating func devices(_ devices: [UsagePage.Device]) {
        let namesNodes = devices.contains { $0.node != nil }
        block("devices", .devices, count: devices.count, .yourDevices) { page in
            guard !devices.isEmpty else { return page.empty(.noDevices) }
            page.table(
                .devices,
                head: { page in
                    page.heads(
                        [(.device, false)] + (namesNodes ? [(.node, false)] : [])
                            + [(.state, false), (.total, true), (.lastHandshake, true)])
                },
                rows: { page in
                    for device in devices { page.element("tr") { $0.device(device, namesNodes) } }
                })
        }
    }

    private mutating func device(_ device: UsagePage.Device, _ namesNodes: Bool) {
        let presence = Presence(isOnline: device.isOnline, age: device.latestHandshake.map(clock.age))
        rowHead(.device) { page in
            if let name = device.name { page.name(name) } else { page.words(.device) }
        }
        if namesNodes {
            cell(.node) { page in if let node = device.node { page.name(node) } else { page.dash() } }
        }
        cell(.state) { $0.state(presence.mark, presence.phrase) }
        numberCell(.total) { $0.downUp(device.lifetime) }
        numberCell(.lastHandshake) { $0.handshake(device.latestHandshake, device.isOnline) }
    }
}
