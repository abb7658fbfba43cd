import Accounting
import Fleet
import GRDB
package import WireGuard

extension TrafficStore {
    /// Sessions that touch `from..<to`, the newest last: of what is selected, by whose bytes they have.
    ///
    /// - Parameter limit: the newest ones that are kept.
    package func peerSessions(
        of selection: Selection, from: UnixTime, to: UnixTime, limit: Int = 1000
    ) throws(StoreError) -> [PeerConnection] {
        try read("read sessions", of: selection) { reader in
            let people = try reader.people()
            let over = try RawStatement(
                reader.db,
                """
                SELECT owner, since, handshake, until, rx, tx, network FROM peer_sessions
                WHERE counter = ? AND until >= ? AND since < ? ORDER BY until DESC LIMIT ?
                """)
            var found: [PeerConnection] = []
            for (counter, seat) in try reader.counters() {
                func add(_ session: PeerSession, _ owner: UInt32, isOver: Bool) {
                    guard reader.takes(owner), session.until >= from, session.from < to else {
                        return
                    }
                    found.append(
                        PeerConnection(counter: counter, owner: people[owner] ?? nil, session: session, isOver: isOver))
                }
                over.bind(1, seat.row)
                over.bind(2, from.seconds)
                over.bind(3, to.seconds)
                over.bind(4, Int64(limit))
                while try over.step() { add(PeerSession(over), UInt32(truncatingIfNeeded: over.int(0)), isOver: true) }
                let (ended, current) = try reader.sessions(of: seat)
                for (session, owner) in ended { add(session, UInt32(truncatingIfNeeded: owner), isOver: true) }
                if let session = current.sessions.current {
                    add(session, UInt32(truncatingIfNeeded: current.owner), isOver: false)
                }
            }
            let sorted = found.sorted { ($0.session.from, $0.counter) < ($1.session.from, $1.counter) }
            return Array(sorted.suffix(limit))
        }
    }
}

extension PeerSession {
    fileprivate init(_ row: RawStatement) {
        self.init(
            from: UnixTime(row.int(1)), lastHandshake: UnixTime(row.int(2)), until: UnixTime(row.int(3)),
            traffic: Traffic(rx: Bits.value(row.int(4)), tx: Bits.value(row.int(5))),
            network: row.optional(6).map(Network.init))
    }
}
