package import Fleet
package import WireGuard

/// What one rule says of one subject now. Of what nothing is said, all is well.
package struct Judgement: Sendable, Equatable {
    package var rule: Rule
    package var subject: Subject
    package var verdict: Verdict

    package enum Verdict: Sendable, Equatable {
        case wrong(Evidence)

        /// It may become wrong soon, and would then explain other things: nothing opens of it yet.
        case suspected

        /// Nobody can tell now, or it is between well and wrong: what is open stays open, and nothing opens.
        case undecided
    }

    package init(_ rule: Rule, _ subject: Subject, _ verdict: Verdict) {
        self.rule = rule
        self.subject = subject
        self.verdict = verdict
    }

    static func wrong(_ rule: Rule, _ subject: Subject, _ evidence: Evidence) -> Judgement {
        Judgement(rule, subject, .wrong(evidence))
    }

    static func undecided(_ rule: Rule, _ subject: Subject) -> Judgement { Judgement(rule, subject, .undecided) }
}

/// What incidents are told apart by: one of a rule and a subject at a time.
package struct Matter: Hashable, Sendable {
    package var rule: Rule
    package var subject: Subject

    package init(_ rule: Rule, _ subject: Subject) {
        self.rule = rule
        self.subject = subject
    }

    /// A graver matter that this one becomes: of the two there is one at a time.
    var nextStep: Matter? { rule == .allowanceNear ? Matter(.allowanceUsedUp, subject) : nil }

    /// If this is so, `other` needs no other reason: node before services before users.
    func explains(_ other: Matter) -> Bool {
        let node = subject.node
        switch rule {
        case .panelBlind:
            return [.nodeUnreachable, .nodeStale, .serviceDown, .serviceBlocked, .trafficStopped]
                .contains(other.rule)
        case .panelDatabase: return other.rule == .panelStore
        case .panelStore: return other.rule == .panelDisk
        case .hostKeyChanged, .nodeUnreachable, .nodeStale:
            guard node != nil, other.subject.node == node else { return false }
            return ![.hostKeyChanged, .nodeUnreachable, rule].contains(other.rule)
        case .serviceDown, .serviceBlocked:
            guard node != nil, other.subject.node == node else { return false }
            return other.rule == .trafficStopped || other.rule == .certificate && other.subject == subject
        case .allowanceUsedUp: return other.rule == .allowanceNear && other.subject == subject
        default: return false
        }
    }
}

/// One instant by both clocks: the wall's for stamps, and one that never jumps for how long something lasted.
package struct Moment: Sendable {
    package var wall: UnixTime

    /// Since any fixed moment of this process.
    package var steady: Duration

    package init(wall: UnixTime, steady: Duration) {
        self.wall = wall
        self.steady = steady
    }
}
