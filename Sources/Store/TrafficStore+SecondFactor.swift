import Foundation
import GRDB
import WireGuard

extension TrafficStore {
    /// Nil: the password alone opens.
    package func secondFactor() throws(StoreError) -> StoredSecondFactor? {
        try read("read the second factor") { db in
            try Row.fetchOne(db, sql: "SELECT secret, since, last_counter FROM second_factor").map {
                StoredSecondFactor(secret: [UInt8]($0[0] as Data), since: UnixTime($0[1]), lastCounter: $0[2])
            }
        }
    }

    /// In place of the one before, with new recovery codes. Every session ends.
    package func setSecondFactor(_ factor: StoredSecondFactor, recoveryCodes: [[UInt8]]) throws(StoreError) {
        try write("set the second factor") { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO second_factor VALUES (1, ?, ?, ?)",
                arguments: [Data(factor.secret), factor.since.seconds, factor.lastCounter])
            try Self.set(recoveryCodes, db)
            try db.execute(sql: "DELETE FROM sessions")
        }
    }

    /// Every session ends. False: there was none, and nothing changed.
    package func removeSecondFactor() throws(StoreError) -> Bool {
        try write("remove the second factor") { db in
            try db.execute(sql: "DELETE FROM second_factor")
            guard db.changesCount > 0 else { return false }
            try Self.set([], db)
            try db.execute(sql: "DELETE FROM sessions")
            return true
        }
    }

    /// Takes the code of this counter. False: that one, or a later one, was taken before.
    package func useCode(_ counter: Int64) throws(StoreError) -> Bool {
        try write("take a code") { db in
            try db.execute(
                sql: "UPDATE second_factor SET last_counter = ? WHERE last_counter < ?",
                arguments: [counter, counter])
            return db.changesCount > 0
        }
    }

    /// In place of those before.
    package func setRecoveryCodes(_ hashes: [[UInt8]]) throws(StoreError) {
        try write("make recovery codes") { db in try Self.set(hashes, db) }
    }

    /// False: there is no such code, or it was used.
    package func useRecoveryCode(_ hash: [UInt8]) throws(StoreError) -> Bool {
        try write("use a recovery code") { db in
            try db.execute(sql: "DELETE FROM recovery_codes WHERE hash = ?", arguments: [Data(hash)])
            return db.changesCount > 0
        }
    }

    package func recoveryCodesLeft() throws(StoreError) -> Int {
        try read("count recovery codes") { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM recovery_codes") ?? 0
        }
    }

    private static func set(_ codes: [[UInt8]], _ db: Database) throws {
        try db.execute(sql: "DELETE FROM recovery_codes")
        for code in codes {
            try db.execute(sql: "INSERT INTO recovery_codes VALUES (?)", arguments: [Data(code)])
        }
    }
}
