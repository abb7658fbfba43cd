package import Fleet
package import WireGuard

/// What rules need of the minutes before: folded from snapshot after snapshot. It begins anew with the program, but for what
/// is resumed.
package struct Memory: Sendable {
    package struct Place: Hashable, Sendable {
        package var node: NodeID
        package var key: String
    }

    /// Seconds that complete samples tell of without life on the node: no handshake, and nothing received. What it sends
    /// proves nothing: it calls in vain too; and the panel's own probe is no life. Time in which nobody looked is not in it.
    package private(set) var lifeless: [NodeID: Int64] = [:]
    private var signs: [NodeID: Signs] = [:]

    /// What a node's newest sample showed of its users.
    private struct Signs: Sendable {
        var at: UnixTime
        var received: UInt64 = 0
        var handshake: UnixTime?
    }

    /// Peers that the node has when nothing is wrong.
    package private(set) var usualPeers: [NodeID: Int] = [:]
    private var fewerSince: [NodeID: UnixTime] = [:]

    /// Nodes whose fewer peers are the usual ones since the owner knew of the loss for a day.
    package private(set) var acceptedLosses: Set<NodeID> = []

    /// The newest addresses of a peer, with when they were seen first: those that it left.
    private var trails: [Place: [(network: String, at: UnixTime)]] = [:]

    /// Under so many nothing is concluded from a loss.
    static let fewestPeers = 4

    /// After a day fewer peers are the usual ones.
    private static let forgetting: Int64 = 86_400

    /// Seconds between two samples in which nothing is missed: polls may be closer than snapshots.
    private static let longestStep: Int64 = 60
    private static let hopWindow: Int64 = 600
    private static let longestTrail = 16
    private static let mostTrails = 20_000

    package init() {}

    /// How many peers a node had when the program stopped. `since`: when fewer of them were seen; nil: they were all there.
    mutating func resume(usualPeers count: Int, of node: NodeID, fewerSince since: UnixTime? = nil) {
        usualPeers[node] = count
        fewerSince[node] = since
    }

    /// For how long a node had shown no life when the program stopped.
    mutating func resume(lifeless seconds: Int64, of node: NodeID) { lifeless[node] = seconds }

    /// `losses`: incidents of lost peers that are open.
    package mutating func look(at snapshot: Snapshot, losses: [NodeID: Incident] = [:]) {
        let now = snapshot.madeAt
        var seen: [NodeID: Signs] = [:]
        for row in snapshot.nodes where row.status.state == .online && row.status.failure == nil {
            count(row, losses[row.status.node.id], now)
            seen[row.status.node.id] = row.status.lastSample.map { Signs(at: $0.takenAt) }
        }
        for peer in snapshot.peers where !peer.isPanels {
            guard var signs = seen[peer.node] else { continue }
            signs.received &+= peer.session?.rx ?? 0
            if let handshake = peer.latestHandshake { signs.handshake = max(signs.handshake ?? handshake, handshake) }
            seen[peer.node] = signs
            if peer.isOnline == true, let endpoint = peer.endpoint {
                follow(Place(node: peer.node, key: peer.publicKey), Self.network(endpoint), now)
            }
        }
        for row in snapshot.nodes {
            if let signs = seen[row.status.node.id] { listen(to: row.status, signs) }
        }
        trails = trails.filter { $0.value.last.map { now.seconds(since: $0.at) < Self.hopWindow } ?? false }
    }

    /// The first sample of a node is no life: what was silent before a start still is. Nor are counters that fell, as after
    /// the node's own start; nor an interface that comes back whole, of which a sample in pieces showed nothing.
    private mutating func listen(to status: NodeStatus, _ now: Signs) {
        let id = status.node.id
        guard let sample = status.lastSample, sample.isComplete, signs[id]?.at != now.at else { return }
        let before = signs[id]
        signs[id] = now
        var silence = lifeless[id] ?? 0
        if let before {
            let step = now.at.seconds(since: before.at)
            let most = max(Self.longestStep, status.node.poll.components.seconds * 3)
            if (0...most).contains(step) { silence += step }
            if now.received > before.received { silence = 0 }
        }
        if let handshake = now.handshake, before?.handshake.map({ handshake > $0 }) ?? true {
            // Both are by the node's clock.
            let nodeTime = sample.takenAt.advanced(by: sample.clockOffset?.components.seconds ?? 0)
            silence = min(silence, max(0, nodeTime.seconds(since: handshake)))
        }
        lifeless[id] = silence
    }

    /// One by one peers come and go; most of them at once do not. A loss that became an incident is not forgotten by itself:
    /// it would end as if the peers were back, on a night when nobody looked. A day after the owner acknowledged it the fewer
    /// peers are the usual ones, and nobody waits for the others any more.
    private mutating func count(_ row: NodeRow, _ loss: Incident?, _ now: UnixTime) {
        guard row.status.lastSample?.isComplete == true, let count = row.peers else { return }
        let id = row.status.node.id
        let usual = usualPeers[id] ?? 0
        if count * 10 > usual * 8 {
            if count > usual { acceptedLosses.remove(id) }
            usualPeers[id] = count
            fewerSince[id] = nil
            return
        }
        acceptedLosses.remove(id)
        let since = fewerSince[id] ?? now
        fewerSince[id] = since
        if let loss, loss.acknowledged == nil { return }
        let known = max(since, loss?.acknowledged ?? since)
        if now.seconds(since: known) > Self.forgetting {
            usualPeers[id] = count
            fewerSince[id] = nil
            if loss != nil { acceptedLosses.insert(id) }
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
