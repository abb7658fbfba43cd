import Fleet
import WireGuard

/// Keys that the bot does not know, keys that a node lost, and hints that one is used by several.
enum KeyRules {
    static func judge(_ view: View, _ rules: RuleBook) -> [Judgement] {
        halved(view, rules) + unknown(view) + twice(view) + hops(view, rules)
    }

    /// Lost after a reboot: most of the node's peers went at once.
    private static func halved(_ view: View, _ rules: RuleBook) -> [Judgement] {
        view.snapshot.nodes.compactMap { row in
            let id = row.status.node.id
            guard view.isSeen(row), row.status.lastSample?.isComplete == true, let count = row.peers else {
                return .undecided(.peersHalved, .node(id))
            }
            guard let usual = view.memory.usualPeers[id], let bound = rules[.peersHalved].limit,
                usual >= Memory.fewestPeers, percent(UInt64(max(0, usual - count)), of: UInt64(usual)) >= bound
            else { return nil }
            return .wrong(
                .peersHalved, .node(id),
                Evidence(name: row.status.node.name, seen: Int64(count), bound: Int64(usual)))
        }
    }

    /// A key that came after the panel had begun to look at its node, and that the bot does not know. What was there
    /// before is on the page of diagnostics.
    private static func unknown(_ view: View) -> [Judgement] {
        let roster = view.snapshot.roster
        guard !roster.sources.isEmpty else { return [] }
        let isKnown = roster.sources.allSatisfy(\.isReadable)
        var firstSight: [NodeID: UnixTime] = [:]
        for peer in view.snapshot.peers {
            if let since = peer.countedSince { firstSight[peer.node] = min(firstSight[peer.node] ?? since, since) }
        }
        var seen: [NodeID: Bool] = [:]
        for row in view.snapshot.nodes { seen[row.status.node.id] = view.isSeen(row) }
        return view.snapshot.peers.compactMap { peer in
            guard peer.device == nil, !peer.isPanels, let since = peer.countedSince, let first = firstSight[peer.node],
                since.seconds(since: first) > 300
            else { return nil }
            let subject = Subject.key(peer.publicKey, on: peer.node)
            guard isKnown, seen[peer.node] == true else { return .undecided(.unknownKey, subject) }
            guard peer.session != nil else { return nil }
            return .wrong(
                .unknownKey, subject, Evidence(name: name(of: peer.node, view), detail: peer.publicKey))
        }
    }

    /// One key that is fresh on two nodes at once: perhaps two people, perhaps one who just changed nodes.
    private static func twice(_ view: View) -> [Judgement] {
        var places: [String: [NodeID]] = [:]
        for peer in view.snapshot.peers where peer.isOnline == true && !peer.isPanels {
            if places[peer.publicKey]?.contains(peer.node) != true {
                places[peer.publicKey, default: []].append(peer.node)
            }
        }
        return places.filter { $0.value.count > 1 }.map { key, nodes in
            .wrong(
                .keyTwice, .key(key, on: nil),
                Evidence(
                    name: owner(of: key, view), seen: Int64(nodes.count),
                    detail: nodes.map { name(of: $0, view) }.joined(separator: ", ")))
        }
    }

    /// A peer's address that goes to and fro: perhaps a shared key, perhaps a phone between two networks.
    private static func hops(_ view: View, _ rules: RuleBook) -> [Judgement] {
        guard let bound = rules[.endpointHops].limit else { return [] }
        return view.memory.hops(at: view.now).filter { $0.value >= bound }.map { place, count in
            .wrong(
                .endpointHops, .key(place.key, on: place.node),
                Evidence(
                    name: owner(of: place.key, view), seen: Int64(count), bound: bound,
                    detail: name(of: place.node, view)))
        }
    }

    private static func name(of node: NodeID, _ view: View) -> String {
        view.snapshot.nodes.first { $0.status.node.id == node }?.status.node.name ?? node.name
    }

    /// Who owns the key, else the key.
    private static func owner(of key: String, _ view: View) -> String {
        guard let id = view.snapshot.peers.first(where: { $0.publicKey == key && $0.owner != nil })?.owner else {
            return key
        }
        return view.snapshot.users.first { $0.user.telegramID == id }?.user.username ?? "\(id)"
    }
}
