import Access
import FastCGI
import Fleet
import Foundation
import Logging
import Pages
import Store
import Synchronization
import Testing
import WireGuard

@testable import VPNWeb

/// `/alerts` over a real database: what the owner sees and does there, and what others do not.
struct AlertPagesTests {
    private let books: Books
    private let site: Site
    private let owner = SessionID.random()
    private let nudges = Nudges()
    private let now = UnixTime(Date())

    /// A database of its own, removed with the test.
    final class Books: Sendable {
        let store: TrafficStore
        private let folder = NSTemporaryDirectory() + "vpn-web-alert-pages-" + UUID().uuidString

        init() throws {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            store = try TrafficStore(path: folder + "/vpn-web.db", role: .daemon)
        }

        deinit {
            try? store.close()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    final class Nudges: Sendable {
        let acted = Mutex(0)
        let tests = Mutex(0)
    }

    init() throws {
        books = try Books()
        let now = UnixTime(Date())
        try books.store.insert(
            StoredSession(
                hash: owner.hash.bytes, created: now, lastSeen: now, expires: now.advanced(by: 9_000),
                address: "192.0.2.7", userAgent: "x"))
        var lasting = Incident(
            id: 1, rule: .nodeUnreachable, subject: .node(NodeID("eu1")), severity: .critical,
            evidence: Evidence(name: "<canary>", seen: 3, bound: 3, detail: "timedOut connect 203.0.113.7"),
            began: now.advanced(by: -600), opened: now.advanced(by: -500))
        lasting.told = now
        lasting.children = 1
        var child = Incident(
            id: 2, rule: .serviceDown, subject: .service("mtProto@eu1", on: NodeID("eu1")), severity: .critical,
            evidence: Evidence(name: "MTProto", detail: "silent"), began: now.advanced(by: -500), opened: now)
        (child.cause, child.hold) = (1, .cause)
        var over = Incident(
            id: 3, rule: .nodeDisk, subject: .node(NodeID("eu1")), severity: .warning,
            evidence: Evidence(name: "Европа", seen: 91, bound: 85), began: now.advanced(by: -9000), opened: now)
        (over.ended, over.told) = (now.advanced(by: -60), now)
        var letter = Letter(
            id: 7, channel: .telegram, kind: .incidents, incidents: [1], created: now, body: "x")
        (letter.state, letter.problem, letter.attempts) = (.sending, "429: Too Many Requests", 2)
        try books.store.keep([lasting, child, over], [letter])
        let nudges = nudges
        var panel = PanelState(version: "1", startedAt: now)
        panel.isFirstCycleOver = true
        let node = Node(id: NodeID("eu1"), name: "Европа")
        site = Site(
            newsstand: Newsstand(
                Snapshot(
                    generation: 1, madeAt: now,
                    nodes: [NodeRow(status: NodeStatus(node: node), peers: nil, peersOnline: nil)], peers: [],
                    users: [], services: [], roster: Roster(), panel: panel)),
            door: Door(
                store: books.store, settings: .init(), log: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }),
            store: books.store,
            settings: Site.Settings(
                url: "", language: .english, zone: TimeZone(identifier: "Europe/Moscow")!, units: .si,
                published: PublicSettings(), channels: [.telegram]),
            watchman: .init(
                ownerActed: { nudges.acted.withLock { $0 += 1 } }, test: { nudges.tests.withLock { $0 += 1 } }),
            refresh: {})
    }

    private func ask(
        _ target: String, _ session: SessionID?, method: String = "GET", form: String = "",
        from: String? = "same-origin"
    ) throws -> Response {
        var headers: [Request.Header] = []
        if let session { headers.append(.init(name: "COOKIE", value: "\(SessionCookie.name)=\(session.text)")) }
        if let from { headers.append(.init(name: "SEC_FETCH_SITE", value: from)) }
        return site.answer(
            try Request(
                method: method, target: target, headers: headers, body: Array(form.utf8), host: "vpn.example.org",
                contentType: "application/x-www-form-urlencoded"))
    }

    private func text(_ response: Response) -> String { String(decoding: response.body, as: UTF8.self) }

    @Test func `the page says what lasts, why it is told or not, and what is over`() throws {
        let page = text(try ask("/alerts", owner))
        #expect(page.contains("&lt;canary&gt;") && !page.contains("<canary>"))
        #expect(page.contains("on its way") && page.contains("429: Too Many Requests"))
        #expect(page.contains("Not told by itself: explained by"))
        #expect(page.contains("the disk fills up"))
        #expect(text(try ask("/alerts?lang=ru", owner)).contains("Отдельно не сообщается"))
    }

    @Test func `what lasts stands on the overview until the owner says that they know`() throws {
        let memory = Incident(
            id: 4, rule: .nodeMemory, subject: .node(NodeID("eu1")), severity: .warning,
            evidence: Evidence(name: "Европа", seen: 97, bound: 90), began: now.advanced(by: -600), opened: now)
        try books.store.keep([memory], [])
        let before = text(try ask("/", owner))
        #expect(before.contains("Needs attention: 1\u{A0}problem") && before.contains("data-key=\"alert-4\""))
        _ = try ask("/alerts/acknowledge", owner, method: "POST", form: "incident=4")
        #expect(!text(try ask("/?lang=ru", owner)).contains("data-key=\"alert-4\""))
    }

    @Test func `strangers are led to the door, and do nothing`() throws {
        #expect(try ask("/alerts", nil).status == 303)
        #expect(try ask("/api/alerts", nil).status == 401)
        for form in ["acknowledge", "silence", "maintenance", "unsilence", "test"] {
            #expect(try ask("/alerts/\(form)", nil, method: "POST", form: "incident=1").status != 200)
            #expect(
                try ask("/alerts/\(form)", owner, method: "POST", form: "incident=1", from: "cross-site").status == 403)
            #expect(try ask("/alerts/\(form)", owner).status == 405)
        }
        #expect(try books.store.acknowledgements().isEmpty)
        #expect(nudges.acted.withLock { $0 } == 0)
    }

    @Test func `acknowledging is stored, told to the watch, and in the audit`() throws {
        let answer = try ask("/alerts/acknowledge", owner, method: "POST", form: "incident=1")
        #expect(answer.headers.contains { $0.name == "Location" && $0.value == "/alerts?done=acknowledged" })
        #expect(try books.store.acknowledgements().keys.sorted() == [1])
        #expect(nudges.acted.withLock { $0 } == 1)
        #expect(try books.store.auditEntries(limit: 1).map(\.event) == [.alertAcknowledged])
        // The watch's own writing leaves the owner's mark alone.
        let (incidents, _) = try books.store.standingIncidents()
        try books.store.keep(
            incidents.map {
                var one = $0; one.acknowledged = nil; return one
            }, [])
        #expect(try books.store.acknowledgements().count == 1)
    }

    @Test func `a silence and a maintenance window are stored, shown and ended`() throws {
        _ = try ask("/alerts/silence", owner, method: "POST", form: "rule=node_disk&subject=node:eu1&for=8h")
        _ = try ask(
            "/alerts/maintenance", owner, method: "POST",
            form: "node=eu1&from=2030-01-01T10:00&until=2030-01-01T12:00&reason=new+disk")
        let silences = try books.store.silences(at: now)
        #expect(silences.map(\.isMaintenance) == [false, true])
        // 10:00 in Moscow.
        #expect(silences.last?.from.rfc3339 == "2030-01-01T07:00:00Z")
        #expect(text(try ask("/alerts", owner)).contains("new disk"))
        _ = try ask("/alerts/unsilence", owner, method: "POST", form: "silence=\(silences[1].id)")
        #expect(try books.store.silences(at: UnixTime(1_893_500_000)).isEmpty)
    }

    @Test(arguments: [
        "from=2030-01-01T12:00&until=2030-01-01T10:00", "from=x&until=y", "from=2030-01-01T10:00", "",
        "from=2030-01-01T10:00&until=2040-01-01T10:00", "from=2020-01-01T10:00&until=2020-01-02T10:00",
    ])
    func `times that are none plan nothing`(form: String) throws {
        let answer = try ask("/alerts/maintenance", owner, method: "POST", form: form)
        #expect(answer.headers.contains { $0.name == "Location" && $0.value == "/alerts?done=wrongTime" })
        #expect(try books.store.silences(at: now).isEmpty)
    }

    @Test func `a test is asked of the watch`() throws {
        _ = try ask("/alerts/test", owner, method: "POST")
        #expect(nudges.tests.withLock { $0 } == 1)
    }

    @Test func `the API has the same, in pages`() throws {
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(ask("/api/alerts?limit=2", owner).body)) as? [String: Any])
        let alerts = try #require(answer["alerts"] as? [[String: Any]])
        #expect(alerts.map { $0["rule"] as? String } == ["service_down", "node_unreachable"])
        #expect(alerts.map { $0["held"] as? String } == ["cause", nil])
        #expect(answer["count"] as? Int == 3)
        #expect((answer["messages"] as? [[String: Any]])?.first?["state"] as? String == "sending")
        #expect(try ask("/api/alerts?limit=0", owner).status == 400)
        #expect(try ask("/api/alerts?offset=2", owner).status == 400)
    }
}
