import Accounting
import Fleet
import GRDB
import WireGuard

extension HistoryReader {
    /// Where a counter is.
    struct Seat {
        var row: Int64
        var node: Int64
        var seat: UInt32

        /// As of the last fold.
        var session: OwnedSession
    }

    /// Those that are selected.
    func counters() throws -> [(CounterID, Seat)] {
        let rows = try RawStatement(
            db,
            """
            SELECT c.id, i.node, c.seat, i.name, c.public_key, c.session
            FROM counters c CROSS JOIN interfaces i ON i.id = c.interface\(narrowing)
            """)
        defer { rows.reset() }
        var counters: [(CounterID, Seat)] = []
        while try rows.step() {
            let seat = UInt32(truncatingIfNeeded: rows.int(2))
            guard let node = nodes[rows.int(1)], hasSeat(seat, rows.int(1)), let name = rows.text(3) else { continue }
            counters.append(
                (
                    CounterID(node: node, interface: name, publicKey: try PublicKey(stored: rows.bytes(4))),
                    Seat(
                        row: rows.int(0), node: rows.int(1), seat: seat,
                        session: try OwnedSession(stored: rows.bytes(5)))
                ))
        }
        return counters
    }

    /// What the tail makes of a counter's sessions.
    func sessions(of seat: Seat) throws -> (ended: [(PeerSession, owner: Int64)], current: OwnedSession) {
        var current = seat.session
        var ended: [(PeerSession, owner: Int64)] = []
        for step in tails[seat.node]?.steps ?? [] where step.entry.seat == seat.seat {
            if let one = current.enter(step.entry, at: step.stamp.at) { ended.append(one) }
        }
        return (ended, current)
    }

    /// Counters that moved bytes in five minutes that the tails touch: what `activity` cannot have yet.
    func activeSeats() throws -> [(node: Int64, bucket: Int64, seats: Set<UInt32>)] {
        let pages = try HistoryPages(db, .fiveMinutes)
        return try deposits.flatMap { node, deposits in
            var seats: [Int64: Set<UInt32>] = [:]
            for one in deposits { seats[one.bucket, default: []].insert(one.seat) }
            return try seats.map { bucket, seats in
                (node, bucket, seats.union(try pages.items(HistoryTable.Key(bucket, node: node)).map(\.seat)))
            }
        }
    }
}
