import Access
import Accounting
import FastCGI
import Fleet
import Foundation
import Logging
import Pages
import Store
import WireGuard

@testable import VPNWeb

/// The real front over a real database, with one of every kind of visitor, and a canary in everything that strangers must
/// not learn.
final class PlantedSite: Sendable {
    static let canary = "canary"
    static let eu1 = NodeID("eu1")
    static let alice = QuestionBooks.key(0xfb)
    static let nobody = QuestionBooks.key(2)

    enum Role: String, CaseIterable {
        case anonymous, owner, expiredSession, reader, scraper, revoked, expiredToken, garbage
    }

    let site: Site
    let store: TrafficStore
    let folder: String
    private let headers: [Role: Request.Header]

    init(published: PublicSettings = PublicSettings(names: true, minimum: 1)) throws {
        let books = try QuestionBooks()
        books.owners = [Self.alice: 777_000_111]
        let hour = (QuestionBooks.now.seconds / 3600 - 5) * 3600
        try books.poll(Self.eu1, at: hour + 10, [(Self.alice, 1000, 2000), (Self.nobody, 7, 7)])
        try books.poll(Self.eu1, at: hour + 25, [(Self.alice, 1_001_000, 3_002_000), (Self.nobody, 8, 7)])
        try books.poll(Self.eu1, at: hour + 9_000, [(Self.alice, 10, 20), (Self.nobody, 9, 7)])
        store = books.store
        folder = books.folder
        keep = books

        let now = QuestionBooks.now
        var headers: [Role: Request.Header] = [.garbage: .init(name: "AUTHORIZATION", value: "Bearer vpnweb_x")]
        for (role, expires) in [(Role.owner, now.advanced(by: 9_000)), (.expiredSession, now.advanced(by: -1))] {
            let id = SessionID.random()
            try books.store.insert(
                StoredSession(
                    hash: id.hash.bytes, created: now.advanced(by: role == .owner ? -5 : -1_000_000),
                    lastSeen: now.advanced(by: role == .owner ? -5 : -900_000), expires: expires,
                    address: "192.0.2.7", userAgent: "canary-browser"))
            headers[role] = .init(name: "COOKIE", value: "\(SessionCookie.name)=\(id.text)")
        }
        for (role, scope, end) in [
            (Role.reader, StoredToken.Scope.read, nil), (.scraper, .metrics, nil), (.revoked, .read, nil),
            (.expiredToken, .read, now.advanced(by: -1)),
        ] as [(Role, StoredToken.Scope, UnixTime?)] {
            let token = SecretToken.random()
            try books.store.insert(
                StoredToken(
                    name: "canary-\(role)", hash: token.hash.bytes, scope: scope, created: now.advanced(by: -100),
                    expires: end))
            headers[role] = .init(name: "AUTHORIZATION", value: "Bearer \(token.text)")
        }
        _ = try books.store.revokeToken("canary-revoked", at: now)
        self.headers = headers

        try Self.plantAlerts(in: books.store, now)

        let log = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
        var settings = Site.Settings(
            url: "https://vpn.example.org", language: .english, zone: TimeZone(identifier: "Europe/Moscow")!,
            units: .iec, published: published)
        settings.billing.nodes[Self.eu1] = .init(bytes: 1_000_000, startDay: 1)
        site = Site(
            newsstand: Newsstand(Self.snapshot(now)), door: Door(store: books.store, settings: .init(), log: log),
            store: books.store, settings: settings, refresh: {})
    }

    private static func plantAlerts(in store: TrafficStore, _ now: UnixTime) throws {
        var lasting = Incident(
            id: 1, rule: .nodeUnreachable, subject: .node(eu1), severity: .critical,
            evidence: Evidence(name: "canary-name", seen: 3, bound: 3, detail: "canary-detail 203.0.113.9"),
            began: now.advanced(by: -600), opened: now.advanced(by: -500))
        (lasting.told, lasting.children) = (now, 1)
        var over = Incident(
            id: 2, rule: .serviceDown, subject: .service("canary-service", on: eu1), severity: .warning,
            evidence: Evidence(name: "canary-name"), began: now.advanced(by: -400), opened: now.advanced(by: -300))
        (over.cause, over.hold, over.ended) = (1, .cause, now)
        var letter = Letter(
            id: 3, channel: .telegram, kind: .incidents, incidents: [1], created: now, body: "canary-body")
        (letter.state, letter.problem, letter.attempts) = (.sending, "canary-problem", 2)
        try store.keep([lasting, over], [letter])
        try store.insert(
            Silence(
                id: 0, rule: .nodeDisk, subject: .node(eu1), from: now, until: now.advanced(by: 9_000),
                reason: "canary-reason"))
    }

    /// Its folder goes with it.
    private nonisolated(unsafe) let keep: QuestionBooks

    func ask(
        _ target: String, as role: Role = .anonymous, method: String = "GET", form: String = "",
        headers more: [Request.Header] = []
    ) throws -> Response {
        var all = more
        if let header = headers[role] { all.append(header) }
        if method == "POST" { all.append(.init(name: "SEC_FETCH_SITE", value: "same-origin")) }
        return site.answer(
            try Request(
                method: method, target: target, headers: all, body: Array(form.utf8), id: Self.requestID,
                host: "vpn.example.org", contentType: "application/x-www-form-urlencoded"))
    }

    /// Pages of errors show it. One by chance holds a canary of five digits once in thousands of answers.
    private static let requestID = String(repeating: "c0de", count: 8)

    /// A path of the route that leads somewhere.
    static func path(of route: Route) -> String {
        let values = ["id": "eu1", "telegram_id": "777000111", "key": alice.urlBase64]
        guard let parameter = route.path.parameter else { return route.path.text }
        return route.path.text.replacing("{\(parameter)}", with: values[parameter] ?? "1")
    }

    static let anySnapshot = snapshot(QuestionBooks.now)

    private static func snapshot(_ now: UnixTime) -> Snapshot {
        var status = NodeStatus(
            node: Node(id: eu1, name: "Europe", aliases: ["canary-alias"], endpoint: "canary-endpoint:51820"))
        status.state = .online
        var interface = Interface(name: "canary0", publicKey: QuestionBooks.key(9), listenPort: 1, fwmark: nil)
        interface.append(alice, rx: 10, tx: 20, latestHandshake: now.advanced(by: -30), endpoint: "203.0.113.9:4500")
        status.lastSample = Sample(node: eu1, takenAt: now, interfaces: [interface], took: .milliseconds(40))
        status.lastPoll = now
        var away = NodeStatus(node: Node(id: NodeID("main"), name: "Russia"))
        away.state = .offline
        away.lastPoll = now
        away.failures = 3
        away.failure = PollFailure(
            node: NodeID("main"), at: now, took: .seconds(5), kind: .hostKeyChanged, detail: "canary-detail")
        var user = UserRow(user: User(telegramID: 777_000_111, username: "canary-alice", role: "canary-role"))
        user.lifetime = Traffic(rx: 1_001_010, tx: 3_002_020)
        user.peersCount = 1
        user.activeNodes = [eu1]
        user.isOnline = true
        let device = Device(
            telegramID: 777_000_111, node: eu1, name: "canary-phone", publicKeyText: alice.base64, publicKey: alice,
            wgIP: "10.99.98.2/32", profileType: "canary-profile")
        var row = PeerRow(node: eu1, interface: "canary0", publicKey: alice.base64)
        row.device = device
        row.owner = 777_000_111
        row.endpoint = "203.0.113.9:4500"
        row.allowedIPs = ["10.99.98.2/32"]
        row.latestHandshake = now.advanced(by: -30)
        row.isOnline = true
        row.session = Traffic(rx: 10, tx: 20)
        row.lifetime = Traffic(rx: 1_001_010, tx: 3_002_020)
        row.countedSince = now.advanced(by: -9_000)
        var other = PeerRow(node: eu1, interface: "canary0", publicKey: nobody.base64)
        other.lifetime = Traffic(rx: .max, tx: 7)
        other.countedSince = now.advanced(by: -9_000)
        var service = ServiceState(
            node: eu1, kind: .mtProto, target: "canary-target:443", status: .blocked, evidence: .filtered,
            detail: "canary-detail", checked: now, latency: .milliseconds(20), isActive: true)
        var sum = ServiceHistory.Sum()
        (sum.online, sum.offline) = (80_000, 300)
        service.history = ServiceHistory(
            days: (0..<90).map { .init(start: now.advanced(by: Int64($0 - 90) * 86_400), seconds: 86_400, sum: sum) },
            last24h: sum,
            outages: [
                .init(
                    since: now.advanced(by: -600), until: nil, status: .blocked, evidence: .filtered,
                    detail: "canary-detail")
            ])
        var panel = PanelState(version: "canary-version", startedAt: now)
        panel.isFirstCycleOver = true
        panel.lastStored = now
        return Snapshot(
            generation: 1, madeAt: now,
            nodes: [
                NodeRow(status: status, peers: 1, peersOnline: 1), NodeRow(status: away, peers: nil, peersOnline: nil),
            ],
            peers: [row, other], users: [user], services: [service],
            roster: Roster(
                users: [user.user], devices: [device],
                sources: [.init(path: "/canary/users.json", isReadable: false, problem: "canary-problem")]),
            panel: panel)
    }
}

extension PublicKey {
    var urlBase64: String {
        String(base64.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" })
    }
}
