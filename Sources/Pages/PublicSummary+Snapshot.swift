package import Fleet
package import WireGuard

extension PublicSummary {
    package init(_ snapshot: Snapshot, settings: PublicSettings, now: UnixTime) {
        func count(_ number: Int) -> Count { Count(number, minimum: settings.minimum) }
        let statistics = Statistics(snapshot, now: now)
        places = Self.places(snapshot, settings, statistics, now)
        overall = Overall(snapshot, now: now)
        dataAsOf = snapshot.newestSample
        histories = Self.histories(snapshot)
        outages = Self.outages(snapshot, settings, since: now.advanced(by: -14 * 86_400))
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

    private static func histories(_ snapshot: Snapshot) -> [History] {
        let worst: [ServiceState.Status] = [.offline, .blocked, .online]
        return ServiceState.Kind.allCases.compactMap { kind in
            let services = snapshot.services.filter { $0.kind == kind }
            let histories = services.compactMap(\.history)
            guard var days = histories.first?.days else { return nil }
            for other in histories.dropFirst() where other.days.count == days.count {
                for index in days.indices {
                    days[index].seconds += other.days[index].seconds
                    days[index].sum += other.days[index].sum
                }
            }
            let status = worst.first { status in services.contains { $0.status == status } }
            let last24h = histories.reduce(into: ServiceHistory.Sum()) { $0 += $1.last24h }
            return History(kind: kind, status: status ?? .unknown, last24h: last24h.uptime, days: days)
        }
    }

    private static func outages(
        _ snapshot: Snapshot, _ settings: PublicSettings, since: UnixTime
    ) -> [Outage] {
        let places = Dictionary(
            snapshot.nodes.enumerated().map { index, row in
                (row.status.node.id, settings.names ? row.status.node.name : "\(index + 1)")
            }, uniquingKeysWith: { first, _ in first })
        var outages: [Outage] = []
        for service in snapshot.services {
            for outage in service.history?.outages ?? [] where (outage.until ?? snapshot.madeAt) > since {
                var told = outage
                told.detail = nil
                outages.append(Outage(kind: service.kind, place: service.node.flatMap { places[$0] }, outage: told))
            }
        }
        return Array(outages.sorted { $0.outage.since > $1.outage.since }.prefix(50))
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
    /// Of what users have: services. A node that cannot be read makes its services unknown, and no service is green by it.
    init(_ snapshot: Snapshot, now: UnixTime) {
        let away = snapshot.nodes.map(\.status).filter { $0.isAway(at: now) }.map(\.node.id)
        let working = snapshot.services.filter { service in
            service.status == .online && service.kind.carriesUsers
                && (service.isActive || !away.contains { $0 == service.node })
        }
        let failing = snapshot.services.count { [.offline, .blocked].contains($0.status) }
        // Nothing on it is known to work: it may be down for its users too.
        let isLost = away.contains { node in !working.contains { $0.node == node } }
        self =
            if !snapshot.panel.isFirstCycleOver {
                .starting
            } else if snapshot.panel.blindSince != nil {
                .stale
            } else if failing > 0 {
                failing == snapshot.services.count ? .down : .partlyDown
            } else if !working.isEmpty {
                isLost ? .partlyDown : .up
            } else {
                // All silent at once: the panel may be the blind one, and then it does not know.
                !away.isEmpty && away.count == snapshot.nodes.count ? .stale : .unproven
            }
    }
}
