import Fleet
import GRDB

/// Adds to the counters of one row, which it makes when it is missing.
///
/// One statement where all numbers stay under 2^63, and that is always but for a hostile node; else SQLite's own
/// addition would turn to floating point, so such a row is read, added to here, stopping at 2^64-1, and put back.
struct Adder {
    private let db: Database
    private let fast: Statement
    private let select: Statement
    private let replace: Statement
    private let count: Int
    private let hasGap: Bool

    static func totals(_ db: Database) throws -> Adder {
        try Adder(db, "totals", keys: ["counter", "owner"], columns: ["rx", "tx", "opening_rx", "opening_tx"])
    }

    static func hours(_ db: Database) throws -> Adder {
        try Adder(db, "hours", keys: ["hour", "counter", "owner"], columns: ["rx", "tx"], hasGap: true)
    }

    private init(
        _ db: Database, _ table: String, keys: [String], columns: [String], hasGap: Bool = false
    ) throws {
        let all = keys + columns + (hasGap ? ["gap"] : [])
        let marks = all.map { _ in "?" }.joined(separator: ", ")
        let insert = "INSERT INTO \(table) (\(all.joined(separator: ", "))) VALUES (\(marks))"
        let sums =
            columns.map { "\($0) = \(table).\($0) + excluded.\($0)" } + (hasGap ? ["gap = gap | excluded.gap"] : [])
        let room = columns.map {
            "excluded.\($0) >= 0 AND \(table).\($0) BETWEEN 0 AND 9223372036854775807 - excluded.\($0)"
        }
        let news = columns.map { "\($0) = excluded.\($0)" } + (hasGap ? ["gap = gap | excluded.gap"] : [])
        let named = keys.map { "\($0) = ?" }.joined(separator: " AND ")

        self.db = db
        self.hasGap = hasGap
        count = columns.count
        fast = try db.cachedStatement(
            sql: """
                \(insert) ON CONFLICT DO UPDATE SET \(sums.joined(separator: ", "))
                WHERE \(room.joined(separator: " AND "))
                """)
        select = try db.cachedStatement(
            sql: "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(named)")
        replace = try db.cachedStatement(
            sql: "\(insert) ON CONFLICT DO UPDATE SET \(news.joined(separator: ", "))")
    }

    func add(_ keys: [Int64], _ values: [UInt64], gap: Bool = false) throws {
        try fast.execute(arguments: arguments(keys, values, gap))
        if db.changesCount == 1 { return }
        guard let row = try Row.fetchOne(select, arguments: StatementArguments(keys)) else { return }
        let sums = values.enumerated().map { i, value in
            let (sum, overflow) = Bits.value(row[i]).addingReportingOverflow(value)
            return overflow ? UInt64.max : sum
        }
        try replace.execute(arguments: arguments(keys, sums, gap))
    }

    private func arguments(_ keys: [Int64], _ values: [UInt64], _ gap: Bool) -> StatementArguments {
        var all = keys
        for value in values { all.append(Bits.column(value)) }
        if hasGap { all.append(gap ? 1 : 0) }
        return StatementArguments(all)
    }
}
