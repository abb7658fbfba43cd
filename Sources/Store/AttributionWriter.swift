import Accounting
import Fleet
import Foundation
import GRDB
import WireGuard

/// Moves what was unmatched of a node's counters to users, inside one transaction: totals, sessions and all of history.
struct AttributionWriter {
    private let db: Database
    private let node: NodeID
    private let writer: WriterState
    private let time: UnixTime
    private var book: NodeBook

    init(_ db: Database, _ node: NodeID, _ writer: WriterState, _ time: UnixTime) throws {
        self.db = db
        self.node = node
        self.writer = writer
        self.time = time
        guard var book = try writer.books.removeValue(forKey: node) ?? NodeBook(db, node) else {
            throw AttributionWriter.stale
        }
        try Fold(db).fold(&book)
        self.book = book
    }

    mutating func write(_ attributions: [Attribution]) throws {
        var owners: [UInt32: UInt32] = [:]
        var earliest = Int64.max
        for one in attributions {
            guard let interface = book.interfaces[one.counter.interface],
                let seat = interface.seats[one.counter.publicKey]
            else { throw AttributionWriter.stale }
            let owner = try writer.owners.id(one.owner, db)
            owners[seat] = owner
            earliest = min(earliest, book.cursors[Int(seat)].datedFrom ?? .max)
            try moveTotals(one, seat: seat, owner: owner)
            try Event.Row(
                kind: .named, interface: interface.id, counter: book.cursors[Int(seat)].id,
                traffic: one.counted + one.opening, owner: Int64(owner)
            ).insert(db, Stamp(sample: book.samples, at: time))
        }
        if earliest != .max {
            for table in HistoryTable.ofCounters { try move(table, from: UnixTime(earliest), owners) }
        }
        writer.books[node] = book
    }

    private mutating func moveTotals(_ one: Attribution, seat: UInt32, owner: UInt32) throws {
        let counter = book.cursors[Int(seat)].id
        let moved = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    DELETE FROM totals WHERE counter = ? AND owner = 0 RETURNING rx, tx, opening_rx, opening_tx
                    """), arguments: [counter])
        guard let moved, Traffic(moved, 0) == one.counted, Traffic(moved, 2) == one.opening else {
            throw AttributionWriter.stale
        }
        try Adder.totals(db).add(
            [counter, Int64(owner)], [one.counted.rx, one.counted.tx, one.opening.rx, one.opening.tx])
        try db.cachedStatement(sql: "UPDATE peer_sessions SET owner = ? WHERE counter = ? AND owner = 0")
            .execute(arguments: [owner, counter])
        guard book.cursors[Int(seat)].sessions.owner == 0, book.cursors[Int(seat)].sessions.sessions.current != nil
        else { return }
        book.cursors[Int(seat)].sessions.owner = Int64(owner)
        try db.cachedStatement(sql: "UPDATE counters SET session = ? WHERE id = ?")
            .execute(arguments: [book.cursors[Int(seat)].sessions.bytes.map { Data($0) }, counter])
    }

    private func move(_ table: HistoryTable, from: UnixTime, _ owners: [UInt32: UInt32]) throws {
        let pages = try HistoryPages(db, table)
        let chunks = Set(owners.keys.map { table.chunk(of: $0) }).sorted()
        for bucket in try buckets(table, from: table.span.bucket(holding: from)) {
            for chunk in chunks {
                let key = HistoryTable.Key(bucket, node: book.id, chunk: chunk)
                let items = try pages.items(key)
                let moved = items.compactMap { item -> HistoryItem? in
                    guard item.owner == 0, let owner = owners[item.seat] else { return nil }
                    var moved = item
                    moved.owner = owner
                    return moved
                }
                guard !moved.isEmpty else { continue }
                let rest = items.filter { $0.owner != 0 || owners[$0.seat] == nil }
                try pages.put(HistoryPage.merged(rest, moved), key)
            }
        }
    }

    /// Those that have pages of anybody, from the first to the last.
    private func buckets(_ table: HistoryTable, from first: Int64) throws -> [Int64] {
        let seek = try RawStatement(db, "SELECT id FROM \(table.rawValue) WHERE id >= ? ORDER BY id LIMIT 1")
        var buckets: [Int64] = []
        var next = first
        while true {
            seek.bind(1, HistoryTable.Key(next).value)
            defer { seek.reset() }
            guard try seek.step() else { return buckets }
            let bucket = HistoryTable.Key(value: seek.int(0)).bucket
            buckets.append(bucket)
            next = bucket + 1
        }
    }

    private static var stale: StoreError {
        StoreError(
            .staleLedger, "name the owners of keys", "a key's unmatched bytes are not as they were read",
            "load the ledger again and ask again")
    }
}
