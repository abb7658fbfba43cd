import Glibc

/// The files of a database: made private from their first byte, since SQLite gives its -wal and -shm the same mode.
enum DatabaseFile {
    /// Makes folder (0700) and file (0600) where they are missing.
    static func prepare(_ path: String) throws(StoreError) {
        try prepareFolder(of: path)
        do {
            close(try make(path, during: "make the file \(path)"))
        } catch let error where error.kind == .exists {}
    }

    /// Makes a file that must not be there yet, private, and gives its descriptor. What root makes belongs to the
    /// folder's owner: else a command run as root would leave files that the daemon's user cannot open.
    static func make(_ path: String, during operation: String) throws(StoreError) -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure(operation) }
        var owner = stat()
        // Only what was just made here: a name that somebody else put there may be a link to a file of root's.
        if geteuid() == 0, stat(folder(of: path), &owner) == 0 { _ = fchown(file, owner.st_uid, owner.st_gid) }
        return file
    }

    static func prepareFolder(of path: String) throws(StoreError) {
        let folder = folder(of: path)
        if mkdir(folder, 0o700) != 0 && errno != EEXIST { throw failure("make the folder \(folder)") }
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Until this returns, what was written to `path`, or a name given in the folder `path`, may not outlive a power loss.
    static func sync(_ path: String) throws(StoreError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open \(path)") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("write \(path) to its disk") }
    }

    static func failure(_ operation: String) -> StoreError {
        let code = errno
        let reason = String(cString: strerror(code))
        switch code {
        case ENOSPC, EDQUOT: return StoreError(.diskFull, operation, reason, "free space on the disk")
        case EROFS: return StoreError(.readOnly, operation, reason, "make the disk writable")
        case EACCES, EPERM, ELOOP:
            return StoreError(.permission, operation, reason, "let the user that runs vpn-web own the folder")
        case EEXIST: return StoreError(.exists, operation, reason, "give another name, or remove the file")
        case ENOENT, ENOTDIR: return StoreError(.missing, operation, reason, "make the folder above it first")
        default: return StoreError(.io, operation, reason, "look at the disk")
        }
    }
}

/// Held by the one daemon of a database as long as it lives; the kernel lets go of it however the process ends.
final class DaemonLock: Sendable {
    private let file: Int32

    /// `path` is the database's; the lock is a file beside it, since closing any descriptor of the database
    /// itself would drop SQLite's own locks.
    init(_ path: String) throws(StoreError) {
        let path = path + ".lock"
        file = try Self.open(path)
        // From here on `deinit` closes it, also where this throws.
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw DatabaseFile.failure("lock \(path)") }
            throw StoreError(.inUse, "lock \(path)", "a vpn-web daemon has this database", "stop it first")
        }
    }

    private static func open(_ path: String) throws(StoreError) -> Int32 {
        do {
            return try DatabaseFile.make(path, during: "open \(path)")
        } catch let error where error.kind == .exists {
            let file = Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard file >= 0 else { throw DatabaseFile.failure("open \(path)") }
            return file
        }
    }

    deinit {
        // Closing would not do while a process that was just forked has not yet become another program: it has a copy.
        flock(file, LOCK_UN)
        close(file)
    }
}
