import Fleet
import Probes
import WireGuard

/// What is said of a service: by a node's newest sample alone (passive proof, and said to be so), or by probes.
enum ServiceJudgement {
    /// The node's tunnel as its newest sample shows it, or does not. `own`: keys of the panel's probes, whose handshakes are
    /// no user's.
    static func state(
        of kind: ServiceState.Kind, on status: NodeStatus, at now: UnixTime, besides own: Set<PublicKey> = []
    ) -> ServiceState {
        let (verdict, evidence) = judge(status, kind, at: now, besides: own)
        return ServiceState(
            node: status.node.id, kind: kind, status: verdict, evidence: evidence, checked: status.lastSample?.takenAt)
    }

    private static func judge(
        _ status: NodeStatus, _ kind: ServiceState.Kind, at now: UnixTime, besides own: Set<PublicKey>
    ) -> (ServiceState.Status, ServiceState.Evidence) {
        guard let sample = status.lastSample else {
            return (.unknown, status.state == .offline ? .nodeAway : .notChecked)
        }
        guard status.state == .online, !status.isStale(at: now) else { return (.unknown, .nodeAway) }
        let interfaces = sample.interfaces.filter { $0.kind == kind.interfaceKind }
        guard !interfaces.isEmpty else { return (sample.isComplete ? .offline : .unknown, .noInterface) }
        let nodeTime = sample.takenAt.advanced(by: sample.clockOffset?.components.seconds ?? 0)
        let isFresh = interfaces.contains {
            $0.peers.contains { $0.isOnline(at: nodeTime) && !own.contains($0.publicKey) }
        }
        return isFresh ? (.online, .freshHandshake) : (.unknown, .idle)
    }

    // MARK: Probes

    /// What else is known when a probe's word is judged.
    struct Circumstances {
        /// Of the service's node. Nil: it is on none of ours.
        var node: NodeStatus?

        /// The panel's own network is suspected.
        var isBlind = false

        /// It worked once, with this address and these keys as far as anybody knows.
        var hasWorked = false

        var now: UnixTime
    }

    /// A service that is probed.
    static func state(of service: ServiceState, _ standing: Standing, _ around: Circumstances) -> ServiceState {
        var state = service
        state.isActive = true
        state.checked = standing.checked
        state.latency = standing.failure == nil ? standing.proof?.latency : nil
        state.certificateEnd = standing.proof?.certificateEnd
        state.detail = standing.failure?.detail
        switch standing.state {
        case .up: (state.status, state.evidence) = (.online, standing.failure == nil ? .answered : .wavering)
        case .unknown where isGone(service, around): (state.status, state.evidence) = (.offline, .noInterface)
        case .unknown: (state.status, state.evidence) = (.unknown, standing.failure?.evidence ?? .notChecked)
        case .down:
            guard let failure = standing.failure else {
                (state.status, state.evidence) = (.offline, .recovering)
                return state
            }
            if failure.isSilence && around.isBlind {
                (state.status, state.evidence) = (.unknown, .ownNetwork)
            } else if isFiltered(service, failure, around) {
                (state.status, state.evidence) = (.blocked, .filtered)
            } else {
                (state.status, state.evidence) = (.offline, failure.evidence)
                state.detail = failure.detail ?? listening(service, around)
            }
        }
        return state
    }

    /// The node's whole answer has no such interface: then no probe can be made, and none is needed.
    private static func isGone(_ service: ServiceState, _ around: Circumstances) -> Bool {
        guard let kind = service.kind.interfaceKind, let node = around.node, node.state == .online,
            !node.isStale(at: around.now), let sample = node.lastSample, sample.isComplete
        else { return false }
        return !sample.interfaces.contains { $0.kind == kind }
    }

    /// The node answers from within that the service is there, and from outside nothing comes back.
    private static func isFiltered(_ service: ServiceState, _ failure: ProbeFailure, _ around: Circumstances) -> Bool {
        guard [.silent, .unreachable, .closed].contains(failure.evidence), let node = around.node,
            !node.node.isLocal, node.state == .online, !node.isStale(at: around.now), let sample = node.lastSample
        else { return false }
        // Connected, and then nothing: it was so from the first day on where a password is wrong.
        if failure.wasConnected { return around.hasWorked }
        guard failure.evidence != .closed else { return false }
        switch service.kind {
        case .wireGuard, .amneziaWG:
            let interfaces = sample.interfaces.filter { $0.kind == service.kind.interfaceKind }
            // Behind a mapped port it is another one; then it must have worked.
            return interfaces.contains { $0.listenPort == service.port } || !interfaces.isEmpty && around.hasWorked
        case .shadowsocks, .mtProto, .tcp, .https:
            return around.hasWorked && service.port.map { sample.listens(on: $0) } ?? false
        case .ping: return false
        }
    }

    /// What the node says of the port. Nil: nothing that helps.
    private static func listening(_ service: ServiceState, _ around: Circumstances) -> String? {
        guard let kind = service.kind.interfaceKind, let sample = around.node?.lastSample, let port = service.port
        else {
            return nil
        }
        let ports = sample.interfaces.filter { $0.kind == kind }.map(\.listenPort)
        guard !ports.isEmpty else { return "the node shows no such interface" }
        return ports.contains(port)
            ? nil : "the node's interface listens on \(ports.map { "\($0)" }.joined(separator: ", ")), not on \(port)"
    }
}

extension ServiceState {
    /// Of `target`. Nil: it has none.
    var port: UInt16? {
        guard let target, let colon = target.lastIndex(of: ":") else { return nil }
        return UInt16(target[target.index(after: colon)...])
    }
}

extension ServiceState.Kind {
    /// Those that a node's samples show, in the order of the pages.
    static let tunnels: [Self] = [.amneziaWG, .wireGuard]

    /// Nil: no interface of a node.
    var interfaceKind: WireGuard.Interface.Kind? {
        switch self {
        case .wireGuard: .wireGuard
        case .amneziaWG: .amneziaWG
        default: nil
        }
    }
}
