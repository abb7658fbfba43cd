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
        try book(booking) {}
    }

    /// - Parameter last: what may still fail in the transaction.
    func book(_ booking: Booking, last: () throws -> Void) throws(StoreError) {
        try writeBooks("book a sample") { db, writer in
            try BookingWriter(db, booking, writer).write()
            try last()
        }
    }

    /// Moves unmatched bytes, those of history too, to the users that the bot names now, with a mark each.
    package func book(_ attributions: [Attribution], at time: UnixTime) throws(StoreError) {
        guard !attributions.isEmpty else { return }
        try writeBooks("name the owners of keys") { db, writer in
            let byNode = Dictionary(grouping: attributions, by: \.counter.node)
            for node in byNode.keys.sorted() {
                var one = try AttributionWriter(db, node, writer, time)
                try one.write(byNode[node] ?? [])
            }
        }
    }

    /// Folds every tail: what waits in the journal is in all tables then.
    package func settle() throws(StoreError) {
        try writeBooks("fold the journal") { db, writer in
            for name in try String.fetchAll(db, sql: "SELECT name FROM nodes") {
                guard var book = try writer.books[NodeID(name)] ?? NodeBook(db, NodeID(name)) else { continue }
                try Fold(db).fold(&book)
                writer.books[NodeID(name)] = book
            }
        }
    }

    private func writeBooks(_ operation: String, _ body: (Database, WriterState) throws -> Void) throws(StoreError) {
        let ticket = try write(operation) { db in
            let ticket = try writer.begin(db)
            try body(db, writer)
            return ticket
        }
        writer.confirm(ticket)
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
        guard let book = try NodeBook(db, node) else { return Ledger(node: node) }
        var shares = try shares(book)
        var interfaces: [String: Ledger.Interface] = [:]
        for (name, interface) in book.interfaces {
            var counters: [PublicKey: Counter] = [:]
            counters.reserveCapacity(interface.seats.count)
            for (key, seat) in interface.seats {
                let cursor = book.cursors[Int(seat)]
                counters[key] = Counter(
                    reading: cursor.reading, isOpen: cursor.isOpen, epoch: cursor.epoch, life: cursor.life,
                    countedSince: cursor.countedSince, shares: shares.removeValue(forKey: seat) ?? [])
            }
            interfaces[name] = Ledger.Interface(standing: interface.standing, counters: counters)
        }
        return Ledger(node: node, samples: book.samples, recent: book.recent, interfaces: interfaces)
    }

    /// Totals and the tail, by seat.
    private func shares(_ book: NodeBook) throws -> [UInt32: [Counter.Share]] {
        var shares: [UInt32: [Counter.Share]] = [:]
        let totals = try RawStatement(
            db,
            """
            SELECT c.seat, o.telegram_id, t.rx, t.tx, t.opening_rx, t.opening_tx
            FROM interfaces i JOIN counters c ON c.interface = i.id JOIN totals t ON t.counter = c.id
            JOIN owners o ON o.id = t.owner WHERE i.node = ?
            """)
        totals.bind(1, book.id)
        defer { totals.reset() }
        while try totals.step() {
            shares[UInt32(truncatingIfNeeded: totals.int(0)), default: []].append(
                Counter.Share(
                    owner: totals.optional(1),
                    counted: Traffic(rx: Bits.value(totals.int(2)), tx: Bits.value(totals.int(3))),
                    opening: Traffic(rx: Bits.value(totals.int(4)), tx: Bits.value(totals.int(5)))))
        }
        let tail = try Tail(db, node: book.id, after: book.folded)
        let people = try tail.steps.isEmpty ? [:] : Owners(db).people
        for step in tail.steps where !step.entry.traffic.isZero {
            let owner = people[step.entry.owner] ?? nil
            let share = Counter.Share(owner: owner, counted: step.entry.traffic)
            if let place = shares[step.entry.seat]?.firstIndex(where: { $0.owner == owner }) {
                shares[step.entry.seat]?[place].counted += share.counted
            } else {
                shares[step.entry.seat, default: []].append(share)
            }
        }
        return shares
    }
}

/// What the compact numbers of owners mean.
struct Owners {
    /// Of unmatched bytes, row 0: nil.
    private(set) var people: [UInt32: Int64?] = [:]

    init(_ db: Database) throws {
        let rows = try RawStatement(db, "SELECT id, telegram_id FROM owners")
        defer { rows.reset() }
        while try rows.step() { people.updateValue(rows.optional(1), forKey: UInt32(truncatingIfNeeded: rows.int(0))) }
    }
}
