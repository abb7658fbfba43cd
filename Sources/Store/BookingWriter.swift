import Accounting
import Fleet
import Foundation
import GRDB
import WireGuard

/// Writes one booking inside one transaction: each cursor is compared and moved, each delta added.
///
/// Where all is plain growth that is one row of the journal, and the other tables follow by `Fold`. Else they are written
/// at once, after what waited in the journal.
struct BookingWriter {
    private let db: Database
    private let booking: Booking
    private let writer: WriterState

    init(_ db: Database, _ booking: Booking, _ writer: WriterState) {
        self.db = db
        self.booking = booking
        self.writer = writer
    }

    func write() throws {
        if writer.books[booking.node] == nil { writer.books[booking.node] = try NodeBook(db, booking.node) }
        guard var book = writer.books.removeValue(forKey: booking.node) else {
            guard booking.stamp.sample == 1 else { throw stale("the node was never booked") }
            return try writeWhole(nil)
        }
        guard book.samples == booking.stamp.sample - 1 else {
            throw stale("another sample of \(booking.node) was booked meanwhile")
        }
        guard isGrowth(book) else {
            try Fold(db).fold(&book)
            return try writeWhole(book)
        }
        try writeGrowth(&book)
        if writer.isDue(book) { try Fold(db).fold(&book) }
        writer.books[booking.node] = book
    }

    /// Nothing but counters that went on.
    private func isGrowth(_ book: NodeBook) -> Bool {
        booking.interfaces.allSatisfy { part in
            guard !part.isNew, part.gone.isEmpty, part.reset == nil, let known = book.interfaces[part.name],
                known.standing.bootID == part.standing.bootID, known.standing.index == part.standing.index,
                known.standing.life == part.standing.life
            else { return false }
            return part.entries.allSatisfy { $0.cause == .growth }
        }
    }

    // MARK: Growth

    private func writeGrowth(_ book: inout NodeBook) throws {
        var journal = journal()
        for part in booking.interfaces {
            guard let known = book.interfaces[part.name] else { throw stale("interface \(part.name) is missing") }
            journal.begin(interface: known.id, entries: part.entries.count)
            var guess = 0
            for entry in part.entries {
                guard let seat = book.seat(entry.publicKey, on: known, guess: &guess), let before = entry.before,
                    book.cursors[Int(seat)].isBefore(entry, before)
                else { throw stale("a counter is not as it was read") }
                journal.put(
                    Journal.Entry(
                        entry, seat: seat, owner: try owner(entry), isNew: book.cursors[Int(seat)].differs(entry)))
                book.cursors[Int(seat)].reading = entry.after
            }
            book.interfaces[part.name]?.standing = part.standing
            if let gap = part.gap {
                try Event.Row(kind: .gap, since: gap.since, interface: known.id).insert(db, booking.stamp)
            }
        }
        try insert(journal, book.id)
        book.samples = booking.stamp.sample
        book.recent = booking.recent
    }

    private func journal() -> Journal.Writer {
        Journal.Writer(
            at: booking.at, isComplete: booking.isComplete, interfaces: booking.interfaces.count,
            entries: booking.interfaces.reduce(0) { $0 + $1.entries.count })
    }

    private func insert(_ journal: Journal.Writer, _ node: Int64) throws {
        let insert = try RawStatement(
            db, "INSERT INTO journal (node, sample, at, fingerprint, body) VALUES (?, ?, ?, ?, ?)")
        insert.bind(1, node)
        insert.bind(2, booking.stamp.sample)
        insert.bind(3, booking.at.seconds)
        insert.bind(4, booking.recent.last?.value ?? 0)
        insert.bind(5, journal.bytes)
        try insert.run()
    }

    private func owner(_ entry: Entry) throws -> UInt32 {
        entry.traffic.isZero ? 0 : try writer.owners.id(entry.owner, db)
    }

    // MARK: Whatever else

    /// - Parameter book: all of it folded; nil: the node is new.
    private func writeWhole(_ book: NodeBook?) throws {
        var nextSeat = UInt32(book?.cursors.count ?? 0)
        let node = try book?.id ?? insertNode()
        var journal = journal()
        var deposits = Deposits()
        let totals = try Adder.totals(db)
        let sessions = try SessionRows(db)
        for part in booking.interfaces {
            let interface = try moveInterface(part, of: node)
            try close(part.gone, on: interface)
            journal.begin(interface: interface, entries: part.entries.count)
            for entry in part.entries {
                let owner = try owner(entry)
                var cursor = try cursor(entry, on: part.name, of: book, &nextSeat)
                var line = Journal.Entry(
                    entry, seat: cursor.seat, owner: owner,
                    isNew: entry.before.map { $0.latestHandshake != entry.after.latestHandshake } ?? true)
                line.traffic = entry.delta
                let ended = cursor.sessions.enter(line, at: booking.at)
                if !line.traffic.isZero { cursor.datedFrom = min(cursor.datedFrom ?? .max, booking.at.seconds) }
                let counter = try moveCursor(entry, cursor, on: interface)
                if let (ended, owner) = ended { try sessions.insert(ended, counter: counter, owner: owner) }
                try add(entry, counter, owner, totals)
                deposits.add(line, at: booking.at)
                journal.put(line)
                try mark(entry, counter, owner, interface)
            }
            try mark(part, interface)
        }
        try Rollups(db, node: node).add(deposits.all)
        try insert(journal, node)
        let moved = try RawStatement(
            db, "UPDATE nodes SET samples = ?, last_at = ?, recent = ? WHERE id = ? AND samples = ?")
        moved.bind(1, booking.stamp.sample)
        moved.bind(2, booking.at.seconds)
        moved.bind(3, Fingerprint.bytes(booking.recent))
        moved.bind(4, node)
        moved.bind(5, booking.stamp.sample - 1)
        guard try moved.run() == 1 else { throw stale("another sample of \(booking.node) was booked meanwhile") }
    }

    private func insertNode() throws -> Int64 {
        try db.cachedStatement(
            sql: "INSERT INTO nodes (name, samples, last_at, recent) VALUES (?, 0, 0, x'') ON CONFLICT DO NOTHING"
        ).execute(arguments: [booking.node.name])
        let id = db.lastInsertedRowID
        // History's keys have sixteen bits for a node.
        guard db.changesCount == 1, id < 1 << 16 else {
            throw stale("the node is there already, or there are too many")
        }
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

    /// What a counter's row has besides its reading.
    private struct CursorRow {
        var seat: UInt32
        var sessions: OwnedSession
        var datedFrom: Int64?
    }

    /// A new counter takes the next seat of its node.
    private func cursor(
        _ entry: Entry, on interface: String, of book: NodeBook?, _ nextSeat: inout UInt32
    ) throws -> CursorRow {
        if let seat = book?.interfaces[interface]?.seats[entry.publicKey], let cursor = book?.cursors[Int(seat)] {
            return CursorRow(seat: seat, sessions: cursor.sessions, datedFrom: cursor.datedFrom)
        }
        guard entry.before == nil else { throw stale("a counter is missing") }
        defer { nextSeat += 1 }
        return CursorRow(seat: nextSeat, sessions: OwnedSession())
    }

    private func moveCursor(_ entry: Entry, _ cursor: CursorRow, on interface: Int64) throws -> Int64 {
        let id: Int64?
        let session = cursor.sessions.bytes.map { Data($0) }
        if let before = entry.before {
            id = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        UPDATE counters SET rx = ?, tx = ?, handshake = ?, read_sample = ?, read_at = ?, is_open = 1,
                            epoch = ?, life = ?, session = ?, dated_from = ?
                        WHERE interface = ? AND public_key = ? AND rx = ? AND tx = ? AND handshake IS ? AND epoch = ?
                        RETURNING id
                        """),
                arguments: [
                    Bits.column(entry.after.traffic.rx), Bits.column(entry.after.traffic.tx),
                    entry.after.latestHandshake?.seconds, entry.after.stamp.sample, entry.after.at.seconds,
                    entry.epoch, entry.life, session, cursor.datedFrom, interface, entry.publicKey.blob,
                    Bits.column(before.traffic.rx), Bits.column(before.traffic.tx), before.latestHandshake?.seconds,
                    entry.epoch - (entry.cause.beginsEpoch ? 1 : 0),
                ])
        } else {
            id = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        INSERT INTO counters (interface, public_key, rx, tx, handshake, read_sample, read_at, is_open,
                            epoch, life, counted_since, seat, session, dated_from)
                        VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id
                        """),
                arguments: [
                    interface, entry.publicKey.blob, Bits.column(entry.after.traffic.rx),
                    Bits.column(entry.after.traffic.tx), entry.after.latestHandshake?.seconds,
                    entry.after.stamp.sample, entry.after.at.seconds, entry.epoch, entry.life, entry.after.at.seconds,
                    Int64(cursor.seat), session, cursor.datedFrom,
                ])
        }
        guard let id else { throw stale("a counter is not as it was read") }
        return id
    }

    private func add(_ entry: Entry, _ counter: Int64, _ owner: UInt32, _ totals: Adder) throws {
        let traffic = entry.traffic
        guard !traffic.isZero else { return }
        try totals.add(
            [counter, Int64(owner)],
            entry.cause == .opening ? [0, 0, traffic.rx, traffic.tx] : [traffic.rx, traffic.tx, 0, 0])
    }

    // MARK: Events

    private func mark(_ entry: Entry, _ counter: Int64, _ owner: UInt32, _ interface: Int64) throws {
        guard entry.cause != .growth else { return }
        try add(
            Event.Row(
                kind: entry.cause == .resumed ? .resumed : .epoch, cause: entry.cause, isInferred: entry.isInferred,
                since: entry.since, interface: interface, counter: counter, before: entry.before?.traffic,
                after: entry.after.traffic, traffic: entry.traffic, owner: Int64(owner)))
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

extension Journal.Entry {
    fileprivate init(_ entry: Entry, seat: UInt32, owner: UInt32, isNew: Bool) {
        self.init(seat: seat, owner: owner, hasGap: entry.hasGap, traffic: entry.traffic)
        if isNew { handshake = Handshake(time: entry.after.latestHandshake, network: entry.network) }
    }
}

extension NodeBook.Cursor {
    /// The reading that the entry was judged by is the one that is stored.
    fileprivate func isBefore(_ entry: Entry, _ before: Reading) -> Bool {
        isOpen && epoch == entry.epoch && life == entry.life && reading.traffic == before.traffic
            && reading.latestHandshake == before.latestHandshake
    }

    fileprivate func differs(_ entry: Entry) -> Bool { reading.latestHandshake != entry.after.latestHandshake }
}

extension Fingerprint {
    /// Eight bytes each, big-endian.
    static func bytes(_ prints: [Fingerprint]) -> [UInt8] {
        prints.flatMap { print in (0..<8).map { UInt8(truncatingIfNeeded: print.value >> (56 - 8 * $0)) } }
    }

    static func list(_ data: Data) -> [Fingerprint] {
        let bytes = [UInt8](data)
        return stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            Fingerprint(value: bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}
