import Fleet
import WireGuard

/// How the panel itself is.
enum PanelRules {
    static func judge(_ view: View, _ rules: RuleBook) -> [Judgement] {
        let panel = view.snapshot.panel
        var found: [Judgement] = []
        if let blind = blind(view, rules) { found.append(blind) }
        if let failure = panel.storeFailure {
            found.append(
                .wrong(
                    .panelStore, .panel,
                    Evidence(name: "", seen: Int64(failure.waiting), detail: failure.words)))
        }
        if let problem = panel.databaseCheck?.problems.first {
            found.append(
                .wrong(
                    .panelDatabase, .panel,
                    Evidence(name: "", seen: Int64(panel.databaseCheck?.problems.count ?? 1), detail: problem)))
        }
        if let disk = view.facts.disk, let bound = rules[.panelDisk].limit {
            let used = percent(disk.total - min(disk.total, disk.available), of: disk.total)
            if let verdict = level(used, bound, { Evidence(name: "", seen: $0, bound: bound) }) {
                found.append(Judgement(.panelDisk, .panel, verdict))
            }
        }
        if let last = view.facts.lastBackup, let bound = rules[.panelBackup].limit {
            let days = view.now.seconds(since: last) / 86_400
            if days >= bound {
                found.append(.wrong(.panelBackup, .panel, Evidence(name: "", seen: days, bound: bound)))
            }
        }
        for source in view.snapshot.roster.sources where !source.isReadable {
            found.append(
                .wrong(
                    .rosterUnreadable, .file(source.path),
                    Evidence(name: source.path, detail: source.problem ?? "")))
        }
        return found
    }

    /// When most nodes fall silent in one cycle, it is more likely the panel that lost its network. Of one node nothing is
    /// concluded.
    private static func blind(_ view: View, _ rules: RuleBook) -> Judgement? {
        let remote = view.snapshot.nodes.map(\.status).filter { !$0.node.isLocal }
        guard remote.count >= 2, let bound = rules[.panelBlind].limit else { return nil }
        let silent = remote.count { $0.failure?.kind.isSilence ?? false }
        let share = percent(UInt64(silent), of: UInt64(remote.count))
        guard silent >= 2, share >= bound || view.snapshot.panel.blindSince != nil else { return nil }
        return .wrong(
            .panelBlind, .panel, Evidence(name: "", seen: Int64(silent), bound: Int64(remote.count)))
    }
}

extension PollFailure.Kind {
    /// The host may be well and the way to it cut, or the host begins again: nothing of it answers, or nothing listens yet.
    var isSilence: Bool {
        switch self {
        case .unresolved, .unreachable, .timedOut, .disconnected, .refused, .jump: true
        default: false
        }
    }
}
