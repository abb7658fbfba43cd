package import Fleet
package import WireGuard

/// `/api/traffic`: bytes of every key over all time, by user and by what nobody owns.
package struct TrafficAnswer: Sendable {
    let snapshot: Snapshot
    let now: UnixTime
    let paging: ListPart?

    /// - Parameter paging: of each list its part; nil: all.
    package init(snapshot: Snapshot, now: UnixTime, paging: ListPart? = nil) {
        self.snapshot = snapshot
        self.now = now
        self.paging = paging
    }

    package func json() -> [UInt8] {
        let names = Dictionary(
            snapshot.users.map { ($0.user.telegramID, $0.user.username) }, uniquingKeysWith: { first, _ in first })
        let owned = snapshot.peers.filter { $0.owner != nil }
        let unmatched = snapshot.peers.filter(\.isUnmatched)
        let users = snapshot.users.filter { $0.peersCount > 0 || !$0.lifetime.isZero }
        var json = JSONWriter(capacity: 512 * snapshot.peers.count + 128 * snapshot.users.count + 256)
        json.object { json in
            json.list("rows") { json in
                for peer in owned[paging] {
                    json.object { row(peer, peer.owner, peer.owner.flatMap { names[$0] ?? nil }, &$0) }
                }
            }
            json.list("by_user") { json in
                for row in users[paging?.part(of: users.count) ?? 0..<users.count] {
                    json.object { json in
                        json.member("telegram_id", id: row.user.telegramID)
                        json.member("username", row.user.username)
                        json.bytes(row.lifetime)
                        json.member("total_bytes", row.lifetime.total)
                    }
                }
            }
            json.list("unmatched") { json in
                for peer in unmatched[paging] {
                    json.object { row(peer, nil, nil, &$0) }
                }
            }
            json.member("last_update", snapshot.newestSample)
            json.list("stale") { json in
                for node in snapshot.nodes where node.status.isStale(at: now) { json.string(node.status.node.id.name) }
            }
            paging?.write(total: max(owned.count, users.count, unmatched.count), &json)
        }
        return json.bytes
    }

    private func row(_ peer: PeerRow, _ owner: Int64?, _ username: String?, _ json: inout JSONWriter) {
        json.member("telegram_id", id: owner)
        json.member("username", username)
        json.member("server_id", peer.node.name)
        json.member("wg_ip", peer.device?.wgIP)
        json.member("public_key", peer.publicKey)
        json.bytes(peer.lifetime)
        json.member("total_bytes", peer.lifetime.total)
        json.member("last_handshake", peer.latestHandshake)
        json.member("online", peer.isOnline)
        json.member("counted_since", peer.countedSince)
        json.member("endpoint", peer.endpoint)
        json.member("session_rx_bytes", peer.session?.rx)
        json.member("session_tx_bytes", peer.session?.tx)
    }
}
