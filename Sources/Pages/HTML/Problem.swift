import Fleet
import WireGuard

/// Something an owner should look at, most urgent first: one cause, one problem.
enum Problem {
    case storeFailing(PanelState.StoreFailure)

    /// Every node at once, by the network: these are its nodes, failures and all.
    case allAway([NodeStatus])
    case pollFailed(NodeStatus, PollFailure)
    case stale(NodeStatus, Sample)
    case incomplete(NodeStatus, Sample)
    case clocksDiffer(NodeStatus, Int64)
    case sourceUnreadable(Roster.Source)
    case sourceOdd(Roster.Source)
    case conflicts([Roster.Conflict])
    case skipped([Roster.Skipped])

    static func all(in snapshot: Snapshot, now: UnixTime) -> [Problem] {
        var problems: [Problem] = []
        if let failure = snapshot.panel.storeFailure { problems.append(.storeFailing(failure)) }
        let statuses = snapshot.nodes.map(\.status)
        let remote = statuses.filter { !$0.node.isLocal }
        if remote.count > 1, remote.allSatisfy({ $0.failure?.kind.isOfTheNetwork ?? false }) {
            problems.append(.allAway(remote))
            problems += statuses.filter(\.node.isLocal).flatMap { of($0, now) }
        } else {
            problems += statuses.flatMap { of($0, now) }
        }
        problems += snapshot.roster.sources.filter { !$0.isReadable }.map { .sourceUnreadable($0) }
        problems += snapshot.roster.sources.filter { $0.isReadable && $0.notice != nil }.map { .sourceOdd($0) }
        if !snapshot.roster.conflicts.isEmpty { problems.append(.conflicts(snapshot.roster.conflicts)) }
        if !snapshot.roster.skipped.isEmpty { problems.append(.skipped(snapshot.roster.skipped)) }
        return worstFirst(problems)
    }

    static func worstFirst(_ problems: [Problem]) -> [Problem] {
        problems.filter { $0.mark == .bad } + problems.filter { $0.mark != .bad }
    }

    static func of(_ status: NodeStatus, _ now: UnixTime) -> [Problem] {
        if let failure = status.failure { return [.pollFailed(status, failure)] }
        guard let sample = status.lastSample else { return [] }
        if status.isStale(at: now) { return [.stale(status, sample)] }
        var problems: [Problem] = []
        if !sample.isComplete { problems.append(.incomplete(status, sample)) }
        let offset = abs(sample.clockOffset?.components.seconds ?? 0)
        if offset >= 30 { problems.append(.clocksDiffer(status, offset)) }
        return problems
    }

    var mark: Mark {
        switch self {
        case .storeFailing, .allAway: .bad
        case .pollFailed(let status, _): status.state == .offline ? .bad : .warning
        case .stale, .incomplete, .clocksDiffer, .sourceUnreadable, .sourceOdd, .conflicts, .skipped: .warning
        }
    }

    /// Stays the same while the problem lasts: the script keeps an opened problem open.
    var key: String {
        switch self {
        case .storeFailing: "store"
        case .allAway: "network"
        case .pollFailed(let status, _), .stale(let status, _): "node-\(status.node.id)"
        case .incomplete(let status, _): "incomplete-\(status.node.id)"
        case .clocksDiffer(let status, _): "clock-\(status.node.id)"
        case .sourceUnreadable(let source): "file-\(source.path)"
        case .sourceOdd(let source): "odd-\(source.path)"
        case .conflicts: "conflicts"
        case .skipped: "skipped"
        }
    }
}
