package import Fleet

/// `/api/users`: every user the bot knows, with their devices.
package struct UsersAnswer: Sendable {
    let snapshot: Snapshot
    let paging: ListPart?

    /// - Parameter paging: nil: an array of all, as the predecessor had it.
    package init(snapshot: Snapshot, paging: ListPart? = nil) {
        self.snapshot = snapshot
        self.paging = paging
    }

    package func json() -> [UInt8] {
        var devices: [Int64: [PeerRow]] = [:]
        for peer in snapshot.peers {
            if let owner = peer.owner { devices[owner, default: []].append(peer) }
        }
        var json = JSONWriter(capacity: 512 * (snapshot.users.count + snapshot.peers.count))
        let rows = snapshot.users[paging?.part(of: snapshot.users.count) ?? 0..<snapshot.users.count]
        func list(_ json: inout JSONWriter) {
            for row in rows { json.object { user(row, devices[row.user.telegramID] ?? [], &$0) } }
        }
        if let paging {
            json.object { json in
                json.list("users", list)
                paging.write(total: snapshot.users.count, &json)
            }
        } else {
            json.array(list)
        }
        return json.bytes
    }

    private func user(_ row: UserRow, _ devices: [PeerRow], _ json: inout JSONWriter) {
        json.member("telegram_id", id: row.user.telegramID)
        json.member("username", row.user.username)
        json.member("role", row.user.role)
        json.member("active", row.user.isActive)
        json.member("peers_count", row.peersCount)
        json.list("active_peers") { json in
            for node in row.activeNodes { json.string(node.name) }
        }
        json.list("devices") { json in
            for peer in devices { json.object { device(peer, &$0) } }
        }
        json.member("online", row.isOnline)
        json.member("last_handshake", row.latestHandshake)
        json.bytes(row.lifetime)
        json.member("today") { $0.bytes(row.today) }
        json.member("month") { $0.bytes(row.month) }
    }

    private func device(_ peer: PeerRow, _ json: inout JSONWriter) {
        json.member("name", peer.device?.name)
        json.member("server_id", peer.node.name)
        json.member("wg_ip", peer.device?.wgIP)
        json.member("public_key", peer.publicKey)
        json.member("active", peer.device?.isActive)
        json.member("online", peer.isOnline)
        json.member("last_handshake", peer.latestHandshake)
        json.bytes(peer.lifetime)
    }
}

extension JSONWriter {
    /// As the node sees it: rx is the user's upload.
    mutating func bytes(_ traffic: Traffic) {
        member("rx_bytes", traffic.rx)
        member("tx_bytes", traffic.tx)
    }
}
