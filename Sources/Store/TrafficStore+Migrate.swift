import GRDB
import Glibc

extension TrafficStore {
    /// Brings an older database to today's tables: on a copy, which takes its place when it is whole. The file of before
    /// stays beside it, so the way back is `restore`. A failure changes nothing. The daemon's lock is held.
    static func migrateOnCopy(_ path: String) throws {
        let operation = "update the tables of \(path)"
        let staged = "\(path).migrating-\(getpid())"
        unlink(staged)
        Glibc.close(try DatabaseFile.make(staged, during: operation))
        defer { for end in ["", "-wal", "-shm", "-journal"] { unlink(staged + end) } }
        let original = try DatabaseQueue(path: path)
        try original.inDatabase { db in
            try db.execute(sql: "PRAGMA busy_timeout = 5000")
            // Another command may read it: then the log stays, and goes aside with its file.
            _ = try? db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            try db.execute(sql: "VACUUM INTO ?", arguments: [staged])
        }
        try original.close()
        let copy = try DatabaseQueue(path: staged)
        try Schema.migrator.migrate(copy)
        let last = try copy.inDatabase { db in
            let words = try String.fetchAll(db, sql: "PRAGMA integrity_check(1)")
            let orphans = try Int.fetchOne(db, sql: "SELECT count(*) FROM pragma_foreign_key_check") ?? 0
            guard words == ["ok"], orphans == 0 else {
                throw StoreError(
                    .corrupt, operation, "the copy is not whole: \(words.first ?? "")",
                    "nothing was changed; run the version of before, and report this")
            }
            return Schema.migrator.migrations.last ?? "newer"
        }
        try copy.close()
        try DatabaseFile.sync(staged)
        _ = try setAside(path, as: "before-\(last)")
        guard rename(staged, path) == 0 else { throw DatabaseFile.failure(operation) }
        try DatabaseFile.sync(DatabaseFile.folder(of: path))
    }
}
