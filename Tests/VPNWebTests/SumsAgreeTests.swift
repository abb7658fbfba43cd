import Accounting
import Fleet
import Foundation
import Pages
import Store
import Testing
import WireGuard

@testable import VPNWeb

/// Whoever asks, and however: the page, the API, a file, explain and the bookings themselves say the same sums.
struct SumsAgreeTests {
    private static let nodes = [NodeID("main"), NodeID("eu1")]
    private static let keys = (1...5).map { QuestionBooks.key(UInt8($0)) }

    /// Polls in the weeks around both changes of Berlin's clocks in 2026, with all that happens to counters.
    private static func fill(_ books: QuestionBooks, _ random: inout Dice) throws {
        var counters: [NodeID: [PublicKey: Traffic]] = [:]
        for start in ["2026-03-24T00:00:00Z", "2026-10-20T00:00:00Z"] {
            var time = OwnerZone("UTC")!.parse(start)!.seconds
            for _ in 0..<150 {
                time += random.pick([15, 15, 600, 2_700, 9_000])
                let node = random.pick(nodes)
                for key in keys where random.chance(60) {
                    let old = counters[node]?[key] ?? .zero
                    counters[node, default: [:]][key] = Traffic(
                        rx: old.rx + random.number(0...5_000), tx: old.tx + random.number(0...90_000))
                }
                if random.chance(4) { counters[node] = counters[node]?.mapValues { _ in Traffic(rx: 7, tx: 9) } }
                if random.chance(4) { counters[node]?[random.pick(keys)] = nil }
                if random.chance(8) { books.owners[random.pick(keys)] = random.pick([1, 2, 3]) }
                if random.chance(2) { books.owners[random.pick(keys)] = nil }
                if random.chance(20) { try books.name(at: time) }
                try books.poll(node, at: time, (counters[node] ?? [:]).map { ($0.key, $0.value.rx, $0.value.tx) })
            }
        }
    }

    private static func number(_ value: Any?) -> UInt64 { (value as? NSNumber)?.uint64Value ?? .max }

    private static func traffic(_ value: Any?) -> Traffic {
        let object = value as? [String: Any]
        return Traffic(rx: number(object?["rx_bytes"]), tx: number(object?["tx_bytes"]))
    }

    private static func object(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    /// The sums of a file's columns, as a spreadsheet would make them.
    private static func csv(_ bytes: [UInt8], only id: String? = nil) throws -> Traffic {
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.last == "")
        let columns = lines[0].components(separatedBy: ",")
        let rx = try #require(columns.firstIndex(of: "rx_bytes"))
        let tx = try #require(columns.firstIndex(of: "tx_bytes"))
        return try lines.dropFirst().dropLast().reduce(into: .zero) { sum, line in
            let fields = line.components(separatedBy: ",")
            if let id, fields[1] != id { return }
            sum += Traffic(rx: try #require(UInt64(fields[rx])), tx: try #require(UInt64(fields[tx])))
        }
    }

    private static let zones = ["Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu"]
    private static let windows = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 16 : 400

    @Test func `in any window and zone`() throws {
        let books = try QuestionBooks()
        var random = Dice(state: 77)
        try Self.fill(books, &random)
        for zone in Self.zones { try compare(books, try #require(OwnerZone(zone)), &random) }
    }

    private func compare(_ books: QuestionBooks, _ zone: OwnerZone, _ random: inout Dice) throws {
        let questions = Questions(books.store)
        let now = UnixTime(books.deltas.map(\.at.seconds).max()! + 10)
        let watched: Sight.Watched = Dictionary(uniqueKeysWithValues: Self.nodes.map { ($0, .seconds(15)) })
        let names = Names(Roster(), [])
        var summed = Traffic.zero
        for _ in 0..<Self.windows {
            let window = try questions.whole(Self.window(&random, zone), zone)
            let selection = Self.selection(&random)
            let truth = books.sum(books.deltas, window, selection)
            let opening = books.sum(books.openings, window, selection)
            summed += truth

            let history = try questions.history(window, of: selection, zone: zone, watched: watched, now: now)
            let json = try Self.object(history.json())
            let buckets = try #require(json["buckets"] as? [[String: Any]])
            #expect(buckets.reduce(into: Traffic.zero) { $0 += Self.traffic($1) } == truth)
            #expect(Self.traffic(json["dated"]) == truth && Self.traffic(json["opening"]) == opening)
            #expect(try Self.csv(history.csv()) == truth)

            for grouping in Usage.Grouping.allCases {
                let rows = try questions.rows(
                    by: grouping, window, of: selection, names: names, watched: watched, now: now)
                #expect(try Self.csv(rows.csv()) == truth)
            }
            // The whole export, and of it the lines that are asked for.
            if case .telegramID(let id)? = selection.user, selection.peer == nil, selection.node == nil {
                let rows = try questions.rows(by: .user, window, of: .all, names: names, watched: watched, now: now)
                #expect(try Self.csv(rows.csv(), only: "\(id)") == truth)
            }

            guard selection.user != nil || selection.peer != nil else { continue }
            let story = try questions.story(window, of: selection, zone: zone)
            #expect(story.dated == truth && story.opening == opening)
            var told = (dated: Traffic.zero, opening: Traffic.zero)
            for entry in story.entries where entry.counts {
                if entry.isOpening {
                    told.opening += entry.booked ?? .zero
                } else {
                    told.dated += entry.booked ?? .zero
                }
            }
            #expect(told.dated == truth && told.opening == opening)
            #expect(story.byNode.reduce(into: .zero) { $0 += $1.dated } == truth)
            #expect(story.byUser.reduce(into: .zero) { $0 += $1.opening } == opening)
            #expect(ExplainText(story, names, zone).text.contains("dated: rx \(truth.rx), tx \(truth.tx) "))
        }
        #expect(!summed.isZero)
    }

    /// What pages call today and month.
    @Test func `the page's day and month are history's`() throws {
        let books = try QuestionBooks()
        var random = Dice(state: 5)
        try Self.fill(books, &random)
        for zone in Self.zones { try comparePage(books, try #require(OwnerZone(zone))) }
    }

    private func comparePage(_ books: QuestionBooks, _ zone: OwnerZone) throws {
        let now = UnixTime(books.deltas.map(\.at.seconds).max()!)
        for step in [OwnerZone.Step.day, .month] {
            let start = zone.start(of: step, holding: now)
            let totals = try books.store.totals(since: start)
            let end = zone.start(of: step, holding: now, movedBy: 1)
            let window = try Window(start, end, step, zone, 10)
            for id in Int64(1)...3 {
                let history = try Questions(books.store).history(
                    window, of: Selection(user: .telegramID(id)), zone: zone, watched: [:], now: now)
                #expect(history.dated == totals.byOwner[id] ?? .zero && history.buckets.count == 1)
            }
            for node in Self.nodes {
                let history = try Questions(books.store).history(
                    window, of: Selection(node: node), zone: zone, watched: [:], now: now)
                #expect(history.dated == totals.byNode[node] ?? .zero)
            }
        }
    }

    private static func window(_ random: inout Dice, _ zone: OwnerZone) throws -> Window {
        let season = random.pick(["2026-03-20", "2026-10-16"])
        let first = zone.parse(season)!.seconds + Int64(random.number(0...1_200_000))
        let length = Int64(random.pick([0, 1, 3_600, 5_000, 86_400, 400_000, 1_500_000, 30_000_000]))
        let step = length > 2_000_000 ? .month : random.pick(OwnerZone.Step.allCases)
        var (from, to) = (UnixTime(first), UnixTime(first + length))
        if random.chance(60) {
            from = zone.start(of: .day, holding: from)
            to = zone.start(of: .day, holding: to, movedBy: 1)
        }
        return try Window(from, to, step, zone, 10_000)
    }

    private static func selection(_ random: inout Dice) -> Selection {
        var selection = Selection()
        if random.chance(50) {
            selection.user = random.pick([.telegramID(1), .telegramID(2), .telegramID(3), .unmatched])
        }
        if random.chance(40) { selection.peer = random.pick(keys) }
        if random.chance(30) { selection.node = random.pick(nodes) }
        return selection
    }
}

/// The same numbers for the same seed on every machine.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &self)] }
    mutating func number(_ range: ClosedRange<UInt64>) -> UInt64 { UInt64.random(in: range, using: &self) }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
