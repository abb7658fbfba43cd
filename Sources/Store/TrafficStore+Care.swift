import GRDB
import Glibc

extension TrafficStore {
    /// A consistent copy while others write: on the disk, readable by its owner only, when this returns.
    /// Never overwrites (`.exists`); a copy that was cut short never has the name `destination`.
    package func backup(to destination: String) throws(StoreError) {
        let operation = "back up to \(destination)"
        guard access(destination, F_OK) != 0 else {
            throw StoreError(.exists, operation, "there is such a file", "give another name")
        }
        let partial = "\(destination).partial-\(getpid())"
        let file = open(partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw DatabaseFile.failure(operation) }
        Glibc.close(file)
        defer { unlink(partial) }

        // Outside of a transaction, which VACUUM demands; it holds one read snapshot itself.
        do {
            try database.unsafeRead { try $0.execute(sql: "VACUUM INTO ?", arguments: [partial]) }
            let words = try Self.integrity(of: partial)
            guard words == ["ok"] else {
                throw StoreError(.corrupt, operation, words.first ?? "the copy is empty", "look at the disk")
            }
        } catch {
            throw StoreError(error, during: operation)
        }
        try DatabaseFile.sync(partial)
        // Unlike rename(2), link(2) fails where the name is taken.
        guard link(partial, destination) == 0 else { throw DatabaseFile.failure(operation) }
        try DatabaseFile.sync(DatabaseFile.folder(of: destination))
    }

    /// What SQLite says of a file that nobody else has open: `ok`, or what is wrong first.
    private static func integrity(of path: String) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration).inDatabase {
            try String.fetchAll($0, sql: "PRAGMA integrity_check(1)")
        }
    }

    /// What SQLite finds wrong with the file, in its words. Empty: nothing.
    ///
    /// - Parameter isThorough: also compares every index with its table: minutes for gigabytes.
    package func problems(isThorough: Bool) throws(StoreError) -> [String] {
        try read("check the database") { db in
            let words = try String.fetchAll(db, sql: isThorough ? "PRAGMA integrity_check" : "PRAGMA quick_check")
            let foreign = try Int.fetchOne(db, sql: "SELECT count(*) FROM pragma_foreign_key_check") ?? 0
            return words.filter { $0 != "ok" } + (foreign > 0 ? ["\(foreign) rows name others that are missing"] : [])
        }
    }

    /// Breaks off whatever is being read or written: for the end, when a look through the file would take too long.
    package func interrupt() {
        database.interrupt()
    }

    /// Leaves nothing in the write-ahead log, if nobody reads it now. SQLite would do so as its last connection closes, but
    /// GRDB closes the readers last, and these may not write.
    func emptyLog() {
        try? database.writeWithoutTransaction { db in
            // An export under way is not waited for.
            try db.execute(sql: "PRAGMA busy_timeout = 0")
            try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// Whether who had the database last closed it, or nobody had it yet: SQLite's write-ahead log is then empty or gone.
    /// To be asked before it is opened. False also while another command has it open.
    package static func endedWell(_ path: String) -> Bool {
        var log = stat()
        return stat(path + "-wal", &log) != 0 || log.st_size == 0
    }
}
