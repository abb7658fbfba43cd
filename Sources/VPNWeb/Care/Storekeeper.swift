import Accounting
import Fleet
import Logging
import Nodes
import Roster
import Store
import WireGuard

/// Puts bookings into the books and into the store. While the disk takes nothing, the books go on, and what the store
/// lacks waits in memory in the order it was made: each booking keeps its hour, its owners and its proof of a reset, and
/// is stored in a transaction of its own when the disk is back.
///
/// What waits dies with the process: then the database is as before the outage, and the next sample's growth holds all
/// bytes but those of counters that began again meanwhile.
struct Storekeeper {
    let store: TrafficStore
    let log: Logger
    private var backlog: Backlog
    private var patience = Patience()

    /// What is still to be named, and when that is tried again.
    var naming = Naming()

    struct Naming {
        var isOwed = false
        var hasFailed = false

        /// Keys were named, and the sums of the day and the month do not know yet.
        var changesTotals = false
        var patience = Patience()
    }

    /// Longer at a time, and samples that come in would wait.
    private static let slice: Duration = .milliseconds(200)

    init(store: TrafficStore, log: Logger, bound: Backlog.Bound = .init()) {
        self.store = store
        self.log = log
        backlog = Backlog(bound: bound)
    }

    /// Bookings that the store does not have yet.
    var waiting: Int { backlog.count }

    // MARK: Samples

    /// Books a sample. Nil: nothing came of it: it was booked before, or there is neither disk nor room for it, and the
    /// next sample's growth holds what this one's would have.
    mutating func book(
        _ sample: Sample, poll: Duration, into books: inout Books, at now: ContinuousClock.Instant = .now
    ) -> Booking? {
        let booking = Self.booking(sample, poll: poll, books)
        guard !booking.isDuplicate else { return nil }
        guard backlog.isEmpty, patience.isOver(at: now) else { return postpone(booking, &books) }
        do {
            try store.book(booking)
        } catch {
            switch error.kind {
            case .staleLedger: return bookAgain(sample, poll, &books, at: now)
            case let kind where kind.isOutage:
                patience.refused(at: now)
                failed(error, &books)
                return postpone(booking, &books)
            default:
                failed(error, &books)
                return nil
            }
        }
        enter(booking, &books)
        stored(booking, &books)
        return booking
    }

    private static func booking(_ sample: Sample, poll: Duration, _ books: Books) -> Booking {
        let ownership = books.ownership
        return books.ledgers[sample.node, default: Ledger(node: sample.node)]
            .book(sample, poll: poll) { ownership.owner(of: $0, on: sample.node) }
    }

    private mutating func postpone(_ booking: Booking, _ books: inout Books) -> Booking? {
        guard backlog.hasRoom(for: booking) else {
            if books.panel.storeFailure?.isFull == false {
                log.error("no room in memory either: samples are left out until storing works again")
                books.panel.storeFailure?.isFull = true
            }
            return nil
        }
        backlog.append(booking)
        books.panel.storeFailure?.waiting = backlog.count
        enter(booking, &books)
        return booking
    }

    private func enter(_ booking: Booking, _ books: inout Books) {
        books.ledgers[booking.node, default: Ledger(node: booking.node)].apply(booking)
        books.today.add(booking)
        books.month.add(booking)
    }

    /// What is stored is not what the ledger says: somebody else wrote, or a transaction that failed took place after all.
    private mutating func bookAgain(
        _ sample: Sample, _ poll: Duration, _ books: inout Books, at now: ContinuousClock.Instant
    ) -> Booking? {
        log.warning("ledger was behind the database, loaded again", metadata: ["node": "\(sample.node)"])
        do {
            books.ledgers[sample.node] = try store.ledger(of: sample.node)
            let booking = Self.booking(sample, poll: poll, books)
            guard !booking.isDuplicate else { return nil }
            try store.book(booking)
            enter(booking, &books)
            stored(booking, &books)
            return booking
        } catch {
            if error.kind.isOutage { patience.refused(at: now) }
            failed(error, &books)
            return nil
        }
    }

    // MARK: The disk is back

    /// Stores what waits, as far as the disk takes it, and for a moment at most; asks a disk that refused no sooner than
    /// it is time to. True: something was stored, and perhaps more could be.
    mutating func catchUp(_ books: inout Books, at now: ContinuousClock.Instant = .now) -> Bool {
        guard !backlog.isEmpty, patience.isOver(at: now) else { return false }
        let begun = ContinuousClock.now
        while let booking = backlog.first {
            do {
                try store.book(booking)
                backlog.removeFirst()
                stored(booking, &books)
            } catch {
                if error.kind.isOutage {
                    patience.refused(at: now)
                    failed(error, &books)
                    return false
                }
                guard settle(booking, error, &books) else {
                    patience.refused(at: now)
                    return false
                }
            }
            if ContinuousClock.now - begun > Self.slice { break }
        }
        if backlog.isEmpty { patience.taken() }
        return true
    }

    /// The first that waits can never be stored as it is. False: nor can it be found out why.
    private mutating func settle(_ booking: Booking, _ error: StoreError, _ books: inout Books) -> Bool {
        let node = booking.node
        do {
            let ledger = try store.ledger(of: node)
            if ledger.samples == booking.stamp.sample, ledger.recent == booking.recent {
                // The transaction that seemed to fail took place.
                backlog.removeFirst()
                stored(booking, &books)
                return true
            }
            log.error(
                "samples that waited for the disk do not fit the database; what they showed counts with the next one",
                metadata: ["node": "\(node)", "reason": "\(error)"])
            backlog.removeAll { $0.node == node }
            books.ledgers[node] = ledger
            books.today = try totals(since: books.today.start)
            books.month = try totals(since: books.month.start)
            if backlog.isEmpty, !naming.hasFailed { books.panel.storeFailure = nil }
            return true
        } catch {
            failed(error, &books)
            return false
        }
    }

    /// Dated bytes since `start`, those that wait included.
    func totals(since start: UnixTime) throws(StoreError) -> PeriodTotals {
        var totals = try store.totals(since: start)
        for booking in backlog.all { totals.add(booking) }
        return totals
    }

    /// The last try before the end; what cannot be stored is told.
    mutating func close(_ books: inout Books) {
        patience.taken()
        let deadline = ContinuousClock.now + .seconds(1)
        while !backlog.isEmpty, ContinuousClock.now < deadline, catchUp(&books) {}
        guard !backlog.isEmpty else { return }
        log.error(
            "samples were not stored; what they showed counts at the next start, but for counters that begin again before",
            metadata: ["samples": "\(backlog.count)"])
    }

    // MARK: What is said of it

    private func stored(_ booking: Booking, _ books: inout Books) {
        books.panel.lastStored = booking.at
        worksAgain(&books)
    }

    /// Unless something is still owed.
    func worksAgain(_ books: inout Books) {
        guard let failure = books.panel.storeFailure else { return }
        books.panel.storeFailure?.waiting = backlog.count
        guard backlog.isEmpty, !naming.hasFailed else { return }
        log.notice("storing works again", metadata: ["since": "\(failure.since.seconds)"])
        books.panel.storeFailure = nil
    }

    /// Of anything that the store refused.
    func failed(_ error: StoreError, _ books: inout Books) {
        guard books.panel.storeFailure == nil else {
            books.panel.storeFailure?.words = "\(error)"
            return
        }
        log.error("storing failed", metadata: ["reason": "\(error)"])
        books.panel.storeFailure = .init(since: .now, words: "\(error)")
    }
}

extension StoreError.Kind {
    /// It passes when the disk, or whoever holds the file, lets go: waiting helps.
    var isOutage: Bool {
        switch self {
        case .diskFull, .readOnly, .busy, .permission, .io, .missing: true
        case .corrupt, .inUse, .newerSchema, .foreign, .staleLedger, .exists, .other: false
        }
    }
}
