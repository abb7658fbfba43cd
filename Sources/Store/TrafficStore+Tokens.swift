import Foundation
import GRDB
package import WireGuard

extension TrafficStore {
    /// Refuses a name that is taken (`.exists`), also by a revoked token: an audit line names one token for ever.
    package func insert(_ token: StoredToken) throws(StoreError) {
        try write("make a token") { db in
            let taken = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM tokens WHERE name = ?)", arguments: [token.name])
            guard taken != true else {
                throw StoreError(
                    .exists, "make a token", "there is one of this name, perhaps revoked", "give another name")
            }
            try db.execute(
                sql: "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    token.name, Data(token.hash), token.scope.rawValue, token.created.seconds, token.expires?.seconds,
                    token.lastUsed?.seconds, token.revoked?.seconds,
                ])
        }
    }

    /// Nil: there is none. A revoked or expired one is found: look at both.
    package func token(_ hash: [UInt8]) throws(StoreError) -> StoredToken? {
        try read("find a token") { db in
            try Row.fetchOne(db, sql: "SELECT * FROM tokens WHERE hash = ?", arguments: [Data(hash)])
                .flatMap(StoredToken.init)
        }
    }

    /// By name, the revoked ones too.
    package func tokens() throws(StoreError) -> [StoredToken] {
        try read("list tokens") { db in
            try Row.fetchAll(db, sql: "SELECT * FROM tokens ORDER BY name").compactMap(StoredToken.init)
        }
    }

    package func useToken(_ hash: [UInt8], at time: UnixTime) throws(StoreError) {
        try write("note a token's use") { db in
            try db.execute(
                sql: "UPDATE tokens SET last_used = ? WHERE hash = ?", arguments: [time.seconds, Data(hash)])
        }
    }

    /// False: no token of this name is in force.
    package func revokeToken(_ name: String, at time: UnixTime) throws(StoreError) -> Bool {
        try write("revoke a token") { db in
            try db.execute(
                sql: "UPDATE tokens SET revoked = ? WHERE name = ? AND revoked IS NULL",
                arguments: [time.seconds, name])
            return db.changesCount > 0
        }
    }
}

extension StoredToken {
    /// Nil: a scope that this version does not know; such a token opens nothing.
    fileprivate init?(_ row: Row) {
        guard let scope = Scope(rawValue: row[2]) else { return nil }
        self.init(
            name: row[0], hash: [UInt8](row[1] as Data), scope: scope, created: UnixTime(row[3]),
            expires: (row[4] as Int64?).map { UnixTime($0) }, lastUsed: (row[5] as Int64?).map { UnixTime($0) },
            revoked: (row[6] as Int64?).map { UnixTime($0) })
    }
}
