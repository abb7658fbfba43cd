package import Accounting
package import Fleet
import Foundation
import GRDB
package import WireGuard

extension TrafficStore {
    /// Stores a booking: all of it, or nothing where this throws. A duplicate stores nothing.
    ///
    /// `.staleLedger`: what is stored is not what the booking was made from. Load the ledger again and book again.
    package func book(_ booking: Booking) throws(StoreError) {
        guard !booking.isDuplicate else { return }
        try write("book a sample") { db in
            var writer = try BookingWriter(db, booking)
            try writer.write()
        }
    }

    /// Moves unmatched bytes, those of every hour too, to the users that the bot names now, with a mark each.
    package func book(_ attributions: [Attribution], at time: UnixTime) throws(StoreError) {
        guard !attributions.isEmpty else { return }
        try write("name the owners of keys") { db in
            var writer = try AttributionWriter(db, time)
            for one in attributions { try writer.write(one) }
        }
    }

    /// A node's ledger as it is stored; a new one for a node that was never booked.
    package func ledger(of node: NodeID) throws(StoreError) -> Ledger {
        try read("read a ledger") { db in try LedgerReader(db).ledger(of: node) }
    }

    /// Of every node that was ever booked.
    package func ledgers() throws(StoreError) -> [NodeID: Ledger] {
        try read("read the ledgers") { db in
            let names = try String.fetchAll(db, sql: "SELECT name FROM nodes")
            let reader = LedgerReader(db)
            return try Dictionary(
                uniqueKeysWithValues: names.map { (NodeID($0), try reader.ledger(of: NodeID($0))) })
        }
    }
}

private struct LedgerReader {
    let db: Database

    init(_ db: Database) {
        self.db = db
    }

    func ledger(of node: NodeID) throws -> Ledger {
        let row = try Row.fetchOne(
            db, sql: "SELECT id, samples, recent FROM nodes WHERE name = ?", arguments: [node.name])
        guard let row else { return Ledger(node: node) }
        let bytes = [UInt8](row[2] as Data)
        let recent = stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            Fingerprint(value: bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
        }
        return Ledger(node: node, samples: row[1], recent: recent, interfaces: try interfaces(of: row[0]))
    }

    private func interfaces(of node: Int64) throws -> [String: Ledger.Interface] {
        var interfaces: [String: Ledger.Interface] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, name, boot_id, ifindex, life, life_cause, seen_sample, seen_at, complete_sample, complete_at
                FROM interfaces WHERE node = ?
                """, arguments: [node])
        while let row = try rows.next() {
            let complete: (sample: Int64?, at: Int64?) = (row[8], row[9])
            var lastComplete: Stamp?
            if let sample = complete.sample, let at = complete.at {
                lastComplete = Stamp(sample: sample, at: UnixTime(at))
            }
            let standing = Standing(
                bootID: row[2], index: (row[3] as Int64?).flatMap { UInt32(exactly: $0) }, life: row[4],
                lifeCause: (row[5] as String?).flatMap(Cause.init),
                lastSeen: Stamp(sample: row[6], at: UnixTime(row[7])),
                lastComplete: lastComplete)
            interfaces[row[1]] = Ledger.Interface(standing: standing, counters: try counters(of: row[0]))
        }
        return interfaces
    }

    private func counters(of interface: Int64) throws -> [PublicKey: Counter] {
        var shares: [Int64: [Counter.Share]] = [:]
        let totals = try Row.fetchCursor(
            db,
            sql: """
                SELECT t.counter, o.telegram_id, t.rx, t.tx, t.opening_rx, t.opening_tx
                FROM counters c JOIN totals t ON t.counter = c.id JOIN owners o ON o.id = t.owner
                WHERE c.interface = ? ORDER BY t.counter, t.owner
                """, arguments: [interface])
        while let row = try totals.next() {
            shares[row[0], default: []].append(
                Counter.Share(owner: row[1], counted: Traffic(row, 2), opening: Traffic(row, 4)))
        }

        var counters: [PublicKey: Counter] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, public_key, rx, tx, handshake, read_sample, read_at, is_open, epoch, life, counted_since
                FROM counters WHERE interface = ?
                """, arguments: [interface])
        while let row = try rows.next() {
            let reading = Reading(
                traffic: Traffic(row, 2), latestHandshake: (row[4] as Int64?).map { UnixTime($0) },
                stamp: Stamp(sample: row[5], at: UnixTime(row[6])))
            counters[try PublicKey(stored: row[1])] = Counter(
                reading: reading, isOpen: row[7], epoch: row[8], life: row[9], countedSince: UnixTime(row[10]),
                shares: shares[row[0]] ?? [])
        }
        return counters
    }
}
