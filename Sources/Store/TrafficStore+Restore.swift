import GRDB
import Glibc

extension TrafficStore {
    /// Puts a backup in the database's place, once it is seen to be whole and of no newer schema. The daemon must be
    /// stopped: `.inUse` else. What was there stays beside it.
    ///
    /// - Returns: the name of what was there; nil: nothing was.
    package static func restore(_ backup: String, to path: String) throws(StoreError) -> String? {
        let operation = "restore \(backup)"
        guard access(backup, R_OK) == 0 else { throw DatabaseFile.failure(operation) }
        try DatabaseFile.prepareFolder(of: path)
        let lock = try DaemonLock(path)
        defer { withExtendedLifetime(lock) {} }

        let staged = "\(path).restored-\(getpid())"
        Glibc.close(try DatabaseFile.make(staged, during: operation))
        defer { unlink(staged) }
        do { try copy(backup, to: staged) } catch { throw StoreError(error, during: operation) }
        try DatabaseFile.sync(staged)

        let kept = try setAside(path, as: "before-restore")
        guard rename(staged, path) == 0 else { throw DatabaseFile.failure(operation) }
        try DatabaseFile.sync(DatabaseFile.folder(of: path))
        return kept
    }

    private static func copy(_ backup: String, to staged: String) throws {
        _ = try inspect(backup)
        var configuration = Configuration()
        configuration.readonly = true
        try DatabaseQueue(path: backup, configuration: configuration).inDatabase { db in
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") != 0 else {
                throw StoreError(.foreign, "restore \(backup)", "the file is empty", "give a file that backup made")
            }
            let words = try String.fetchAll(db, sql: "PRAGMA integrity_check(1)")
            guard words == ["ok"] else {
                throw StoreError(.corrupt, "restore \(backup)", "the copy is damaged", "give another backup")
            }
            try db.execute(sql: "VACUUM INTO ?", arguments: [staged])
        }
    }

    /// The write-ahead log goes first: left alone, SQLite would play it into whatever has the database's name next.
    static func setAside(_ path: String, as name: String) throws(StoreError) -> String? {
        guard access(path, F_OK) == 0 else { return nil }
        var number = 1
        while access("\(path).\(name)-\(number)", F_OK) == 0 { number += 1 }
        let kept = "\(path).\(name)-\(number)"
        if rename(path + "-wal", kept + "-wal") != 0 && errno != ENOENT {
            throw DatabaseFile.failure("set \(path)-wal aside")
        }
        unlink(path + "-shm")
        guard rename(path, kept) == 0 else { throw DatabaseFile.failure("set \(path) aside") }
        return kept
    }
}
