import GRDB
import Synchronization

/// The panel's database, vpn-web.db: one writer, readers beside it, every write one transaction.
///
/// Calls block on the disk: they are for threads that may wait, not for the cooperative pool.
package final class TrafficStore: Sendable {
    package let path: String
    let database: any DatabaseWriter
    private let lock: Mutex<DaemonLock?>
    private let role: Role
    let writer: WriterState
    private let tails = TailShelf()
    let keys = KeyShelf()

    package enum Role: Sendable {
        /// The one process that books and checkpoints: a second one is refused.
        case daemon
        /// Another command, beside a daemon or without one. It never checkpoints while others have the file open:
        /// SQLite before 3.51.3 can lose a page when two processes do (the WAL-reset bug of its release log).
        case command
    }

    /// How long a statement waits for another process's lock.
    private static let busyTimeout: Double = 5

    /// Opens the database, making and migrating it as needed.
    ///
    /// - Parameter longestTail: samples of a node that may wait in the journal before its other tables follow.
    package init(path: String, role: Role, longestTail: Int = 20) throws(StoreError) {
        self.path = path
        self.role = role
        writer = WriterState(longestTail: longestTail)
        let operation = "open \(path)"
        try DatabaseFile.prepare(path)
        lock = Mutex(role == .daemon ? try DaemonLock(path) : nil)
        do {
            let state = try TrafficStore.inspect(path)
            // Another binary's daemon must not find its tables changed under it.
            let migration = state == .current || role == .daemon ? nil : try DaemonLock(path)
            if state == .older { try TrafficStore.migrateOnCopy(path) }
            database = try TrafficStore.connect(path, role)
            try withExtendedLifetime(migration) { try Schema.migrator.migrate(database) }
            try TrafficStore.demandFullSync(database)
        } catch {
            throw StoreError(error, during: operation)
        }
    }

    /// Ends every connection and lets another daemon in; later calls fail. The last reference to the store does the same.
    package func close() throws(StoreError) {
        // What cannot be folded now is folded next time: the journal has it.
        if role == .daemon {
            try? settle()
            emptyLog()
        }
        do { try database.close() } catch { throw StoreError(error, during: "close \(path)") }
        lock.withLock { $0 = nil }
    }

    func read<T>(_ operation: String, _ body: (Database) throws -> T) throws(StoreError) -> T {
        do { return try database.read(body) } catch { throw StoreError(error, during: operation) }
    }

    /// Likewise of history, with what waits in the journal.
    func read<T>(
        _ operation: String, of selection: Selection, _ body: (HistoryReader) throws -> T
    ) throws(StoreError) -> T {
        try read(operation) { try body(HistoryReader($0, selection, tails)) }
    }

    /// All of `body`'s changes or none.
    func write<T>(_ operation: String, _ body: (Database) throws -> T) throws(StoreError) -> T {
        do { return try database.write(body) } catch { throw StoreError(error, during: operation) }
    }

    /// Which tables a file has.
    enum Tables {
        case none
        case older
        case current
    }

    /// Refuses files that are not ours to touch before anything is written.
    static func inspect(_ path: String) throws -> Tables {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeout)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        return try queue.read { db in
            let applicationID = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            guard applicationID == Schema.applicationID || (applicationID == 0 && tables == 0) else {
                throw StoreError(
                    .foreign, "open \(path)", "this is another program's database", "name another data folder")
            }
            guard try tables == 0 || !Schema.migrator.hasBeenSuperseded(db) else {
                throw StoreError(
                    .newerSchema, "open \(path)", "a newer vpn-web made this database",
                    "run that version, or restore a backup of before the upgrade")
            }
            if tables == 0 { return .none }
            return try Schema.migrator.hasCompletedMigrations(db) ? .current : .older
        }
    }

    private static func connect(_ path: String, _ role: Role) throws -> any DatabaseWriter {
        var configuration = Configuration()
        configuration.label = "vpn-web"
        configuration.busyMode = .timeout(busyTimeout)
        configuration.foreignKeysEnabled = true
        switch role {
        case .daemon:
            configuration.maximumReaderCount = 4
            return try DatabasePool(path: path, configuration: configuration)
        case .command:
            configuration.journalMode = .wal
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
            return try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    /// A commit is on the disk when it returns. GRDB sets NORMAL while it opens, whatever prepareDatabase says,
    /// so this comes after, and is read back.
    private static func demandFullSync(_ database: any DatabaseWriter) throws {
        let level = try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            return try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        guard level == 2 else {
            throw StoreError(.other, "open", "SQLite does not take synchronous = FULL", "report this")
        }
    }
}
