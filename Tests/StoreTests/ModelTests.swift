import Accounting
import Fleet
import Foundation
import GRDB
import Testing
import WireGuard

@testable import Store

/// Ledger and store together against a world that knows the truth.
struct ModelTests {
    @Test func `what is stored is what was shown, over restarts, lost samples and changes of owners`() throws {
        try run(seed: 7, steps: 1500)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil, "long"), arguments: 20...29)
    func `twenty thousand steps are stored as they were shown`(seed: Int) throws {
        try run(seed: UInt64(seed), steps: 20_000)
    }

    private func run(seed: UInt64, steps: Int) throws {
        let folder = try Folder()
        var world = World(seed: seed)
        var store = try folder.open()
        var ledgers = (0..<3).map { Ledger(node: NodeID("n\($0)")) }
        for step in 0..<steps {
            let owners = world.owners
            func owner(_ key: PublicKey) -> Int64? { World.numbers[key].flatMap { owners[$0] } }
            switch world.step() {
            case .silence: break
            case .lost(let node, let sample):
                // The transaction fails at its end.
                let booking = ledgers[node].book(sample, poll: .seconds(15), owner: owner)
                #expect(throws: CancellationError.self) {
                    try store.database.write { db in
                        var writer = try BookingWriter(db, booking)
                        if !booking.isDuplicate { try writer.write() }
                        throw CancellationError()
                    }
                }
            case .sample(let node, let sample), .double(let node, let sample):
                let booking = ledgers[node].book(sample, poll: .seconds(15), owner: owner)
                try store.book(booking)
                ledgers[node].apply(booking)
            case .restart(let node):
                guard step % 10 == 0 else { break }
                try store.close()
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
        for ledger in ledgers { try #require(try store.ledger(of: ledger.node) == ledger) }
        try #require(try hours(store) == world.hours.mapValues { $0.filter { !$0.value.isEmpty } })
        try #require(try store.problems(isThorough: true) == [])

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
        for grouping in Usage.Grouping.allCases {
            let sum = try store.usage(by: grouping, cuts: all).reduce(into: Traffic.zero) { $0 += $1.traffic }
            try #require(sum == truth.values.reduce(.zero, +))
        }
    }

    private func hours(_ store: TrafficStore) throws -> World.Hours {
        try store.database.read { db in
            let names = try CounterNames(db)
            var hours: World.Hours = [:]
            for row in try GRDB.Row.fetchAll(db, sql: "SELECT hour, counter, owner, rx, tx FROM hours") {
                guard let id = names.counters[row[1]], let node = Int(id.node.name.dropFirst()),
                    let key = World.numbers[id.publicKey]
                else { continue }
                let place = World.Place(node: node, link: id.interface == "wg0" ? 0 : 1, key: key)
                hours[place, default: [:]][names.owners[row[2]] ?? nil, default: [:]][row[0]] = Traffic(row, 3)
            }
            return hours
        }
    }
}
