import Accounting
import Fleet
import GRDB
import Synchronization

/// What the one who writes knows of the database besides: cursors by key, so that a sample costs one row.
///
/// Touched inside write transactions only, which GRDB lets in one by one: that is its lock, so it may be `@unchecked Sendable`.
final class WriterState: @unchecked Sendable {
    var books: [NodeID: NodeBook] = [:]
    var owners = OwnerIDs()

    /// A tail of so many samples is folded; one that is half as long, at the node's own turn, so that nodes that are
    /// read together are not folded together.
    private let longestTail: Int64
    private var version: Int64 = 0
    private var ticket = 0
    private let confirmed = Atomic(0)

    /// A tail is folded as well where its first sample is older.
    private static let longestWait: Duration = .seconds(300)

    init(longestTail: Int) {
        self.longestTail = Int64(longestTail)
    }

    /// Begins a transaction: what is known is dropped unless the one before was committed, and nobody else wrote since.
    func begin(_ db: Database) throws -> Int {
        let pragma = try RawStatement(db, "PRAGMA data_version")
        let now = try pragma.step() ? pragma.int(0) : 0
        pragma.reset()
        if ticket != confirmed.load(ordering: .acquiring) || now != version {
            books = [:]
            owners = OwnerIDs()
        }
        version = now
        ticket += 1
        return ticket
    }

    /// The transaction of `ticket` is on the disk.
    func confirm(_ ticket: Int) {
        confirmed.store(ticket, ordering: .releasing)
    }

    func isDue(_ book: NodeBook) -> Bool {
        let waiting = book.samples - book.folded
        if waiting >= longestTail { return true }
        if waiting > longestTail / 2, (book.samples &+ book.id * 7) % longestTail == 0 { return true }
        return ContinuousClock.now - book.lastFold > WriterState.longestWait
    }
}
