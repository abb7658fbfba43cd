import Accounting
import Fleet
import GRDB
import WireGuard

/// Dated bytes of one sample, or of several in the same five minutes, on their way into history.
struct Deposit {
    var seat: UInt32
    var owner: UInt32

    /// Number of its five minutes.
    var bucket: Int64
    var hasGap: Bool
    var traffic: Traffic

    mutating func add(_ more: Traffic, hasGap: Bool) {
        traffic += more
        self.hasGap = self.hasGap || hasGap
    }
}

/// Adds to the tables of history, page by page, and counts who was active.
struct Rollups {
    private let db: Database
    private let node: Int64

    init(_ db: Database, node: Int64) {
        self.db = db
        self.node = node
    }

    /// - Parameter deposits: each once, by seat, owner and time.
    func add(_ deposits: [Deposit]) throws {
        guard !deposits.isEmpty else { return }
        var peaks = Array(repeating: UInt64(0), count: deposits.count)
        try add(to: .fiveMinutes, deposits) { page, key, news in
            // Both are in the same order, and the page has all of the news.
            var place = 0
            for new in news {
                while place + 1 < page.count, !page[place].isBeside(new.item) { place += 1 }
                peaks[new.deposit] = page[place].traffic.total
            }
            try Activity.set(db, node: node, bucket: key.bucket, count: HistoryPage.seats(page))
        }
        try add(to: .hours, deposits) { _, _, _ in }
        for table in [HistoryTable.days, .eightDays, .sixtyFourDays] {
            try add(to: table, deposits, peaks: peaks) { _, _, _ in }
        }
        let whole = Rollups.ofNode(deposits)
        for table in [HistoryTable.nodeHours, .nodeDays] { try add(to: table, whole) { _, _, _ in } }
    }

    /// One for each five minutes.
    private static func ofNode(_ deposits: [Deposit]) -> [Deposit] {
        var sums: [Int64: Deposit] = [:]
        for one in deposits {
            sums[
                one.bucket,
                default: Deposit(seat: 0, owner: 0, bucket: one.bucket, hasGap: false, traffic: .zero)
            ].add(one.traffic, hasGap: one.hasGap)
        }
        return sums.values.sorted { $0.bucket < $1.bucket }
    }

    private struct New {
        var key: HistoryTable.Key
        var item: HistoryItem

        /// Its place among the deposits.
        var deposit: Int

        static func precedes(_ a: New, _ b: New) -> Bool {
            a.key == b.key ? HistoryItem.precedes(a.item, b.item) : a.key < b.key
        }
    }

    private func add(
        to table: HistoryTable, _ deposits: [Deposit], peaks: [UInt64] = [],
        _ done: (_ page: [HistoryItem], HistoryTable.Key, ArraySlice<New>) throws -> Void
    ) throws {
        var news: [New] = []
        news.reserveCapacity(deposits.count)
        for (place, deposit) in deposits.enumerated() {
            let moment = Grain.fiveMinutes.start(of: deposit.bucket)
            let bucket = table.span.bucket(holding: moment)
            let slot = table.grain.bucket(holding: moment) - bucket * (table.span.seconds / table.grain.seconds)
            news.append(
                New(
                    key: HistoryTable.Key(bucket, node: node, chunk: table.chunk(of: deposit.seat)),
                    item: HistoryItem(
                        seat: deposit.seat, owner: deposit.owner, slot: UInt8(truncatingIfNeeded: slot),
                        hasGap: deposit.hasGap, traffic: deposit.traffic, peak: table.hasPeak ? peaks[place] : 0),
                    deposit: place))
        }
        news.sort(by: New.precedes)
        let pages = try HistoryPages(db, table)
        var start = 0
        while start < news.count {
            let key = news[start].key
            var end = start
            while end < news.count, news[end].key == key { end += 1 }
            let page = HistoryPage.merged(try pages.items(key), news[start..<end].lazy.map(\.item))
            try pages.put(page, key)
            try done(page, key, news[start..<end])
            start = end
        }
    }
}

/// Pages of one table, read and put back whole.
struct HistoryPages {
    private let table: HistoryTable
    private let select: RawStatement
    private let upsert: RawStatement
    private let delete: RawStatement

    init(_ db: Database, _ table: HistoryTable) throws {
        self.table = table
        select = try RawStatement(db, "SELECT body FROM \(table.rawValue) WHERE id = ?")
        upsert = try RawStatement(
            db,
            "INSERT INTO \(table.rawValue) (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
        )
        delete = try RawStatement(db, "DELETE FROM \(table.rawValue) WHERE id = ?")
    }

    /// Empty: there is none.
    func items(_ key: HistoryTable.Key) throws -> [HistoryItem] {
        select.bind(1, key.value)
        defer { select.reset() }
        guard try select.step() else { return [] }
        return try HistoryPage.items(select.bytes(0), base: table.base(of: key.chunk), hasPeak: table.hasPeak)
    }

    func put(_ items: [HistoryItem], _ key: HistoryTable.Key) throws {
        guard !items.isEmpty else {
            delete.bind(1, key.value)
            try delete.run()
            return
        }
        upsert.bind(1, key.value)
        upsert.bind(2, HistoryPage.bytes(items, base: table.base(of: key.chunk), hasPeak: table.hasPeak))
        try upsert.run()
    }
}

/// How many peers moved bytes in each five minutes: for each node and day of UTC 288 numbers of two bytes, for ever.
enum Activity {
    static let slots = 288

    static func set(_ db: Database, node: Int64, bucket: Int64, count: Int) throws {
        let day = Grain.day.bucket(holding: Grain.fiveMinutes.start(of: bucket))
        let key = HistoryTable.Key(day, node: node)
        let select = try RawStatement(db, "SELECT counts FROM activity WHERE id = ?")
        select.bind(1, key.value)
        var counts = try select.step() ? [UInt8](select.bytes(0)) : []
        select.reset()
        if counts.count != slots * 2 { counts = Array(repeating: 0, count: slots * 2) }
        let slot = Int(bucket - day * Int64(slots))
        let number = UInt16(clamping: count)
        counts[2 * slot] = UInt8(truncatingIfNeeded: number)
        counts[2 * slot + 1] = UInt8(truncatingIfNeeded: number >> 8)
        let upsert = try RawStatement(
            db,
            "INSERT INTO activity (id, counts) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET counts = excluded.counts")
        upsert.bind(1, key.value)
        upsert.bind(2, counts)
        try upsert.run()
    }

    static func count(_ bytes: UnsafeRawBufferPointer, _ slot: Int) -> Int {
        2 * slot + 1 < bytes.count ? Int(bytes[2 * slot]) | Int(bytes[2 * slot + 1]) << 8 : 0
    }
}

extension HistoryPage {
    /// How many counters are on it.
    static func seats(_ items: [HistoryItem]) -> Int {
        var count = 0
        for (place, item) in items.enumerated() where place == 0 || items[place - 1].seat != item.seat { count += 1 }
        return count
    }
}
