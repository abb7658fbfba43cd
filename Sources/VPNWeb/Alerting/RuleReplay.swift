import Accounting
import Alerts
import Fleet
import Foundation
import Pages
import Store
import WireGuard

/// What a rule would have said of the past. Only what the store recorded can be asked: gaps in polling, bytes by hour,
/// periods' sums, keys that went, how services were, and incidents that were opened then.
struct RuleReplay {
    let configuration: Configuration
    let store: TrafficStore
    let from: UnixTime
    let to: UnixTime

    init(_ configuration: Configuration, _ store: TrafficStore, from: UnixTime, to: UnixTime) {
        self.configuration = configuration
        self.store = store
        self.from = from
        self.to = to
    }

    struct Found: Equatable {
        var subject: Subject
        var since: UnixTime

        /// Nil: it still lasts.
        var until: UnixTime?
        var note: String
    }

    struct Result {
        var rule: Rule
        var from: UnixTime
        var to: UnixTime

        /// On what it stands; nil: nothing of the rule's grounds is recorded.
        var basis: String?

        /// Why not, or what cannot be told.
        var limits: String
        var found: [Found]

        /// Alerts of this rule that were opened then, by the rules in force then.
        var opened: Int
    }

    func run(_ rule: Rule) throws(StoreError) -> Result {
        let settings = configuration.alerts.rules[rule]
        var result = Result(
            rule: rule, from: from, to: to, basis: nil, limits: "", found: [], opened: try opened(rule))
        switch rule {
        case .nodeUnreachable, .nodeStale, .panelBlind:
            result.basis = "gaps in what was booked of each node"
            result.limits = "why a node was not read is not recorded: the panel's own stops look the same"
            let gaps = try gaps(settings)
            result.found = rule == .panelBlind ? blind(gaps, settings) : gaps
        case .trafficStopped:
            result.basis = "bytes by the hour, and the same hour of the seven days before"
            result.limits = "to whole hours: shorter stops are not seen"
            result.found = try stopped()
        case .allowanceNear, .allowanceUsedUp:
            result.basis = "sums of the billing periods, by the day"
            result.limits = "by the allowances of today's configuration"
            result.found = try allowances(settings.limit ?? 100)
        case .peersHalved:
            result.basis = "keys that complete samples no longer showed"
            result.limits = "by keys that were counted: peers that never had a byte are not among them"
            result.found = try halved(settings.limit ?? 50)
        case .unknownKey:
            result.basis = "counters that began, of keys that nobody owns now"
            result.limits = "who was known to the bot then is not recorded"
            result.found = try unknown()
        case .panelBackup:
            result.limits = "only the last backup is recorded"
        case .nodeDisk, .nodeMemory, .nodeSwap, .nodeConntrack:
            result.limits = "a node's vitals are shown and not recorded"
        case .hostKeyChanged: result.limits = "why a poll failed is not recorded"
        case .serviceDown, .serviceBlocked:
            result.basis = "how services were, as it was recorded"
            result.limits = "what a node that was away explained was not told by itself"
            result.found = try outages(rule == .serviceDown ? .offline : .blocked, settings)
        case .certificate: result.limits = "certificates' ends are not recorded"
        case .keyTwice, .endpointHops: result.limits = "addresses and handshakes of every poll are not recorded"
        case .panelStore, .panelDatabase, .panelDisk, .rosterUnreadable:
            result.limits = "the panel's own state is not recorded"
        }
        return result
    }

    private func opened(_ rule: Rule) throws(StoreError) -> Int {
        try store.incidents(areLasting: nil, limit: 100_000).count { $0.rule == rule && $0.opened >= from }
    }

    // MARK: Gaps

    /// A gap is an interface's; a node's is where all of its interfaces have one.
    func gaps(_ settings: RuleSettings) throws(StoreError) -> [Found] {
        var found: [Found] = []
        for node in configuration.fleetNodes {
            let events = try store.events(from: from, to: to, of: Selection(node: node.id), kinds: [.gap])
            let least = node.poll.components.seconds * (settings.limit ?? 3) + settings.after.components.seconds
            var spans: Set<Span> = []
            for event in events {
                guard let since = event.since, event.at.seconds(since: since) >= least else { continue }
                spans.insert(Span(since: since, until: event.at))
            }
            found += spans.map {
                Found(subject: .node(node.id), since: $0.since, until: $0.until, note: "nothing was read")
            }
            let last = try store.ledger(of: node.id).interfaces.values.map(\.standing.lastSeen.at).max()
            if let last, to.seconds(since: last) >= least {
                found.append(Found(subject: .node(node.id), since: last, until: nil, note: "nothing was read since"))
            }
        }
        return found.sorted { ($0.since, $0.subject.word) < ($1.since, $1.subject.word) }
    }

    private struct Span: Hashable {
        var since: UnixTime
        var until: UnixTime
    }

    /// Where most remote nodes were not read at one time.
    private func blind(_ gaps: [Found], _ settings: RuleSettings) -> [Found] {
        let remote = Set(configuration.fleetNodes.filter { !$0.isLocal }.map { Subject.node($0.id) })
        guard remote.count >= 2 else { return [] }
        let gaps = gaps.filter { remote.contains($0.subject) }
        let needed = max(2, (remote.count * Int(settings.limit ?? 60) + 99) / 100)
        var steps: [(at: UnixTime, by: Int)] = []
        for gap in gaps {
            steps.append((gap.since, 1))
            steps.append((gap.until ?? to, -1))
        }
        steps.sort { ($0.at, $0.by) < ($1.at, $1.by) }
        var count = 0
        var begun: UnixTime?
        var found: [Found] = []
        for step in steps {
            count += step.by
            if count >= needed, begun == nil { begun = step.at }
            if count < needed, let since = begun {
                begun = nil
                guard step.at > since else { continue }
                found.append(
                    Found(
                        subject: .panel, since: since, until: step.at >= to ? nil : step.at,
                        note: "at least \(needed) of \(remote.count) nodes"))
            }
        }
        return found
    }
}
