import Accounting
import Fleet
import Foundation
import Testing
import WireGuard

/// The ledger against a world that knows the truth.
struct ModelTests {
    @Test(arguments: 1...4)
    func `whatever happens to counters, every byte that was shown is booked once`(seed: Int) throws {
        try run(seed: UInt64(seed), steps: 25_000)
    }

    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil, "long"), arguments: 100...139)
    func `a million steps, every byte that was shown is booked once`(seed: Int) throws {
        try run(seed: UInt64(seed), steps: 25_000)
    }

    private func run(seed: UInt64, steps: Int) throws {
        var world = World(seed: seed)
        var ledgers = (0..<3).map { Ledger(node: NodeID("n\($0)")) }
        var hours: World.Hours = [:]
        var causes: [Cause: Int] = [:]
        var inferred = 0

        for step in 0..<steps {
            let owners = world.owners
            func owner(_ key: PublicKey) -> Int64? { World.numbers[key].flatMap { owners[$0] } }
            switch world.step() {
            case .silence: break
            case .lost(let node, let sample):
                _ = ledgers[node].book(sample, poll: .seconds(15), owner: owner)
            case .double(let node, let sample):
                let before = ledgers[node]
                let booking = ledgers[node].book(sample, poll: .seconds(15), owner: owner)
                ledgers[node].apply(booking)
                try #require(ledgers[node] == before, "step \(step): a double changed something")
            case .restart(let node):
                ledgers[node] = Self.reloaded(ledgers[node])
            case .roster:
                let owners = world.owners
                world.attribute()
                for node in ledgers.indices {
                    let found = ledgers[node].attributions { World.numbers[$0].flatMap { owners[$0] } }
                    ledgers[node].apply(found)
                    for one in found {
                        let place = Self.place(node, one.counter.interface, one.counter.publicKey)
                        World.move(place, to: one.owner, &hours)
                    }
                }
            case .sample(let node, let sample):
                let booking = ledgers[node].book(sample, poll: .seconds(15), owner: owner)
                ledgers[node].apply(booking)
                for part in booking.interfaces {
                    for entry in part.entries {
                        causes[entry.cause, default: 0] += 1
                        if entry.isInferred { inferred += 1 }
                        let place = Self.place(node, part.name, entry.publicKey)
                        if !entry.delta.isZero {
                            hours[place, default: [:]][entry.owner, default: [:]][
                                booking.hour.number, default: .zero] += entry.delta
                        }
                        try #require(
                            ledgers[node].interfaces[part.name]?.counters[entry.publicKey]?.lifetime
                                == world.total(of: place), "seed \(seed) step \(step) \(entry)")
                    }
                }
            }
            if step % 1000 == 999 { try compare(world, ledgers, hours, "seed \(seed) step \(step)") }
        }
        try compare(world, ledgers, hours, "seed \(seed), at the end")
        // The world that leaves a rule out proves nothing of it.
        for cause in Cause.allCases { #expect(causes[cause, default: 0] > 0, "\(cause) never happened") }
        #expect(inferred > 0)
    }

    private func compare(
        _ world: World, _ ledgers: [Ledger], _ hours: World.Hours, _ place: Comment
    ) throws {
        var lifetime: [World.Place: [Int64?: Traffic]] = [:]
        var opening: [World.Place: Traffic] = [:]
        var gone: Set<World.Place> = []
        for (node, ledger) in ledgers.enumerated() {
            for (name, interface) in ledger.interfaces {
                for (key, counter) in interface.counters {
                    let place = Self.place(node, name, key)
                    for share in counter.shares { lifetime[place, default: [:]][share.owner] = share.lifetime }
                    if !counter.opening.isZero { opening[place] = counter.opening }
                    if !counter.isOpen { gone.insert(place) }
                }
            }
        }
        let truth = world.lifetime.mapValues { $0.filter { !$0.value.isZero } }.filter { !$0.value.isEmpty }
        try #require(lifetime == truth, place)
        try #require(opening == world.opening.filter { !$0.value.isZero }, place)
        try #require(hours == world.hours, place)
        try #require(gone == world.gone, place)
        try #require(Self.byUser(lifetime) == Self.byUser(truth), place)
    }

    private static func byUser(_ lifetime: [World.Place: [Int64?: Traffic]]) -> [Int64?: Traffic] {
        lifetime.values.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }

    private static func place(_ node: Int, _ interface: String, _ key: PublicKey) -> World.Place {
        .init(
            node: node, link: interface == "wg0" ? 0 : 1, key: World.numbers[key] ?? -1)
    }

    /// As a store gives it back: made of its parts.
    private static func reloaded(_ ledger: Ledger) -> Ledger {
        Ledger(
            node: ledger.node, samples: ledger.samples, recent: ledger.recent,
            interfaces: ledger.interfaces.mapValues { interface in
                Ledger.Interface(
                    standing: interface.standing,
                    counters: interface.counters.mapValues { counter in
                        Counter(
                            reading: counter.reading, isOpen: counter.isOpen, epoch: counter.epoch, life: counter.life,
                            countedSince: counter.countedSince, shares: counter.shares.reversed())
                    })
            })
    }
}
