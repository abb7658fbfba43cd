package import Accounting
import Fleet
import Foundation
import GRDB
package import WireGuard

extension TrafficStore {
    /// Usage in each period between two neighbouring cuts, by period, then in the subjects' order. A subject that used
    /// nothing in a period is not there.
    ///
    /// The caller cuts days and months in the owner's zone. An hour of UTC belongs to the period it begins in.
    package func usage(
        by grouping: Usage.Grouping, cuts: [UnixTime], of selection: Selection = .all
    ) throws(StoreError) -> [Usage] {
        try read("read usage") { db in
            let names = try CounterNames(db)
            let query = try HoursQuery(db, selection)
            var usage: [Usage] = []
            for (start, end) in zip(cuts, cuts.dropFirst()) {
                var period: [Usage.Subject: Usage] = [:]
                for sum in try query.sums(from: start, to: end) {
                    guard let subject = names.subject(grouping, counter: sum.counter, owner: sum.owner) else {
                        continue
                    }
                    var one =
                        period[subject] ?? Usage(start: start, subject: subject, traffic: .zero, hasGap: false)
                    one.traffic += sum.traffic
                    one.hasGap = one.hasGap || sum.hasGap
                    period[subject] = one
                }
                usage += period.values.sorted { $0.subject < $1.subject }
            }
            return usage
        }
    }

    /// Dated bytes since `start`, by node and by user, to be carried on by bookings.
    package func totals(since start: UnixTime) throws(StoreError) -> PeriodTotals {
        try read("read usage") { db in
            let names = try CounterNames(db)
            var byNode: [NodeID: Traffic] = [:]
            var byOwner: [Int64?: Traffic] = [:]
            for sum in try HoursQuery(db, .all).sums(from: start, to: nil) {
                byOwner[names.owners[sum.owner] ?? nil, default: .zero] += sum.traffic
                if let node = names.counters[sum.counter]?.node { byNode[node, default: .zero] += sum.traffic }
            }
            return PeriodTotals(start: start, byNode: byNode, byOwner: byOwner)
        }
    }
}

extension Usage.Subject: Comparable {
    /// Unmatched first, then users by number; keys and nodes by themselves.
    package static func < (a: Usage.Subject, b: Usage.Subject) -> Bool {
        switch (a, b) {
        case (.user(let a), .user(let b)): b.map { b in a.map { $0 < b } ?? true } ?? false
        case (.peer(let a), .peer(let b)): a < b
        case (.node(let a), .node(let b)): a < b
        case (.user, _), (.peer, .node): true
        default: false
        }
    }
}

/// Sums of `hours` by counter and owner.
private struct HoursQuery {
    private let statement: Statement
    private let selected: StatementArguments

    init(_ db: Database, _ selection: Selection) throws {
        var conditions: [String] = []
        var arguments = StatementArguments()
        switch selection.user {
        case .telegramID(let id):
            conditions.append("t.owner = (SELECT id FROM owners WHERE telegram_id = ?)")
            arguments += [id]
        case .unmatched: conditions.append("t.owner = 0")
        case nil: break
        }
        if let peer = selection.peer {
            conditions.append("t.counter IN (SELECT id FROM counters WHERE public_key = ?)")
            arguments += [peer.blob]
        }
        // Few counters: their own rows by index. All of them: the hours, read in their order.
        let isNarrow = !conditions.isEmpty
        if let node = selection.node {
            conditions.append(
                """
                \(isNarrow ? "t" : "h").counter IN (SELECT c.id FROM nodes n JOIN interfaces i ON i.node = n.id
                    JOIN counters c ON c.interface = i.id WHERE n.name = ?)
                """)
            arguments += [node.name]
        }
        statement = try db.cachedStatement(
            sql: """
                SELECT h.counter, h.owner, MAX(h.gap), \(Bits.sums("h.rx")), \(Bits.sums("h.tx"))
                FROM \(isNarrow ? "totals t CROSS JOIN hours h ON h.counter = t.counter AND h.owner = t.owner" : "hours h")
                WHERE \(conditions.map { $0 + " AND " }.joined()) h.hour >= ? AND h.hour < ?
                GROUP BY h.counter, h.owner
                """)
        selected = arguments
    }

    struct Sum {
        var counter: Int64
        var owner: Int64
        var hasGap: Bool
        var traffic: Traffic
    }

    /// `end` nil: without end.
    func sums(from start: UnixTime, to end: UnixTime?) throws -> [Sum] {
        let range: StatementArguments = [
            Hour(notBefore: start).number, end.map { Hour(notBefore: $0).number } ?? Int64.max,
        ]
        return try Row.fetchAll(statement, arguments: selected + range).map { row in
            Sum(counter: row[0], owner: row[1], hasGap: row[2], traffic: Traffic(sums: row, 3))
        }
    }
}

/// What the compact numbers of `hours` mean.
struct CounterNames {
    private(set) var counters: [Int64: CounterID] = [:]
    private(set) var owners: [Int64: Int64?] = [:]

    init(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT c.id, n.name, i.name, c.public_key FROM nodes n
                JOIN interfaces i ON i.node = n.id JOIN counters c ON c.interface = i.id
                """)
        while let row = try rows.next() {
            counters[row[0]] = CounterID(
                node: NodeID(row[1]), interface: row[2], publicKey: try PublicKey(stored: row[3]))
        }
        let people = try Row.fetchCursor(db, sql: "SELECT id, telegram_id FROM owners")
        while let row = try people.next() { owners.updateValue(row[1], forKey: row[0]) }
    }

    func subject(_ grouping: Usage.Grouping, counter: Int64, owner: Int64) -> Usage.Subject? {
        switch grouping {
        case .user: owners[owner].map { .user($0) }
        case .peer: counters[counter].map { .peer($0.publicKey) }
        case .node: counters[counter].map { .node($0.node) }
        }
    }
}
