package import Fleet
package import WireGuard

/// `/api/traffic`: bytes of every key over all time, by user and by what nobody owns.
package struct TrafficAnswer: Sendable {
    let snapshot: Snapshot
    let now: UnixTime

    package init(snapshot: Snapshot, now: UnixTime) {
        self.snapshot = snapshot
        self.now = now
    }

    package func json() -> [UInt8] {
        let names = Dictionary(
            snapshot.users.map { ($0.user.telegramID, $0.user.username) }, uniquingKeysWith: { first, _ in first })
        var json = JSONWriter(capacity: 512 * snapshot.peers.count + 128 * snapshot.users.count + 256)
        json.object { json in
            json.list("rows") { json in
                for peer in snapshot.peers {
                    guard let owner = peer.owner else { continue }
                    json.object { row(peer, owner, names[owner] ?? nil, &$0) }
                }
            }
            json.list("by_user") { json in
                for row in snapshot.users where row.peersCount > 0 || !row.lifetime.isZero {
                    json.object { json in
                        json.member("telegram_id", id: row.user.telegramID)
                        json.member("username", row.user.username)
                        json.bytes(row.lifetime)
                        json.member("total_bytes", row.lifetime.total)
                    }
                }
            }
            json.list("unmatched") { json in
                for peer in snapshot.peers where peer.owner == nil {
                    json.object { row(peer, nil, nil, &$0) }
                }
            }
            json.member("last_update", snapshot.newestSample)
            json.list("stale") { json in
                for node in snapshot.nodes where node.status.isStale(at: now) { json.string(node.status.node.id.name) }
            }
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
