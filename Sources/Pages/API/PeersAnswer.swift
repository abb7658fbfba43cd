package import Fleet
package import WireGuard

/// `/api/peers`: every key on every node and interface: what the node shows, what the bot says, what was counted.
package struct PeersAnswer: Sendable {
    let snapshot: Snapshot
    let now: UnixTime
    let paging: ListPart?

    /// - Parameter paging: nil: all.
    package init(snapshot: Snapshot, now: UnixTime, paging: ListPart? = nil) {
        self.snapshot = snapshot
        self.now = now
        self.paging = paging
    }

    package func json() -> [UInt8] {
        let names = Dictionary(
            snapshot.users.map { ($0.user.telegramID, $0.user.username) }, uniquingKeysWith: { first, _ in first })
        var json = JSONWriter(capacity: 640 * snapshot.peers.count + 256)
        json.object { json in
            json.list("peers") { json in
                for peer in snapshot.peers[paging] {
                    json.object { row(peer, peer.owner.flatMap { names[$0] ?? nil }, &$0) }
                }
            }
            json.member("last_update", snapshot.newestSample)
            json.list("stale") { json in
                for node in snapshot.nodes where node.status.isStale(at: now) { json.string(node.status.node.id.name) }
            }
            paging?.write(total: snapshot.peers.count, &json)
        }
        return json.bytes
    }

    private func row(_ peer: PeerRow, _ username: String?, _ json: inout JSONWriter) {
        json.member("server_id", peer.node.name)
        json.member("interface", peer.interface)
        json.member("public_key", peer.publicKey)
        json.member("telegram_id", id: peer.owner)
        json.member("username", username)
        if peer.isPanels { json.member("panel", true) }
        json.member("device", peer.device?.name)
        json.member("wg_ip", peer.device?.wgIP)
        json.member("active", peer.device?.isActive)
        json.member("profile_type", peer.device?.profileType)
        json.member("shown", peer.session != nil)
        json.member("endpoint", peer.endpoint)
        json.list("allowed_ips") { json in for one in peer.allowedIPs { json.string(one) } }
        json.member("last_handshake", peer.latestHandshake)
        json.member("online", peer.isOnline)
        json.member("session_rx_bytes", peer.session?.rx)
        json.member("session_tx_bytes", peer.session?.tx)
        json.bytes(peer.lifetime)
        json.member("total_bytes", peer.lifetime.total)
        json.member("opening") { $0.bytes(peer.opening) }
        json.member("counted_since", peer.countedSince)
    }
}
