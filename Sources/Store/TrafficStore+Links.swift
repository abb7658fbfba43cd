import Foundation
import GRDB
package import WireGuard

extension TrafficStore {
    /// So many links of a user are in force at a time: the oldest ends when one more is made.
    package static let mostLinks = 10

    /// What is over is listed for so long.
    private static let linkMemory: Int64 = 90 * 24 * 3600

    package func insert(_ link: StoredLink) throws(StoreError) {
        try write("make a link") { db in
            try db.execute(
                sql: "DELETE FROM links WHERE min(expires, coalesce(revoked, expires)) < ?",
                arguments: [link.created.seconds - Self.linkMemory])
            try db.execute(
                sql: "INSERT INTO links (hash, user, created, expires) VALUES (?, ?, ?, ?)",
                arguments: [Data(link.hash), link.user, link.created.seconds, link.expires.seconds])
            try db.execute(
                sql: """
                    UPDATE links SET revoked = ?1 WHERE user = ?2 AND revoked IS NULL AND expires > ?1 AND id NOT IN
                        (SELECT id FROM links WHERE user = ?2 AND revoked IS NULL AND expires > ?1
                         ORDER BY id DESC LIMIT ?3)
                    """, arguments: [link.created.seconds, link.user, Self.mostLinks])
        }
    }

    /// Nil: there is none. One that is over is found: look at `isInForce`.
    package func personalLink(_ hash: [UInt8]) throws(StoreError) -> StoredLink? {
        try read("find a link") { db in
            try Row.fetchOne(db, sql: "SELECT * FROM links WHERE hash = ?", arguments: [Data(hash)])
                .map(StoredLink.init)
        }
    }

    /// Newest first, with those that are over.
    package func personalLinks() throws(StoreError) -> [StoredLink] {
        try read("list links") { db in
            try Row.fetchAll(db, sql: "SELECT * FROM links ORDER BY id DESC").map(StoredLink.init)
        }
    }

    package func useLink(_ hash: [UInt8], at time: UnixTime) throws(StoreError) {
        try write("note a link's use") { db in
            try db.execute(
                sql: "UPDATE links SET last_used = ? WHERE hash = ?", arguments: [time.seconds, Data(hash)])
        }
    }

    /// Whose it was. Nil: no link of this number is in force.
    package func revokeLink(_ id: Int64, at time: UnixTime) throws(StoreError) -> Int64? {
        try write("revoke a link") { db in
            try Int64.fetchOne(
                db, sql: "UPDATE links SET revoked = ? WHERE id = ? AND revoked IS NULL AND expires > ? RETURNING user",
                arguments: [time.seconds, id, time.seconds])
        }
    }
}

extension StoredLink {
    fileprivate init(_ row: Row) {
        self.init(
            hash: [UInt8](row[1] as Data), user: row[2], created: UnixTime(row[3]), expires: UnixTime(row[4]),
            lastUsed: (row[5] as Int64?).map { UnixTime($0) }, revoked: (row[6] as Int64?).map { UnixTime($0) })
        id = row[0]
    }
}
