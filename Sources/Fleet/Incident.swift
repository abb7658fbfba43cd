package import WireGuard

/// Something that was wrong for a while: one rule, one subject, from its opening to its end.
package struct Incident: Sendable, Equatable, Identifiable {
    /// In the order of opening.
    package var id: Int64
    package var rule: Rule
    package var subject: Subject
    package var severity: Severity

    /// What was seen last, in the end too.
    package var evidence: Evidence

    /// When it was seen first, and when it had lasted long enough to count.
    package var began: UnixTime
    package var opened: UnixTime

    /// Nil: it lasts.
    package var ended: UnixTime?

    /// Nobody could look when it ended: the rule was turned off, or its subject is no longer configured.
    package var isDropped = false

    /// The incident that explains this one, of which alone is told; of one that was told and ended, the graver one that took
    /// over.
    package var cause: Int64?

    /// How many it explains itself.
    package var children = 0

    /// When it went into a message. Nil: not yet, and `hold` says why.
    package var told: UnixTime?
    package var hold: Hold?

    /// When the owner said that they know.
    package var acknowledged: UnixTime?

    /// It did not end well: it was told, and a graver one took over.
    package var isTakenOver: Bool { ended != nil && told != nil && cause != nil }

    /// Why nothing was sent of it.
    package enum Hold: String, Sendable {
        /// Another incident explains it.
        case cause
        case silence
        case maintenance
        case quietHours = "quiet_hours"

        /// Neither Telegram nor a webhook is configured.
        case noChannel = "no_channel"
    }

    package init(
        id: Int64, rule: Rule, subject: Subject, severity: Severity, evidence: Evidence, began: UnixTime,
        opened: UnixTime
    ) {
        self.id = id
        self.rule = rule
        self.subject = subject
        self.severity = severity
        self.evidence = evidence
        self.began = began
        self.opened = opened
    }
}

/// What a rule saw: numbers in the rule's own unit, and words that came from outside.
package struct Evidence: Sendable, Equatable {
    /// The subject as people know it: a node's name, a user's, a service's. Hostile.
    package var name: String

    /// Percent, days, seconds, keys: the rule knows. Nil: it is no matter of numbers.
    package var seen: Int64?
    package var bound: Int64?

    /// A failure's kind, an address, words of another program. Hostile.
    package var detail: String

    package init(name: String, seen: Int64? = nil, bound: Int64? = nil, detail: String = "") {
        self.name = name
        self.seen = seen
        self.bound = bound
        self.detail = detail
    }
}

/// The owner does not want to hear of something for a while: incidents are kept, and nothing is sent.
package struct Silence: Sendable, Equatable, Identifiable {
    package var id: Int64

    /// Nil: of every rule.
    package var rule: Rule?

    /// A node's is of all that is on it. Nil: whatever it is about.
    package var subject: Subject?
    package var from: UnixTime
    package var until: UnixTime

    /// Announced work, not annoyance.
    package var isMaintenance: Bool

    /// The owner's words.
    package var reason: String

    package init(
        id: Int64, rule: Rule? = nil, subject: Subject? = nil, from: UnixTime, until: UnixTime,
        isMaintenance: Bool = false, reason: String = ""
    ) {
        self.id = id
        self.rule = rule
        self.subject = subject
        self.from = from
        self.until = until
        self.isMaintenance = isMaintenance
        self.reason = reason
    }

    package func covers(_ rule: Rule, _ other: Subject, at now: UnixTime) -> Bool {
        guard from <= now, now < until, self.rule == nil || self.rule == rule else { return false }
        guard let subject else { return true }
        if case .node(let node) = subject { return other.node == node }
        return subject == other
    }
}
