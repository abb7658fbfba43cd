package import Fleet
package import WireGuard

/// The counts of `/api/stats` and of the public page.
package struct Statistics: Sendable {
    package var totalUsers = 0
    package var activeUsers = 0
    package var totalPeers = 0
    package var activePeers = 0

    /// Active connections by node and by profile type.
    package var byServer: [NodeID: Int] = [:]
    package var byProfileType: [String: Int] = [:]

    /// Users now online. Nil: of nobody is it known.
    package var online: Int?

    /// Users with a handshake in that time.
    package var active24h = 0
    package var active7d = 0
    package var active30d = 0

    package init(_ snapshot: Snapshot, now: UnixTime) {
        totalUsers = snapshot.roster.users.count
        activeUsers = snapshot.roster.users.filter(\.isActive).count
        totalPeers = snapshot.roster.devices.count
        for device in snapshot.roster.devices where device.isActive {
            activePeers += 1
            byServer[device.node, default: 0] += 1
            byProfileType[device.profileType ?? "vpn", default: 0] += 1
        }
        let known = snapshot.users.compactMap(\.isOnline)
        if !known.isEmpty || snapshot.users.isEmpty && snapshot.newestSample != nil {
            online = known.filter { $0 }.count
        }
        for user in snapshot.users {
            guard let handshake = user.latestHandshake else { continue }
            let (age, overflow) = now.seconds.subtractingReportingOverflow(handshake.seconds)
            guard !overflow else { continue }
            if age <= 86_400 { active24h += 1 }
            if age <= 7 * 86_400 { active7d += 1 }
            if age <= 30 * 86_400 { active30d += 1 }
        }
    }
}
