import Accounting
import Fleet
import Foundation
import GRDB
import WireGuard

/// Writes one booking inside one transaction: each cursor is compared and moved, each delta added.
struct BookingWriter {
    let db: Database
    let booking: Booking
    private var owners: OwnerIDs
    private var totals: Adder
    private var hours: Adder

    init(_ db: Database, _ booking: Booking) throws {
        self.db = db
        self.booking = booking
        owners = OwnerIDs(db)
        totals = try .totals(db)
        hours = try .hours(db)
    }

    mutating func write() throws {
        let node = try moveNode()
        for part in booking.interfaces {
            let interface = try moveInterface(part, of: node)
            try close(part.gone, on: interface)
            for entry in part.entries { try write(entry, on: interface) }
            try mark(part, interface)
        }
    }

    private func moveNode() throws -> Int64 {
        var recent = Data()
        for print in booking.recent { withUnsafeBytes(of: print.value.bigEndian) { recent.append(contentsOf: $0) } }
        if booking.stamp.sample == 1 {
            try db.cachedStatement(
                sql: "INSERT INTO nodes (name, samples, last_at, recent) VALUES (?, 0, 0, x'') ON CONFLICT DO NOTHING"
            ).execute(arguments: [booking.node.name])
        }
        let id = try Int64.fetchOne(
            db.cachedStatement(
                sql: "UPDATE nodes SET samples = ?, last_at = ?, recent = ? WHERE name = ? AND samples = ? RETURNING id"
            ),
            arguments: [
                booking.stamp.sample, booking.at.seconds, recent, booking.node.name, booking.stamp.sample - 1,
            ])
        guard let id else { throw stale("another sample of \(booking.node) was booked meanwhile") }
        return id
    }

    private func moveInterface(_ part: InterfaceBooking, of node: Int64) throws -> Int64 {
        let standing = part.standing
        let values: StatementArguments = [
            standing.bootID, standing.index.map { Int64($0) }, standing.life, standing.lifeCause?.rawValue,
            standing.lastSeen.sample, standing.lastSeen.at.seconds, standing.lastComplete?.sample,
            standing.lastComplete?.at.seconds, node, part.name,
        ]
        let sql =
            part.isNew
            ? """
            INSERT INTO interfaces (boot_id, ifindex, life, life_cause, seen_sample, seen_at, complete_sample,
                complete_at, node, name)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id
            """
            : """
            UPDATE interfaces SET boot_id = ?, ifindex = ?, life = ?, life_cause = ?, seen_sample = ?, seen_at = ?,
                complete_sample = ?, complete_at = ?
            WHERE node = ? AND name = ? RETURNING id
            """
        guard let id = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: values) else {
            throw stale("interface \(part.name) is not as it was read")
        }
        return id
    }

    private func close(_ gone: [InterfaceBooking.Gone], on interface: Int64) throws {
        for one in gone {
            let id = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        UPDATE counters SET is_open = 0, read_sample = ?, read_at = ?
                        WHERE interface = ? AND public_key = ? AND rx = ? AND tx = ? AND handshake IS ? AND is_open = 1
                        RETURNING id
                        """),
                arguments: [
                    one.reading.stamp.sample, one.reading.at.seconds, interface, one.publicKey.blob,
                    Bits.column(one.reading.traffic.rx), Bits.column(one.reading.traffic.tx),
                    one.reading.latestHandshake?.seconds,
                ])
            guard let id else { throw stale("a counter is not as it was read") }
            try add(
                Event.Row(
                    kind: .gone, since: one.reading.at, interface: interface, counter: id, before: one.reading.traffic))
        }
    }

    private mutating func write(_ entry: Entry, on interface: Int64) throws {
        let counter = try moveCursor(entry, on: interface)
        let owner = entry.traffic.isZero ? 0 : try owners.id(entry.owner)
        if !entry.traffic.isZero {
            let isOpening = entry.cause == .opening
            try totals.add(
                [counter, owner],
                isOpening ? [0, 0, entry.traffic.rx, entry.traffic.tx] : [entry.traffic.rx, entry.traffic.tx, 0, 0])
            if !isOpening {
                try hours.add(
                    [booking.hour.number, counter, owner], [entry.traffic.rx, entry.traffic.tx], gap: entry.hasGap)
            }
        }
        if entry.cause != .growth {
            try add(
                Event.Row(
                    kind: entry.cause == .resumed ? .resumed : .epoch, cause: entry.cause, isInferred: entry.isInferred,
                    since: entry.since, interface: interface, counter: counter, before: entry.before?.traffic,
                    after: entry.after.traffic, traffic: entry.traffic, owner: owner))
        }
    }

    private func moveCursor(_ entry: Entry, on interface: Int64) throws -> Int64 {
        let id: Int64?
        if let before = entry.before {
            id = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        UPDATE counters SET rx = ?, tx = ?, handshake = ?, read_sample = ?, read_at = ?, is_open = 1,
                            epoch = ?, life = ?
                        WHERE interface = ? AND public_key = ? AND rx = ? AND tx = ? AND handshake IS ? AND epoch = ?
                        RETURNING id
                        """),
                arguments: [
                    Bits.column(entry.after.traffic.rx), Bits.column(entry.after.traffic.tx),
                    entry.after.latestHandshake?.seconds, entry.after.stamp.sample, entry.after.at.seconds,
                    entry.epoch, entry.life, interface, entry.publicKey.blob, Bits.column(before.traffic.rx),
                    Bits.column(before.traffic.tx), before.latestHandshake?.seconds,
                    entry.epoch - (entry.cause.beginsEpoch ? 1 : 0),
                ])
        } else {
            id = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        INSERT INTO counters (interface, public_key, rx, tx, handshake, read_sample, read_at, is_open,
                            epoch, life, counted_since)
                        VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id
                        """),
                arguments: [
                    interface, entry.publicKey.blob, Bits.column(entry.after.traffic.rx),
                    Bits.column(entry.after.traffic.tx), entry.after.latestHandshake?.seconds,
                    entry.after.stamp.sample, entry.after.at.seconds, entry.epoch, entry.life, entry.after.at.seconds,
                ])
        }
        guard let id else { throw stale("a counter is not as it was read") }
        return id
    }

    private func mark(_ part: InterfaceBooking, _ interface: Int64) throws {
        if let reset = part.reset {
            try add(Event.Row(kind: .reset, cause: reset.cause, since: reset.since, interface: interface))
        }
        if let gap = part.gap {
            try add(Event.Row(kind: .gap, since: gap.since, interface: interface))
        }
    }

    private func add(_ event: Event.Row) throws {
        try event.insert(db, booking.stamp)
    }

    private func stale(_ reason: String) -> StoreError {
        StoreError(.staleLedger, "book a sample", reason, "load the ledger again and book again")
    }
}

/// Rows of `owners`, made when first needed.
struct OwnerIDs {
    let db: Database
    private var known: [Int64: Int64] = [:]

    init(_ db: Database) {
        self.db = db
    }

    /// 0: unmatched.
    mutating func id(_ telegramID: Int64?) throws -> Int64 {
        guard let telegramID else { return 0 }
        if let id = known[telegramID] { return id }
        let select = try db.cachedStatement(sql: "SELECT id FROM owners WHERE telegram_id = ?")
        if let id = try Int64.fetchOne(select, arguments: [telegramID]) {
            known[telegramID] = id
            return id
        }
        try db.cachedStatement(sql: "INSERT INTO owners (telegram_id) VALUES (?)").execute(arguments: [telegramID])
        known[telegramID] = db.lastInsertedRowID
        return db.lastInsertedRowID
    }
}
