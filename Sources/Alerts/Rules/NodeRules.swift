import Fleet
import WireGuard

/// Whether a node answers, and lately.
enum NodeRules {
    static func judge(_ view: View, _ rules: RuleBook) -> [Judgement] {
        view.snapshot.nodes.flatMap { judge($0.status, view, rules) }
    }

    private static func judge(_ status: NodeStatus, _ view: View, _ rules: RuleBook) -> [Judgement] {
        let subject = Subject.node(status.node.id)
        let name = status.node.name
        // Not polled yet: what was open before a start is still open.
        guard status.state != .unknown || status.failure != nil else {
            return [.hostKeyChanged, .nodeUnreachable, .nodeStale].map { .undecided($0, subject) }
        }
        if let failure = status.failure {
            if failure.kind == .hostKeyChanged {
                return [.wrong(.hostKeyChanged, subject, Evidence(name: name, detail: failure.detail))]
            }
            // Whoever cannot be reached shows no key.
            var found = [Judgement.undecided(.hostKeyChanged, subject), .undecided(.nodeStale, subject)]
            let bound = rules[.nodeUnreachable].limit ?? 1
            if status.failures >= bound {
                let words =
                    failure.detail.isEmpty ? failure.kind.rawValue : "\(failure.kind.rawValue) \(failure.detail)"
                found.append(
                    .wrong(
                        .nodeUnreachable, subject,
                        Evidence(name: name, seen: Int64(status.failures), bound: bound, detail: words)))
            } else {
                found.append(Judgement(.nodeUnreachable, subject, .suspected))
            }
            return found
        }
        guard status.isStale(at: view.now), let age = status.sampleAge(at: view.now) else { return [] }
        return [.wrong(.nodeStale, subject, Evidence(name: name, seen: age))]
    }
}
