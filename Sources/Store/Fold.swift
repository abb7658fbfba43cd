import Accounting
import Fleet
import GRDB
import WireGuard

/// Moves a node's tail from the journal into all other tables: cursors, totals, history, sessions. By what `nodes.samples`
/// says a sample is either in the tail or in those, whenever the process ends.
struct Fold {
    private let db: Database
    private let totals: Adder

    init(_ db: Database) throws {
        self.db = db
        totals = try .totals(db)
    }

    func fold(_ book: inout NodeBook) throws {
        var moved = Array(repeating: false, count: book.cursors.count)
        var deposits = Deposits()
        let sessions = try SessionRows(db)
        let tail = try Tail(db, node: book.id, after: book.folded) { step in
            let seat = try book.seat(step.entry)
            moved[seat] = true
            try book.cursors[seat].enter(step.entry, at: step.stamp.at, sessions)
            deposits.add(step.entry, at: step.stamp.at)
        }
        book.lastFold = .now
        guard let last = tail.last else { return }
        let all = deposits.all
        try write(moved.indices.filter { moved[$0] }, of: book)
        try add(all, to: book)
        try Rollups(db, node: book.id).add(all)
        let sight = try RawStatement(
            db,
            """
            UPDATE interfaces SET seen_sample = ?, seen_at = ?, complete_sample = ifnull(?, complete_sample),
                complete_at = ifnull(?, complete_at) WHERE id = ?
            """)
        for (id, stamps) in tail.sights {
            sight.bind(1, stamps.seen.sample)
            sight.bind(2, stamps.seen.at.seconds)
            sight.bind(3, stamps.complete?.sample)
            sight.bind(4, stamps.complete?.at.seconds)
            sight.bind(5, id)
            try sight.run()
        }
        try Fold.move(db, book, to: last)
        book.folded = last.sample
    }

    /// - Parameter recent: of the book.
    static func move(_ db: Database, _ book: NodeBook, to last: Stamp) throws {
        let node = try RawStatement(db, "UPDATE nodes SET samples = ?, last_at = ?, recent = ? WHERE id = ?")
        node.bind(1, last.sample)
        node.bind(2, last.at.seconds)
        node.bind(3, Fingerprint.bytes(book.recent))
        node.bind(4, book.id)
        try node.run()
    }

    /// What the book has is what the last step showed.
    private func write(_ seats: [Int], of book: NodeBook) throws {
        let update = try RawStatement(
            db,
            """
            UPDATE counters SET rx = ?, tx = ?, handshake = ?, read_sample = ?, read_at = ?, session = ?, dated_from = ?
            WHERE id = ?
            """)
        for seat in seats {
            let cursor = book.cursors[seat]
            update.bind(1, cursor.reading.traffic.rx)
            update.bind(2, cursor.reading.traffic.tx)
            update.bind(3, cursor.reading.latestHandshake?.seconds)
            update.bind(4, cursor.reading.stamp.sample)
            update.bind(5, cursor.reading.at.seconds)
            update.bind(6, cursor.sessions.bytes)
            update.bind(7, cursor.datedFrom)
            update.bind(8, cursor.id)
            try update.run()
        }
    }

    private func add(_ deposits: [Deposit], to book: NodeBook) throws {
        var place = 0
        while place < deposits.count {
            let first = deposits[place]
            var sum = Traffic.zero
            while place < deposits.count, deposits[place].seat == first.seat, deposits[place].owner == first.owner {
                sum += deposits[place].traffic
                place += 1
            }
            try totals.add([book.cursors[Int(first.seat)].id, Int64(first.owner)], [sum.rx, sum.tx, 0, 0])
        }
    }
}

extension NodeBook.Cursor {
    /// Sessions and the earliest date: what the journal leaves to the fold.
    mutating func enter(_ entry: Journal.Entry, at: UnixTime, _ rows: SessionRows) throws {
        if let (ended, owner) = sessions.enter(entry, at: at) { try rows.insert(ended, counter: id, owner: owner) }
        if !entry.traffic.isZero { datedFrom = min(datedFrom ?? .max, at.seconds) }
    }
}

/// Bytes by counter, owner and five minutes.
struct Deposits {
    private var sums: [Deposit] = []

    /// Of each seat, where its newest is in `sums`. Negative: nowhere.
    private var newest: [Int32] = []

    mutating func add(_ entry: Journal.Entry, at: UnixTime) {
        guard !entry.traffic.isZero else { return }
        let seat = Int(entry.seat)
        if seat >= newest.count { newest += Array(repeating: -1, count: seat + 1 - newest.count) }
        let bucket = Grain.fiveMinutes.bucket(holding: at)
        let place = Int(newest[seat])
        if place >= 0, sums[place].owner == entry.owner, sums[place].bucket == bucket {
            sums[place].add(entry.traffic, hasGap: entry.hasGap)
            return
        }
        newest[seat] = Int32(sums.count)
        sums.append(
            Deposit(
                seat: entry.seat, owner: entry.owner, bucket: bucket, hasGap: entry.hasGap, traffic: entry.traffic))
    }

    /// By seat, owner and time; each once.
    var all: [Deposit] {
        let sorted = sums.sorted { ($0.seat, $0.owner, $0.bucket) < ($1.seat, $1.owner, $1.bucket) }
        var all: [Deposit] = []
        for one in sorted {
            if let last = all.last, last.seat == one.seat, last.owner == one.owner, last.bucket == one.bucket {
                all[all.count - 1].add(one.traffic, hasGap: one.hasGap)
            } else {
                all.append(one)
            }
        }
        return all
    }
}

/// Sessions that are over.
struct SessionRows {
    private let insert: RawStatement

    init(_ db: Database) throws {
        insert = try RawStatement(
            db,
            """
            INSERT INTO peer_sessions (counter, owner, since, handshake, until, rx, tx, network)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
    }

    func insert(_ session: PeerSession, counter: Int64, owner: Int64) throws {
        insert.bind(1, counter)
        insert.bind(2, owner)
        insert.bind(3, session.from.seconds)
        insert.bind(4, session.lastHandshake.seconds)
        insert.bind(5, session.until.seconds)
        insert.bind(6, session.traffic.rx)
        insert.bind(7, session.traffic.tx)
        insert.bind(8, session.network?.column)
        try insert.run()
    }
}
