import Accounting
import Fleet
import GRDB

/// Sums up what `days` already has, for the migration that brought `eight_days` and `sixty_four_days`.
enum WidePages {
    static func fill(_ db: Database) throws {
        try fill(db, .eightDays, from: .days)
        try fill(db, .sixtyFourDays, from: .eightDays)
    }

    private static func fill(_ db: Database, _ wide: HistoryTable, from narrow: HistoryTable) throws {
        let rows = try RawStatement(db, "SELECT id, body FROM \(narrow.rawValue) ORDER BY id")
        defer { rows.reset() }
        let pages = try HistoryPages(db, wide)
        let factor = wide.span.seconds / narrow.span.seconds
        var bucket = Int64.min
        var sums: [HistoryTable.Key: [HistoryItem]] = [:]
        func put() throws {
            for key in sums.keys.sorted() { try pages.put(sums[key] ?? [], key) }
            sums.removeAll(keepingCapacity: true)
        }
        while try rows.step() {
            // Pages come in the order of time.
            let page = HistoryTable.Key(value: rows.int(0))
            let next = Grain.floor(page.bucket, factor)
            if next != bucket {
                try put()
                bucket = next
            }
            let key = HistoryTable.Key(bucket, node: page.node, chunk: page.chunk)
            let items = try HistoryPage.items(rows.bytes(1), base: narrow.base(of: page.chunk), hasPeak: narrow.hasPeak)
            sums[key] = HistoryPage.merged(sums[key] ?? [], items)
        }
        try put()
    }
}
