import Fleet
import Probes
import Store
import WireGuard

/// All services as they stand: what is configured, what probes and samples said, how it was. The bookkeeper owns it.
struct ServiceBoard {
    /// As configured, in the file's order; those with a target are probed, but for tunnels without a probe's key.
    private var configured: [ServiceState]
    private var standings: [String: Standing] = [:]
    private var log: ServiceLog
    private var blindness = Blindness()
    private var deserted: [NodeID: ServiceState.Comparison] = [:]

    /// Seconds: a tunnel that worked so lately is missed when its node shows it no more, and one that fell so lately is why
    /// people are away. Later this is usual.
    private static let memory: Int64 = 7 * 86_400

    private(set) var states: [ServiceState] = []
    var blindSince: UnixTime? { blindness.since }

    init(_ configured: [ServiceState], stored: [ServiceSpan]) {
        self.configured = configured
        log = ServiceLog(stored)
    }

    mutating func follow(_ configured: [ServiceState]) {
        self.configured = configured
        let known = Set(configured.map(\.id))
        standings = standings.filter { known.contains($0.key) }
    }

    mutating func enter(_ result: ProbeResult) {
        // A probe that the configuration dropped may still have been under way.
        guard configured.contains(where: { $0.id == result.probe }) else { return }
        standings[result.probe, default: Standing()].enter(result)
    }

    mutating func enter(deserted: [NodeID: ServiceState.Comparison]) { self.deserted = deserted }

    /// The last round trip of a ping of the node.
    func ping(of node: NodeID) -> Duration? {
        states.first { $0.kind == .ping && $0.node == node && $0.status == .online }?.latency
    }

    /// Judges anew. `panelKeys`: of the probes. True: something is otherwise than it was.
    mutating func look(
        _ statuses: [NodeStatus], besides panelKeys: Set<PublicKey> = [], zone: OwnerZone, at now: UnixTime
    ) -> Bool {
        let wasBlind = blindness.since != nil
        blindness.look(statuses, configured.compactMap { one in standings[one.id].map { (one, $0) } }, at: now)
        if blindness.since != nil || wasBlind {
            for id in standings.keys { standings[id]?.forgive() }
        }
        let nodes = Dictionary(statuses.map { ($0.node.id, $0) }, uniquingKeysWith: { first, _ in first })
        var new: [ServiceState] = []
        for status in statuses {
            let own = configured.filter { $0.node == status.node.id }
            let probed = Set(own.filter(\.isActive).map(\.kind))
            let passive = tunnels(of: status, own, at: now).filter { !probed.contains($0) }
                .map { ServiceJudgement.state(of: $0, on: status, at: now, besides: panelKeys) }
            let all = passive.map { withTarget($0) } + own.filter { $0.isActive }.map { judged($0, nodes, now) }
            new += judgedByRhythm(all, on: status, at: now)
        }
        new += configured.filter { one in one.node.map { nodes[$0] == nil } ?? true }.map { judged($0, nodes, now) }
        let isChanged = log.enter(new, at: now)
        for index in new.indices {
            new[index].since = log.since(new[index])
            new[index].history = log.history(of: new[index].id, zone: zone, at: now)
        }
        defer { states = new }
        return isChanged || new.map(\.status) != states.map(\.status)
    }

    /// What a node has, whether it shows it now or not: what it shows, what is configured, and what its samples proved at work
    /// within the last week. A tunnel that was taken off for good is down for that week: nobody can tell it from one that
    /// broke. A node with nothing of all this keeps the one that worked last, so that a long outage becomes no other
    /// service's; one that never had any has WireGuard.
    private func tunnels(
        of status: NodeStatus, _ own: [ServiceState], at now: UnixTime
    ) -> [ServiceState.Kind] {
        let shown = (status.lastSample?.interfaces ?? []).map(\.kind)
        func lastWorked(_ kind: ServiceState.Kind, by proof: ServiceState.Evidence? = nil) -> UnixTime? {
            log.lastWorked(ServiceState.id(kind, status.node.id, nil), by: proof)
        }
        let found = ServiceState.Kind.tunnels.filter { kind in
            shown.contains { $0 == kind.interfaceKind } || own.contains { $0.kind == kind }
                || lastWorked(kind, by: .freshHandshake).map { now.seconds(since: $0) <= Self.memory } ?? false
        }
        guard found.isEmpty else { return found }
        let past = ServiceState.Kind.tunnels.compactMap { kind in lastWorked(kind).map { (kind, at: $0) } }
        return [past.max { $0.at < $1.at }?.0 ?? .wireGuard]
    }

    private func judged(_ service: ServiceState, _ nodes: [NodeID: NodeStatus], _ now: UnixTime) -> ServiceState {
        guard let standing = standings[service.id] else { return service }
        return ServiceJudgement.state(
            of: service, standing,
            ServiceJudgement.Circumstances(
                node: service.node.flatMap { nodes[$0] }, isBlind: blindness.since != nil,
                hasWorked: standing.proof != nil || log.lastWorked(service.id) != nil, now: now))
    }

    /// A node's services. Somebody may still be connected: few, where many were. What answers the panel's probe may be cut off
    /// from people all the same: they come from other networks.
    private func judgedByRhythm(
        _ states: [ServiceState], on status: NodeStatus, at now: UnixTime
    ) -> [ServiceState] {
        guard let comparison = deserted[status.node.id], status.state == .online, !status.isStale(at: now) else {
            return states
        }
        let tunnels = states.filter { $0.kind.interfaceKind != nil }
        // People are counted by node: those of a tunnel that fell are missed on the others.
        let isExplained = tunnels.contains { tunnel in
            [.offline, .blocked].contains(tunnel.status)
                && log.since(tunnel).map { now.seconds(since: $0) <= Self.memory } ?? true
        }
        guard !isExplained else { return states }
        return states.map { state in
            guard state.kind.interfaceKind != nil, [.online, .unknown].contains(state.status),
                ![.noInterface, .ownNetwork].contains(state.evidence)
            else { return state }
            var state = state
            (state.status, state.comparison) = (.blocked, comparison)
            state.evidence = state.evidence == .answered ? .desertedButAnswered : .deserted
            return state
        }
    }

    private func withTarget(_ state: ServiceState) -> ServiceState {
        var state = state
        state.target = configured.first { $0.node == state.node && $0.kind == state.kind }?.target
        return state
    }

    // MARK: The store

    func unsaved(isAll: Bool) -> [ServiceSpan] { log.unsaved(isAll: isAll) }
    mutating func wereSaved(isAll: Bool) { log.wereSaved(isAll: isAll) }
}
