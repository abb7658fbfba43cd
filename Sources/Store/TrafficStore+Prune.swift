import Accounting
import GRDB
package import WireGuard

extension TrafficStore {
    /// Forgets what is older than it is to be kept, some rows at a time, so that no sample waits for it: to be called again
    /// while it gives true. What is left says from when on it is whole: `horizons`.
    package func prune(
        _ retention: Retention, at now: UnixTime, rows limit: Int = 500
    ) throws(StoreError) -> Bool {
        // What a node that went away left in the journal is folded first: only what is folded may go.
        if try hasOldTail(before: now.before(retention.samples)) { try settle() }
        return try write("forget old history") { db in
            let prune = Prune(db: db, limit: limit)
            let samples = try prune.samples(before: now.before(retention.samples))
            let fives = try prune.pages(
                .fiveMinutes, .fiveMinutes, before: Grain.hour.bucket(holding: now.before(retention.fiveMinutes)),
                of: .hour)
            let hours = try prune.pages(
                .hours, .hours, before: Grain.day.bucket(holding: now.before(retention.hours)), of: .day)
            let nodeHours = try prune.pages(
                .nodeHours, .hours, before: Grain.day.bucket(holding: now.before(retention.hours)), of: .day)
            let sessions = try prune.sessions(before: now.before(retention.sessions))
            return samples || fives || hours || nodeHours || sessions
        }
    }

    private func hasOldTail(before time: UnixTime) throws(StoreError) -> Bool {
        try read("look at the journal") { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM nodes n JOIN journal j ON j.node = n.id
                        WHERE j.sample = n.samples + 1 AND j.at < ?)
                    """, arguments: [time.seconds]) ?? false
        }
    }
}

extension UnixTime {
    fileprivate func before(_ age: Duration) -> UnixTime {
        let (time, overflow) = seconds.subtractingReportingOverflow(age.components.seconds)
        return UnixTime(overflow ? .min : time)
    }
}

/// One batch. Each gives whether it was full.
private struct Prune {
    let db: Database
    let limit: Int

    func samples(before time: UnixTime) throws -> Bool {
        try forget(
            .samples, time,
            """
            DELETE FROM journal WHERE id IN (
                SELECT id FROM (SELECT id, node, sample, at FROM journal ORDER BY id LIMIT \(limit)) AS j
                WHERE at < ? AND sample <= (SELECT samples FROM nodes WHERE id = j.node))
            """, [time.seconds])
    }

    /// The rows before a bucket of `grain`.
    func pages(_ table: HistoryTable, _ kind: Horizons.Kind, before bucket: Int64, of grain: Grain) throws -> Bool {
        let start = grain.start(of: bucket)
        return try forget(
            kind, start,
            """
            DELETE FROM \(table.rawValue) WHERE id IN (
                SELECT id FROM \(table.rawValue) WHERE id < ? ORDER BY id LIMIT \(limit))
            """, [HistoryTable.Key(table.span.bucket(holding: start)).value])
    }

    func sessions(before time: UnixTime) throws -> Bool {
        try forget(
            .sessions, time,
            """
            DELETE FROM peer_sessions WHERE id IN (
                SELECT id FROM (SELECT id, until FROM peer_sessions ORDER BY id LIMIT \(limit)) WHERE until < ?)
            """, [time.seconds])
    }

    /// The horizon moves only where something goes, so that it says what was there.
    private func forget(
        _ kind: Horizons.Kind, _ start: UnixTime, _ sql: String, _ arguments: StatementArguments
    ) throws -> Bool {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
        let gone = db.changesCount
        if gone > 0 { try Horizons.move(db, kind, to: start.seconds) }
        return gone >= limit
    }
}
