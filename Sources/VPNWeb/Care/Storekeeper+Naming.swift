import Accounting
import Fleet
import Logging
import Nodes
import Roster
import Store

/// Unmatched bytes of keys that have an owner now become theirs.
extension Storekeeper {
    /// Names what there is to name, now or, where that fails, when it is time to try again: see `nameOwed`.
    mutating func nameKeys(in books: inout Books, at now: ContinuousClock.Instant = .now) {
        naming.isOwed = true
        naming.patience.taken()
        nameOwed(&books, at: now)
    }

    /// The store moves what it has, so nothing may wait for it. What one node refuses keeps no other's from being moved.
    /// True: something was named.
    @discardableResult
    mutating func nameOwed(_ books: inout Books, at now: ContinuousClock.Instant = .now) -> Bool {
        guard naming.isOwed, waiting == 0, naming.patience.isOver(at: now) else { return false }
        var refusal: StoreError?
        var hasNamed = false
        for node in books.ledgers.keys.sorted() {
            do {
                if try name(node, &books) { hasNamed = true }
            } catch {
                refusal = error
            }
        }
        do {
            if naming.changesTotals {
                books.today = try totals(since: books.today.start)
                books.month = try totals(since: books.month.start)
                naming.changesTotals = false
            }
        } catch {
            refusal = error
        }
        if let refusal {
            naming.hasFailed = true
            naming.patience.refused(at: now)
            failed(refusal, &books)
        } else if naming.hasFailed {
            naming = Naming()
            worksAgain(&books)
        } else {
            naming = Naming()
        }
        return hasNamed
    }

    /// True: there was something to name.
    private mutating func name(_ node: NodeID, _ books: inout Books) throws(StoreError) -> Bool {
        let ownership = books.ownership
        let attributions = books.ledgers[node]?.attributions { ownership.owner(of: $0, on: node) } ?? []
        guard !attributions.isEmpty else { return false }
        do {
            try store.book(attributions, at: .now)
        } catch {
            // Somebody else wrote, or a transaction that failed took place after all: what is there is asked next time.
            if error.kind == .staleLedger {
                books.ledgers[node] = try store.ledger(of: node)
                naming.changesTotals = true
            }
            throw error
        }
        books.ledgers[node]?.apply(attributions)
        naming.changesTotals = true
        log.notice("keys named", metadata: ["node": "\(node)", "count": "\(attributions.count)"])
        return true
    }
}
