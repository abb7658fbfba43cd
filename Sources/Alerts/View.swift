package import Fleet
package import WireGuard

/// All that rules look at, at one moment.
package struct View: Sendable {
    package var snapshot: Snapshot
    package var now: UnixTime
    package var facts: Facts
    package var memory: Memory

    package init(snapshot: Snapshot, now: UnixTime, facts: Facts = Facts(), memory: Memory = Memory()) {
        self.snapshot = snapshot
        self.now = now
        self.facts = facts
        self.memory = memory
    }

    /// Nodes that answered lately: of the others nobody knows anything now.
    func isSeen(_ row: NodeRow) -> Bool {
        row.status.state == .online && row.status.failure == nil && row.status.lastSample != nil
            && !row.status.isStale(at: now)
    }
}

/// What is looked up beside the snapshot, now and then.
package struct Facts: Sendable, Equatable {
    /// Of users and nodes that have one, in the present billing period. Nil: they cannot be read.
    package var allowances: [Allowance]?

    /// The disk that holds the database. Nil: it cannot be asked.
    package var disk: Disk?

    /// The last backup; when none was made, the first data. Nil: nobody knows.
    package var lastBackup: UnixTime?

    /// Nodes that were busy at this hour of the day on most of the last seven days.
    package var busyNow: Set<NodeID> = []

    package struct Allowance: Sendable, Equatable {
        package var subject: Subject
        package var name: String

        /// Bytes.
        package var used: UInt64
        package var bytes: UInt64

        package init(subject: Subject, name: String, used: UInt64, bytes: UInt64) {
            self.subject = subject
            self.name = name
            self.used = used
            self.bytes = bytes
        }
    }

    package struct Disk: Sendable, Equatable {
        package var total: UInt64
        package var available: UInt64

        package init(total: UInt64, available: UInt64) {
            self.total = total
            self.available = available
        }
    }

    package init() {}
}

extension Rule {
    /// Everything every rule says.
    package static func judge(_ view: View, by rules: RuleBook) -> [Judgement] {
        PanelRules.judge(view, rules) + NodeRules.judge(view, rules) + VitalRules.judge(view, rules)
            + ServiceRules.judge(view, rules) + KeyRules.judge(view, rules) + AllowanceRules.judge(view, rules)
    }
}

/// Percent of a whole, rounded down; 0 of nothing.
func percent(_ part: UInt64, of whole: UInt64) -> Int64 {
    whole == 0 ? 0 : Int64((Double(part) / Double(whole) * 100).rounded(.down))
}

/// Wrong from `bound`; what fell below it by less than a twentieth is not well yet, so that nothing flaps at the bound.
func level(_ seen: Int64, _ bound: Int64, _ evidence: (Int64) -> Evidence) -> Judgement.Verdict? {
    if seen >= bound { return .wrong(evidence(seen)) }
    return seen * 20 > bound * 19 ? .undecided : nil
}
