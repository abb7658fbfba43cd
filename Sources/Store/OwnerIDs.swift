import GRDB

/// Rows of `owners`, made when first needed.
struct OwnerIDs {
    private var known: [Int64: UInt32] = [:]

    /// 0: unmatched.
    mutating func id(_ telegramID: Int64?, _ db: Database) throws -> UInt32 {
        guard let telegramID else { return 0 }
        if let id = known[telegramID] { return id }
        let select = try db.cachedStatement(sql: "SELECT id FROM owners WHERE telegram_id = ?")
        var row = try Int64.fetchOne(select, arguments: [telegramID])
        if row == nil {
            try db.cachedStatement(sql: "INSERT INTO owners (telegram_id) VALUES (?)").execute(arguments: [telegramID])
            row = db.lastInsertedRowID
        }
        guard let id = row.flatMap({ UInt32(exactly: $0) }) else {
            throw StoreError(.other, "number the users", "there are more than four thousand million", "report this")
        }
        known[telegramID] = id
        return id
    }
}
