import Fleet
import Foundation
import Pages
import WireGuard

/// The owner's pages over the fleets, with what a database would know.
enum OwnerPages {
    /// 2026-11-19 00:00 in Moscow.
    static let midnight = UnixTime(1_795_035_600)

    /// The same every time: a week's rhythm, a gap, a reset, and for `scale` 0 nothing at all.
    static func series(_ grain: Series.Grain, _ count: Int, scale: UInt64 = 1) -> Series {
        let step: Int64 = grain == .hour ? 3600 : 86_400
        let last = grain == .hour ? Fleets.now.seconds / 3600 * 3600 : midnight.seconds
        return Series(
            grain,
            (0..<count).map { index in
                let start = UnixTime(last - Int64(count - 1 - index) * step)
                let wave = UInt64((index * 7919) % 97 + (index % 24 < 7 && grain == .hour ? 2 : 60))
                let isQuiet = index % 19 == 5
                return Series.Bucket(
                    start: start,
                    traffic: isQuiet ? .zero : Traffic(rx: wave * 3_100_000 * scale, tx: wave * 27_400_000 * scale),
                    hasGap: index == count / 2, resets: index == count / 3 ? 1 : 0)
            })
    }

    static func story(_ text: String = "wg0") -> [StoryLine] {
        let causes: [StoryLine.Cause?] = [nil, .reboot, .peerReset, nil, .growth, .appeared]
        return zip(StoryLine.Kind.allCases, causes).enumerated().map { index, pair in
            StoryLine(
                at: Fleets.now.advanced(by: -Int64(index) * 90_000), since: Fleets.now.advanced(by: -9_000_000),
                node: NodeID(index == 0 ? "gone" : "main"), interface: text,
                publicKey: index.isMultiple(of: 2) ? Fleets.keyText(2) : nil, kind: pair.0, cause: pair.1,
                traffic: index == 5 ? Traffic(rx: 5000, tx: 70_000) : nil)
        }
    }

    static let sessions = (0..<3).map { (index: Int) -> SessionLine in
        let from = Fleets.now.advanced(by: Int64(index) * -40_000 - 1700)
        return SessionLine(
            node: NodeID(index == 2 ? "gone" : "main"), publicKey: Fleets.keyText(index == 2 ? 5 : 2), from: from,
            until: index == 0 ? nil : from.advanced(by: 5400), traffic: Traffic(rx: 70_000_000, tx: 1_200_000_000),
            network: index == 1 ? nil : "192.0.2.0/24")
    }

    /// A quarter of an hour each, the last one now.
    static let active = ActivitySeries(
        start: UnixTime(Fleets.now.seconds / 3600 * 3600 - 23 * 3600), step: 900,
        counts: (0..<93).map { $0 * 7919 % 17 })

    static func overview(_ snapshot: Snapshot, _ context: PageContext) -> [UInt8] {
        let history = OverviewPage.History(
            hours: series(.hour, 24, scale: 40), active: active, monthBefore: Traffic(rx: 1 << 34, tx: 1 << 37),
            speeds: [NodeID("main"): Traffic(rx: 1_234_000, tx: 45_600_000)])
        return OverviewPage(snapshot: snapshot, history: snapshot.nodes.isEmpty ? nil : history, context: context)
            .html()
    }

    static func period(_ scale: UInt64) -> PeriodsAnswer.Row {
        var row = PeriodsAnswer.Row(
            id: "100001", name: "alice", startDay: 5, start: midnight.advanced(by: -14 * 86_400),
            end: midnight.advanced(by: 16 * 86_400), used: Traffic(rx: scale << 30, tx: scale << 33), hasGap: false,
            previousStart: midnight.advanced(by: -45 * 86_400), previous: Traffic(rx: scale << 31, tx: scale << 34),
            sameMoment: midnight.advanced(by: -31 * 86_400), atSameMoment: Traffic(rx: scale << 29, tx: scale << 32))
        row.allowance = .init(
            bytes: 10_000_000_000, count: "both", used: scale << 33, left: 0, forecast: scale << 34,
            usedUpAt: midnight.advanced(by: 4 * 86_400))
        return row
    }

    static func user(
        _ id: Int64, _ snapshot: Snapshot, _ context: PageContext, scale: UInt64 = 1, interface: String = "wg0"
    ) -> [UInt8]? {
        let history = UserPage.History(
            days: series(.day, 35, scale: scale), hours: series(.hour, 168, scale: scale),
            byNode: scale == 0
                ? []
                : [
                    (NodeID("main"), Traffic(rx: 1 << 32, tx: 1 << 36), Traffic(rx: 1 << 30, tx: 1 << 34)),
                    (NodeID("eu1"), Traffic(rx: 1 << 28, tx: 1 << 33), .zero),
                ],
            countedSince: snapshot.users.first { $0.user.telegramID == id }?.countedSince,
            period: scale == 0 ? nil : period(scale), sessions: scale == 0 ? [] : sessions,
            story: scale == 0 ? [] : story(interface))
        return UserPage(id, snapshot: snapshot, history: history, context: context)?.html()
    }

    static func node(_ id: String, _ snapshot: Snapshot, _ context: PageContext, interface: String = "wg0") -> [UInt8]?
    {
        let history = NodePage.History(
            window: .day, series: series(.hour, 24, scale: 40), active: active,
            speed: Traffic(rx: 1_234_000, tx: 45_600_000), period: period(40), story: story(interface))
        return NodePage(NodeID(id), snapshot: snapshot, history: history, context: context)?.html()
    }

    static func window(
        _ name: TrafficPage.Window.Name = .thirtyDays, by grouping: TrafficPage.Window.Grouping = .user
    ) -> TrafficPage.Window {
        TrafficPage.Window(
            name: name, from: midnight.advanced(by: -29 * 86_400), to: midnight.advanced(by: 86_400),
            formFrom: "2026-10-21T00:00", formTo: "2026-11-20T00:00", step: .day, grouping: grouping,
            node: grouping == .time ? NodeID("eu1") : nil, user: grouping == .time ? 100_001 : nil)
    }

    static func traffic(
        _ snapshot: Snapshot, _ context: PageContext, by grouping: TrafficPage.Window.Grouping = .user
    ) -> [UInt8] {
        var rows: [TrafficPage.Row]
        switch grouping {
        case .user:
            rows = snapshot.users.map {
                TrafficPage.Row(
                    subject: .user($0.user.telegramID), traffic: $0.month, hasGap: $0.user.telegramID == 100_002)
            }
            rows.append(TrafficPage.Row(subject: .user(nil), traffic: Traffic(rx: 1 << 20, tx: 1 << 25), hasGap: false))
        case .node:
            rows = snapshot.nodes.map {
                TrafficPage.Row(subject: .node($0.status.node.id), traffic: $0.month, hasGap: false)
            }
        case .peer:
            rows = [
                TrafficPage.Row(
                    subject: .peer(Fleets.key(2)), traffic: Traffic(rx: 1, tx: 1 << 40), hasGap: true)
            ]
        case .time:
            rows = series(.day, 3).buckets.reversed().map { bucket in
                TrafficPage.Row(
                    subject: .time(bucket.start, bucket.start.advanced(by: 86_400)), traffic: bucket.traffic,
                    hasGap: bucket.hasGap)
            }
        }
        if grouping != .time { rows.sort { $0.traffic.total > $1.traffic.total } }
        let usage = TrafficPage.Usage(series: series(.day, 30, scale: 90), rows: rows)
        return TrafficPage(window: window(by: grouping), usage: usage, snapshot: snapshot, context: context).html()
    }

    static func settings(_ context: PageContext, _ text: String = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0")
        -> [UInt8]
    {
        let now = Fleets.now
        let sessions = (0..<3).map { (index: Int) -> SettingsPage.Session in
            let age = Int64(index)
            return SettingsPage.Session(
                id: "0011223344556677", created: now.advanced(by: age * -300_000),
                lastSeen: now.advanced(by: age * -4000), address: "1" + text, userAgent: index == 2 ? "" : "x" + text,
                isThisOne: index == 0)
        }
        let tokens = [
            SettingsPage.Token(
                name: text, scope: .read, created: now.advanced(by: -900_000), expires: nil,
                lastUsed: now.advanced(by: -30), revoked: nil),
            SettingsPage.Token(
                name: "grafana", scope: .metrics, created: now.advanced(by: -9_000_000),
                expires: now.advanced(by: -86_400), lastUsed: nil, revoked: nil),
            SettingsPage.Token(
                name: "old", scope: .read, created: now.advanced(by: -9_000_000), expires: nil, lastUsed: nil,
                revoked: now.advanced(by: -5)),
        ]
        let links = [
            SettingsPage.PersonalLink(
                id: 2, user: 100_001, username: text, created: now.advanced(by: -900),
                expires: now.advanced(by: 90_000),
                lastUsed: now.advanced(by: -60), revoked: nil),
            SettingsPage.PersonalLink(
                id: 1, user: -5, username: nil, created: now.advanced(by: -900_000), expires: now.advanced(by: -9),
                lastUsed: nil, revoked: nil),
        ]
        return SettingsPage(
            access: SettingsPage.Access(
                sessions: sessions, limits: (28_800, 604_800),
                telegramOwners: [123_456_789],
                secondFactor: SettingsPage.SecondFactor(since: now.advanced(by: -900_000), recoveryCodes: 9),
                tokens: tokens, links: links), notice: .ended, context: context
        ).html()
    }

    static func audit(_ context: PageContext, _ text: String = "grafana") -> [UInt8] {
        let lines = AuditEvent.allCases.enumerated().map { index, event in
            AuditPage.Line(
                at: Fleets.now.advanced(by: -Int64(index) * 5000),
                who: ["owner", "stranger", "command line", "x" + text][index % 4],
                what: event.rawValue, event: event, subject: index.isMultiple(of: 3) ? text : nil,
                address: index.isMultiple(of: 2) ? "1" + text : nil)
        }
        return AuditPage(count: 250, context: context) { _ in
            lines + [AuditPage.Line(at: Fleets.now, who: "owner", what: "x" + text)]
        }.html()
    }

    static func usage(_ snapshot: Snapshot, _ context: PageContext, namesNodes: Bool = true) -> [UInt8] {
        UsagePage(
            UsagePage.Content(
                of: 100_001, in: snapshot,
                countedSince: snapshot.users.first { $0.user.telegramID == 100_001 }?.countedSince,
                days: series(.day, 35), expires: Fleets.now.advanced(by: 90_000), namesNodes: namesNodes),
            context: context
        ).html()
    }

    static func diagnostics(_ snapshot: Snapshot, _ context: PageContext, _ text: String? = nil) -> [UInt8] {
        var snapshot = snapshot
        snapshot.panel.databaseCheck = PanelState.DatabaseCheck(
            at: Fleets.now.advanced(by: -7000), isThorough: false, problems: text.map { ["x" + $0] } ?? [])
        let findings = DiagnosticsPage.Findings(
            databasePath: text ?? "/var/lib/vpn-web/vpn-web.db", databaseSize: 48_300_032, journalSize: 4_120_032,
            live: [text ?? Fleets.keyText(8)],
            unused: [text ?? Fleets.keyText(9)],
            lost: text == nil ? [] : [text ?? ""])
        return DiagnosticsPage(findings: findings, snapshot: snapshot, context: context).html()
    }

    /// Every page, with one text in every place that takes text where it is given.
    static func all(
        _ snapshot: Snapshot, _ text: String? = nil, context: (String, [(name: String, value: String)]) -> PageContext
    ) -> [(name: String, html: [UInt8])] {
        let interface = text ?? "wg0"
        var pages: [(name: String, html: [UInt8])] = []
        func users(_ name: String, _ query: [(name: String, value: String)]) {
            pages.append((name, UsersPage(snapshot: snapshot, context: context("/users", query)).html()))
        }
        users("users", [])
        users("users-keys", [("show", "keys")])
        users("users-nobody", [("q", "zz" + (text ?? "")), ("state", "online")])
        pages.append(("overview", overview(snapshot, context("/", []))))
        pages.append(("user", user(100_001, snapshot, context("/users/100001", []), interface: interface) ?? []))
        pages.append(("user-quiet", user(-1, snapshot, context("/users/-1", []), scale: 0) ?? []))
        pages.append(("nodes", NodesPage(snapshot: snapshot, context: context("/nodes", [])).html()))
        pages.append(("node", node("eu1", snapshot, context("/nodes/eu1", []), interface: interface) ?? []))
        pages.append(("node-away", node("yc", snapshot, context("/nodes/yc", [("page", text ?? "1")])) ?? []))
        let here = context("/traffic", [])
        pages.append(("traffic", traffic(snapshot, here)))
        pages.append(("traffic-node", traffic(snapshot, here, by: .node)))
        pages.append(("traffic-time", traffic(snapshot, here, by: .time)))
        pages.append(("traffic-peer", traffic(snapshot, here, by: .peer)))
        pages.append(("services", ServicesPage(snapshot: snapshot, context: context("/services", [])).html()))
        let set = context("/settings", [])
        pages.append(("settings", text.map { settings(set, $0) } ?? settings(set)))
        let once = context("/settings/make-token", [])
        pages.append(
            (
                "once-token",
                OncePage(.token(name: text ?? "grafana", secret: "vpnweb_" + (text ?? "x")), context: once).html()
            ))
        pages.append(
            (
                "once-link",
                OncePage(
                    .link(user: text ?? "alice", address: text ?? "/u/y", expires: Fleets.now), context: once
                ).html()
            ))
        pages.append(("once-codes", OncePage(.recoveryCodes([text ?? "0000-1111-2222-3333"]), context: once).html()))
        pages.append(
            (
                "once-enrolment",
                OncePage(
                    .enrolment(uri: "otpauth://totp/vpn:owner?secret=ABC", secret: text ?? "ABCD EFGH", isWrong: true),
                    context: once
                ).html()
            ))
        let audit = context("/settings/audit", [])
        pages.append(("audit", text.map { self.audit(audit, $0) } ?? self.audit(audit)))
        pages.append(("usage", usage(snapshot, context("/u/x", []))))
        pages.append(("diagnostics", diagnostics(snapshot, context("/diagnostics", []), text)))
        return pages
    }
}
