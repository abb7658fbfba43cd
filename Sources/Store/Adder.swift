import GRDB

/// Adds to a row of `totals`, which it makes when it is missing.
///
/// One statement where all numbers stay under 2^63, and that is always but for a hostile node; else SQLite's own
/// addition would turn to floating point, so such a row is read, added to here, stopping at 2^64-1, and put back.
struct Adder {
    private let fast: RawStatement
    private let select: RawStatement
    private let replace: RawStatement

    static func totals(_ db: Database) throws -> Adder {
        try Adder(db, "totals", keys: ["counter", "owner"], columns: ["rx", "tx", "opening_rx", "opening_tx"])
    }

    private init(_ db: Database, _ table: String, keys: [String], columns: [String]) throws {
        let all = keys + columns
        let marks = all.map { _ in "?" }.joined(separator: ", ")
        let insert = "INSERT INTO \(table) (\(all.joined(separator: ", "))) VALUES (\(marks))"
        let sums = columns.map { "\($0) = \(table).\($0) + excluded.\($0)" }
        let room = columns.map {
            "excluded.\($0) >= 0 AND \(table).\($0) BETWEEN 0 AND 9223372036854775807 - excluded.\($0)"
        }
        let news = columns.map { "\($0) = excluded.\($0)" }
        let named = keys.map { "\($0) = ?" }.joined(separator: " AND ")
        fast = try RawStatement(
            db,
            """
            \(insert) ON CONFLICT DO UPDATE SET \(sums.joined(separator: ", "))
            WHERE \(room.joined(separator: " AND "))
            """)
        select = try RawStatement(db, "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(named)")
        replace = try RawStatement(db, "\(insert) ON CONFLICT DO UPDATE SET \(news.joined(separator: ", "))")
    }

    func add(_ keys: [Int64], _ values: [UInt64]) throws {
        bind(fast, keys, values)
        if try fast.run() == 1 { return }
        bind(select, keys, [])
        defer { select.reset() }
        guard try select.step() else { return }
        let sums = values.enumerated().map { i, value in
            let (sum, overflow) = Bits.value(select.int(Int32(i))).addingReportingOverflow(value)
            return overflow ? UInt64.max : sum
        }
        bind(replace, keys, sums)
        try replace.run()
    }

    private func bind(_ statement: RawStatement, _ keys: [Int64], _ values: [UInt64]) {
        for (place, key) in keys.enumerated() { statement.bind(Int32(place + 1), key) }
        for (place, value) in values.enumerated() { statement.bind(Int32(keys.count + place + 1), value) }
    }
}
