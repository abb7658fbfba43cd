import Fleet

/// What a node's host runs short of. Of a node that tells none of it nothing is said.
enum VitalRules {
    static func judge(_ view: View, _ rules: RuleBook) -> [Judgement] {
        view.snapshot.nodes.flatMap { row -> [Judgement] in
            let id = row.status.node.id
            guard view.isSeen(row) else {
                return [.nodeDisk, .nodeMemory, .nodeSwap, .nodeConntrack].map { .undecided($0, .node(id)) }
            }
            guard let vitals = row.status.lastSample?.vitals else { return [] }
            let used: [(Rule, used: UInt64?, total: UInt64?)] = [
                (.nodeDisk, rest(vitals.diskTotal, vitals.diskAvailable), vitals.diskTotal),
                (.nodeMemory, rest(vitals.memoryTotal, vitals.memoryAvailable), vitals.memoryTotal),
                (.nodeSwap, rest(vitals.swapTotal, vitals.swapFree), vitals.swapTotal),
                (.nodeConntrack, vitals.conntrack, vitals.conntrackMost),
            ]
            return used.compactMap { rule, used, total in
                guard let used, let total, total > 0, let bound = rules[rule].limit else { return nil }
                let name = row.status.node.name
                return level(percent(used, of: total), bound) { Evidence(name: name, seen: $0, bound: bound) }
                    .map { Judgement(rule, .node(id), $0) }
            }
        }
    }

    private static func rest(_ total: UInt64?, _ free: UInt64?) -> UInt64? {
        guard let total, let free else { return nil }
        return total - min(total, free)
    }
}
