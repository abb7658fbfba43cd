package import Fleet
package import WireGuard

/// What rules need of the minutes before: folded from snapshot after snapshot. It begins anew with the program.
package struct Memory: Sendable {
    package struct Place: Hashable, Sendable {
        package var node: NodeID
        package var key: String
    }

    /// When the node last showed life: a handshake, or received bytes. What it sends proves nothing: it calls in vain too.
    package private(set) var lastLife: [NodeID: UnixTime] = [:]
    private var received: [NodeID: UInt64] = [:]

    /// Peers that the node has when nothing is wrong.
    package private(set) var usualPeers: [NodeID: Int] = [:]
    private var fewerSince: [NodeID: UnixTime] = [:]

    /// The newest addresses of a peer, with when they were seen first: those that it left.
    private var trails: [Place: [(network: String, at: UnixTime)]] = [:]

    /// Under so many nothing is concluded from a loss.
    static let fewestPeers = 4

    /// After a day fewer peers are the usual ones.
    private static let forgetting: Int64 = 86_400
    private static let hopWindow: Int64 = 600
    private static let longestTrail = 16
    private static let mostTrails = 20_000

    package init() {}

    /// What was the usual number when the program stopped: of incidents that are open.
    package mutating func resume(usualPeers count: Int, of node: NodeID, at now: UnixTime) {
        usualPeers[node] = count
        fewerSince[node] = now
    }

    package mutating func look(at snapshot: Snapshot) {
        let now = snapshot.madeAt
        var rows: [NodeID: NodeRow] = [:]
        for row in snapshot.nodes where row.status.state == .online && row.status.failure == nil {
            rows[row.status.node.id] = row
            count(row, now)
        }
        var sums: [NodeID: UInt64] = [:]
        var handshakes: [NodeID: UnixTime] = [:]
        for peer in snapshot.peers where rows[peer.node] != nil {
            if let session = peer.session { sums[peer.node] = (sums[peer.node] ?? 0) &+ session.rx }
            if let handshake = peer.latestHandshake {
                handshakes[peer.node] = max(handshakes[peer.node] ?? handshake, handshake)
            }
            if peer.isOnline == true, let endpoint = peer.endpoint {
                follow(Place(node: peer.node, key: peer.publicKey), Self.network(endpoint), now)
            }
        }
        for (node, row) in rows {
            let sum = sums[node] ?? 0
            let offset = row.status.lastSample?.clockOffset?.components.seconds ?? 0
            let handshake = handshakes[node].map { min($0.advanced(by: -offset), now) }
            let grew = received[node].map { $0 != sum } ?? true
            received[node] = sum
            let life = [lastLife[node], handshake, grew ? now : nil].compactMap(\.self).max()
            lastLife[node] = life
        }
        trails = trails.filter { $0.value.last.map { now.seconds(since: $0.at) < Self.hopWindow } ?? false }
    }

    private mutating func count(_ row: NodeRow, _ now: UnixTime) {
        guard row.status.lastSample?.isComplete == true, let count = row.peers else { return }
        let id = row.status.node.id
        let usual = usualPeers[id] ?? 0
        // One by one peers come and go; most of them at once do not.
        if count * 10 > usual * 8 {
            usualPeers[id] = count
            fewerSince[id] = nil
            return
        }
        let since = fewerSince[id] ?? now
        fewerSince[id] = since
        if now.seconds(since: since) > Self.forgetting {
            usualPeers[id] = count
            fewerSince[id] = nil
        }
    }

    // MARK: Addresses

    private mutating func follow(_ place: Place, _ network: String, _ now: UnixTime) {
        guard var trail = trails[place] else {
            if trails.count < Self.mostTrails { trails[place] = [(network, now)] }
            return
        }
        if trail.last?.network == network {
            // A peer that stays is remembered as long as it does.
            if trail.count == 1 { trails[place] = [(network, now)] }
            return
        }
        trail.append((network, now))
        trails[place] = trail.suffix(Self.longestTrail)
    }

    /// Returns to a network that was left, in the last ten minutes, by peer.
    package func hops(at now: UnixTime) -> [Place: Int64] {
        trails.compactMapValues { trail in
            guard trail.count > 2 else { return nil }
            var returns: Int64 = 0
            for index in 2..<trail.count where now.seconds(since: trail[index].at) < Self.hopWindow {
                if trail[..<(index - 1)].contains(where: { $0.network == trail[index].network }) { returns += 1 }
            }
            return returns
        }
    }

    /// /24 of an IPv4 address, the first three groups of an IPv6 one: within it an address changes by itself.
    static func network(_ endpoint: String) -> String {
        if endpoint.hasPrefix("[") {
            return endpoint.dropFirst().split(separator: ":", omittingEmptySubsequences: false).prefix(3)
                .joined(separator: ":")
        }
        return endpoint.split(separator: ":")[0].split(separator: ".").prefix(3).joined(separator: ".")
    }
}
