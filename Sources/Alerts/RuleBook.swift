package import Fleet

/// How one rule is applied.
package struct RuleSettings: Sendable, Equatable {
    package var isOn = true
    package var severity: Severity

    /// From where something counts as wrong; percent, days, minutes, polls: each rule has its own unit. Nil: the rule
    /// has no number.
    package var limit: Int64?

    /// How long it must last before it is an incident.
    package var after: Duration

    /// How long all must be well before it has ended.
    package var calm: Duration = .seconds(30)

    package init(_ severity: Severity, limit: Int64? = nil, after: Duration = .zero, calm: Duration = .seconds(30)) {
        self.severity = severity
        self.limit = limit
        self.after = after
        self.calm = calm
    }
}

/// How every rule is applied: as configured, else by default.
package struct RuleBook: Sendable, Equatable {
    private var changed: [Rule: RuleSettings] = [:]

    package init() {}

    package subscript(rule: Rule) -> RuleSettings {
        get { changed[rule] ?? rule.standard }
        set { changed[rule] = newValue }
    }
}

extension Rule {
    /// Gatus and Uptime Kuma ask three times before they call something down; the rest is what hurt the predecessor.
    package var standard: RuleSettings {
        switch self {
        // Percent of the nodes that fail in one cycle.
        case .panelBlind: RuleSettings(.critical, limit: 60, after: .seconds(30), calm: .seconds(60))
        case .panelStore: RuleSettings(.critical, after: .seconds(10))
        case .panelDatabase: RuleSettings(.critical)
        // Percent of the file system in use.
        case .panelDisk: RuleSettings(.warning, limit: 90, after: .seconds(60))
        // Days since the last `vpn-web backup`.
        case .panelBackup: RuleSettings(.notice, limit: 8)
        case .rosterUnreadable: RuleSettings(.warning, after: .seconds(300))
        case .hostKeyChanged: RuleSettings(.critical)
        // Failed polls in a row.
        case .nodeUnreachable: RuleSettings(.critical, limit: 3)
        case .nodeStale: RuleSettings(.warning, after: .seconds(60))
        // Percent in use.
        case .nodeDisk: RuleSettings(.warning, limit: 85, after: .seconds(300))
        case .nodeMemory: RuleSettings(.warning, limit: 90, after: .seconds(300))
        case .nodeSwap: RuleSettings(.notice, limit: 80, after: .seconds(900))
        case .nodeConntrack: RuleSettings(.warning, limit: 80, after: .seconds(60))
        case .serviceDown: RuleSettings(.critical, after: .seconds(30))
        case .serviceBlocked: RuleSettings(.critical, after: .seconds(60))
        // Minutes without a handshake and without a byte.
        case .trafficStopped: RuleSettings(.critical, limit: 30)
        // Days left.
        case .certificate: RuleSettings(.warning, limit: 14, calm: .seconds(60))
        // Percent of the allowance.
        case .allowanceNear: RuleSettings(.warning, limit: 80)
        case .allowanceUsedUp: RuleSettings(.warning, limit: 100)
        // Percent of its peers that a node lost.
        case .peersHalved: RuleSettings(.critical, limit: 50, after: .seconds(60))
        case .unknownKey: RuleSettings(.notice, after: .seconds(600))
        case .keyTwice: RuleSettings(.notice, after: .seconds(60), calm: .seconds(900))
        // Returns to an address that was left, within ten minutes.
        case .endpointHops: RuleSettings(.notice, limit: 4, calm: .seconds(900))
        }
    }

    /// What `limit` may be. Nil: the rule has none.
    package var limits: ClosedRange<Int>? {
        switch self {
        case .panelBlind, .panelDisk, .nodeDisk, .nodeMemory, .nodeSwap, .nodeConntrack, .peersHalved: 1...100
        case .panelBackup, .certificate: 1...365
        case .nodeUnreachable: 1...100
        case .trafficStopped: 5...1440
        case .allowanceNear, .allowanceUsedUp: 1...1000
        case .endpointHops: 1...100
        case .panelStore, .panelDatabase, .rosterUnreadable, .hostKeyChanged, .nodeStale, .serviceDown, .serviceBlocked,
            .unknownKey, .keyTwice:
            nil
        }
    }
}
