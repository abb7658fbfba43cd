import Fleet
import WireGuard

/// What a node's newest sample says of its WireGuard and AmneziaWG: passive proof, and said to be so.
enum ServiceJudgement {
    static func states(of status: NodeStatus, at now: UnixTime) -> [ServiceState] {
        let sample = status.lastSample
        let kinds = Set((sample?.interfaces ?? []).map(\.kind)).sorted { $0.rawValue < $1.rawValue }
        return (kinds.isEmpty ? [.wireGuard] : kinds).map { kind in
            let (verdict, evidence) = judge(status, kind, at: now)
            return ServiceState(
                node: status.node.id, kind: kind == .wireGuard ? .wireGuard : .amneziaWG, status: verdict,
                evidence: evidence, checked: sample?.takenAt)
        }
    }

    private static func judge(
        _ status: NodeStatus, _ kind: WireGuard.Interface.Kind, at now: UnixTime
    ) -> (ServiceState.Status, ServiceState.Evidence) {
        guard let sample = status.lastSample else {
            return (.unknown, status.state == .offline ? .nodeAway : .notChecked)
        }
        guard status.state == .online, !status.isStale(at: now) else { return (.unknown, .nodeAway) }
        let interfaces = sample.interfaces.filter { $0.kind == kind }
        guard !interfaces.isEmpty else { return (sample.isComplete ? .offline : .unknown, .noInterface) }
        let nodeTime = sample.takenAt.advanced(by: sample.clockOffset?.components.seconds ?? 0)
        let isFresh = interfaces.contains { $0.peers.contains { $0.isOnline(at: nodeTime) } }
        return isFresh ? (.online, .freshHandshake) : (.unknown, .idle)
    }
}
