import Accounting
package import Fleet
import Foundation
import GRDB
package import WireGuard

extension TrafficStore {
    /// Events of `from..<to`, oldest first. For a user: those of counters that hold bytes of theirs, and of the
    /// interfaces these are on.
    ///
    /// - Parameter limit: the newest ones that are kept; what is older is left out.
    package func events(
        from: UnixTime, to: UnixTime, of selection: Selection = .all, kinds: Set<Event.Kind> = Set(Event.Kind.allCases),
        limit: Int = 10_000
    ) throws(StoreError) -> [Event] {
        try read("read events") { db in
            var conditions = ["e.at >= ?", "e.at < ?"]
            var arguments: StatementArguments = [from.seconds, to.seconds]
            conditions.append("e.kind IN (\(kinds.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(kinds.map(\.rawValue).sorted())
            if let node = selection.node {
                conditions.append("n.name = ?")
                arguments += [node.name]
            }
            if let (counters, values) = chosen(selection) {
                // Each half by an index of its own: of others' counters there may be thousands of events.
                conditions.append(
                    """
                    e.id IN (SELECT id FROM events INDEXED BY events_by_counter WHERE counter IN (\(counters)) AND at >= ? AND at < ?
                        UNION ALL SELECT id FROM events WHERE counter IS NULL AND at >= ? AND at < ?
                            AND interface IN (SELECT interface FROM counters WHERE id IN (\(counters))))
                    """)
                let window: StatementArguments = [from.seconds, to.seconds]
                arguments += values + window + window + values
            } else if kinds.isSubset(of: [.gap, .reset]) {
                conditions.append("e.counter IS NULL")
            }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT e.id, e.at, e.since, n.name, i.name, c.public_key, e.sample, e.kind, e.cause, e.is_inferred,
                        e.before_rx, e.before_tx, e.after_rx, e.after_tx, e.rx, e.tx, o.telegram_id
                    FROM events e JOIN interfaces i ON i.id = e.interface JOIN nodes n ON n.id = i.node
                    LEFT JOIN counters c ON c.id = e.counter LEFT JOIN owners o ON o.id = e.owner
                    WHERE \(conditions.joined(separator: " AND ")) ORDER BY e.id DESC LIMIT ?
                    """, arguments: arguments + [limit])
            return try rows.reversed().compactMap { try Event($0) }
        }
    }

    /// How often an interface's counters began again, by node, since the first sample.
    package func resets() throws(StoreError) -> [NodeID: Int] {
        try read("count resets") { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT n.name, count(*) FROM events e JOIN interfaces i ON i.id = e.interface
                    JOIN nodes n ON n.id = i.node WHERE e.kind = 'reset' GROUP BY n.name
                    """)
            return Dictionary(uniqueKeysWithValues: rows.map { (NodeID($0[0]), $0[1]) })
        }
    }

    /// A statement for the counters of a user or a key, and its values. Nil: all.
    private func chosen(_ selection: Selection) -> (sql: String, arguments: StatementArguments)? {
        var conditions: [String] = []
        var arguments = StatementArguments()
        switch selection.user {
        case .telegramID(let id):
            conditions.append(
                "id IN (SELECT t.counter FROM totals t JOIN owners p ON p.id = t.owner WHERE p.telegram_id = ?)")
            arguments += [id]
        case .unmatched: conditions.append("id IN (SELECT counter FROM totals WHERE owner = 0)")
        case nil: break
        }
        if let peer = selection.peer {
            conditions.append("public_key = ?")
            arguments += [peer.blob]
        }
        guard !conditions.isEmpty else { return nil }
        return ("SELECT id FROM counters WHERE \(conditions.joined(separator: " AND "))", arguments)
    }
}

extension Event {
    /// Nil: a kind that this version does not know.
    fileprivate init?(_ row: GRDB.Row) throws {
        guard let kind = Kind(rawValue: row[7]) else { return nil }
        func traffic(_ index: Int) -> Traffic? {
            (row[index] as Int64?) == nil ? nil : Traffic(row, index)
        }
        self.init(
            id: row[0], at: UnixTime(row[1]), since: (row[2] as Int64?).map { UnixTime($0) }, node: NodeID(row[3]),
            interface: row[4], publicKey: try (row[5] as Data?).map { try PublicKey(stored: $0) }, sample: row[6],
            kind: kind,
            cause: (row[8] as String?).flatMap { Cause(rawValue: $0) }, isInferred: row[9], before: traffic(10),
            after: traffic(12), traffic: traffic(14), owner: row[16])
    }
}
