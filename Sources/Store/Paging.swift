import Accounting
import Fleet
import GRDB

/// Turns the rows of v1's hours into pages, a day of UTC at a time.
struct Paging {
    private let db: Database

    init(_ db: Database) {
        self.db = db
    }

    func run() throws {
        try takeSeats()
        try db.execute(
            sql: "UPDATE counters SET dated_from = (SELECT min(hour) * 3600 FROM hours_v1 WHERE counter = counters.id)")
        let rows = try RawStatement(
            db,
            """
            SELECT h.hour, i.node, c.seat, h.owner, h.rx, h.tx, h.gap
            FROM hours_v1 h CROSS JOIN counters c ON c.id = h.counter CROSS JOIN interfaces i ON i.id = c.interface
            ORDER BY h.hour
            """)
        defer { rows.reset() }
        var day: [HistoryTable.Key: [HistoryItem]] = [:]
        var number = Int64.min
        var last: Int64?
        while try rows.step() {
            let hour = rows.int(0)
            last = hour
            let bucket = Grain.floor(hour, 24)
            if bucket != number {
                try put(day)
                day = [:]
                number = bucket
            }
            let item = HistoryItem(
                seat: UInt32(truncatingIfNeeded: rows.int(2)), owner: UInt32(truncatingIfNeeded: rows.int(3)),
                slot: UInt8(truncatingIfNeeded: hour - bucket * 24), hasGap: rows.int(6) != 0,
                traffic: Traffic(rx: Bits.value(rows.int(4)), tx: Bits.value(rows.int(5))))
            let key = HistoryTable.Key(bucket, node: rows.int(1), chunk: HistoryTable.hours.chunk(of: item.seat))
            day[key, default: []].append(item)
        }
        try put(day)
        // Of the hour under way five minutes are known from now on only.
        if let last { try Horizons.move(db, .fiveMinutes, to: (last + 1) * Grain.hour.seconds) }
    }

    private func takeSeats() throws {
        guard try Int64.fetchOne(db, sql: "SELECT max(id) FROM nodes") ?? 0 < 1 << 16 else {
            throw StoreError(.other, "migrate", "there are more than 65,535 nodes", "report this")
        }
        try db.execute(
            sql: """
                UPDATE counters SET seat = s.seat FROM (
                    SELECT c.id, row_number() OVER (PARTITION BY i.node ORDER BY c.id) - 1 AS seat
                    FROM counters c JOIN interfaces i ON i.id = c.interface) AS s
                WHERE counters.id = s.id
                """)
    }

    private func put(_ day: [HistoryTable.Key: [HistoryItem]]) throws {
        let hours = try HistoryPages(db, .hours)
        let days = try HistoryPages(db, .days)
        for key in day.keys.sorted() {
            let items = (day[key] ?? []).sorted(by: HistoryItem.precedes)
            try hours.put(items, key)
            let sums = items.map { item in
                var sum = item
                sum.slot = 0
                // Five minutes were not kept: an hour's even pace stands in.
                sum.peak = item.traffic.total / 12
                return sum
            }
            try days.put(HistoryPage.merged([], sums), key)
        }
    }
}
