import Accounting
import Fleet
import Foundation
import GRDB
import Testing
import WireGuard

@testable import Store

/// Ledger and store together against a world that knows the truth.
struct ModelTests {
    @Test(arguments: [false, true])
    func `what is stored is what was shown, over restarts, lost samples and changes of owners`(isCalm: Bool) throws {
        try run(seed: 7, steps: 1500, isCalm: isCalm)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil, "long"), arguments: 20...29)
    func `a fifth of a million steps are stored as they were shown`(seed: Int) throws {
        try run(seed: UInt64(seed), steps: 20_000, isCalm: seed % 2 == 0)
    }

    private func run(seed: UInt64, steps: Int, isCalm: Bool) throws {
        let folder = try Folder()
        var world = World(seed: seed, isCalm: isCalm)
        var store = try folder.open()
        var waiting = 0
        var ledgers = (0..<3).map { Ledger(node: NodeID("n\($0)")) }
        for step in 0..<steps {
            let owners = world.owners
            func owner(_ key: PublicKey) -> Int64? { World.numbers[key].flatMap { owners[$0] } }
            switch world.step() {
            case .silence: break
            case .lost(let node, let sample):
                // The transaction fails at its end.
                let booking = ledgers[node].book(sample, poll: .seconds(15), owner: owner)
                guard !booking.isDuplicate else { break }
                #expect(refusal { try store.book(booking) { throw CancellationError() } } == .other)
            case .sample(let node, let sample), .double(let node, let sample):
                let booking = ledgers[node].book(sample, poll: .seconds(15), owner: owner)
                try store.book(booking)
                ledgers[node].apply(booking)
            case .restart(let node):
                let left = try store.database.read {
                    try Int.fetchOne(
                        $0,
                        sql: """
                            SELECT count(*) FROM journal j JOIN nodes n ON n.id = j.node WHERE j.sample > n.samples
                            """)
                }
                waiting = max(waiting, left ?? 0)
                guard step % 10 == 0 else { break }
                // Closed or dropped: then the tail is still there.
                if step % 20 == 0 { try store.close() } else { try store.drop() }
                store = try folder.open()
                let loaded = try store.ledger(of: NodeID("n\(node)"))
                try #require(loaded == ledgers[node], "step \(step)")
                ledgers[node] = loaded
            case .roster:
                let owners = world.owners
                world.attribute()
                for node in ledgers.indices {
                    let found = ledgers[node].attributions { World.numbers[$0].flatMap { owners[$0] } }
                    try store.book(found, at: UnixTime(world.now))
                    ledgers[node].apply(found)
                }
            }
        }
        // Once with what waits in the journal, once without.
        try compare(store, ledgers, world)
        try store.settle()
        try compare(store, ledgers, world)
        try #require(try store.problems(isThorough: true) == [])
        #expect(!isCalm || waiting > 20)
    }

    private func compare(_ store: TrafficStore, _ ledgers: [Ledger], _ world: World) throws {
        for ledger in ledgers { try #require(try store.ledger(of: ledger.node) == ledger) }
        let hours = world.hours.mapValues { $0.filter { !$0.value.isEmpty } }
        try #require(try history(store, .hours) == hours)
        try #require(try history(store, .fiveMinutes) == world.fives.mapValues { $0.filter { !$0.value.isEmpty } })
        for table in [HistoryTable.days, .eightDays, .sixtyFourDays] {
            let length = table.grain.seconds / Grain.hour.seconds
            let truth = hours.mapValues {
                $0.mapValues { hours in
                    hours.reduce(into: [:]) { $0[Grain.floor($1.key, length), default: .zero] += $1.value }
                }
            }
            try #require(try history(store, table) == truth, "\(table)")
        }

        // Hours of a node as a whole, and of its counters one by one: cut at all ends of them, and inside.
        let known = Set(hours.values.flatMap(\.values).flatMap(\.keys)).sorted()
        if let first = known.first, let last = known.last {
            let width = max(1, (last - first) / 30)
            let cuts = stride(from: first - 30, through: last + 30, by: Int(width)).map { UnixTime($0 * 3600) }
            for ledger in ledgers {
                let selection = Selection(node: ledger.node)
                func sums(_ grouping: Usage.Grouping) throws -> [UnixTime: Traffic] {
                    try store.usage(by: grouping, cuts: cuts, of: selection).reduce(into: [:]) {
                        $0[$1.start, default: .zero] += $1.traffic
                    }
                }
                try #require(try sums(.node) == sums(.peer))
            }
        }

        // The same bytes, asked the usual way.
        let all = [UnixTime(0), UnixTime(4_000_000_000)]
        let byUser = try store.usage(by: .user, cuts: all)
        let truth = world.hours.values.reduce(into: [Int64?: Traffic]()) { sums, owners in
            for (owner, hours) in owners { sums[owner, default: .zero] += hours.values.reduce(.zero, +) }
        }
        try #require(
            Dictionary(uniqueKeysWithValues: byUser.map { ($0.subject, $0.traffic) })
                == Dictionary(uniqueKeysWithValues: truth.filter { !$0.value.isZero }.map { (.user($0.key), $0.value) })
        )
        try #require(
            try store.totals(since: all[0]).byOwner.filter { !$0.value.isZero } == truth.filter { !$0.value.isZero })
        try compareDays(store, world)
        try compareSelected(store, ledgers)
        for grouping in Usage.Grouping.allCases {
            let sum = try store.usage(by: grouping, cuts: all).reduce(into: Traffic.zero) { $0 += $1.traffic }
            try #require(sum == truth.values.reduce(.zero, +))
        }
    }

    /// Days of an owner in Berlin, one of which has 25 hours.
    private func compareDays(_ store: TrafficStore, _ world: World) throws {
        let midnights = (19_600..<19_720).map { day in Int64(day) * 86_400 - (day <= 19_659 ? 7200 : 3600) }
        var truth: [Int64?: [Int64: Traffic]] = [:]
        for (owner, hours) in world.hours.values.flatMap(\.self) {
            for (hour, traffic) in hours where !traffic.isZero {
                let start = try #require(midnights.last { $0 <= hour * 3600 })
                truth[owner, default: [:]][start, default: .zero] += traffic
            }
        }
        var found: [Int64?: [Int64: Traffic]] = [:]
        for usage in try store.usage(by: .user, cuts: midnights.map { UnixTime($0) }) {
            if case .user(let owner) = usage.subject { found[owner, default: [:]][usage.start.seconds] = usage.traffic }
        }
        try #require(found == truth)
    }

    /// Some counters of all, read by themselves.
    private func compareSelected(_ store: TrafficStore, _ ledgers: [Ledger]) throws {
        func some(_ ledger: Ledger, _ isOne: (PublicKey, Counter) -> Bool) -> Ledger {
            Ledger(
                node: ledger.node, samples: ledger.samples, recent: ledger.recent,
                interfaces: ledger.interfaces.mapValues { one in
                    Ledger.Interface(standing: one.standing, counters: one.counters.filter { isOne($0.key, $0.value) })
                })
        }
        let never = UnixTime(0)..<UnixTime(0)
        for ledger in ledgers where ledger.samples > 0 {
            for key in World.keys.prefix(5) {
                let found = try store.ledgers(of: Selection(peer: key), firstSeen: never)[ledger.node]
                try #require(found == some(ledger) { one, _ in one == key })
            }
            for owner in Int64(-2)...3 {
                func owns(_ key: PublicKey, _ counter: Counter) -> Bool {
                    counter.shares.contains { $0.owner == owner && !$0.lifetime.isZero }
                }
                let found = try store.ledgers(of: Selection(user: .telegramID(owner)), firstSeen: never)[ledger.node]
                try #require(found.map { some($0, owns) } == some(ledger, owns))
            }
            let times = ledger.interfaces.values.flatMap(\.counters.values).map(\.countedSince).sorted()
            guard let first = times.first, let last = times.last, first < last else { continue }
            let window = first.advanced(by: 1)..<last
            try #require(
                try store.ledgers(of: .all, firstSeen: window)[ledger.node]
                    == some(ledger) { window.contains($1.countedSince) })
            let sights = try store.firstSights()[ledger.node]
            try #require(
                sights
                    == ledger.interfaces.compactMapValues { $0.counters.values.map(\.countedSince).min() })
        }
    }

    /// Pages and the tails.
    private func history(_ store: TrafficStore, _ table: HistoryTable) throws -> World.Hours {
        try store.database.read { db in
            let names = try HistoryReader(db, .all, TailShelf())
            let keys = try KeyShelf().keys(db)
            let people = try names.people()
            let links = try GRDB.Row.fetchAll(
                db, sql: "SELECT i.node, c.seat, i.name FROM interfaces i JOIN counters c ON c.interface = i.id"
            ).reduce(into: [[Int64]: Int]()) { $0[[$1[0], $1[1]]] = $1[2] == "wg0" ? 0 : 1 }
            var history: World.Hours = [:]
            func add(_ node: Int64, _ seat: UInt32, _ owner: UInt32, _ bucket: Int64, _ traffic: Traffic) {
                guard let name = names.nodes[node], let number = Int(name.name.dropFirst()),
                    let key = (keys.places[node]?[Int(seat)]).flatMap({ World.numbers[keys.all[Int($0)]] }),
                    let link = links[[node, Int64(seat)]]
                else { return }
                history[World.Place(node: number, link: link, key: key), default: [:]][
                    people[owner] ?? nil, default: [:]][bucket, default: .zero] += traffic
            }
            for row in try GRDB.Row.fetchAll(db, sql: "SELECT id, body FROM \(table.rawValue)") {
                let key = HistoryTable.Key(value: row[0])
                let data: Data = row[1]
                let slots = table.span.seconds / table.grain.seconds
                let items = try data.withUnsafeBytes {
                    try HistoryPage.items($0, base: table.base(of: key.chunk), hasPeak: table.hasPeak)
                }
                for item in items {
                    add(key.node, item.seat, item.owner, key.bucket * slots + Int64(item.slot), item.traffic)
                }
            }
            for row in try GRDB.Row.fetchAll(db, sql: "SELECT id, samples FROM nodes") {
                for step in try Tail(db, node: row[0], after: row[1]).steps where !step.entry.traffic.isZero {
                    add(
                        row[0], step.entry.seat, step.entry.owner, table.grain.bucket(holding: step.stamp.at),
                        step.entry.traffic)
                }
            }
            return history
        }
    }
}

extension TrafficStore {
    /// Ends as a killed process does: nothing is folded.
    func drop() throws {
        try database.close()
        try close()
    }
}
