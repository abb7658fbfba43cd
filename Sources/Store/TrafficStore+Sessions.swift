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

    /// A new password ends every session: whoever knew the old one is out.
    package func setPassword(_ password: StoredPassword) throws(StoreError) {
        try write("set the password") { db in
            try db.execute(
                sql: """
                    INSERT INTO password VALUES (1, ?, ?)
                    ON CONFLICT DO UPDATE SET hash = excluded.hash, changed = excluded.changed
                    """, arguments: [password.hash, password.changed.seconds])
            try db.execute(sql: "DELETE FROM sessions")
        }
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
