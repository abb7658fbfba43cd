import Fleet
import GRDB

/// Sums up what `hours` already has, for the migration that brought `node_hours`.
enum NodeHours {
    static func fill(_ db: Database) throws {
        let rows = try RawStatement(db, "SELECT id, body FROM hours ORDER BY id")
        defer { rows.reset() }
        let pages = try HistoryPages(db, .nodeHours)
        var current: HistoryTable.Key?
        var hours: [UInt8: HistoryItem] = [:]
        func put() throws {
            if let current { try pages.put(hours.values.sorted(by: HistoryItem.precedes), current) }
        }
        while try rows.step() {
            // A node's pages of a day are neighbours.
            let page = HistoryTable.Key(value: rows.int(0))
            let key = HistoryTable.Key(page.bucket, node: page.node)
            if key != current {
                try put()
                (current, hours) = (key, [:])
            }
            try HistoryPage.each(
                rows.bytes(1), base: HistoryTable.hours.base(of: page.chunk), hasPeak: HistoryTable.hours.hasPeak
            ) { item in
                var sum = item
                (sum.seat, sum.owner) = (0, 0)
                if let known = hours[item.slot] { sum.add(known) }
                hours[item.slot] = sum
            }
        }
        try put()
    }
}
