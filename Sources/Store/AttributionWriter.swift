import Accounting
import Fleet
import GRDB
import WireGuard

/// Moves what was unmatched of a counter to a user, inside one transaction.
struct AttributionWriter {
    private let db: Database
    private let time: UnixTime
    private var owners: OwnerIDs
    private let totals: Adder
    private let hours: Adder

    init(_ db: Database, _ time: UnixTime) throws {
        self.db = db
        self.time = time
        owners = OwnerIDs(db)
        totals = try .totals(db)
        hours = try .hours(db)
    }

    mutating func write(_ attribution: Attribution) throws {
        let owner = try owners.id(attribution.owner)
        let (counter, interface, sample) = try find(attribution.counter)
        let moved = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    DELETE FROM totals WHERE counter = ? AND owner = 0 RETURNING rx, tx, opening_rx, opening_tx
                    """), arguments: [counter])
        guard let moved, Traffic(moved, 0) == attribution.counted, Traffic(moved, 2) == attribution.opening else {
            throw stale
        }
        try totals.add(
            [counter, owner],
            [attribution.counted.rx, attribution.counted.tx, attribution.opening.rx, attribution.opening.tx])

        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "DELETE FROM hours WHERE counter = ? AND owner = 0 RETURNING hour, rx, tx, gap"),
            arguments: [counter])
        for row in rows {
            try hours.add([row[0], counter, owner], [Bits.value(row[1]), Bits.value(row[2])], gap: row[3])
        }
        try Event.Row(
            kind: .named, interface: interface, counter: counter, traffic: attribution.counted + attribution.opening,
            owner: owner
        ).insert(db, Stamp(sample: sample, at: time))
    }

    private func find(_ id: CounterID) throws -> (counter: Int64, interface: Int64, sample: Int64) {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT c.id, i.id, n.samples FROM nodes n JOIN interfaces i ON i.node = n.id
                    JOIN counters c ON c.interface = i.id WHERE n.name = ? AND i.name = ? AND c.public_key = ?
                    """), arguments: [id.node.name, id.interface, id.publicKey.blob])
        guard let row else { throw stale }
        return (row[0], row[1], row[2])
    }

    private var stale: StoreError {
        StoreError(
            .staleLedger, "name the owners of keys", "a key's unmatched bytes are not as they were read",
            "load the ledger again and ask again")
    }
}
