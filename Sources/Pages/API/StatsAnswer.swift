package import Fleet
package import WireGuard

/// `/api/stats` for the owner.
package struct StatsAnswer: Sendable {
    let snapshot: Snapshot
    let now: UnixTime

    package init(snapshot: Snapshot, now: UnixTime) {
        self.snapshot = snapshot
        self.now = now
    }

    package func json() -> [UInt8] {
        let statistics = Statistics(snapshot, now: now)
        var json = JSONWriter()
        json.object { json in
            json.member("total_users", statistics.totalUsers)
            json.member("active_users", statistics.activeUsers)
            json.member("total_peers", statistics.totalPeers)
            json.member("active_peers", statistics.activePeers)
            json.member("by_server") { json in
                for (node, number) in statistics.byServer.sorted(by: { $0.key < $1.key }) {
                    json.key(node.name)
                    json.integer(Int64(number))
                }
            }
            json.member("by_profile_type") { json in
                for (type, number) in statistics.byProfileType.sorted(by: { $0.key < $1.key }) {
                    json.key(type)
                    json.integer(Int64(number))
                }
            }
            json.member("last_update", snapshot.newestSample)
            json.member("online", statistics.online)
            json.member("active_24h", statistics.active24h)
            json.member("active_7d", statistics.active7d)
            json.member("active_30d", statistics.active30d)
        }
        return json.bytes
    }
}
