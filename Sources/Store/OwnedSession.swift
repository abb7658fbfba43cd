import Accounting
import Fleet
import GRDB
import WireGuard

/// A counter's session under way, and whose it is: kept in the counter's row until it is over.
struct OwnedSession: Equatable {
    var sessions = PeerSessions()

    /// Row of `owners` whose bytes it has; 0: nobody's, or none.
    var owner: Int64 = 0

    init() {}

    /// Nil: nothing is over.
    mutating func enter(_ entry: Journal.Entry, at: UnixTime) -> (PeerSession, owner: Int64)? {
        var ended: (PeerSession, owner: Int64)?
        if let handshake = entry.handshake {
            ended = sessions.enter(
                handshake: handshake.time, traffic: entry.traffic, network: handshake.network, at: at
            ).map { ($0, owner) }
        } else {
            sessions.enter(traffic: entry.traffic, at: at)
        }
        if !entry.traffic.isZero { owner = Int64(entry.owner) } else if ended != nil { owner = 0 }
        return ended
    }

    init(stored bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        var reader = ByteReader(bytes)
        owner = Int64(bitPattern: reader.take())
        let from = reader.takeSigned()
        let handshake = reader.takeSigned()
        let until = reader.takeSigned()
        let traffic = Traffic(rx: reader.take(), tx: reader.take())
        let network = reader.take()
        try reader.finish("a session")
        sessions = PeerSessions(
            current: PeerSession(
                from: UnixTime(from), lastHandshake: UnixTime(handshake), until: UnixTime(until), traffic: traffic,
                network: network == 0 ? nil : Network(column: Int64(network - 1))))
    }

    /// Nil: there is none.
    var bytes: [UInt8]? {
        guard let session = sessions.current else { return nil }
        var writer = ByteWriter(capacity: 40)
        writer.put(UInt64(bitPattern: owner))
        writer.put(signed: session.from.seconds)
        writer.put(signed: session.lastHandshake.seconds)
        writer.put(signed: session.until.seconds)
        writer.put(session.traffic.rx)
        writer.put(session.traffic.tx)
        writer.put(session.network.map { UInt64($0.column) + 1 } ?? 0)
        return writer.bytes
    }
}

extension Network {
    /// IPv6 has the 49th bit.
    var column: Int64 { Int64(prefix) | (isIPv6 ? 1 << 48 : 0) }

    init(column: Int64) {
        self.init(prefix: UInt64(column & 0xffff_ffff_ffff), isIPv6: column >> 48 & 1 != 0)
    }
}
