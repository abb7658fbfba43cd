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

/// The real front over a real database: what programs are answered.
struct HistoryRoutesTests {
    private static let alice = QuestionBooks.key(0xfb)
    private static let other = QuestionBooks.key(2)
    private static let eu1 = NodeID("eu1")

    /// The start of an hour of today, so that what happens is in the usual window.
    private let hour = (QuestionBooks.now.seconds / 3600 - 5) * 3600
    private let books: QuestionBooks
    private let site: Site
    private let read = SecretToken.random()
    private let metrics = SecretToken.random()

    init() throws {
        books = try QuestionBooks()
        books.owners = [Self.alice: 42]
        try books.poll(Self.eu1, at: hour + 10, [(Self.alice, 1000, 2000), (Self.other, 7, 7)])
        try books.poll(Self.eu1, at: hour + 25, [(Self.alice, 1100, 2300), (Self.other, 8, 7)])
        // Two hours and a half of silence, then a fall.
        try books.poll(Self.eu1, at: hour + 9_000, [(Self.alice, 10, 20), (Self.other, 9, 7)])
        for (name, token, scope) in [("r", read, StoredToken.Scope.read), ("m", metrics, .metrics)] {
            try books.store.insert(
                StoredToken(name: name, hash: token.hash.bytes, scope: scope, created: QuestionBooks.now, expires: nil))
        }
        let node = Node(id: Self.eu1, name: "=Европа", aliases: ["eu-old"])
        var user = UserRow(user: User(telegramID: 42, username: "=alice"))
        user.lifetime = Traffic(rx: 1110, tx: 2320)
        var row = PeerRow(node: Self.eu1, interface: "wg0", publicKey: Self.alice.base64)
        row.owner = 42
        row.countedSince = UnixTime(hour + 10)
        let snapshot = Snapshot(
            generation: 1, madeAt: QuestionBooks.now,
            nodes: [NodeRow(status: NodeStatus(node: node), peers: nil, peersOnline: nil)], peers: [row],
            users: [user], services: [],
            roster: Roster(
                users: [user.user],
                devices: [
                    Device(
                        telegramID: 42, node: Self.eu1, name: nil, publicKeyText: Self.alice.base64,
                        publicKey: Self.alice, wgIP: "", profileType: "unified")
                ]),
            panel: PanelState(version: "t", startedAt: QuestionBooks.now))
        var settings = Site.Settings(
            url: "", language: .english, zone: TimeZone(identifier: "Europe/Moscow")!, units: .iec,
            published: PublicSettings())
        settings.billing.nodes[Self.eu1] = .init(bytes: 1_000_000, startDay: 1)
        site = Site(
            newsstand: Newsstand(snapshot),
            door: Door(
                store: books.store, settings: .init(), log: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }),
            store: books.store, settings: settings, refresh: {})
    }

    private func get(_ target: String, _ token: SecretToken?, headers: [Request.Header] = []) throws -> Response {
        let authorization = token.map { [Request.Header(name: "AUTHORIZATION", value: "Bearer \($0.text)")] } ?? []
        return site.answer(try Request(method: "GET", target: target, headers: authorization + headers))
    }

    private func object(_ response: Response) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
    }

    private static func path(_ key: String) -> String { "/api/peers/\(key)/ledger" }

    /// As an address has it.
    private static func path(_ key: PublicKey) -> String {
        key.base64.replacing("/", with: "_").replacing("+", with: "-").replacing("=", with: "")
    }

    @Test(arguments: [
        "/api/history", "/api/periods", "/api/peers", "/api/peers/x/ledger", "/api/top", "/api/sessions", "/api/active",
    ])
    func `only the owner and a reading token may ask`(path: String) throws {
        #expect(try get(path, nil).status == 401)
        #expect(try get(path, metrics).status == 403)
        #expect(try get(path, SecretToken.random()).status == 401)
        #expect(try get(path, read).status == (path.contains("/x/") ? 400 : 200))
    }

    @Test(arguments: ["/api/servers", "/api/services", "/api/stats"])
    func `a token for metrics sees what a stranger sees`(path: String) throws {
        let stranger = try get(path, nil)
        #expect(stranger.status == 200)
        #expect(try get(path, metrics).body == stranger.body)
        let owner = try get(path, read)
        #expect(path == "/api/services" || owner.body != stranger.body)
    }

    @Test func `who loaded a node is told with the peak, by user, key, node and kind of profile`() throws {
        let window = "from=\(UnixTime(hour).rfc3339)&to=\(UnixTime(hour + 10_800).rfc3339)"
        let users = try object(try get("/api/top?node=eu1&\(window)", read))
        let rows = try #require(users["rows"] as? [[String: Any]])
        #expect(rows.map { $0["telegram_id"] as? Int } == [42, nil])
        #expect(rows.map { $0["total_bytes"] as? Int } == [430, 2] && rows[0]["name"] as? String == "=alice")
        // 400 bytes in five minutes.
        #expect(rows[0]["peak_bits_per_second"] as? Int == 10 && rows[0]["gap"] as? Bool == true)
        #expect(users["grain_seconds"] as? Int == 300 && users["cut"] as? Bool == false)
        #expect((users["total"] as? [String: Int]) == ["rx_bytes": 112, "tx_bytes": 320])
        for (by, ids) in [
            ("peer", [Self.alice.base64, Self.other.base64]), ("node", ["eu1"]), ("profile", ["unified", nil]),
        ] {
            let answer = try object(try get("/api/top?by=\(by)&\(window)", read))
            let key = ["peer": "public_key", "node": "server_id", "profile": "profile_type"][by] ?? ""
            let rows = try #require(answer["rows"] as? [[String: Any]])
            #expect(rows.map { $0[key] as? String } == ids, "\(by)")
            #expect(rows.reduce(0) { $0 + ($1["total_bytes"] as? Int ?? 0) } == 432)
        }
        let first = try object(try get("/api/top?limit=1&\(window)", read))
        #expect((first["rows"] as? [Any])?.count == 1 && first["cut"] as? Bool == true)
        for bad in ["limit=0", "limit=x", "by=hour", "step=day", "limit=1001"] {
            #expect(try get("/api/top?\(bad)", read).status == 400, "\(bad)")
        }
    }

    @Test func `active keys are counted in five minutes, and sessions are asked for as windows are`() throws {
        let window = "from=\(UnixTime(hour).rfc3339)&to=\(UnixTime(hour + 10_800).rfc3339)"
        let active = try object(try get("/api/active?\(window)", read))
        let all = try #require(active["all"] as? [Any]).map { $0 as? Int }
        // Between the two readings nobody looked.
        #expect(all.count == 36 && all[0] == 2 && all[30] == 2 && all[1...29].allSatisfy { $0 == nil })
        #expect(active["step_seconds"] as? Int == 300)
        #expect((active["by_node"] as? [String: [Any]])?["eu1"]?.map { $0 as? Int } == all)
        let sessions = try object(try get("/api/sessions?user=42&\(window)", read))
        #expect((sessions["sessions"] as? [Any])?.isEmpty == true && sessions["cut"] as? Bool == false)
        #expect(try get("/api/sessions?user=43", read).status == 404)
    }

    @Test func `the last day comes by hours, and what nobody saw is marked`() throws {
        let answer = try object(try get("/api/history?user=42", read))
        #expect(answer["step"] as? String == "hour" && answer["timezone"] as? String == "Europe/Moscow")
        let buckets = try #require(answer["buckets"] as? [[String: Any]])
        #expect(buckets.count == 24)
        func bucket(_ hoursLater: Int64) throws -> [String: Any] {
            try #require(buckets.first { $0["start"] as? String == UnixTime(hour + 3600 * hoursLater).rfc3339 })
        }
        func gap(_ hoursLater: Int64) throws -> Bool? { try bucket(hoursLater)["gap"] as? Bool }
        #expect(try bucket(0)["tx_bytes"] as? Int == 300 && bucket(2)["rx_bytes"] as? Int == 10)
        #expect(try bucket(1)["rx_bytes"] as? Int == 0)
        // Before the first sight, in it, over the silence, with the fall; and since then nobody looked.
        #expect(try [-1, 0, 1, 2, 3].map(gap) == [true, true, true, true, true])
        #expect((answer["opening"] as? [String: Int]) == ["rx_bytes": 1000, "tx_bytes": 2000])
        let reset = try #require((answer["resets"] as? [[String: Any]])?.first)
        #expect(reset["cause"] as? String == "peer_reset" && reset["public_key"] as? String == Self.alice.base64)
        let gaps = try #require(answer["gaps"] as? [[String: Any]])
        #expect(gaps.first?["since"] as? String == UnixTime(hour + 25).rfc3339)
        #expect(gaps.last?["until"] is NSNull)
    }

    @Test func `hours in which somebody looked are zeros without a mark`() throws {
        for second in stride(from: Int64(9_015), through: 4 * 3600, by: 15) {
            try books.poll(Self.eu1, at: hour + second, [(Self.alice, 10, 20), (Self.other, 9, 7)])
        }
        let answer = try object(try get("/api/history?user=42", read))
        let bucket = (answer["buckets"] as? [[String: Any]])?
            .first { $0["start"] as? String == UnixTime(hour + 3600 * 3).rfc3339 }
        #expect(bucket?["gap"] as? Bool == false && bucket?["rx_bytes"] as? Int == 0)
    }

    @Test(arguments: [
        ("step=day", 35), ("step=month", 13), ("from=2026-03-29&to=2026-03-30", 24),
        ("from=2026-03-29&to=2026-03-31&step=day", 2), ("from=2026-03-29&to=2026-03-29", 0),
        ("from=2026-03-29T01:30:00Z&to=2026-03-29T03:30:00Z", 3), ("to=2026-03-29&step=hour&user=&lang=ru", 24),
        ("from=2026-03-29T00:00:00+03:00&to=2026-03-29T02:00:00%2B03:00", 2),
    ])
    func `windows have their steps`(query: String, count: Int) throws {
        let response = try get("/api/history?\(query)", read)
        #expect(response.status == 200)
        #expect((try object(response)["buckets"] as? [Any])?.count == count)
    }

    @Test(arguments: [
        "step=week", "from=yesterday", "to=2026-02-30", "from=2026-03-02&to=2026-03-01", "form=2026-03-01",
        "user=alice", "user=42&user=43", "peer=abc", "by=planet", "format=xml",
        "from=2020-01-01&to=2026-01-01&step=hour", "from=0000-00-00", "from=99999-01-01",
    ])
    func `a slip is refused in words`(query: String) throws {
        for language in ["ru", "en"] {
            let response = try get("/api/history?\(query)&lang=\(language)", read)
            #expect(response.status == 400)
            let answer = try object(response)
            #expect(answer["code"] as? String == "bad_request")
            #expect((answer["error"] as? String)?.isEmpty == false)
        }
    }

    @Test(arguments: ["user=43", "node=eu2"]) func `who is nobody is not found`(query: String) throws {
        let response = try get("/api/history?\(query)", read)
        #expect(response.status == 404)
        #expect(try object(response)["code"] as? String == "not_found")
    }

    @Test(arguments: ["history", "top", "sessions"])
    func `a key that nobody knows is not found, and one that only the books know is`(route: String) throws {
        let answer = try get("/api/\(route)?peer=\(Self.path(QuestionBooks.key(9)))", read)
        #expect(try answer.status == 404 && object(answer)["code"] as? String == "not_found")
        #expect(try get("/api/\(route)?peer=\(Self.path(Self.other))", read).status == 200)
        #expect(try get("/api/\(route)?peer=\(Self.path(Self.alice))", read).status == 200)
    }

    @Test func `a key that looks like a formula is none in a file`() throws {
        let key = try #require(PublicKey(base64: "+" + QuestionBooks.key(0).base64.dropFirst()))
        try books.poll(Self.eu1, at: hour + 9_015, [(Self.alice, 10, 20), (Self.other, 9, 7), (key, 5, 5)])
        let text = String(decoding: try get("/api/history?by=peer&format=csv", read).body, as: UTF8.self)
        #expect(text.contains(",'\(key.base64),,5,5,") && text.contains(",\(Self.other.base64),"))
        let rows = try #require(try object(try get("/api/history?by=peer", read))["rows"] as? [[String: Any]])
        #expect(rows.contains { $0["public_key"] as? String == key.base64 })
    }

    @Test func `a window in minutes is answered with its whole hours, and says so`() throws {
        func window(_ from: Int64, _ to: Int64) -> String {
            "from=\(UnixTime(hour + from).rfc3339)&to=\(UnixTime(hour + to).rfc3339)"
        }
        let answer = try object(try get("/api/history?user=42&by=user&\(window(900, 2700))", read))
        #expect(answer["from"] as? String == UnixTime(hour).rfc3339)
        #expect(answer["to"] as? String == UnixTime(hour + 3600).rfc3339)
        #expect((answer["dated"] as? [String: Int]) == ["rx_bytes": 100, "tx_bytes": 300])
        #expect((answer["rows"] as? [[String: Any]])?.first?["tx_bytes"] as? Int == 300)
        let ledger = try object(try get(Self.path(Self.alice.base64) + "?" + window(900, 2700), read))
        #expect(ledger["dated"] as? [String: Int] == ["rx_bytes": 100, "tx_bytes": 300])
        #expect(ledger["from"] as? String == UnixTime(hour).rfc3339)
        // Five minutes are five minutes where they are what is counted.
        let top = try object(try get("/api/top?\(window(900, 2700))", read))
        #expect(top["from"] as? String == UnixTime(hour + 900).rfc3339 && (top["rows"] as? [Any])?.isEmpty == true)
    }

    @Test func `a file has the window in its name, and no formula in it`() throws {
        let date = "from=2026-03-01&to=2026-04-01&step=day&format=csv"
        let response = try get("/api/history?user=42&\(date)", read)
        #expect(response.header("Content-Type")?.hasPrefix("text/csv") == true)
        #expect(
            response.header("Content-Disposition")
                == "attachment; filename=\"vpn-web-user-42-day-2026-03-01--2026-04-01.csv\"")
        #expect(String(decoding: response.body, as: UTF8.self).components(separatedBy: "\r\n").count == 33)
        let rows = try get("/api/history?by=user&format=csv&node=eu-old", read)
        let text = String(decoding: rows.body, as: UTF8.self)
        #expect(text.hasPrefix("start,telegram_id,name,rx_bytes,tx_bytes,gap\r\n"))
        #expect(text.contains(",42,'=alice,100,300,") && text.contains(",,,1,0,"))
        let nodes = try object(try get("/api/history?by=node", read))
        #expect((nodes["rows"] as? [[String: Any]])?.first?["name"] as? String == "=Европа")
    }

    @Test func `the same content has the same tag, and is not sent twice`() throws {
        let first = try get("/api/history?node=eu1&from=2026-03-01&to=2026-03-02", read)
        let tag = try #require(first.header("ETag"))
        #expect(first.header("Cache-Control") == "private, no-cache")
        let again = try get(
            "/api/history?node=eu1&from=2026-03-01&to=2026-03-02", read,
            headers: [.init(name: "IF_NONE_MATCH", value: tag)])
        #expect(again.status == 304 && again.body.isEmpty)
        let window = "/api/history?from=\(UnixTime(hour).rfc3339)&to=\(UnixTime(hour + 7_200).rfc3339)"
        let before = try get(window, read).header("ETag")
        try books.poll(Self.eu1, at: hour + 7_190, [(Self.alice, 11, 20), (Self.other, 9, 7)])
        #expect(try get(window, read).header("ETag") != before)
    }

    @Test func `a key is taken in every form that addresses have`() throws {
        let base64 = Self.alice.base64
        #expect(base64.contains("/") || base64.contains("+"))
        let encoded = base64.replacing("/", with: "%2F").replacing("+", with: "%2B").replacing("=", with: "%3D")
        let url = base64.replacing("/", with: "_").replacing("+", with: "-").replacing("=", with: "")
        let body = try get(Self.path(base64), read).body
        #expect(try object(try get(Self.path(base64), read))["public_key"] as? String == base64)
        #expect(try get(Self.path(encoded), read).body == body)
        #expect(try get(Self.path(url), read).body == body)
        #expect(try get(Self.path(url + "="), read).body == body)
        #expect(try get(Self.path(QuestionBooks.key(9).base64), read).status == 404)
        for bad in ["", "%", "%zz", String(base64.dropLast(2)), base64 + "A", String(repeating: "A", count: 500)] {
            let status = try get(Self.path(bad), read).status
            #expect(status == 400 || status == 404)
        }
    }

    @Test func `a ledger tells each line with its cause, its readings and its sample`() throws {
        let answer = try object(try get(Self.path(Self.alice.base64), read))
        let entries = try #require(answer["entries"] as? [[String: Any]])
        #expect(entries.map { $0["kind"] as? String } == ["growth", "epoch", "gap", "epoch"])
        #expect(entries.map { $0["cause"] as? String } == ["growth", "opening", nil, "peer_reset"])
        let fall = try #require(entries.last)
        #expect(fall["before"] as? [String: Int] == ["rx_bytes": 1100, "tx_bytes": 2300])
        #expect(fall["after"] as? [String: Int] == ["rx_bytes": 10, "tx_bytes": 20])
        #expect(fall["sample"] as? Int == 3 && fall["since"] as? String == UnixTime(hour + 25).rfc3339)
        #expect((fall["words"] as? String)?.contains("nobody saw") == true)
        #expect((entries[1]["words"] as? String)?.hasPrefix("opening balance, rx 1000, tx 2000") == true)
        #expect(answer["dated"] as? [String: Int] == ["rx_bytes": 110, "tx_bytes": 320])
        #expect(answer["opening"] as? [String: Int] == ["rx_bytes": 1000, "tx_bytes": 2000])
        let counter = try #require((answer["counters"] as? [[String: Any]])?.first)
        #expect(counter["epoch"] as? Int == 2 && counter["open"] as? Bool == true)
    }

    @Test func `what the bot names moves, and counts once`() throws {
        books.owners[Self.other] = 42
        try books.name(at: hour + 9_001)
        let answer = try object(try get(Self.path(Self.other.base64), read))
        let entries = try #require(answer["entries"] as? [[String: Any]])
        let named = try #require(entries.first { $0["kind"] as? String == "named" })
        #expect(named["booked"] as? [String: Int] == ["rx_bytes": 9, "tx_bytes": 7])
        #expect(named["counts"] as? Bool == false && named["telegram_id"] as? Int == 42)
        let grown = entries.filter { $0["kind"] as? String == "growth" }.compactMap { $0["booked"] as? [String: Int] }
        #expect(grown.compactMap { $0["rx_bytes"] }.reduce(0, +) == 2)
        #expect(entries.first { $0["cause"] as? String == "opening" }?["telegram_id"] as? Int == 42)
        let user = try object(try get("/api/history?user=42", read))
        #expect(user["opening"] as? [String: Int] == ["rx_bytes": 1007, "tx_bytes": 2007])
        #expect(user["dated"] as? [String: Int] == ["rx_bytes": 112, "tx_bytes": 320])
    }

    @Test func `billing periods are shown with what is allowed`() throws {
        let answer = try object(try get("/api/periods", read))
        let node = try #require((answer["nodes"] as? [[String: Any]])?.first)
        let allowance = try #require(node["allowance"] as? [String: Any])
        #expect(allowance["bytes"] as? Int == 1_000_000 && allowance["used_up"] as? Bool == false)
        #expect(allowance["forecast_bytes"] is NSNull && node["forecast"] is NSNull)
        let user = try #require((answer["users"] as? [[String: Any]])?.first)
        #expect(user["telegram_id"] as? Int == 42 && user["allowance"] is NSNull)
        #expect(try object(try get("/api/periods?user=42", read))["nodes"] as? [String] == [])
        #expect(try get("/api/periods?step=day", read).status == 400)
    }

    @Test func `every key is listed with what was counted`() throws {
        let peers = try #require(try object(try get("/api/peers", read))["peers"] as? [[String: Any]])
        #expect(peers.count == 1 && peers.first?["shown"] as? Bool == false)
        #expect(peers.first?["counted_since"] as? String == UnixTime(hour + 10).rfc3339)
    }
}
