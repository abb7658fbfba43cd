import Fleet
import WireGuard

/// What people use: down, blocked, or there and without anybody in it.
enum ServiceRules {
    static func judge(_ view: View, _ rules: RuleBook) -> [Judgement] {
        view.snapshot.services.flatMap { service($0, view, rules) }
            + view.snapshot.nodes.compactMap { stopped($0, view, rules) }
    }

    private static func service(_ service: ServiceState, _ view: View, _ rules: RuleBook) -> [Judgement] {
        let subject = Subject.service(service.id, on: service.node)
        let words = [service.evidence.rawValue, service.detail].compactMap(\.self).joined(separator: " ")
        let evidence = Evidence(name: service.name(in: view.snapshot), detail: words)
        var found: [Judgement] =
            switch service.status {
            case .offline: [.wrong(.serviceDown, subject, evidence)]
            case .blocked: [.wrong(.serviceBlocked, subject, evidence)]
            case .unknown: [.undecided(.serviceDown, subject), .undecided(.serviceBlocked, subject)]
            case .online: []
            }
        if let end = service.certificateEnd, let bound = rules[.certificate].limit {
            let days = end.seconds(since: view.now) / 86_400
            if days < bound {
                found.append(
                    .wrong(.certificate, subject, Evidence(name: evidence.name, seen: max(0, days), bound: bound)))
            }
        } else if service.kind == .https {
            found.append(.undecided(.certificate, subject))
        }
        return found
    }

    /// The predecessor's 26 hours: ports open, services up, and not one handshake on a node that is busy at this hour.
    private static func stopped(_ row: NodeRow, _ view: View, _ rules: RuleBook) -> Judgement? {
        let id = row.status.node.id
        guard view.isSeen(row), let silence = view.memory.lifeless[id], let bound = rules[.trafficStopped].limit else {
            return .undecided(.trafficStopped, .node(id))
        }
        let minutes = silence / 60
        guard minutes >= bound else { return nil }
        // At an hour when they sleep nothing opens; what is open ends by a handshake, not by the hour.
        guard view.facts.busyNow.contains(id) else { return .undecided(.trafficStopped, .node(id)) }
        return .wrong(
            .trafficStopped, .node(id), Evidence(name: row.status.node.name, seen: minutes, bound: bound))
    }
}
