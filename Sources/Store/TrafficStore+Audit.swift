import Fleet
import GRDB
import WireGuard

extension TrafficStore {
    package func audit(_ entry: AuditEntry) throws(StoreError) {
        try write("write the audit") { db in
            try db.execute(
                sql: "INSERT INTO audit (at, who, what, event, subject, address) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    entry.at.seconds, entry.who, entry.what, entry.event?.rawValue, entry.subject, entry.address,
                ])
        }
    }

    /// The newest ones, newest first, after so many.
    package func auditEntries(limit: Int, after skipped: Int = 0) throws(StoreError) -> [AuditEntry] {
        try read("read the audit") { db in
            // Nothing is ever deleted, so numbers have no holes.
            try Row.fetchAll(
                db,
                sql: """
                    SELECT at, who, what, event, subject, address FROM audit
                    WHERE id <= (SELECT max(id) FROM audit) - ? ORDER BY id DESC LIMIT ?
                    """, arguments: [skipped, limit]
            ).map(AuditEntry.init)
        }
    }

    package func auditCount() throws(StoreError) -> Int {
        try read("read the audit") { db in try Int.fetchOne(db, sql: "SELECT max(id) FROM audit") ?? 0 }
    }
}

extension AuditEntry {
    fileprivate init(_ row: Row) {
        self.init(at: UnixTime(row[0]), who: row[1], what: row[2])
        event = (row[3] as String?).flatMap(AuditEvent.init)
        subject = row[4]
        address = row[5]
    }
}
