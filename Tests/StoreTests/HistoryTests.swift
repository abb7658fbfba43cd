import Accounting
import Fleet
import GRDB
import Testing
import WireGuard

@testable import Store

/// The store's answers against a plain list of everything that was booked.
struct HistoryTests {
    struct Fact {
        var at: Int64
        var node: NodeID
        var key: PublicKey
        var owner: Int64?
        var traffic: Traffic
    }

    struct Life {
        var desk: Desk
        var facts: [Fact] = []
        var end: Int64 = 0
        private var shown: [[(rx: UInt64, tx: UInt64)]]
        var random: SplitMix

        static let start: Int64 = 1_700_000_000

        /// Two nodes and seventy keys, polled now and then: in five days so many times.
        ///
        /// - Parameter longest: seconds from one poll to the next.
        init(_ store: TrafficStore, seed: UInt64, polls: Int = 600, longest: Int64 = 1200) throws {
            desk = Desk(store)
            random = SplitMix(state: seed)
            shown = Array(repeating: Array(repeating: (0, 0), count: 70), count: 2)
            for key in 0..<70 where key % 5 != 0 { desk.owners[PublicKey(key)] = Int64(key % 7) }
            var now = Life.start
            for _ in 0..<polls {
                now += Int64.random(in: 15...longest, using: &random)
                try poll(now)
            }
            end = now + 1
        }

        mutating func poll(_ now: Int64) throws {
            let node = Int.random(in: 0...1, using: &random)
            for key in shown[node].indices where Bool.random(using: &random) && Bool.random(using: &random) {
                shown[node][key].rx += UInt64.random(in: 0...5000, using: &random)
                shown[node][key].tx += UInt64.random(in: 0...90_000, using: &random)
            }
            let rows = shown[node].enumerated().map { Row(PublicKey($0), $1.rx, $1.tx, now - 20) }
            let booking = try desk.poll(now, rows, node: "n\(node)")
            for entry in booking.interfaces.flatMap(\.entries) where !entry.delta.isZero {
                facts.append(
                    Fact(
                        at: now, node: booking.node, key: entry.publicKey, owner: entry.owner, traffic: entry.delta))
            }
        }
    }

    private func check(_ loads: Loads, _ facts: [Fact], _ place: Comment, hasPeaks: Bool = true) throws {
        let inside = facts.filter { UnixTime($0.at) >= loads.start && UnixTime($0.at) < loads.end }
        var byUser: [Int64?: [NodeID: Traffic]] = [:]
        var fives: [String: (owner: Int64?, bytes: UInt64)] = [:]
        for fact in inside {
            byUser[fact.owner, default: [:]][fact.node, default: .zero] += fact.traffic
            fives["\(fact.node) \(fact.key) \(fact.at / 300)", default: (fact.owner, 0)].bytes += fact.traffic.total
        }
        let answer = Dictionary(
            uniqueKeysWithValues: loads.loads.map { load in
                (load.subject, Dictionary(uniqueKeysWithValues: load.byNode.map { ($0.node, $0.traffic) }))
            })
        try #require(answer == Dictionary(uniqueKeysWithValues: byUser.map { (.user($0.key), $0.value) }), place)
        try #require(loads.sum == inside.reduce(into: .zero) { $0 += $1.traffic }, place)
        try #require(loads.loads.map(\.traffic.total) == loads.loads.map(\.traffic.total).sorted(by: >), place)
        for load in loads.loads where hasPeaks {
            let peak = fives.values.filter { .user($0.owner) == load.subject }.map(\.bytes).max()
            try #require(load.peak == peak, place)
        }
    }

    @Test func `who loaded a window, to five minutes, with the peaks of each`() throws {
        let folder = try Folder()
        var life = try Life(try folder.open(), seed: 3)
        for round in 0..<60 {
            let from = Int64.random(in: Life.start - 9000...life.end, using: &life.random)
            let to = from + Int64.random(in: 0...(round % 2 == 0 ? 7200 : 400_000), using: &life.random)
            if round == 30 { try life.desk.store.settle() }
            let loads = try life.desk.store.loads(from: UnixTime(from), to: UnixTime(to))
            #expect(loads.grain == .fiveMinutes)
            #expect(loads.start.seconds - from < 300 && loads.start.seconds >= from)
            try check(loads, life.facts, "window \(from) \(to)")
            let one = try life.desk.store.loads(
                from: UnixTime(from), to: UnixTime(to), by: .peer, of: Selection(node: NodeID("n1")))
            let inside = life.facts.filter {
                $0.node == NodeID("n1") && UnixTime($0.at) >= one.start && UnixTime($0.at) < one.end
            }
            try #require(
                Dictionary(uniqueKeysWithValues: one.loads.map { ($0.subject, $0.traffic) })
                    == inside.reduce(into: [:]) { $0[.peer($1.key), default: .zero] += $1.traffic })
            try checkGroups(life, from, to)
        }
    }

    private func checkGroups(_ life: Life, _ from: Int64, _ to: Int64) throws {
        let groups = Dictionary(
            uniqueKeysWithValues: (0..<70).filter { $0 % 3 != 0 }.map { (PublicKey($0), "\($0 % 3)") })
        let loads = try life.desk.store.loads(from: UnixTime(from), to: UnixTime(to), by: { groups[$0] })
        var traffic: [String?: [NodeID: Traffic]] = [:]
        var counters: [String?: [NodeID: Set<PublicKey>]] = [:]
        for fact in life.facts where UnixTime(fact.at) >= loads.start && UnixTime(fact.at) < loads.end {
            traffic[groups[fact.key], default: [:]][fact.node, default: .zero] += fact.traffic
            counters[groups[fact.key], default: [:]][fact.node, default: []].insert(fact.key)
        }
        try #require(loads.loads.mapValues { $0.byNode.mapValues(\.traffic) } == traffic)
        try #require(
            loads.loads.mapValues { $0.byNode.mapValues(\.counters) } == counters.mapValues { $0.mapValues(\.count) })
        try #require(loads.loads.mapValues(\.traffic) == traffic.mapValues { $0.values.reduce(.zero, +) })
    }

    @Test func `months and years are the bytes of their polls, whatever pages they are read from`() throws {
        let folder = try Folder()
        var life = try Life(try folder.open(), seed: 11, polls: 500, longest: 80_000)
        let store = life.desk.store
        for round in 0..<90 {
            if round == 30 { try store.settle() }
            if round == 60 {
                // Keys that nobody owned have been somebody's all along.
                for key in 0..<70 where key % 10 == 0 { life.desk.owners[PublicKey(key)] = 6 }
                for (node, ledger) in life.desk.ledgers {
                    let found = ledger.attributions { life.desk.owners[$0] }
                    try store.book(found, at: UnixTime(life.end))
                    life.desk.ledgers[node]?.apply(found)
                }
                for place in life.facts.indices where life.facts[place].owner == nil {
                    life.facts[place].owner = life.desk.owners[life.facts[place].key]
                }
            }
            let from = Int64.random(in: Life.start - 9_000_000...life.end, using: &life.random)
            let to = from + Int64.random(in: 0...(round % 2 == 0 ? 6_000_000 : 40_000_000), using: &life.random)
            let loads = try store.loads(from: UnixTime(from), to: UnixTime(to))
            try check(loads, life.facts, "window \(from) \(to)")
            try checkGroups(life, from, to)
            let cuts = [from, (from + to) / 2, to].map { UnixTime($0) }
            let inside = life.facts.filter { loads.start.seconds <= $0.at && $0.at < loads.end.seconds }
            try #require(
                Dictionary(
                    uniqueKeysWithValues: try store.loads(
                        from: UnixTime(from), to: UnixTime(to), by: .node
                    ).loads.map { ($0.subject, $0.traffic) })
                    == inside.reduce(into: [:]) { $0[.node($1.node), default: .zero] += $1.traffic })
            for selection in [Selection(user: .telegramID(3)), Selection(peer: PublicKey(8)), .all] {
                let sums = try Usage.Grouping.allCases.map { grouping in
                    try store.usage(by: grouping, cuts: cuts, of: selection).reduce(into: [UnixTime: Traffic]()) {
                        $0[$1.start, default: .zero] += $1.traffic
                    }
                }
                try #require(Set(sums).count == 1)
                guard selection == .all else { continue }
                let hours = cuts.map { Grain.hour.start(of: Grain.hour.bucket(notBefore: $0)) }
                let truth = zip(cuts, zip(hours, hours.dropFirst())).map { start, hours in
                    life.facts.filter { hours.0.seconds <= $0.at && $0.at < hours.1.seconds }
                        .reduce(into: Traffic.zero) { $0 += $1.traffic }
                }
                try #require(cuts.dropLast().map { sums[0][$0] ?? .zero } == truth)
            }
        }
    }

    @Test func `the busiest five minutes are whole, also where only a part of them is folded`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        let five: Int64 = 1_700_000_100
        for (second, rx) in [(0, 10), (15, 110), (30, 160)] as [(Int64, UInt64)] {
            if second == 30 { try desk.store.settle() }
            try desk.poll(five + second, [Row(PublicKey(1), rx, 7, five), Row(PublicKey(2), 2 * rx, 7, five)])
        }
        let loads = try desk.store.loads(from: UnixTime(five), to: UnixTime(five + 300), by: .peer)
        #expect(loads.loads.map(\.traffic.total) == [300, 150])
        #expect(loads.loads.map(\.peak) == [300, 150])
    }

    @Test func `what is forgotten leaves its days, and every answer says what it covers`() throws {
        let folder = try Folder()
        var life = try Life(try folder.open(), seed: 5)
        let store = life.desk.store
        let days = (0..<9).map { UnixTime((Life.start / 86_400 + $0) * 86_400) }
        let before = try store.usage(by: .user, cuts: days)
        let retention = Retention(
            samples: .seconds(86_400), fiveMinutes: .seconds(86_400), hours: .seconds(3 * 86_400), sessions: .seconds(0)
        )
        var rounds = 0
        while try store.prune(retention, at: UnixTime(life.end), rows: 20) { rounds += 1 }
        #expect(rounds > 3)
        #expect(try store.usage(by: .user, cuts: days) == before)
        #expect(try store.problems(isThorough: true) == [])
        let horizons = try store.horizons()
        #expect(horizons.hours == UnixTime((life.end - 3 * 86_400) / 86_400 * 86_400))
        #expect(horizons.fiveMinutes == UnixTime((life.end - 86_400) / 3600 * 3600))
        let left = try store.samples(of: .all, from: UnixTime(0), to: UnixTime(life.end))
        #expect(left.allSatisfy { $0.at.seconds >= life.end - 86_400 } && !left.isEmpty)
        var grains: Set<Grain> = []
        for _ in 0..<80 {
            let from = Int64.random(in: Life.start - 90_000...life.end, using: &life.random)
            let to = from + Int64.random(in: 0...300_000, using: &life.random)
            let loads = try store.loads(from: UnixTime(from), to: UnixTime(to))
            grains.insert(loads.grain)
            #expect(loads.start.seconds >= from && loads.start.seconds < from + loads.grain.seconds)
            #expect(loads.end.seconds >= to && loads.end.seconds < to + loads.grain.seconds || loads.start == loads.end)
            try check(loads, life.facts, "window \(from) \(to)", hasPeaks: false)
        }
        #expect(grains == [.fiveMinutes, .hour, .day])
        // Any cuts at all: nothing is lost between two, or twice.
        let cuts = (0...40).map { UnixTime(Life.start - 90_000 + $0 * 17_777) }
        let sum = try store.usage(by: .node, cuts: cuts).reduce(into: Traffic.zero) { $0 += $1.traffic }
        #expect(sum == life.facts.reduce(into: .zero) { $0 += $1.traffic })
    }

    @Test func `samples and active peers are those that were booked`() throws {
        let folder = try Folder()
        let life = try Life(try folder.open(), seed: 9, polls: 150)
        for isSettled in [false, true] {
            if isSettled { try life.desk.store.settle() }
            let store = life.desk.store
            let all = try store.samples(of: .all, from: UnixTime(0), to: UnixTime(life.end))
            let facts = Dictionary(grouping: life.facts) { "\($0.node) \($0.at)" }
            #expect(all.count == facts.count)
            for one in all {
                let those = try #require(facts["\(one.node) \(one.at.seconds)"])
                #expect(one.traffic == those.reduce(into: .zero) { $0 += $1.traffic })
                #expect(one.peers == those.count)
            }
            let key = try store.samples(
                of: Selection(peer: PublicKey(8), node: NodeID("n0")), from: UnixTime(Life.start + 20_000),
                to: UnixTime(life.end))
            #expect(
                key.map(\.traffic)
                    == life.facts.filter {
                        $0.key == PublicKey(8) && $0.node == NodeID("n0") && $0.at >= Life.start + 20_000
                    }.map(\.traffic))

            let active = try store.activePeers(from: UnixTime(Life.start), to: UnixTime(life.end))
            var seen: [Int64: Set<String>] = [:]
            for fact in life.facts { seen[fact.at / 300, default: []].insert("\(fact.node) \(fact.key)") }
            let first = active.start.seconds / 300
            #expect(active.all == (0..<active.all.count).map { seen[first + Int64($0)]?.count ?? 0 })
            #expect(active.byNode.count == 2)
            let coarse = try store.activePeers(from: UnixTime(Life.start), to: UnixTime(life.end), step: 12)
            #expect(coarse.all.max() == active.all.max())
            #expect(coarse.step == 3600)
        }
    }

    @Test func `sessions end where handshakes stop, and keep their bytes, owner and network`() throws {
        let folder = try Folder()
        var desk = Desk(try folder.open())
        func show(_ at: Int64, _ rx: UInt64, _ handshake: Int64, _ endpoint: String) throws {
            var shown = Interface(name: "wg0", publicKey: nil, listenPort: 1, fwmark: nil)
            shown.append(.a, rx: rx, tx: 0, latestHandshake: UnixTime(handshake), endpoint: endpoint)
            let node = NodeID("n")
            let ledger = desk.ledgers[node, default: Ledger(node: node)]
            let booking = ledger.book(
                Sample(node: node, takenAt: UnixTime(at), interfaces: [shown]), poll: .seconds(15)
            ) { desk.owners[$0] }
            try desk.store.book(booking)
            desk.ledgers[node, default: ledger].apply(booking)
        }
        try show(10_000, 100, 9_990, "192.0.2.77:4000")
        try show(10_060, 150, 9_990, "192.0.2.77:4000")
        try show(10_120, 170, 10_110, "192.0.2.77:4000")
        try show(10_180, 170, 10_110, "192.0.2.77:4000")
        try show(11_000, 171, 10_990, "[2001:db8:a:b::1]:4000")
        try show(11_060, 191, 10_990, "[2001:db8:a:b::1]:4000")
        for isSettled in [false, true] {
            if isSettled { try desk.store.settle() }
            let found = try desk.store.peerSessions(of: Selection(peer: .a), from: UnixTime(0), to: UnixTime(20_000))
            #expect(found.map(\.session.from) == [UnixTime(9_990), UnixTime(10_990)])
            #expect(found.map(\.session.until) == [UnixTime(10_120), UnixTime(11_060)])
            #expect(found.map(\.session.traffic) == [traffic(70, 0), traffic(21, 0)])
            #expect(found.map { $0.session.network?.description } == ["192.0.2.0/24", "2001:db8:a::/48"])
            #expect(found.map(\.isOver) == [true, false])
            #expect(found.allSatisfy { $0.owner == nil })
        }
        desk.owners[.a] = 7
        let node = NodeID("n")
        try desk.store.book(desk.ledgers[node]?.attributions { desk.owners[$0] } ?? [], at: UnixTime(11_070))
        let owned = try desk.store.peerSessions(
            of: Selection(user: .telegramID(7)), from: UnixTime(0), to: UnixTime(20_000))
        #expect(owned.map(\.owner) == [7, 7])
    }
}
