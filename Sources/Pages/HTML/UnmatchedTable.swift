import Fleet
import WireGuard

extension Page {
    /// Keys on nodes that the bot does not know: shown only where there are some, those who used most first.
    mutating func unmatched(_ snapshot: Snapshot) {
        let keys = snapshot.peers.filter(\.isUnmatched).sorted { $0.lifetime.total > $1.lifetime.total }
        guard !keys.isEmpty else { return }
        let names = Dictionary(
            snapshot.nodes.map { ($0.status.node.id, $0.status.node.name) }, uniquingKeysWith: { first, _ in first })
        block("unmatched", .unmatchedKeys, count: keys.count, .unmatched) { page in
            page.table(
                .unmatchedKeys, isDense: true,
                head: {
                    $0.heads([
                        (.publicKey, false), (.node, false), (.state, false), (.downloaded, true), (.uploaded, true),
                        (.lastHandshake, true),
                    ])
                },
                rows: { page in
                    for key in keys.prefix(Paging.size) {
                        page.element("tr") { $0.unmatched(key, names[key.node] ?? key.node.name) }
                    }
                })
            guard keys.count > Paging.size else { return }
            page.element("p", .class("empty")) { page in
                page.words(
                    .allKeysInAPI, { $0.number(Paging.size) }, { $0.number(keys.count) },
                    { page in page.element("a", .href(Link("/api/traffic"))) { $0.raw("/api/traffic") } })
            }
        }
    }

    private mutating func unmatched(_ peer: PeerRow, _ node: String) {
        let presence = Presence(isOnline: peer.isOnline, age: peer.latestHandshake.map(clock.age))
        rowHead(.publicKey) { $0.code(peer.publicKey) }
        cell(.node) { $0.name(node) }
        cell(.state) { page in
            page.state(presence.mark, presence.phrase)
            if peer.isOnline == true { page.element("small") { $0.words(.doNotTouch) } }
        }
        numberCell(.downloaded) { $0.volume(peer.lifetime.tx) }
        numberCell(.uploaded) { $0.volume(peer.lifetime.rx) }
        numberCell(.lastHandshake) { $0.handshake(peer.latestHandshake, peer.isOnline) }
    }
}
