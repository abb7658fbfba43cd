package import Fleet
package import WireGuard

extension PublicSummary {
    package init(_ snapshot: Snapshot, settings: PublicSettings, now: UnixTime) {
        func count(_ number: Int) -> Count { Count(number, minimum: settings.minimum) }
        let statistics = Statistics(snapshot, now: now)
        places = Self.places(snapshot, settings, statistics, now)
        overall = Overall(snapshot, now: now)
        dataAsOf = snapshot.newestSample
        totalUsers = count(statistics.totalUsers)
        activeUsers = count(statistics.activeUsers)
        totalPeers = count(statistics.totalPeers)
        activePeers = count(statistics.activePeers)
        online = statistics.online.map(count)
        active24h = count(statistics.active24h)
        active7d = count(statistics.active7d)
        active30d = count(statistics.active30d)
        var types: [ProfileType: Int] = [:]
        for (name, number) in statistics.byProfileType {
            types[ProfileType(rawValue: name) ?? .other, default: 0] += number
        }
        byProfileType = types.mapValues(count)
        if types.values.contains(where: { count($0).isHidden }) { byProfileType = nil }
    }

    private static func places(
        _ snapshot: Snapshot, _ settings: PublicSettings, _ statistics: Statistics, _ now: UnixTime
    ) -> [Place] {
        let counts = snapshot.nodes.map {
            Count(statistics.byServer[$0.status.node.id] ?? 0, minimum: settings.minimum)
        }
        let hides = counts.contains { $0.isHidden }
        func services(_ node: NodeID?) -> [Service] {
            snapshot.services.filter { $0.node == node }.map {
                Service(
                    kind: $0.kind, status: $0.status, evidence: $0.evidence, checked: $0.checked, isActive: $0.isActive)
            }
        }
        var places = snapshot.nodes.enumerated().map { index, row in
            let node = row.status.node
            return Place(
                label: settings.names ? .named(id: node.id.name, name: node.name) : .numbered(index + 1),
                status: row.status.state, isStale: row.status.isStale(at: now), lastCheck: row.status.lastPoll,
                services: services(node.id), activePeers: hides ? nil : counts[index])
        }
        let elsewhere = services(nil)
        if !elsewhere.isEmpty {
            places.append(Place(label: .nowhere, status: .unknown, isStale: false, services: elsewhere))
        }
        return places
    }
}

extension PublicSummary.Overall {
    /// Green only by fresh data.
    init(_ snapshot: Snapshot, now: UnixTime) {
        let statuses = snapshot.nodes.map(\.status)
        let isDown = { (status: NodeStatus) in status.state == .offline }
        if snapshot.newestSample == nil, !snapshot.panel.isFirstCycleOver {
            self = .starting
        } else if !statuses.isEmpty, statuses.allSatisfy({ $0.isStale(at: now) }) {
            // All silent at once: the panel may be the blind one, and then it does not know.
            self = statuses.count == 1 && statuses.allSatisfy(isDown) ? .down : .stale
        } else if statuses.contains(where: isDown) || snapshot.services.contains(where: { $0.status == .offline }) {
            self = statuses.allSatisfy(isDown) ? .down : .partlyDown
        } else {
            self = statuses.contains { $0.isStale(at: now) } ? .partlyDown : .up
        }
    }
}
