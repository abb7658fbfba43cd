import GRDB
import GRDBSQLite

/// A prepared statement stepped by SQLite's own functions: a fold writes hundreds of rows, and GRDB's values cost more than
/// the rows. Of the connection's cache, so it belongs to the transaction it was made in.
struct RawStatement {
    private let database: Database
    /// Keeps `raw` alive.
    private let statement: Statement
    private var raw: SQLiteStatement { statement.sqliteStatement }

    init(_ database: Database, _ sql: String) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
        sqlite3_reset(statement.sqliteStatement)
    }

    // MARK: Values, from 1

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { sqlite3_bind_int64(raw, index, value) } else { sqlite3_bind_null(raw, index) }
    }

    func bind(_ index: Int32, _ value: UInt64) { sqlite3_bind_int64(raw, index, Bits.column(value)) }

    func bind(_ index: Int32, _ bytes: [UInt8]?) {
        guard let bytes else {
            sqlite3_bind_null(raw, index)
            return
        }
        _ = bytes.withUnsafeBytes { buffer in
            // SQLITE_TRANSIENT: copied before this returns. A null pointer would bind null.
            buffer.isEmpty
                ? sqlite3_bind_zeroblob(raw, index, 0)
                : sqlite3_bind_blob(
                    raw, index, buffer.baseAddress, Int32(buffer.count),
                    unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
    }

    // MARK: Rows

    /// False: there are no more, and the statement is as new.
    func step() throws -> Bool {
        let code = sqlite3_step(raw)
        if code == SQLITE_ROW { return true }
        let message = code == SQLITE_DONE ? nil : database.lastErrorMessage
        sqlite3_reset(raw)
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message) }
        return false
    }

    /// To the end; gives the rows that were changed.
    @discardableResult
    func run() throws -> Int {
        while try step() {}
        return Int(sqlite3_changes(sqlite3_db_handle(raw)))
    }

    func reset() { sqlite3_reset(raw) }

    // MARK: Columns, from 0

    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(raw, column) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(raw, column) == SQLITE_NULL }

    func optional(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    func text(_ column: Int32) -> String? { sqlite3_column_text(raw, column).map { String(cString: $0) } }

    /// Valid until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(raw, column)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(raw, column)))
    }
}
