import Foundation
import GRDB
package import WireGuard

extension TrafficStore {
    /// Nil: no password was set yet.
    package func password() throws(StoreError) -> StoredPassword? {
        try read("read the password's hash") { db in
            try Row.fetchOne(db, sql: "SELECT hash, changed FROM password").map {
                StoredPassword(hash: $0[0], changed: UnixTime($0[1]))
            }
        }
    }

    /// A new password ends every session, and what a browser or a setup token was trusted with: whoever knew the old
    /// one is out.
    package func setPassword(_ password: StoredPassword) throws(StoreError) {
        try write("set the password") { db in try Self.set(password, db) }
    }

    /// The same, if there is such a setup token in force. False: there is none, and nothing changed.
    package func setPassword(
        _ password: StoredPassword, by setupToken: [UInt8], at now: UnixTime
    ) throws(StoreError) -> Bool {
        try write("set the password") { db in
            guard try Self.isSetupToken(setupToken, at: now, db) else { return false }
            try Self.set(password, db)
            return true
        }
    }

    /// The same password with another hash: nothing else changes. Not if it was changed meanwhile.
    package func rehash(_ old: String, as new: String) throws(StoreError) {
        try write("hash the password anew") { db in
            try db.execute(sql: "UPDATE password SET hash = ? WHERE hash = ?", arguments: [new, old])
        }
    }

    private static func set(_ password: StoredPassword, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO password VALUES (1, ?, ?)
                ON CONFLICT DO UPDATE SET hash = excluded.hash, changed = excluded.changed
                """, arguments: [password.hash, password.changed.seconds])
        for sql in ["DELETE FROM sessions", "DELETE FROM devices", "DELETE FROM setup_token"] {
            try db.execute(sql: sql)
        }
    }

    /// In place of the one before.
    package func setSetupToken(_ hash: [UInt8], expires: UnixTime) throws(StoreError) {
        try write("make a setup token") { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO setup_token VALUES (1, ?, ?)",
                arguments: [Data(hash), expires.seconds])
        }
    }

    package func isSetupToken(_ hash: [UInt8], at now: UnixTime) throws(StoreError) -> Bool {
        try read("look at the setup token") { db in try Self.isSetupToken(hash, at: now, db) }
    }

    private static func isSetupToken(_ hash: [UInt8], at now: UnixTime, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM setup_token WHERE hash = ? AND expires > ?)",
            arguments: [Data(hash), now.seconds]) == true
    }

    package func insert(_ session: StoredSession) throws(StoreError) {
        try write("begin a session") { db in
            try db.execute(
                sql: "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    Data(session.hash), session.created.seconds, session.lastSeen.seconds, session.expires.seconds,
                    session.address, session.userAgent,
                ])
        }
    }

    /// Nil: there is none. One that is over is found until it is purged: look at `expires`.
    package func session(_ hash: [UInt8]) throws(StoreError) -> StoredSession? {
        try read("find a session") { db in
            try Row.fetchOne(db, sql: "SELECT * FROM sessions WHERE hash = ?", arguments: [Data(hash)])
                .map(StoredSession.init)
        }
    }

    /// Newest first.
    package func sessions() throws(StoreError) -> [StoredSession] {
        try read("list sessions") { db in
            try Row.fetchAll(db, sql: "SELECT * FROM sessions ORDER BY created DESC, hash").map(StoredSession.init)
        }
    }

    package func touchSession(_ hash: [UInt8], at time: UnixTime, expires: UnixTime) throws(StoreError) {
        try write("touch a session") { db in
            try db.execute(
                sql: "UPDATE sessions SET last_seen = ?, expires = ? WHERE hash = ?",
                arguments: [time.seconds, expires.seconds, Data(hash)])
        }
    }

    package func deleteSession(_ hash: [UInt8]) throws(StoreError) {
        try write("end a session") { db in
            try db.execute(sql: "DELETE FROM sessions WHERE hash = ?", arguments: [Data(hash)])
        }
    }

    package func deleteAllSessions() throws(StoreError) {
        try write("end all sessions") { db in try db.execute(sql: "DELETE FROM sessions") }
    }

    // MARK: Browsers that were in before

    /// More are forgotten, those unused for longest first.
    private static let mostDevices = 32

    package func knowsDevice(_ hash: [UInt8]) throws(StoreError) -> Bool {
        try read("look for a browser") { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM devices WHERE hash = ?)", arguments: [Data(hash)]) == true
        }
    }

    /// Known from now on.
    package func useDevice(_ hash: [UInt8], at time: UnixTime) throws(StoreError) {
        try write("note a browser") { db in
            try db.execute(
                sql: """
                    INSERT INTO devices VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last_used = excluded.last_used
                    """, arguments: [Data(hash), time.seconds, time.seconds])
            try db.execute(
                sql: """
                    DELETE FROM devices WHERE hash NOT IN (SELECT hash FROM devices ORDER BY last_used DESC LIMIT ?)
                    """, arguments: [Self.mostDevices])
        }
    }

    package func purgeSessions(expiredBy time: UnixTime) throws(StoreError) {
        try write("purge sessions") { db in
            try db.execute(sql: "DELETE FROM sessions WHERE expires <= ?", arguments: [time.seconds])
        }
    }
}

extension StoredSession {
    fileprivate init(_ row: Row) {
        self.init(
            hash: [UInt8](row[0] as Data), created: UnixTime(row[1]), lastSeen: UnixTime(row[2]),
            expires: UnixTime(row[3]), address: row[4], userAgent: row[5])
    }
}
