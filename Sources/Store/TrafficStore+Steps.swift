package import Accounting
package import Fleet
import GRDB
package import WireGuard

/// Plain growth of one counter that one sample showed.
package struct CounterStep: Sendable, Equatable {
    package var counter: CounterID
    package var sample: Int64
    package var at: UnixTime

    /// The counter's two readings. Nil, both: what is kept does not tell them.
    package var before: Traffic?
    package var after: Traffic?

    /// What was booked: dated bytes.
    package var traffic: Traffic

    /// Whose it was when it was booked; see `Event.Kind.named`. Nil: unmatched.
    package var owner: Int64?

    /// A part of it may be older than the sample before.
    package var hasGap: Bool
}

extension TrafficStore {
    /// Growth of each sample since `since` of the counters that have something of the selection, the newest first: as far
    /// back as samples are kept. What an event tells is not among it.
    ///
    /// - Parameter limit: at most so many, the newest.
    package func steps(
        of selection: Selection, since: UnixTime, limit: Int
    ) throws(StoreError) -> [CounterStep] {
        try read("read the samples of a counter", of: selection) { reader in
            var trails = try reader.trails(since: since)
            let people = try Owners(reader.db).people
            let first = try RawStatement(reader.db, "SELECT min(sample) FROM journal WHERE node = ? AND at >= ?")
            let rows = try RawStatement(
                reader.db, "SELECT sample, at FROM journal WHERE node = ? AND sample >= ? ORDER BY sample DESC")
            let bodies = try RawStatement(reader.db, "SELECT body FROM journal WHERE node = ? AND sample = ?")
            var steps: [CounterStep] = []
            for node in trails.keys.sorted() {
                first.bind(1, node)
                first.bind(2, since.seconds)
                defer { first.reset() }
                // By number: where the clock was set back, times are in no order.
                guard try first.step(), let sample = first.optional(0) else { continue }
                rows.bind(1, node)
                rows.bind(2, sample)
                defer { rows.reset() }
                let own = trails[node] ?? [:]
                let seats = Seats(Array(own.keys))
                let busy = try Busy(reader, node, seats, since: since, told: own.values.flatMap(\.told))
                var count = 0
                while count < limit, try rows.step() {
                    let (sample, at) = (rows.int(0), UnixTime(rows.int(1)))
                    guard busy.mayHave(sample, at) else { continue }
                    bodies.bind(1, node)
                    bodies.bind(2, sample)
                    defer { bodies.reset() }
                    guard try bodies.step() else { continue }
                    try Journal.read(bodies.bytes(0), at: at, of: seats) { entry in
                        guard
                            let step = trails[node]?[entry.seat]?.back(
                                over: entry, sample: sample, at: at, owner: people[entry.owner] ?? nil),
                            reader.mayTake(entry.owner)
                        else { return }
                        steps.append(step)
                        count += 1
                    }
                }
                if steps.count > limit {
                    steps.sort { ($0.at, $0.sample) > ($1.at, $1.sample) }
                    steps.removeLast(steps.count - limit)
                }
            }
            return steps.sorted { ($0.at, $0.sample) > ($1.at, $1.sample) }
        }
    }
}

/// Which samples of a node have something of some counters: five minutes tell it, a page for every twenty samples.
private struct Busy {
    /// Samples after it are in no other table yet.
    private let folded: Int64

    /// The first five minutes that are known.
    private let first: Int64
    private let fives: Set<Int64>

    /// Samples that have an event.
    private let told: Set<Int64>

    init(_ reader: HistoryReader, _ node: Int64, _ seats: Seats, since: UnixTime, told: [Int64]) throws {
        self.told = Set(told)
        let samples = try RawStatement(reader.db, "SELECT samples FROM nodes WHERE id = ?")
        samples.bind(1, node)
        defer { samples.reset() }
        folded = try samples.step() ? samples.int(0) : 0
        first = Grain.fiveMinutes.bucket(notBefore: max(since, reader.horizons.fiveMinutes ?? since))
        var fives: Set<Int64> = []
        try reader.eachFive(of: node, seats, from: first) { fives.insert($0) }
        self.fives = fives
    }

    func mayHave(_ sample: Int64, _ at: UnixTime) -> Bool {
        let five = Grain.fiveMinutes.bucket(holding: at)
        return sample > folded || five < first || fives.contains(five) || told.contains(sample)
    }
}

/// A counter's readings, followed back from the newest.
private struct Trail {
    private let counter: CounterID

    /// Where the counter stood after the samples that were not passed yet. Nil: what is kept does not tell it.
    private var reading: Traffic?

    /// What it stood at before samples that an event tells, by the sample. Nil: it was not there.
    private let events: [Int64: Traffic?]

    init(_ counter: CounterID, _ reading: Traffic, _ events: [Int64: Traffic?]) {
        (self.counter, self.reading, self.events) = (counter, reading, events)
    }

    var told: Dictionary<Int64, Traffic?>.Keys { events.keys }

    /// Nil: the sample added nothing, or an event tells what.
    mutating func back(over entry: Journal.Entry, sample: Int64, at: UnixTime, owner: Int64?) -> CounterStep? {
        if let before = events[sample] {
            reading = before
            return nil
        }
        guard !entry.traffic.isZero else { return nil }
        var step = CounterStep(
            counter: counter, sample: sample, at: at, traffic: entry.traffic, owner: owner, hasGap: entry.hasGap)
        guard let after = reading, after.rx >= entry.traffic.rx, after.tx >= entry.traffic.tx else {
            reading = nil
            return step
        }
        reading = Traffic(rx: after.rx - entry.traffic.rx, tx: after.tx - entry.traffic.tx)
        (step.before, step.after) = (reading, after)
        return step
    }
}

extension HistoryReader {
    /// By node and seat, those that are selected.
    fileprivate func trails(since: UnixTime) throws -> [Int64: [UInt32: Trail]] {
        var events: [Int64: [Int64: Traffic?]] = [:]
        let told = try RawStatement(
            db,
            """
            SELECT e.counter, e.sample, e.before_rx, e.before_tx FROM events e JOIN counters c ON c.id = e.counter
            \(narrowing)\(narrowing.isEmpty ? " WHERE" : " AND") e.kind IN ('epoch', 'resumed') AND e.at >= ?
            """)
        // Where the clock was set back, an event of the samples after `since` may have an earlier time.
        told.bind(1, since.advanced(by: -86_400).seconds)
        defer { told.reset() }
        while try told.step() {
            let before: Traffic? =
                told.isNull(2) ? nil : Traffic(rx: Bits.value(told.int(2)), tx: Bits.value(told.int(3)))
            events[told.int(0), default: [:]].updateValue(before, forKey: told.int(1))
        }
        let rows = try RawStatement(
            db,
            """
            SELECT c.id, i.node, c.seat, i.name, c.public_key, c.rx, c.tx
            FROM counters c CROSS JOIN interfaces i ON i.id = c.interface\(narrowing)
            """)
        defer { rows.reset() }
        var growth: [Int64: [UInt32: Traffic]] = [:]
        for (node, tail) in tails where hasSome(node) {
            for step in tail.steps where hasSeat(step.entry.seat, node) {
                growth[node, default: [:]][step.entry.seat, default: .zero] += step.entry.traffic
            }
        }
        var trails: [Int64: [UInt32: Trail]] = [:]
        while try rows.step() {
            let seat = UInt32(truncatingIfNeeded: rows.int(2))
            guard let node = nodes[rows.int(1)], hasSeat(seat, rows.int(1)), let name = rows.text(3) else { continue }
            let folded = Traffic(rx: Bits.value(rows.int(5)), tx: Bits.value(rows.int(6)))
            trails[rows.int(1), default: [:]][seat] = Trail(
                CounterID(node: node, interface: name, publicKey: try PublicKey(stored: rows.bytes(4))),
                folded + (growth[rows.int(1)]?[seat] ?? .zero), events[rows.int(0)] ?? [:])
        }
        return trails
    }
}
