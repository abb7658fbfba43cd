package import Accounting
package import Fleet
import GRDB
package import WireGuard

extension TrafficStore {
    /// Of every node that was ever booked, with some of its counters; standings are whole.
    ///
    /// - Parameters:
    ///   - selection: of a user or a key, the counters that have something of it.
    ///   - window: of everybody's, the counters that were first seen in it.
    package func ledgers(
        of selection: Selection, firstSeen window: Range<UnixTime>
    ) throws(StoreError) -> [NodeID: Ledger] {
        try read("read some ledgers", of: selection) { reader in
            try SelectedLedgers(reader, selection, window).ledgers()
        }
    }

    /// When the first reading of each interface was booked.
    package func firstSights() throws(StoreError) -> [NodeID: [String: UnixTime]] {
        try read("read first sights") { db in
            let rows = try RawStatement(
                db,
                """
                SELECT n.name, i.name, (SELECT min(counted_since) FROM counters WHERE interface = i.id)
                FROM nodes n JOIN interfaces i ON i.node = n.id
                """)
            defer { rows.reset() }
            var sights: [NodeID: [String: UnixTime]] = [:]
            while try rows.step() {
                guard let node = rows.text(0), let name = rows.text(1), let first = rows.optional(2) else { continue }
                sights[NodeID(node), default: [:]][name] = UnixTime(first)
            }
            return sights
        }
    }
}

/// Reads what is asked for, and no other counter: a node may have thousands.
private struct SelectedLedgers {
    private let db: Database
    private let reader: HistoryReader
    private let source: String

    init(_ reader: HistoryReader, _ selection: Selection, _ window: Range<UnixTime>) throws {
        self.reader = reader
        db = reader.db
        // An interface at a time, by the index on when its counters were first seen.
        source =
            selection.user == nil && selection.peer == nil
            ? """
            interfaces i CROSS JOIN counters c ON c.interface = i.id
            WHERE c.counted_since >= \(window.lowerBound.seconds) AND c.counted_since < \(window.upperBound.seconds)
            """ : "counters c CROSS JOIN interfaces i ON i.id = c.interface\(reader.narrowing)"
    }

    func ledgers() throws -> [NodeID: Ledger] {
        var counters = try counters()
        let people = try Owners(db).people
        for (node, tail) in reader.tails {
            guard var own = counters.removeValue(forKey: node) else { continue }
            let seats = Seats(own.keys)
            for step in tail.steps where seats.contains(step.entry.seat) {
                own[step.entry.seat]?.add(step, owner: people[step.entry.owner] ?? nil)
            }
            counters[node] = own
        }
        var found: [Int64: [String: [PublicKey: Counter]]] = [:]
        for (node, counters) in counters {
            for one in counters.values { found[node, default: [:]][one.interface, default: [:]][one.key] = one.counter }
        }
        var ledgers: [NodeID: Ledger] = [:]
        for (id, node) in reader.nodes {
            let standings = try standings(id).map { name, standing in
                (name, Ledger.Interface(standing: standing, counters: found[id]?[name] ?? [:]))
            }
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT samples, recent FROM nodes WHERE id = ?"), arguments: [id])
            guard let row else { continue }
            let recent = Fingerprint.list(row[1]) + (reader.tails[id]?.fingerprints ?? [])
            ledgers[node] = Ledger(
                node: node, samples: reader.tails[id]?.last?.sample ?? row[0], recent: recent.suffix(Ledger.remembered),
                interfaces: Dictionary(uniqueKeysWithValues: standings))
        }
        return ledgers
    }

    private func standings(_ node: Int64) throws -> [(String, Standing)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, name, boot_id, ifindex, life, life_cause, seen_sample, seen_at, complete_sample,
                        complete_at FROM interfaces WHERE node = ?
                    """), arguments: [node]
        ).map { row in
            var standing = Standing(row)
            if let sight = reader.tails[node]?.sights[row[0]] {
                standing.lastSeen = sight.seen
                standing.lastComplete = sight.complete ?? standing.lastComplete
            }
            return (row[1], standing)
        }
    }

    private struct Found {
        var interface: String
        var key: PublicKey
        var counter: Counter

        mutating func add(_ step: Tail.Step, owner: Int64?) {
            // As in NodeBook: only growth waits in the journal.
            counter.reading.traffic.rx &+= step.entry.traffic.rx
            counter.reading.traffic.tx &+= step.entry.traffic.tx
            if let handshake = step.entry.handshake { counter.reading.latestHandshake = handshake.time }
            counter.reading.stamp = step.stamp
            counter.add(counted: step.entry.traffic, to: owner)
        }
    }

    /// By node and seat.
    private func counters() throws -> [Int64: [UInt32: Found]] {
        let rows = try RawStatement(
            db,
            """
            SELECT i.node, c.seat, i.name, c.public_key, c.rx, c.tx, c.handshake, c.read_sample, c.read_at, c.is_open,
                c.epoch, c.life, c.counted_since, c.id
            FROM \(source)
            """)
        defer { rows.reset() }
        var counters: [Int64: [UInt32: Found]] = [:]
        while try rows.step() {
            let (node, seat) = (rows.int(0), UInt32(truncatingIfNeeded: rows.int(1)))
            guard reader.nodes[node] != nil, reader.hasSeat(seat, node), let name = rows.text(2) else { continue }
            let reading = Reading(
                traffic: Traffic(rx: Bits.value(rows.int(4)), tx: Bits.value(rows.int(5))),
                latestHandshake: rows.optional(6).map { UnixTime($0) },
                stamp: Stamp(sample: rows.int(7), at: UnixTime(rows.int(8))))
            counters[node, default: [:]][seat] = Found(
                interface: name, key: try PublicKey(stored: rows.bytes(3)),
                counter: Counter(
                    reading: reading, isOpen: rows.int(9) != 0, epoch: rows.int(10), life: rows.int(11),
                    countedSince: UnixTime(rows.int(12)), shares: try shares(rows.int(13))))
        }
        return counters
    }

    private func shares(_ counter: Int64) throws -> [Counter.Share] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT o.telegram_id, t.rx, t.tx, t.opening_rx, t.opening_tx
                    FROM totals t JOIN owners o ON o.id = t.owner WHERE t.counter = ?
                    """), arguments: [counter]
        ).map { row in
            Counter.Share(
                owner: row[0], counted: Traffic(rx: Bits.value(row[1]), tx: Bits.value(row[2])),
                opening: Traffic(rx: Bits.value(row[3]), tx: Bits.value(row[4])))
        }
    }
}
