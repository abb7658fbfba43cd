package import Fleet
import WireGuard

/// Incidents that last, and those that may become some: judgement after judgement, pending → open → ended.
///
/// Pure: time comes in, changes come out. Lives on the watch's thread.
package struct IncidentBook: Sendable {
    private struct Pending: Sendable {
        var since: Moment
        var evidence: Evidence
    }

    private struct Standing: Sendable {
        var incident: Incident

        /// Since when it is open, by the clock that does not jump.
        var opened: Duration

        /// Since when all is well again. Nil: it is not.
        var calm: Duration?
    }

    private var pending: [Matter: Pending] = [:]
    private var suspects: Set<Matter> = []
    private var numbers: [Matter: Int64] = [:]
    private var standing: [Int64: Standing] = [:]
    private var restless: [Matter: (ends: Int, last: Duration)] = [:]
    private var next: Int64
    private var touched: Set<Int64> = []

    /// - Parameters:
    ///   - incidents: that had not ended, or of which nothing was told yet, when the program stopped.
    ///   - next: the first number that was never used.
    package init(_ incidents: [Incident] = [], next: Int64 = 1, at now: Moment) {
        self.next = next
        for incident in incidents {
            let age = Duration.seconds(max(0, now.wall.seconds(since: incident.opened)))
            standing[incident.id] = Standing(incident: incident, opened: now.steady - age)
            if incident.ended == nil { numbers[Matter(incident.rule, incident.subject)] = incident.id }
        }
    }

    /// Oldest first; those too that ended and are not told yet.
    package var incidents: [Incident] { standing.values.map(\.incident).sorted { $0.id < $1.id } }

    package subscript(id id: Int64) -> Incident? { standing[id]?.incident }

    /// By the clock that does not jump.
    func age(of id: Int64, at now: Moment) -> Duration { standing[id].map { now.steady - $0.opened } ?? .zero }

    package mutating func change(_ id: Int64, _ change: (inout Incident) -> Void) {
        guard var incident = standing[id]?.incident else { return }
        let before = incident
        change(&incident)
        guard incident != before else { return }
        standing[id]?.incident = incident
        touched.insert(id)
    }

    /// What changed since the last call: to be stored.
    package mutating func takeChanged() -> [Incident] {
        defer { touched = [] }
        return touched.sorted().compactMap { standing[$0]?.incident }
    }

    /// Nothing more will happen to it.
    mutating func forget(_ id: Int64) {
        guard let incident = standing[id]?.incident, incident.ended != nil, !touched.contains(id) else { return }
        standing[id] = nil
    }

    // MARK: Judgements

    /// All that is said at one moment, of every rule that is on. `sight`: of what nothing is said.
    mutating func enter(
        _ judgements: [Judgement], by rules: RuleBook, at now: Moment,
        sight: (Matter) -> Sight.Verdict = { _ in .seen }
    ) {
        var said: Set<Matter> = []
        suspects = []
        for judgement in judgements where rules[judgement.rule].isOn {
            let matter = Matter(judgement.rule, judgement.subject)
            // What a node showed while it was configured says nothing of it any more.
            guard sight(matter) != .gone, said.insert(matter).inserted else { continue }
            switch judgement.verdict {
            case .wrong(let evidence): enter(evidence, of: matter, rules[judgement.rule], at: now)
            case .suspected:
                suspects.insert(matter)
                undecided(matter)
            case .undecided: undecided(matter)
            }
        }
        for matter in pending.keys where !said.contains(matter) { pending[matter] = nil }
        for (matter, id) in numbers where !said.contains(matter) {
            if let next = matter.nextStep, said.contains(next) {
                // While that is not open yet this one lasts.
                guard let cause = numbers[next] else { continue }
                change(id) { $0.cause = cause }
                end(matter, id, at: now)
            } else if !rules[matter.rule].isOn {
                end(matter, id, at: now, isDropped: true)
            } else {
                switch sight(matter) {
                case .seen: calm(matter, id, rules[matter.rule], at: now)
                case .unseen: undecided(matter)
                // It may be so for a moment: an interface that begins again is in no sample.
                case .gone: calm(matter, id, rules[matter.rule], at: now, isDropped: true)
                }
            }
        }
        restless = restless.filter { now.steady - $0.value.last < Self.restlessFor }
    }

    private mutating func enter(_ evidence: Evidence, of matter: Matter, _ rule: RuleSettings, at now: Moment) {
        if let id = numbers[matter] {
            standing[id]?.calm = nil
            change(id) { incident in
                incident.evidence = evidence
                incident.severity = rule.severity
            }
            return
        }
        var one = pending[matter] ?? Pending(since: now, evidence: evidence)
        one.evidence = evidence
        pending[matter] = one
        guard now.steady - one.since.steady >= rule.after else { return }
        pending[matter] = nil
        numbers[matter] = next
        standing[next] = Standing(
            incident: Incident(
                id: next, rule: matter.rule, subject: matter.subject, severity: rule.severity, evidence: evidence,
                began: one.since.wall, opened: now.wall),
            opened: now.steady)
        touched.insert(next)
        next += 1
    }

    /// Time that nobody can judge proves nothing: neither that it lasted nor that all was well.
    private mutating func undecided(_ matter: Matter) {
        pending[matter] = nil
        if let id = numbers[matter] { standing[id]?.calm = nil }
    }

    private mutating func calm(
        _ matter: Matter, _ id: Int64, _ rule: RuleSettings, at now: Moment, isDropped: Bool = false
    ) {
        let since = standing[id]?.calm ?? now.steady
        standing[id]?.calm = since
        if now.steady - since >= patience(matter, rule) { end(matter, id, at: now, isDropped: isDropped) }
    }

    private mutating func end(
        _ matter: Matter, _ id: Int64, at now: Moment, isDropped: Bool = false
    ) {
        let calm = standing[id]?.calm.map { now.steady - $0 } ?? .zero
        numbers[matter] = nil
        restless[matter] = ((restless[matter]?.ends ?? 0) + 1, now.steady)
        change(id) { incident in
            // It ended when it was well first, not when that had lasted.
            incident.ended = max(incident.opened, now.wall.advanced(by: -calm.components.seconds))
            incident.isDropped = isDropped
        }
    }

    // MARK: What comes and goes

    private static let restlessFor: Duration = .seconds(3600)

    /// What keeps coming back within the hour is believed to have ended later each time: at most eight times later.
    private func patience(_ matter: Matter, _ rule: RuleSettings) -> Duration {
        rule.calm * (1 << min(max(0, (restless[matter]?.ends ?? 0) - 2), 3))
    }

    // MARK: Causes

    enum Cause: Equatable {
        case open(Int64)

        /// Something that would explain it is seen, and not yet for long enough.
        case pending
    }

    /// What explains it now. Nil: it stands for itself.
    func cause(of incident: Incident) -> Cause? {
        let matter = Matter(incident.rule, incident.subject)
        let open = numbers.filter { $0.key.explains(matter) && $0.value != incident.id }
        // What explains the others too; of several, the first.
        let first = open.filter { cause in !open.contains { $0.key.explains(cause.key) } }.min { $0.value < $1.value }
        if let first { return .open(first.value) }
        return suspects.union(pending.keys).contains { $0.explains(matter) } ? .pending : nil
    }
}
