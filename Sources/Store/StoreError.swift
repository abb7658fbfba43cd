import GRDB

/// Why the store could not do something: operation, reason, and what an owner can do about it.
package struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    package var kind: Kind

    /// What was being done, as in "book a sample".
    package var operation: String
    package var reason: String
    package var remedy: String

    /// One each for what a caller or an owner would do differently.
    package enum Kind: String, Sendable {
        case diskFull
        case readOnly
        /// Not a database, or a damaged one.
        case corrupt
        /// Another connection held the file for longer than the busy timeout.
        case busy
        /// Another daemon has the file.
        case inUse
        /// A newer vpn-web made the schema.
        case newerSchema
        /// A database of another program.
        case foreign
        /// A booking's readings are not the ones stored: load the ledger again and book again.
        case staleLedger
        case exists
        case missing
        case permission
        case io
        case other
    }

    init(_ kind: Kind, _ operation: String, _ reason: String, _ remedy: String) {
        self.kind = kind
        self.operation = operation
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String { "\(operation): \(reason) (\(remedy))" }
}

extension StoreError {
    /// What SQLite says, without the statement and its values: those may hold what no log should.
    init(_ error: any Error, during operation: String) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.other, operation, "\(error)", "report this")
            return
        }
        let reason = "\(error.message ?? "SQLite error") (\(error.extendedResultCode.rawValue))"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.diskFull, operation, reason, "free space on the database's disk")
        case .SQLITE_READONLY:
            self.init(.readOnly, operation, reason, "make the database's folder and disk writable")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.corrupt, operation, reason, "stop vpn-web and restore a backup: vpn-web restore FILE")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, operation, reason, "end what else has the database open, then try again")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.permission, operation, reason, "let the user that runs vpn-web own the database's folder")
        case .SQLITE_IOERR:
            self.init(.io, operation, reason, "look at the disk: dmesg, smartctl")
        default:
            self.init(.other, operation, reason, "report this")
        }
    }
}
