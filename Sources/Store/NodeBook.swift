import Accounting
import Fleet
import GRDB
import WireGuard

/// A node's cursors as the database has them, its journal's tail included, for the one who writes.
struct NodeBook {
    var id: Int64
    var samples: Int64

    /// Those that are folded: what follows is the tail.
    var folded: Int64
    var recent: [Fingerprint]
    var interfaces: [String: Interface]

    /// By seat: a node's counters are numbered from 0, so that blobs are small.
    var cursors: [Cursor]
    var lastFold = ContinuousClock.now

    struct Interface {
        var id: Int64
        var standing: Standing
        var seats: [PublicKey: UInt32]
    }

    struct Cursor {
        var id: Int64

        /// Its row's number.
        var interface: Int64
        var publicKey: PublicKey
        var reading: Reading
        var isOpen: Bool
        var epoch: Int64
        var life: Int64
        var countedSince: UnixTime

        /// As of the last fold.
        var sessions: OwnedSession

        /// The earliest time that bytes were dated. Nil: none were. As of the last fold.
        var datedFrom: Int64?
    }

    /// Nil: the node was never booked.
    init?(_ db: Database, _ node: NodeID) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id, samples, recent FROM nodes WHERE name = ?"), arguments: [node.name])
        guard let row else { return nil }
        id = row[0]
        folded = row[1]
        recent = Fingerprint.list(row[2])
        samples = folded
        interfaces = [:]
        cursors = []
        var names: [Int64: String] = [:]
        for row in try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, name, boot_id, ifindex, life, life_cause, seen_sample, seen_at, complete_sample,
                        complete_at FROM interfaces WHERE node = ?
                    """), arguments: [id])
        {
            interfaces[row[1]] = Interface(id: row[0], standing: Standing(row), seats: [:])
            names[row[0]] = row[1]
        }
        try loadCursors(db, names)
        try add(try Tail(db, node: id, after: folded), names)
    }

    private mutating func loadCursors(_ db: Database, _ names: [Int64: String]) throws {
        let rows = try RawStatement(
            db,
            """
            SELECT c.seat, c.interface, c.id, c.public_key, c.rx, c.tx, c.handshake, c.read_sample, c.read_at, c.is_open,
                c.epoch, c.life, c.counted_since, c.session, c.dated_from
            FROM interfaces i JOIN counters c ON c.interface = i.id WHERE i.node = ? ORDER BY c.seat
            """)
        rows.bind(1, id)
        defer { rows.reset() }
        while try rows.step() {
            let key = try PublicKey(stored: rows.bytes(3))
            // Blobs name counters by their seats: without holes, or nothing can be read.
            guard rows.int(0) == cursors.count, let name = names[rows.int(1)] else {
                throw StoreError(.corrupt, "read the counters", "their seats have holes", "restore a backup")
            }
            interfaces[name]?.seats[key] = UInt32(cursors.count)
            cursors.append(
                Cursor(
                    id: rows.int(2), interface: rows.int(1), publicKey: key,
                    reading: Reading(
                        traffic: Traffic(rx: Bits.value(rows.int(4)), tx: Bits.value(rows.int(5))),
                        latestHandshake: rows.optional(6).map { UnixTime($0) },
                        stamp: Stamp(sample: rows.int(7), at: UnixTime(rows.int(8)))),
                    isOpen: rows.int(9) != 0, epoch: rows.int(10), life: rows.int(11),
                    countedSince: UnixTime(rows.int(12)), sessions: try OwnedSession(stored: rows.bytes(13)),
                    datedFrom: rows.optional(14)))
        }
    }

    private mutating func add(_ tail: Tail, _ names: [Int64: String]) throws {
        guard let last = tail.last else { return }
        samples = last.sample
        recent = (recent + tail.fingerprints).suffix(Ledger.remembered)
        for (id, sight) in tail.sights {
            guard let name = names[id] else { continue }
            interfaces[name]?.standing.lastSeen = sight.seen
            if let complete = sight.complete { interfaces[name]?.standing.lastComplete = complete }
        }
        for step in tail.steps {
            let seat = try seat(step.entry)
            // Only growth waits in the journal, and the growth of a number of 64 bits has room in it.
            cursors[seat].reading.traffic.rx &+= step.entry.traffic.rx
            cursors[seat].reading.traffic.tx &+= step.entry.traffic.tx
            if let handshake = step.entry.handshake { cursors[seat].reading.latestHandshake = handshake.time }
            cursors[seat].reading.stamp = step.stamp
        }
    }

    /// A node shows its peers in the same order each time: the seats from `guess` on are looked at before the key is
    /// looked up, which costs more than all the rest of an entry.
    ///
    /// - Parameter guess: moves behind what was found.
    func seat(_ key: PublicKey, on interface: Interface, guess: inout Int) -> UInt32? {
        for seat in guess..<max(guess, min(guess + 12, cursors.count))
        where cursors[seat].publicKey == key && cursors[seat].interface == interface.id {
            guess = seat + 1
            return UInt32(seat)
        }
        guard let seat = interface.seats[key] else { return nil }
        guess = Int(seat) + 1
        return seat
    }

    func seat(_ entry: Journal.Entry) throws -> Int {
        guard Int(entry.seat) < cursors.count else {
            throw StoreError(.corrupt, "read the journal", "it names a counter that is missing", "restore a backup")
        }
        return Int(entry.seat)
    }
}

extension Standing {
    /// Of the columns from `boot_id`, the third, on.
    init(_ row: Row) {
        let complete: (sample: Int64?, at: Int64?) = (row[8], row[9])
        var lastComplete: Stamp?
        if let sample = complete.sample, let at = complete.at {
            lastComplete = Stamp(sample: sample, at: UnixTime(at))
        }
        self.init(
            bootID: row[2], index: (row[3] as Int64?).flatMap { UInt32(exactly: $0) }, life: row[4],
            lifeCause: (row[5] as String?).flatMap(Cause.init), lastSeen: Stamp(sample: row[6], at: UnixTime(row[7])),
            lastComplete: lastComplete)
    }
}
