package import Fleet
package import WireGuard

/// Where the bot's files and the nodes disagree. Keys as text, sorted, each once.
package struct Drift: Sendable, Equatable {
    /// On a node, unknown to the bot, with a sign of life: somebody uses it.
    package var orphansLive: [String]

    /// On a node, unknown to the bot, never used since the interface began.
    package var orphansUnused: [String]

    /// Active in the bot for a node that does not show it.
    package var lost: [String]

    /// - Parameters:
    ///   - shown: the keys of each node that has a recent complete sample, and whether there is a sign of life: an
    ///     endpoint, a handshake, or bytes. Of other nodes nothing is concluded.
    ///   - own: keys of the panel's probes, which the bot need not know.
    package init(_ roster: Fleet.Roster, shown: [NodeID: [PublicKey: Bool]], own: Set<PublicKey> = []) {
        let known = own.union(roster.devices.compactMap(\.publicKey))
        var live: Set<PublicKey> = []
        var unused: Set<PublicKey> = []
        for keys in shown.values {
            for (key, isLive) in keys where !known.contains(key) {
                if isLive { live.insert(key) } else { unused.insert(key) }
            }
        }
        let lost = roster.devices.filter { device in
            guard device.isActive, let keys = shown[device.node] else { return false }
            return device.publicKey.map { keys[$0] == nil } ?? true
        }
        orphansLive = live.map(\.base64).sorted()
        orphansUnused = unused.subtracting(live).map(\.base64).sorted()
        self.lost = Set(lost.map(\.publicKeyText)).sorted()
    }

    /// The keys that a complete sample shows, for `shown`. On several interfaces: a sign of life on any counts.
    package static func shown(by sample: Sample) -> [PublicKey: Bool] {
        var keys: [PublicKey: Bool] = [:]
        for interface in sample.interfaces {
            for peer in interface.peers {
                let isLive =
                    interface.endpoint(of: peer) != nil || peer.latestHandshake != nil || peer.transferRx > 0
                    || peer.transferTx > 0
                keys[peer.publicKey] = (keys[peer.publicKey] ?? false) || isLive
            }
        }
        return keys
    }
}
