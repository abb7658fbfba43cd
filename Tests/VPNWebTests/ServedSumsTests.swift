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

/// What the front serves, across a change of the clocks: pages, JSON, files and explain have the same bytes.
struct ServedSumsTests {
    private static let nodes = [NodeID("main"), NodeID("eu1")]
    private static let keys = (1...4).map { QuestionBooks.key(UInt8($0)) }
    private let books: QuestionBooks
    private let zone = OwnerZone("Europe/Berlin")!
    private let site: Site
    private let owner = SessionID.random()

    /// Polls in the weeks around both changes of Berlin's clocks in 2024.
    init() throws {
        books = try QuestionBooks()
        var dice = Dice(state: 2024)
        var counters: [NodeID: [PublicKey: Traffic]] = [:]
        for start in ["2024-03-29T00:00:00Z", "2024-10-25T00:00:00Z"] {
            var time = OwnerZone("UTC")!.parse(start)!.seconds
            for _ in 0..<120 {
                time += dice.pick([15, 600, 2_700, 5_000])
                let node = dice.pick(Self.nodes)
                for key in Self.keys where dice.chance(60) {
                    let old = counters[node]?[key] ?? .zero
                    counters[node, default: [:]][key] = Traffic(
                        rx: old.rx + dice.number(5_000...90_000), tx: old.tx + dice.number(5_000...900_000))
                }
                if dice.chance(4) { counters[node] = counters[node]?.mapValues { _ in Traffic(rx: 7_000, tx: 9_000) } }
                if dice.chance(8) { books.owners[dice.pick(Self.keys)] = dice.pick([1, 2]) }
                if dice.chance(20) { try books.name(at: time) }
                try books.poll(node, at: time, (counters[node] ?? [:]).map { ($0.key, $0.value.rx, $0.value.tx) })
            }
        }
        let now = UnixTime(Date())
        try books.store.insert(
            StoredSession(
                hash: owner.hash.bytes, created: now, lastSeen: now, expires: now.advanced(by: 9_000), address: "",
                userAgent: ""))
        let users = [User(telegramID: 1, username: "=one"), User(telegramID: 2, username: "two, \"2\"")]
        let snapshot = Snapshot(
            generation: 1, madeAt: now,
            nodes: Self.nodes.map {
                NodeRow(status: NodeStatus(node: Node(id: $0, name: $0.name)), peers: nil, peersOnline: nil)
            },
            peers: [], users: users.map(UserRow.init(user:)), services: [], roster: Roster(users: users),
            panel: PanelState(version: "t", startedAt: now))
        site = Site(
            newsstand: Newsstand(snapshot),
            door: Door(
                store: books.store, settings: .init(), log: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }),
            store: books.store,
            settings: Site.Settings(
                url: "", language: .english, zone: zone.timeZone, units: .iec, published: PublicSettings()),
            refresh: {})
    }

    private func body(_ target: String) throws -> String {
        let cookie = Request.Header(name: "COOKIE", value: "\(SessionCookie.name)=\(owner.text)")
        let answer = site.answer(try Request(method: "GET", target: target, headers: [cookie]))
        try #require(answer.status == 200, "\(target)")
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// The rows of a file by RFC 4180, its heading first.
    private static func csv(_ text: String) throws -> [[String]] {
        var rows: [[String]] = [[""]]
        var isQuoted = false
        var last: UInt8 = 0
        for byte in text.utf8 {
            defer { last = byte }
            let column = rows[rows.count - 1].count - 1
            switch byte {
            case UInt8(ascii: "\""):
                if !isQuoted, last == byte { rows[rows.count - 1][column] += "\"" }
                isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: rows[rows.count - 1].append("")
            case UInt8(ascii: "\r") where !isQuoted: break
            case UInt8(ascii: "\n") where !isQuoted:
                try #require(last == UInt8(ascii: "\r"))
                rows.append([""])
            default: rows[rows.count - 1][column] += String(decoding: [byte], as: UTF8.self)
            }
        }
        try #require(rows.removeLast() == [""])
        return rows
    }

    private static func sum(_ rows: [[String]], only id: String? = nil) throws -> Traffic {
        let rx = try #require(rows[0].firstIndex(of: "rx_bytes"))
        return try rows.dropFirst().filter { id == nil || $0[1] == id }.reduce(into: .zero) {
            $0 += Traffic(rx: try #require(UInt64($1[rx])), tx: try #require(UInt64($1[rx + 1])))
        }
    }

    @Test func `a window in minutes is its whole hours on the page, in JSON, in the file and in explain`() throws {
        let delta = try #require(books.deltas.first { $0.owner == 1 && !$0.traffic.isZero })
        let start = Hour(containing: delta.at).start
        let told = try Window(start.advanced(by: 900), start.advanced(by: 2_700), .hour, zone, 10)
        let questions = Questions(books.store)
        let window = try questions.whole(told, zone)
        #expect(window.from == start && window.to == start.advanced(by: 3600))
        let truth = books.sum(books.deltas, window, Selection(user: .telegramID(1)))
        let query = "from=\(told.from.rfc3339)&to=\(told.to.rfc3339)"
        let file = try Self.csv(try body("/api/history?user=1&format=csv&\(query)"))
        let byUser = try Self.csv(try body("/api/history?by=user&format=csv&\(query)"))
        #expect(try Self.sum(file) == truth && !truth.isZero)
        #expect(try Self.sum(byUser, only: "1") == truth)
        #expect(try questions.story(window, of: Selection(user: .telegramID(1)), zone: zone).dated == truth)
        let page = try body("/traffic?by=user&\(query)")
        let row = page.components(separatedBy: "<tr>").first { $0.contains("/users/1\"") }
        for bytes in [truth.rx, truth.tx] { #expect(row?.contains(Units.iec.exact(bytes, .english)) == true) }
        #expect(page.contains("Counted in whole hours"))
        let whole = try body("/traffic?by=user&from=\(start.rfc3339)&to=\(window.to.rfc3339)")
        #expect(!whole.contains("Counted in whole hours"))
    }

    @Test(arguments: [
        ("2024-10-26", "2024-10-28", 25), ("2024-10-27", "2024-10-27", 25), ("2024-03-31", "2024-03-31", 23),
        ("2024-03-29", "2024-04-02", 23), ("2024-03-01", "2024-11-30", 0),
    ])
    func `page, JSON, file and explain have the same bytes`(first: String, last: String, hours: Int) throws {
        let end = zone.start(of: .day, holding: try #require(zone.parse(last)), movedBy: 1)
        let window = try Window(try #require(zone.parse(first)), end, .day, zone, 1000)
        let query = "from=\(first)&to=\(end.rfc3339)"
        let questions = Questions(books.store)
        let page = try body("/traffic?from=\(first)&to=\(last)&by=user")
        let rows = page.components(separatedBy: "<tr>")
        var all = Traffic.zero
        for id in Int64(1)...2 {
            let selection = Selection(user: .telegramID(id))
            let truth = books.sum(books.deltas, window, selection)
            all += truth
            for step in first == "2024-03-01" ? ["day", "month"] : ["hour", "day", "month"] {
                let object = try JSONSerialization.jsonObject(
                    with: Data(try body("/api/history?user=\(id)&step=\(step)&\(query)").utf8))
                let dated = (object as? [String: Any])?["dated"] as? [String: Any]
                #expect(dated?["rx_bytes"] as? UInt64 == truth.rx && dated?["tx_bytes"] as? UInt64 == truth.tx)
                let file = try Self.csv(try body("/api/history?user=\(id)&step=\(step)&format=csv&\(query)"))
                #expect(try Self.sum(file) == truth, "\(step)")
                if step == "hour", first == last { #expect(file.count == hours + 1) }
                let byUser = try Self.csv(try body("/api/history?by=user&step=\(step)&format=csv&\(query)"))
                #expect(try Self.sum(byUser, only: "\(id)") == truth, "\(step)")
                #expect(byUser.allSatisfy { $0.count == 6 })
                if !truth.isZero {
                    #expect(byUser.contains { $0[1] == "\(id)" && $0[2] == ["'=one", "two, \"2\""][Int(id) - 1] })
                }
            }
            let story = try questions.story(window, of: selection, zone: zone)
            #expect(story.dated == truth)
            guard !truth.isZero else { continue }
            let row = rows.first { $0.contains("/users/\(id)\"") }
            for bytes in [truth.rx, truth.tx] { #expect(row?.contains(Units.iec.exact(bytes, .english)) == true) }
        }
        for node in Self.nodes {
            let truth = books.sum(books.deltas, window, Selection(node: node))
            let byNode = try Self.csv(try body("/api/history?by=node&step=day&format=csv&\(query)"))
            #expect(try Self.sum(byNode, only: node.name) == truth)
            guard !truth.isZero else { continue }
            let row = try body("/traffic?from=\(first)&to=\(last)&by=node").components(separatedBy: "<tr>")
                .first { $0.contains("/nodes/\(node.name)\"") }
            for bytes in [truth.rx, truth.tx] { #expect(row?.contains(Units.iec.exact(bytes, .english)) == true) }
        }
        #expect(first != "2024-10-27" || !all.isZero)
    }
}
