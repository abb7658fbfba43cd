import Accounting
import Fleet
import GRDB

/// Sums up what tables of counters already have, for the migrations that brought tables of nodes as a whole.
enum NodePages {
    static func fill(_ db: Database, _ whole: HistoryTable, from table: HistoryTable) throws {
        let rows = try RawStatement(db, "SELECT id, body FROM \(table.rawValue) ORDER BY id")
        defer { rows.reset() }
        let pages = try HistoryPages(db, whole)
        let slots = (of: table.span.seconds / table.grain.seconds, whole: whole.span.seconds / whole.grain.seconds)
        var bucket = Int64.min
        var sums: [Int64: [UInt8: HistoryItem]] = [:]
        func put() throws {
            for (node, items) in sums.sorted(by: { $0.key < $1.key }) {
                try pages.put(
                    items.values.sorted(by: HistoryItem.precedes), HistoryTable.Key(bucket, node: node))
            }
            sums.removeAll(keepingCapacity: true)
        }
        while try rows.step() {
            // Pages come in the order of time.
            let page = HistoryTable.Key(value: rows.int(0))
            let first = page.bucket * slots.of
            let next = Grain.floor(first, slots.whole)
            if next != bucket {
                try put()
                bucket = next
            }
            let offset = UInt8(first - bucket * slots.whole)
            var items = sums.removeValue(forKey: page.node) ?? [:]
            try HistoryPage.each(
                rows.bytes(1), base: table.base(of: page.chunk), hasPeak: table.hasPeak, wantsPeak: false
            ) { item in
                var sum = item
                (sum.seat, sum.owner, sum.slot) = (0, 0, offset &+ item.slot)
                if let known = items[sum.slot] { sum.add(known) }
                items[sum.slot] = sum
            }
            sums[page.node] = items
        }
        try put()
    }
}
