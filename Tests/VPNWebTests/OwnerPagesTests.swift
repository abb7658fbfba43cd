import Access
import Accounting
import FastCGI
import Fleet
import Foundation
import Logging
import Pages
import Store
import Testing
import WireGuard

@testable import VPNWeb

/// The real front over a real database: what the owner's browser is answered, and what strangers are.
struct OwnerPagesTests {
    private static let alice = SmallBooks.key(0xfb)
    private static let bob = SmallBooks.key(2)
    private static let eu1 = NodeID("eu1")

    /// The configuration has it no more.
    private static let old = NodeID("old")
    private let hour = (UnixTime(Date()).seconds / 3600 - 5) * 3600
    private let books: SmallBooks
    private let site: Site
    private let owner = SessionID.random()
    private let other = SessionID.random()

    static let pages = [
        "/users", "/users/42", "/users?show=keys", "/nodes", "/nodes/eu1", "/traffic", "/traffic?window=7d&by=node",
        "/services", "/settings", "/diagnostics",
    ]

    init() throws {
        books = try SmallBooks()
        books.owners = [Self.alice: 42]
        try books.poll(Self.eu1, at: hour + 10, [(Self.alice, 1000, 2000)])
        try books.poll(Self.eu1, at: hour + 25, [(Self.alice, 1_001_000, 3_002_000)])
        try books.poll(Self.eu1, at: hour + 9_000, [(Self.alice, 10, 20)])
        try books.poll(Self.old, at: hour + 10, [(Self.bob, 0, 0)])
        try books.poll(Self.old, at: hour + 25, [(Self.bob, 0, 555)])
        let now = UnixTime(Date())
        for (session, agent) in [(owner, "canary-browser"), (other, "other-browser")] {
            try books.store.insert(
                StoredSession(
                    hash: session.hash.bytes, created: now, lastSeen: now, expires: now.advanced(by: 9_000),
                    address: "192.0.2.7", userAgent: agent))
        }
        var user = UserRow(user: User(telegramID: 42, username: "canary-alice"))
        user.lifetime = Traffic(rx: 1_001_010, tx: 3_002_020)
        var row = PeerRow(node: Self.eu1, interface: "wg0", publicKey: Self.alice.base64)
        row.owner = 42
        let gone = PeerRow(node: Self.old, interface: "wg0", publicKey: Self.bob.base64)
        let node = Node(
            id: Self.eu1, name: "canary-node", aliases: ["EU-alias"], endpoint: "canary-endpoint:1")
        let snapshot = Snapshot(
            generation: 1, madeAt: UnixTime(Date()),
            nodes: [NodeRow(status: NodeStatus(node: node), peers: nil, peersOnline: nil)], peers: [row, gone],
            users: [user],
            services: [], roster: Roster(users: [user.user]),
            panel: PanelState(version: "canary-1", startedAt: UnixTime(Date())))
        site = Site(
            newsstand: Newsstand(snapshot),
            door: Door(
                store: books.store, settings: .init(), log: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }),
            store: books.store,
            settings: Site.Settings(
                url: "", language: .english, zone: TimeZone(identifier: "Europe/Moscow")!, units: .si,
                published: PublicSettings()), refresh: {})
    }

    private func ask(
        _ target: String, _ session: SessionID?, method: String = "GET", form: String = "", from site: String? = nil
    ) throws -> Response {
        var headers: [Request.Header] = []
        if let session { headers.append(.init(name: "COOKIE", value: "\(SessionCookie.name)=\(session.text)")) }
        if let site { headers.append(.init(name: "SEC_FETCH_SITE", value: site)) }
        return self.site.answer(
            try Request(
                method: method, target: target, headers: headers, body: Array(form.utf8), host: "vpn.example.org",
                contentType: "application/x-www-form-urlencoded"))
    }

    private func text(_ response: Response) -> String { String(decoding: response.body, as: UTF8.self) }

    @Test(arguments: ["/nope", "/users/999", "/nodes/gone"])
    func `who is signed in stays in the panel where there is nothing, and a stranger learns nothing`(path: String)
        throws
    {
        let missing = try ask(path, owner)
        #expect(missing.status == 404 && text(missing).contains("href=\"/diagnostics\""))
        #expect(try !text(ask(path, nil)).contains("/diagnostics"))
    }

    @Test(arguments: pages)
    func `a stranger is led to the door and back, and learns nothing`(page: String) throws {
        for session in [nil, SessionID.random()] {
            let answer = try ask(page, session)
            #expect(answer.status == 303)
            let place = try #require(answer.headers.first { $0.name == "Location" }?.value)
            #expect(place.hasPrefix("/login?next=%2F".replacing("%2F", with: "/")))
            let next = try #require(try Request(method: "GET", target: place).query["next"])
            #expect(next == page && SafeNext.path(next) == page)
            let said = text(answer) + answer.headers.map { "\($0.name): \($0.value)\n" }.joined()
            #expect(!said.contains("canary") && !said.contains(Self.alice.base64))
        }
    }

    @Test(arguments: pages)
    func `the owner is shown each page, and has it by its tag`(page: String) throws {
        let answer = try ask(page, owner)
        #expect(answer.status == 200)
        #expect(text(answer).contains("<h1") && text(answer).contains("<main"))
        // There is no service, and no key without a user.
        #expect(text(answer).contains("canary") != ["/services", "/users?show=keys"].contains(page))
        #expect(answer.headers.contains { $0.name == "Cache-Control" && $0.value.contains("private") })
        #expect(try ask(page, owner, method: "HEAD").status == 200)
        #expect(try ask(page, owner, method: "POST").status == 405)
    }

    @Test(arguments: [
        "/users/7", "/users/042", "/users/x", "/users/", "/users/42/x", "/nodes/none", "/nodes/%", "/settings/x",
        "/users/99999999999999999999",
    ])
    func `what is not there is an error page`(page: String) throws {
        #expect(try ask(page, owner).status == 404)
    }

    @Test func `a user's page has what was booked, with its reset and its gap`() throws {
        let page = text(try ask("/users/42", owner))
        #expect(page.contains("Downloaded 3.00\u{A0}MB, uploaded 1.00\u{A0}MB."))
        #expect(page.contains("class=\"reset\"") && page.contains("url(#hours-hatch)"))
        #expect(page.contains("canary-node") && page.contains("The key&#39;s counter began anew"))
    }

    @Test(arguments: [
        "window=today", "window=yesterday", "window=month", "window=last-month", "from=2026-11-01&to=2026-11-02",
        "from=0001-01-01&to=9999-12-31&step=hour", "from=2026-11-02&to=2026-11-01", "from=x&to=", "by=planet&step=week",
        "from=2026-02-30&to=2026-03-01", "window=days", "by=peer&page=9", "by=time&step=hour&window=today",
        "from=2026-11-01T20:00&to=2026-11-01T21:00&node=none&user=x", "from=2026-11-01T24:60&to=T&by=time",
        "from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:01Z", "user=42&node=eu1&by=node",
        "window=custom&theme=x&lang=x",
    ])
    func `any window is answered`(query: String) throws {
        #expect(try ask("/traffic?" + query, owner).status == 200)
    }

    @Test(arguments: [
        ("from=2026-11-02&to=2026-11-01", true), ("from=2026-02-30&to=2026-03-01", true), ("from=x&to=", true),
        ("to=2026-11-01", true), ("from=2090-01-01&to=2090-02-01&window=custom", true),
        ("from=2026-11-01&to=2026-11-02", false), ("from=2026-11-01", false), ("from=&to=", false), ("", false),
        ("window=today&from=2026-11-02&to=2026-11-01", false),
    ])
    func `two moments that make no window are told so`(query: String, isRefused: Bool) throws {
        let page = text(try ask("/traffic?" + query, owner))
        #expect(page.contains("There is no such window") == isRefused)
        if query == "from=2026-11-01" { #expect(page.contains("value=\"2026-11-01T00:00\"")) }
    }

    @Test(arguments: ["/traffic", "/traffic?window=7d", "/traffic?from=2020-01-01", "/traffic?node=eu1"])
    func `the average is over the time that was counted`(page: String) throws {
        // Four megabytes in five hours.
        #expect(try text(ask(page, owner)).matches(of: /1[.][4-7][0-9]?\u{A0}kbit\/s/).count == 1, "\(page)")
    }

    @Test func `an hour is asked for by the owner's clock, and its links keep node and user`() throws {
        let page = text(try ask("/traffic?from=2026-11-01T20:00&to=2026-11-01T21:00&node=eu1&user=42&by=node", owner))
        #expect(page.contains("value=\"2026-11-01T20:00\"") && page.contains("value=\"2026-11-01T21:00\""))
        #expect(page.contains("user=42"))
    }

    @Test func `a node that the configuration lost has its own traffic, and one that nobody knows none`() throws {
        let day = "from=\(UnixTime(hour - 86_400).rfc3339)&to=\(UnixTime(hour + 86_400).rfc3339)"
        let all = text(try ask("/traffic?by=node&\(day)", owner))
        #expect(all.contains("canary-node") && all.contains(">old<") && !all.contains("/nodes/old"))
        let old = text(try ask("/traffic?node=old&by=node&\(day)", owner))
        #expect(old.contains("<option value=\"old\" selected") && old.contains(">old<"))
        #expect(!old.contains("/nodes/eu1\"") && old.contains("555"))
        #expect(text(try ask("/traffic?node=EU-alias&by=node&\(day)", owner)).contains("/nodes/eu1\""))
        for query in ["node=none", "user=7", "user=x", "node=none&user=42"] {
            let none = text(try ask("/traffic?\(query)&by=node&\(day)", owner))
            #expect(none.contains("There is no such") && !none.contains("class=\"numbers\""), "\(query)")
        }
    }

    @Test func `a theme is remembered, and what is none is not`() throws {
        let cookies = try ask("/users?theme=dark", owner).headers.filter { $0.name == "Set-Cookie" }.map(\.value)
        #expect(cookies.count == 1 && cookies[0].hasPrefix("theme=dark;") && cookies[0].contains("HttpOnly"))
        #expect(!(try ask("/users?theme=pink", owner).headers.contains { $0.name == "Set-Cookie" }))
        #expect(text(try ask("/users?theme=light", owner)).contains("data-theme=\"light\""))
        #expect(text(try ask("/users", owner)).contains("data-theme=\"auto\""))
    }

    @Test func `a refresh comes back to where it was asked for, and nowhere else`() throws {
        func place(_ form: String) throws -> String? {
            try ask("/refresh", owner, method: "POST", form: form, from: "same-origin").headers
                .first { $0.name == "Location" }?.value
        }
        #expect(try place("next=%2Fusers%3Fsort%3Dmonth") == "/users?sort=month")
        #expect(try place("next=%2F%2Fevil.example") == "/")
        #expect(try place("") == "/")
    }

    @Test func `users are there as CSV`() throws {
        let answer = try ask("/users?format=csv&q=canary", owner)
        #expect(answer.status == 200 && text(answer).hasPrefix("telegram_id,username,"))
        #expect(answer.headers.contains { $0.name == "Content-Type" && $0.value.hasPrefix("text/csv") })
    }

    @Test func `one session is ended, then all others, and never one's own`() throws {
        let name = other.hash.bytes.prefix(8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        #expect(try ask("/settings", other).status == 200)
        #expect(text(try ask("/settings", owner)).contains("other-browser"))
        let post = { (path: String, form: String, from: String) in
            try ask(path, owner, method: "POST", form: form, from: from)
        }
        #expect(try post("/settings/end-session", "session=\(name)", "cross-site").status == 403)
        #expect(try ask("/settings", other).status == 200)
        #expect(try post("/settings/end-session", "session=\(name)", "same-origin").status == 303)
        #expect(try ask("/settings", other).status == 303)
        try books.store.insert(
            StoredSession(
                hash: SessionID.random().hash.bytes, created: UnixTime(Date()), lastSeen: UnixTime(Date()),
                expires: UnixTime(Date()).advanced(by: 9_000), address: "", userAgent: ""))
        #expect(try post("/settings/end-other-sessions", "", "same-origin").status == 303)
        #expect(try books.store.sessions().map(\.hash) == [owner.hash.bytes])
        #expect(try ask("/settings/end-other-sessions", nil, method: "POST", from: "same-origin").status == 401)
    }

    @Test func `a token for programs opens no page`() throws {
        let token = SecretToken.random()
        try books.store.insert(
            StoredToken(name: "r", hash: token.hash.bytes, scope: .read, created: UnixTime(Date()), expires: nil))
        let request = try Request(
            method: "GET", target: "/users", headers: [.init(name: "AUTHORIZATION", value: "Bearer \(token.text)")])
        #expect(site.answer(request).status == 303)
    }
}

/// A real database in a folder of its own, filled by polls of one node.
private final class SmallBooks {
    let folder = NSTemporaryDirectory() + "vpn-web-pages-\(UUID().uuidString)"
    let store: TrafficStore
    var owners: [PublicKey: Int64] = [:]
    private var ledgers: [NodeID: Ledger] = [:]

    init() throws {
        store = try TrafficStore(path: folder + "/vpn-web.db", role: .daemon)
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static func key(_ number: UInt8) -> PublicKey { PublicKey(bytes: [UInt8](repeating: number, count: 32))! }

    func poll(_ node: NodeID, at time: Int64, _ peers: [(key: PublicKey, rx: UInt64, tx: UInt64)]) throws {
        var interface = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
        for peer in peers { interface.append(peer.key, rx: peer.rx, tx: peer.tx, latestHandshake: nil) }
        var next = ledgers[node] ?? Ledger(node: node)
        let booking = next.book(
            Sample(node: node, takenAt: UnixTime(time), interfaces: [interface]), poll: .seconds(15)
        ) { self.owners[$0] }
        try store.book(booking)
        next.apply(booking)
        ledgers[node] = next
    }
}
