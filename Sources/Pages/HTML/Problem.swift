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

    /// It does not do for users what it is there for. With its name.
    case serviceFailing(ServiceState, String)

    /// What a rule found, and the snapshot does not show.
    case alert(Incident)
    case skipped([Roster.Skipped])

    /// - Parameter alerts: incidents that last; those that the snapshot shows too are told once.
    static func all(in snapshot: Snapshot, alerts: [Incident] = [], now: UnixTime) -> [Problem] {
        var problems: [Problem] = []
        var alerts = alerts.filter { $0.isProblem && !$0.rule.isSeenInSnapshot }
        if let failure = snapshot.panel.storeFailure { problems.append(.storeFailing(failure)) }
        let statuses = snapshot.nodes.map(\.status)
        let remote = statuses.filter { !$0.node.isLocal }
        if remote.count > 1, remote.allSatisfy({ $0.failure?.kind.isOfTheNetwork ?? false }) {
            problems.append(.allAway(remote))
            problems += statuses.filter(\.node.isLocal).flatMap { of($0, now) }
            alerts.removeAll { $0.rule == .panelBlind }
        } else {
            problems += statuses.flatMap { of($0, now) }
        }
        problems += services(in: snapshot)
        problems += alerts.map { .alert($0) }
        problems += snapshot.roster.sources.filter { !$0.isReadable }.map { .sourceUnreadable($0) }
        problems += snapshot.roster.sources.filter { $0.isReadable && $0.notice != nil }.map { .sourceOdd($0) }
        if !snapshot.roster.conflicts.isEmpty { problems.append(.conflicts(snapshot.roster.conflicts)) }
        if !snapshot.roster.skipped.isEmpty { problems.append(.skipped(snapshot.roster.skipped)) }
        return worstFirst(problems)
    }

    /// A node that cannot be reached explains its services.
    ///
    /// - Parameter node: nil: all services.
    static func services(in snapshot: Snapshot, on node: NodeID? = nil) -> [Problem] {
        let away = snapshot.nodes.map(\.status).filter { $0.failure?.kind.isOfTheNetwork ?? false }.map(\.node.id)
        return snapshot.services.filter { service in
            [.offline, .blocked].contains(service.status) && (node == nil || service.node == node)
                && !away.contains { $0 == service.node }
        }.map { .serviceFailing($0, $0.name(in: snapshot)) }
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
        case .storeFailing, .allAway, .serviceFailing: .bad
        case .alert(let incident): incident.mark
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
        case .serviceFailing(let service, _): "service-\(service.id)"
        case .alert(let incident): "alert-\(incident.id)"
        case .skipped: "skipped"
        }
    }
}

extension Incident {
    /// More than a hint, its own reason, and nobody said that they know or do not want to hear.
    fileprivate var isProblem: Bool {
        guard ended == nil, acknowledged == nil, severity > .notice else { return false }
        return switch hold {
        case .cause, .silence, .maintenance: false
        case .quietHours, .noChannel, nil: true
        }
    }
}

extension Rule {
    /// A `Problem` of the snapshot tells it sooner, and with more.
    fileprivate var isSeenInSnapshot: Bool {
        switch self {
        case .panelStore, .rosterUnreadable, .hostKeyChanged, .nodeUnreachable, .nodeStale, .serviceDown,
            .serviceBlocked:
            true
        default: false
        }
    }
}
