import Accounting
import GRDB
import Synchronization

/// Tails as they were read last: a page asks the store ten times, and what waits in the journal is the same each time.
///
/// A sample in the journal is never changed, so a node's tail is known by the samples that are folded and by its last one;
/// a reader of an older moment reads its own.
final class TailShelf: Sendable {
    private struct Kept {
        var folded: Int64

        /// The last sample; that of `folded` where nothing waits.
        var last: Int64
        var tail: Tail
        var sums: Deposits
        var deposits: [Deposit]
    }

    private let kept = Mutex<[Int64: Kept]>([:])

    /// - Parameter folded: samples of the node that are in all tables.
    /// - Returns: the tail, and its bytes by counter, owner and five minutes.
    func tail(_ db: Database, node: Int64, after folded: Int64) throws -> (tail: Tail, deposits: [Deposit]) {
        let newest = try RawStatement(db, "SELECT max(sample) FROM journal WHERE node = ?")
        newest.bind(1, node)
        defer { newest.reset() }
        let last = max(folded, try newest.step() ? newest.optional(0) ?? folded : folded)
        let known = kept.withLock { $0[node] }
        if let known, known.folded == folded, known.last == last { return (known.tail, known.deposits) }
        var next = Kept(folded: folded, last: folded, tail: Tail(), sums: Deposits(), deposits: [])
        if let known, known.folded == folded, known.last < last { next = known }
        let done = next.tail.steps.count
        try next.tail.extend(db, node: node, after: next.last)
        for step in next.tail.steps[done...] { next.sums.add(step.entry, at: step.stamp.at) }
        next.deposits = next.sums.all
        next.last = last
        kept.withLock { kept in
            if let other = kept[node], (other.folded, other.last) > (folded, last) { return }
            kept[node] = next
        }
        return (next.tail, next.deposits)
    }
}
