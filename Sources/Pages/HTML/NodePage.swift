package import Fleet
import WireGuard

/// One node: how it is, how it is read, who is on it, how much went through, and what happened to its counters.
package struct NodePage: Sendable {
    let row: NodeRow
    let history: History?
    let snapshot: Snapshot
    let context: PageContext

    /// What the database knows of the node.
    package struct History: Sendable {
        /// What the query asks for: 24 hours, 7 times 24, or 30 days.
        package var window: Window
        package var series: Series
        package var active: ActivitySeries?

        /// Bits a second, of the last minutes. Nil: nobody knows.
        package var speed: Traffic?

        /// The billing period under way, where the node has an allowance.
        package var period: PeriodsAnswer.Row?

        /// Newest first.
        package var story: [StoryLine]

        package init(
            window: Window, series: Series, active: ActivitySeries? = nil, speed: Traffic? = nil,
            period: PeriodsAnswer.Row? = nil, story: [StoryLine]
        ) {
            self.window = window
            self.series = series
            self.active = active
            self.speed = speed
            self.period = period
            self.story = story
        }
    }

    package enum Window: String, Sendable, CaseIterable {
        case day = "24h"
        case week = "7d"
        case month = "30d"
    }

    /// Nil: the configuration has no such node. `history` nil: it could not be read.
    package init?(_ id: NodeID, snapshot: Snapshot, history: History?, context: PageContext) {
        guard let row = snapshot.nodes.first(where: { $0.status.node.id == id }) else { return nil }
        self.row = row
        self.snapshot = snapshot
        self.history = history
        self.context = context
    }

    package func html() -> [UInt8] {
        let status = row.status
        let panel = Phrase.panel.wording.text(context.language).description
        let peers = snapshot.peers.rows { $0[$1].node == status.node.id }
        return Page.framed(
            context, title: "\(Page.cut(status.node.name, 100)) · \(panel)", asOf: status.lastSample?.takenAt,
            refreshes: true
        ) { page in
            page.heading(
                { $0.name(status.node.name) },
                state: { page in
                    page.nodeState(status)
                    if status.failure == nil, let since = status.since {
                        page.element("small") { page in page.words(.lasting, { $0.text($0.since(since)) }) }
                    }
                })
            page.problems(
                Problem.of(status, context.now) + Problem.services(in: snapshot, on: status.node.id), isOpen: true)
            page.totals(row, history?.speed)
            if let period = history?.period { page.period(period) }
            if let history { page.usage(history, of: status.node.id) } else { page.unreadable() }
            page.peers(peers, snapshot)
            page.serviceStrip(snapshot, on: status.node.id)
            page.interfaces(status, peers)
            page.reconciliation(row)
            page.facts(status)
            if let history { page.story(history.story, snapshot.nodeNames, .nodeEvents) }
        }
    }
}

extension Page {
    fileprivate mutating func usage(_ history: NodePage.History, of node: NodeID) {
        let narrower = Link("/traffic").query("node", node.name).query("by", "user")
        block("usage", .traffic, .chart) { page in
            page.element("nav", .class("tabs small"), .label(page.string(.window))) { page in
                for window in NodePage.Window.allCases {
                    page.choice(
                        window.phrase, isChosen: window == history.window,
                        Link.here([("window", window == .day ? nil : window.rawValue)]).fragment("usage"))
                }
            }
            page.chart(Chart(.hours, history.window.title, history.series, narrower: narrower))
            if let active = history.active { page.chart(active) }
            page.element("p", .class("onward")) { page in
                page.element("a", .href(Link("/traffic").query("node", node.name))) { $0.words(.otherTimes) }
                page.raw(" · ")
                page.element(
                    "a",
                    .href(
                        Link("/api/history").query("node", node.name).query("by", "user").query("step", "day")
                            .query("format", "csv")), .fixed("download", "")
                ) { $0.words(.asCSV) }
            }
        }
    }

    fileprivate mutating func totals(_ row: NodeRow, _ speed: Traffic?) {
        let isStale = row.status.isStale(at: context.now)
        element("section", .class("numbers"), .label(string(.numbers))) { page in
            page.hint(.nodeNumbers)
            page.element("dl") { page in
                page.figure(.peers) { page in
                    if let peers = row.peers {
                        page.words(
                            .ofTotal,
                            { page in
                                if isStale {
                                    page.dash()
                                } else {
                                    page.element("b") { $0.number(row.peersOnline ?? 0) }
                                }
                            }, { $0.number(peers) })
                    } else {
                        page.dash()
                    }
                }
                page.figure(.speedNow) { page in
                    if let speed, !isStale { page.speed(speed) } else { page.dash() }
                }
                page.figure(.today) { $0.downUp(row.today) }
                page.figure(.month) { $0.downUp(row.month) }
                page.figure(.total) { $0.downUp(row.lifetime) }
            }
        }
    }

    fileprivate mutating func facts(_ status: NodeStatus) {
        let node = status.node
        block("facts", .nodeFacts, .nodeFacts) { page in
            page.element("dl", .class("facts")) { page in
                page.fact(.nodeID) { $0.code(node.id.name) }
                if !node.aliases.isEmpty {
                    page.fact(.aliases) { $0.text(Page.cut(node.aliases.joined(separator: ", "), 200)) }
                }
                if let endpoint = node.endpoint { page.fact(.endpoint) { $0.code(endpoint) } }
                page.fact(.readVia) { $0.words(node.isLocal ? .readLocally : .readOverSSH) }
                page.fact(.pollInterval) { $0.text($0.span(node.poll)) }
                page.polls(status)
                page.vitals(status)
            }
        }
    }

    private mutating func polls(_ status: NodeStatus) {
        fact(.lastPoll) { page in
            guard let poll = status.lastPoll else { return page.words(.never) }
            page.ago(poll)
            if let took = status.lastSample?.took, status.failure == nil {
                page.text(", ")
                page.milliseconds(took)
            }
        }
        if !status.node.isLocal {
            fact(.sshSession) { page in
                if let since = status.connectedSince {
                    page.words(.standsSince, { $0.exactly(since) })
                } else {
                    page.words(.noSession)
                }
            }
            fact(.logins) { $0.number(status.logins) }
        }
        if status.failures > 0 { fact(.failuresInRow) { $0.number(status.failures) } }
        if let offset = status.lastSample?.clockOffset {
            fact(.clockOffset) { $0.text($0.signed(offset)) }
        }
    }

    private mutating func vitals(_ status: NodeStatus) {
        guard let vitals = status.lastSample?.vitals else { return }
        if let uptime = vitals.uptime { fact(.hostUptime) { $0.text(OwnerClock.span(uptime, $0.language)) } }
        if let load = vitals.load1, load.isFinite, load >= 0, load < 100_000 {
            let hundredths = Int((load * 100).rounded())
            let rest = hundredths % 100
            fact(.loadAverage) {
                $0.text("\(hundredths / 100)\($0.language.decimalPoint)\(rest < 10 ? "0" : "")\(rest)")
            }
        }
        used(.memoryUsed, vitals.memoryTotal, free: vitals.memoryAvailable)
        used(.swapUsed, vitals.swapTotal, free: vitals.swapFree)
        used(.diskUsed, vitals.diskTotal, free: vitals.diskAvailable)
    }

    private mutating func used(_ phrase: Phrase, _ total: UInt64?, free: UInt64?) {
        guard let total, total > 0, let free else { return }
        fact(phrase) { page in
            page.words(.ofTotal, { $0.volume(total - min(free, total)) }, { $0.volume(total) })
        }
    }

    fileprivate mutating func interfaces(_ status: NodeStatus, _ peers: [PeerRow]) {
        let interfaces = status.lastSample?.interfaces ?? []
        block("interfaces", .interfaces, count: interfaces.count, .interfaces) { page in
            guard !interfaces.isEmpty else { return page.empty(.noInterfaces) }
            page.table(
                .interfaces,
                head: {
                    $0.heads([
                        (.interface, false), (.kind, false), (.port, true), (.peers, true), (.linkTotal, true),
                        (.publicKey, false),
                    ])
                },
                rows: { page in
                    for interface in interfaces {
                        let link = status.lastSample?.vitals?.links.first { $0.name == interface.name }
                        page.element("tr") { $0.interface(interface, link) }
                    }
                })
        }
    }

    private mutating func interface(_ interface: Interface, _ link: Vitals.Link?) {
        rowHead(.interface) { $0.code(interface.name) }
        cell(.kind) { page in
            page.text(interface.kind == .amneziaWG ? "AmneziaWG" : "WireGuard")
        }
        numberCell(.port) { page in
            page.text(String(interface.listenPort))
        }
        numberCell(.peers) { $0.number(interface.peers.count) }
        numberCell(.linkTotal) { page in
            if let link { page.downUp(Traffic(rx: link.rx, tx: link.tx)) } else { page.dash() }
        }
        cell(.publicKey) { page in
            if let key = interface.publicKey { page.key(key.base64) } else { page.dash() }
        }
    }

    fileprivate mutating func peers(_ peers: [PeerRow], _ snapshot: Snapshot) {
        let paging = Paging(context.query("page"), of: peers.count)
        // By place: rows are large.
        let heaviest = peers.indices.map { (place: $0, total: peers[$0].lifetime.total) }.sorted {
            $0.total == $1.total ? peers[$0.place].publicKey < peers[$1.place].publicKey : $0.total > $1.total
        }
        let most = heaviest.first?.total ?? 0
        let shown = heaviest[paging.range].map { peers[$0.place] }
        let owners = Set(shown.compactMap(\.owner))
        let people = Dictionary(
            snapshot.users.filter { owners.contains($0.user.telegramID) }.map { ($0.user.telegramID, $0.user) },
            uniquingKeysWith: { first, _ in first })
        block("peers", .peers, count: peers.count, .nodePeers) { page in
            guard !peers.isEmpty else { return page.empty(.noPeers) }
            page.table(
                .peers, isDense: true,
                head: {
                    $0.heads([
                        (.user, false), (.device, false), (.total, true), (.onNodeNow, true), (.since, true),
                        (.lastHandshake, true),
                    ])
                },
                rows: { page in
                    for peer in shown {
                        page.element("tr") { $0.peer(peer, peer.owner.flatMap { people[$0] }, most) }
                    }
                })
            let window = page.context.query("window")
            page.pager(paging) { Link.here([("window", window), ("page", "\($0)")]).fragment("peers") }
        }
    }

    private mutating func peer(_ peer: PeerRow, _ owner: User?, _ most: UInt64) {
        rowHead(.user) { page in
            page.element("span", .class("who")) { page in
                page.presence(peer.isOnline, peer.latestHandshake)
                page.element("span") { page in
                    if let owner {
                        page.who(owner)
                    } else if let id = peer.owner {
                        page.element("a", .href(.user(id))) { page in page.words(.nameless, { $0.text(String(id)) }) }
                    } else {
                        page.words(peer.isPanels ? .panelsProbe : .nobodys)
                    }
                }
            }
            page.element("small") { $0.key(peer.publicKey) }
        }
        cell(.device) { page in
            if let name = peer.device?.name { page.name(name) } else { page.dash() }
        }
        numberCell(.total) { page in
            page.element("b") { $0.volume(peer.lifetime.total) }
            page.share(peer.lifetime, of: most)
        }
        numberCell(.onNodeNow) { page in
            if let session = peer.session { page.downUpOrDash(session) } else { page.dash() }
        }
        numberCell(.since) { page in
            if let since = peer.countedSince { page.date(since) } else { page.dash() }
        }
        numberCell(.lastHandshake) { $0.handshake(peer.latestHandshake, peer.isOnline) }
    }

    /// `15 с`
    func span(_ duration: Duration) -> String { OwnerClock.span(duration.components.seconds, language) }

    /// `+0,2 с`: another clock minus the panel's.
    func signed(_ offset: Duration) -> String {
        let (seconds, attoseconds) = offset.components
        let tenths = min(max(seconds, -1_000_000_000), 1_000_000_000) * 10 + attoseconds / 100_000_000_000_000_000
        let sign = tenths < 0 ? "−" : tenths > 0 ? "+" : ""
        let size = tenths.magnitude
        return
            "\(sign)\(language.grouped(size / 10))\(language.decimalPoint)\(size % 10)\u{A0}\(language.form(0, .seconds))"
    }
}

extension NodePage.Window {
    fileprivate var phrase: Phrase {
        switch self {
        case .day: .hours24
        case .week: .days7
        case .month: .days30
        }
    }

    fileprivate var title: Phrase {
        switch self {
        case .day: .byHours24
        case .week: .byHours7
        case .month: .byDays30
        }
    }
}
