import Fleet
import Foundation
import Testing
import WireGuard

@testable import Pages

@Suite struct PageTests {
    static func html(_ snapshot: Snapshot, query: [(name: String, value: String)] = [], _ language: Language = .english)
        -> String
    {
        String(
            decoding: OwnerPages.overview(snapshot, Fleets.context(language, query: query)), as: UTF8.self)
    }

    @Test(arguments: PollFailure.Kind.allCases)
    func `each failure of a node shows its own words, its mend and what was seen`(kind: PollFailure.Kind) {
        var snapshot = Fleets.well(peers: 2)
        snapshot.nodes[1].status = Fleets.status(
            "eu1", "Europe", state: .offline, failure: kind, detail: "seen <this>", failures: 2)
        let html = Self.html(snapshot)
        let words = FailureWords(kind)
        #expect(html.contains("Europe</bdi>: " + words.state.plain(.english).replacing("'", with: "&#39;")))
        #expect(html.contains(words.what.english.description.split { "'`".contains($0) }[0]))
        #expect(html.contains("seen &lt;this&gt;"))
        #expect(html.contains("1\u{A0}problem"))
    }

    @Test func `when every node falls silent at once it is one problem`() {
        var snapshot = Fleets.well(peers: 2)
        for index in snapshot.nodes.indices {
            snapshot.nodes[index].status = Fleets.status(
                "n\(index)", "N\(index)", state: .offline, failure: .unreachable)
        }
        let problems = Problem.all(in: snapshot, now: Fleets.now)
        #expect(problems.map(\.key) == ["network"])
        snapshot.nodes[0].status = Fleets.status("n0", "N0", state: .offline, failure: .authentication)
        #expect(Problem.all(in: snapshot, now: Fleets.now).map(\.key) == ["node-n0", "node-n1"])
    }

    @Test func `the worst stands first`() {
        var snapshot = Fleets.rich()
        snapshot.panel.storeFailure = PanelState.StoreFailure(since: Fleets.now, words: "disk full")
        let keys = Problem.all(in: snapshot, now: Fleets.now).map(\.key)
        #expect(keys.prefix(2) == ["store", "node-yc"])
        #expect(keys.contains("incomplete-eu1") && keys.contains("conflicts") && keys.contains("skipped"))
    }

    @Test func `a service that fails is a problem, unless its node is, and one of which nothing is known is not well`()
    {
        var snapshot = Fleets.well(peers: 2)
        #expect(Self.html(snapshot).contains("All is well") && !Self.html(snapshot).contains("not proven"))
        snapshot.services[0].status = .unknown
        #expect(
            Self.html(snapshot).contains("All is well") && Self.html(snapshot).contains("not proven: 1\u{A0}service<"))
        (snapshot.services[1].status, snapshot.services[1].evidence) = (.blocked, .filtered)
        let html = Self.html(snapshot)
        #expect(!html.contains("All is well") && html.contains("1\u{A0}problem"))
        #expect(html.contains("<h2><bdi>AmneziaWG · Европа</bdi>: seems to be blocked</h2>"))
        #expect(html.contains("class=\"standing\" data-mark=\"bad\""))
        snapshot.nodes[1].status = Fleets.status("eu1", "Европа", state: .offline, failure: .unreachable)
        #expect(Problem.all(in: snapshot, now: Fleets.now).map(\.key) == ["node-eu1"])
        snapshot.nodes[1].status = Fleets.status("eu1", "Европа", state: .offline, failure: .authentication)
        #expect(Problem.all(in: snapshot, now: Fleets.now).map(\.key) == ["node-eu1", "service-amneziaWG@eu1"])
    }

    @Test func `what the rules found is told once, and not what the owner knows or a hint`() {
        let snapshot = Fleets.well(peers: 2)
        var alerts = Alerts.incidents
        func told() -> Set<Rule> {
            Set(
                Problem.all(in: snapshot, alerts: alerts, now: Fleets.now).compactMap {
                    if case .alert(let incident) = $0 { incident.rule } else { nil }
                })
        }
        let shown: Set<Rule> = [
            .panelStore, .rosterUnreadable, .hostKeyChanged, .nodeUnreachable, .nodeStale, .serviceDown,
            .serviceBlocked,
        ]
        let hints = Set(alerts.filter { $0.severity == .notice }.map(\.rule))
        #expect(told() == Set(Rule.allCases).subtracting(shown).subtracting(hints))
        #expect(told().contains(.panelBlind))
        for index in alerts.indices {
            switch index % 4 {
            case 0: alerts[index].acknowledged = Fleets.now
            case 1: (alerts[index].told, alerts[index].hold) = (nil, .cause)
            case 2: (alerts[index].told, alerts[index].hold) = (nil, .maintenance)
            default: alerts[index].ended = Fleets.now
            }
        }
        #expect(told().isEmpty)
    }

    @Test func `the overview says what an alert says, and that alerts cannot be read`() {
        let snapshot = Fleets.well(peers: 2)
        func html(_ history: OverviewPage.History?) -> String {
            String(
                decoding: OverviewPage(snapshot: snapshot, history: history, context: Fleets.context(.english)).html(),
                as: UTF8.self)
        }
        var stopped = Alerts.incidents.filter { $0.rule == .trafficStopped }
        stopped[0].severity = .critical
        let series = OwnerPages.series(.hour, 24, scale: 1)
        let told = html(OverviewPage.History(hours: series, active: nil, monthBefore: nil, alerts: stopped))
        #expect(told.contains("<bdi>Европа</bdi>: traffic stopped") && told.contains("href=\"/alerts\""))
        #expect(!told.contains("All is well"))
        let unread = html(nil)
        #expect(unread.contains("Alerts cannot be read now") && !unread.contains("All is well"))
    }

    @Test func `a file of the bot that shrank is told with what was seen`() {
        var snapshot = Fleets.well(peers: 2)
        snapshot.roster.sources = [
            Roster.Source(path: "/x/users.json", isReadable: true, asOf: Fleets.now, notice: "120 records became 3")
        ]
        let html = Self.html(snapshot)
        #expect(html.contains("/x/users.json</code>") && html.contains("120 records became 3"))
        #expect(html.contains("1\u{A0}problem"))
    }

    @Test func `old data is marked and a node that never answered shows no zero`() {
        var snapshot = Fleets.well(peers: 2)
        snapshot.nodes[0].status = Fleets.status("main", "Main", sampleAge: 600)
        snapshot.nodes[1].status = Fleets.status("eu1", "Europe", state: .unknown, sampleAge: nil)
        snapshot.nodes[1].peers = nil
        let html = Self.html(snapshot)
        #expect(html.contains("data is old"))
        #expect(html.contains("not asked yet"))
        #expect(!html.contains("load 0.42"))
    }

    @Test func `the overview names those who are connected and those who used most, and where the others are`() {
        var snapshot = Fleets.well(peers: 500)
        for index in snapshot.users.indices.prefix(40) { snapshot.users[index].isOnline = true }
        let html = Self.html(snapshot)
        #expect(html.contains("user_0<") && !html.contains("user_60<"))
        #expect(html.contains("href=\"/users?state=online\"") && html.contains("28 more"))
        #expect(html.components(separatedBy: "class=\"sign\"").count == 11)
        #expect(Self.html(Fleets.well(peers: 0)).contains("Nobody is connected now."))
    }

    @Test func `a choice of none leaves the query empty`() {
        #expect(Link.here([("state", ""), ("q", nil)]).text == "?")
    }

    @Test func `every order is whole and the other way around its mirror`() {
        let users = Fleets.well(peers: 60).users
        for column in UserOrder.Column.allCases {
            let order = UserOrder(column.rawValue)
            #expect(order.column == column && !order.isReversed)
            #expect(Set(order.sorted(users).map(\.user.telegramID)).count == users.count)
            #expect(order.word(for: column) == "-" + column.rawValue)
        }
        let byName = UserOrder("name").sorted(users).compactMap(\.user.username)
        #expect(byName == byName.sorted())
        #expect(UserOrder("nonsense") == UserOrder("total"))
        let amounts = UserOrder("-month").sorted(users).map(\.month.total)
        #expect(amounts == amounts.sorted())
    }

    @Test func `a page needs no inline style or script and loads nothing from elsewhere`() {
        let others = [Fleets.rich(), Fleets.empty].flatMap { snapshot in
            OwnerPages.all(snapshot) { Fleets.context(path: $0, query: $1) }
                .map { String(decoding: $0.html, as: UTF8.self) }.filter { !$0.isEmpty }
        }
        for html in [Self.html(Fleets.rich()), Self.html(Fleets.empty), Self.html(Fleets.well(peers: 500))] + others {
            #expect(!html.contains(" style=") && !html.contains("<style"))
            #expect(html.components(separatedBy: "<script").count == 2)
            #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("src=\"//"))
            #expect(html.components(separatedBy: "<h1").count == 2)
            #expect(html.components(separatedBy: "<main").count == 2)
        }
    }

    @Test func `elements are closed in order`() {
        let void: Set<String> = ["meta", "link", "input", "!DOCTYPE", "circle", "path"]
        var pages = [Fleets.rich(), Fleets.empty, Fleets.well(peers: 500)].map {
            OwnerPages.overview($0, Fleets.context())
        }
        pages += OwnerPages.all(Fleets.rich()) { Fleets.context(path: $0, query: $1) }.map(\.html)
        pages.append(LoginPage(problem: .wrong, next: "/", context: Fleets.context()).html())
        pages.append(
            PublicPage(summary: GoldenTests.stranger(names: true), context: Fleets.context(isSignedIn: false)).html())
        for page in pages {
            var open: [String] = []
            for tag in Tags(page).list {
                let name = String(tag.prefix { $0 != "[" })
                if void.contains(name) { continue }
                if name.hasPrefix("/") {
                    #expect(open.popLast() == String(name.dropFirst()))
                } else {
                    open.append(name)
                }
            }
            #expect(open.isEmpty)
        }
    }

    @Test func `a thousand users and ten thousand characters keep the page small`() {
        #expect(Self.html(Fleets.well(peers: 5000)).utf8.count < 600_000)
        var snapshot = Fleets.rich(name: String(repeating: "n", count: 10_000))
        snapshot.nodes[0].status.node.name = String(repeating: "x", count: 10_000)
        #expect(Self.html(snapshot).utf8.count < 80_000)
    }

    @Test func `a link encodes what it is given and leads nowhere else`() {
        #expect(Link("/users").appending(segment: "../a b").text == "/users/..%2Fa%20b")
        #expect(Link.here.query("q", "a&b=\"ё\"").query("page", "2").text == "?q=a%26b%3D%22%D1%91%22&page=2")
    }
}

@Suite struct HealthTests {
    @Test func `health says starting, ok, stale and failing`() {
        #expect(Health(Fleets.empty, now: Fleets.now).status == .starting)
        var snapshot = Fleets.well(peers: 2)
        #expect(Health(snapshot, now: Fleets.now).status == .ok)
        #expect(Health(snapshot, now: Fleets.now).httpStatus == 200)
        let later = Health(snapshot, now: Fleets.now.advanced(by: 300))
        #expect(later.status == .stale && later.httpStatus == 503 && later.since == Fleets.now.advanced(by: -8))
        snapshot.panel.storeFailure = PanelState.StoreFailure(since: Fleets.now, words: "disk full")
        let failing = Health(snapshot, now: Fleets.now)
        #expect(failing.status == .failing && failing.since == Fleets.now)
        #expect(!String(decoding: failing.json(), as: UTF8.self).contains("disk"))
    }
}

@Suite struct JSONTests {
    @Test func `integers are exact and unknown is null`() throws {
        var snapshot = Fleets.well(peers: 1)
        snapshot.peers[0].lifetime = Traffic(rx: .max, tx: 1 << 63)
        snapshot.peers[0].session = nil
        snapshot.peers[0].isOnline = nil
        snapshot.peers[0].latestHandshake = UnixTime(.max)
        let text = String(decoding: TrafficAnswer(snapshot: snapshot, now: Fleets.now).json(), as: UTF8.self)
        #expect(text.contains("\"rx_bytes\":18446744073709551615,\"tx_bytes\":9223372036854775808"))
        #expect(text.contains("\"total_bytes\":18446744073709551615"))
        #expect(text.contains("\"online\":null") && text.contains("\"session_rx_bytes\":null"))
        #expect(text.contains("\"last_handshake\":null"))
    }

    @Test func `the predecessor's keys are all there`() throws {
        func object(_ bytes: [UInt8]) throws -> Any { try JSONSerialization.jsonObject(with: Data(bytes)) }
        let snapshot = Fleets.rich()
        let public_ = PublicSummary(snapshot, settings: PublicSettings(), now: Fleets.now)
        let server: Set = ["name", "description", "endpoint", "status", "ping_ms", "last_check"]
        for bytes in [
            ServersAnswer(snapshot: snapshot, language: .russian, now: Fleets.now).json(), public_.serversJSON(),
        ] {
            let servers = try #require(object(bytes) as? [String: [String: Any]])
            #expect(servers.count == 3)
            for (_, value) in servers { #expect(server.isSubset(of: value.keys)) }
        }
        let stats: Set = [
            "total_users", "active_users", "total_peers", "active_peers", "by_server", "by_profile_type", "last_update",
        ]
        for bytes in [StatsAnswer(snapshot: snapshot, now: Fleets.now).json(), public_.statsJSON()] {
            #expect(stats.isSubset(of: try #require(object(bytes) as? [String: Any]).keys))
        }
        let users = try #require(object(UsersAnswer(snapshot: snapshot).json()) as? [[String: Any]])
        #expect(
            users.allSatisfy {
                Set(["telegram_id", "username", "role", "active", "peers_count", "active_peers"]).isSubset(of: $0.keys)
            })
        let traffic = try #require(object(TrafficAnswer(snapshot: snapshot, now: Fleets.now).json()) as? [String: Any])
        let rows = try #require(traffic["rows"] as? [[String: Any]])
        #expect(rows.count == 6)
        #expect((traffic["unmatched"] as? [Any])?.count == 2)
        #expect(
            rows.allSatisfy {
                Set(["telegram_id", "username", "server_id", "wg_ip", "rx_bytes", "tx_bytes"]).isSubset(of: $0.keys)
            })
    }

    @Test func `errors are a sentence and a code`() throws {
        for error in HTTPError.allCases {
            let object = try JSONSerialization.jsonObject(with: Data(error.json(.russian))) as? [String: String]
            #expect(object?.keys.sorted() == ["code", "error"] && object?["code"] == error.code)
        }
    }

    @Test func `the hash is FNV-1a`() {
        #expect([UInt8]().fnv1a == 0xcbf2_9ce4_8422_2325)
        #expect(Array("foobar".utf8).fnv1a == 0x8594_4171_f739_67e8)
    }
}
