import CSQLite

/// One SQLite connection to a database that is wholly in memory and cannot be written.
struct Connection: ~Copyable {
    private let raw: OpaquePointer

    /// No table of the bot is near it: more is a broken or a hostile file.
    private static let mostRows = 1_000_000

    /// `bytes` must outlive the connection.
    init(_ bytes: UnsafeMutableRawBufferPointer) throws(Unusable) {
        raw = try Self.open(bytes)
    }

    private static func open(_ bytes: UnsafeMutableRawBufferPointer) throws(Unusable) -> OpaquePointer {
        var raw: OpaquePointer?
        var code = sqlite3_open_v2(":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, nil)
        if code == SQLITE_OK {
            code = sqlite3_deserialize(
                raw, "main", bytes.assumingMemoryBound(to: UInt8.self).baseAddress, Int64(bytes.count),
                Int64(bytes.count), UInt32(SQLITE_DESERIALIZE_READONLY))
        }
        // What a strange file's schema calls is not run; damaged pages are told instead of followed.
        for pragma in ["PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON", "PRAGMA query_only=ON"]
        where code == SQLITE_OK {
            code = sqlite3_exec(raw, pragma, nil, nil, nil)
        }
        guard code == SQLITE_OK, let raw else {
            sqlite3_close(raw)
            throw Unusable("SQLite: " + String(cString: sqlite3_errstr(code)))
        }
        return raw
    }

    deinit {
        sqlite3_close(raw)
    }

    /// Of a real table (a view may compute anything). Empty: there is none of this name.
    func columns(_ table: String) throws(Unusable) -> Set<String> {
        let query = """
            SELECT c.name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table' AND s.name = '\(table)'
            """
        return Set(try run(query, columns: ["name"]).compactMap { $0["name"]?.plain })
    }

    /// The rows in the table's order; of the columns `besides`, those that are there.
    func rows(_ table: String, _ needed: [String], besides: [String] = []) throws(Unusable) -> [[String: JSON]] {
        let there = try columns(table)
        guard !there.isEmpty else { throw Unusable("no table \(table): not a database of the bot") }
        if let missing = needed.first(where: { !there.contains($0) }) {
            throw Unusable("its table \(table) has no column \(missing)")
        }
        let chosen = needed + besides.filter(there.contains)
        return try run(
            "SELECT \(chosen.map { "\"\($0)\"" }.joined(separator: ", ")) FROM \"\(table)\"", columns: chosen)
    }

    private func run(_ query: String, columns: [String]) throws(Unusable) -> [[String: JSON]] {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(raw, query, -1, &statement, nil) == SQLITE_OK else { throw failure() }
        defer { sqlite3_finalize(statement) }
        var rows: [[String: JSON]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                guard rows.count < Self.mostRows else { throw Unusable("more than \(Self.mostRows) rows") }
                var row: [String: JSON] = [:]
                for (index, column) in columns.enumerated() { row[column] = value(statement, Int32(index)) }
                rows.append(row)
            case SQLITE_DONE: return rows
            default: throw failure()
            }
        }
    }

    private func value(_ statement: OpaquePointer?, _ column: Int32) -> JSON {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .number("\(sqlite3_column_int64(statement, column))")
        case SQLITE_FLOAT: return .number("\(sqlite3_column_double(statement, column))")
        case SQLITE_TEXT:
            let start = sqlite3_column_text(statement, column)
            let text = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
            return .string(String(decoding: text, as: UTF8.self))
        default: return .null
        }
    }

    private func failure() -> Unusable {
        Unusable("SQLite: " + String(cString: sqlite3_errmsg(raw)))
    }
}
