import GRDB
import Synchronization
import WireGuard

/// The keys of all counters as they were read last: a counter's key and seat never change, and no counter goes away.
final class KeyShelf: Sendable {
    struct Keys {
        /// Each once, in their order.
        fileprivate(set) var all: [PublicKey] = []

        /// By node and seat: its place in `all`. Negative: no counter has the seat.
        fileprivate(set) var places: [Int64: [Int32]] = [:]

        /// Of the counters, the newest row. Of those that are not there yet a reader of an older moment has no bytes either.
        fileprivate var last: Int64 = 0
    }

    private let kept = Mutex(Keys())

    func keys(_ db: Database) throws -> Keys {
        let newest = try RawStatement(db, "SELECT max(id) FROM counters")
        defer { newest.reset() }
        let last = try newest.step() ? newest.optional(0) ?? 0 : 0
        let known = kept.withLock { $0 }
        if known.last >= last { return known }
        let keys = try read(db, to: last)
        kept.withLock { kept in if kept.last < last { kept = keys } }
        return keys
    }

    private func read(_ db: Database, to last: Int64) throws -> Keys {
        // In the table's own order: by the index on interfaces each row would be searched for.
        let rows = try RawStatement(
            db,
            "SELECT i.node, c.seat, c.public_key FROM counters c CROSS JOIN interfaces i ON i.id = c.interface")
        defer { rows.reset() }
        var read: [(key: PublicKey, node: Int64, seat: Int)] = []
        while try rows.step() {
            guard let seat = Int(exactly: rows.int(1)), (0..<1 << 22).contains(seat) else { continue }
            read.append((try PublicKey(stored: rows.bytes(2)), rows.int(0), seat))
        }
        read.sort { $0.key < $1.key }
        var keys = Keys(last: last)
        for one in read {
            if keys.all.last != one.key { keys.all.append(one.key) }
            keys.places[one.node, default: []].put(Int32(keys.all.count - 1), at: one.seat)
        }
        return keys
    }
}

extension [Int32] {
    /// What is not told is negative.
    mutating func put(_ value: Int32, at place: Int) {
        if place >= count { self += Array(repeating: -1, count: Swift.max(place + 1, count * 2) - count) }
        self[place] = value
    }
}
