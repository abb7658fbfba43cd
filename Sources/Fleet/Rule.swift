/// What the panel tells its owner of. The raw value is the configuration's word, the API's and the command line's.
package enum Rule: String, Sendable, CaseIterable {
    // The panel itself
    case panelBlind = "panel_blind"
    case panelStore = "panel_store"
    case panelDatabase = "panel_database"
    case panelDisk = "panel_disk"
    case panelBackup = "panel_backup"
    case rosterUnreadable = "roster_unreadable"
    // Nodes
    case hostKeyChanged = "host_key_changed"
    case nodeUnreachable = "node_unreachable"
    case nodeStale = "node_stale"
    case nodeDisk = "node_disk"
    case nodeMemory = "node_memory"
    case nodeSwap = "node_swap"
    case nodeConntrack = "node_conntrack"
    // Services
    case serviceDown = "service_down"
    case serviceBlocked = "service_blocked"
    case trafficStopped = "traffic_stopped"
    case certificate = "certificate"
    // Users and keys
    case allowanceNear = "allowance_near"
    case allowanceUsedUp = "allowance_used_up"
    case peersHalved = "peers_halved"
    case unknownKey = "unknown_key"
    case keyTwice = "key_twice"
    case endpointHops = "endpoint_hops"
}

/// How urgent something is; quiet hours hold back what is less than the owner says.
package enum Severity: String, Sendable, CaseIterable, Comparable {
    /// A hint: nothing has to be done now.
    case notice
    case warning
    case critical

    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .notice: 0
        case .warning: 1
        case .critical: 2
        }
    }
}

/// What a rule found something about.
package enum Subject: Hashable, Sendable {
    case panel
    case node(NodeID)

    /// By what tells it from the node's others: its kind, or more. Nil: on none of the nodes.
    case service(String, on: NodeID?)
    case user(Int64)

    /// As wg prints it. Nil: on several nodes.
    case key(String, on: NodeID?)
    case file(String)

    /// The node it is, or is on.
    package var node: NodeID? {
        switch self {
        case .node(let node): node
        case .service(_, let node), .key(_, let node): node
        case .panel, .user, .file: nil
        }
    }

    /// One word for programs and for the database: `node:eu1`, `user:17`, `service:eu1:AmneziaWG`, `key::BASE64`.
    package var word: String {
        switch self {
        case .panel: "panel"
        case .node(let node): "node:\(node)"
        case .service(let name, let node): "service:\(node?.name ?? ""):\(name)"
        case .user(let id): "user:\(id)"
        case .key(let key, let node): "key:\(node?.name ?? ""):\(key)"
        case .file(let path): "file:\(path)"
        }
    }

    /// A node's id has no colon.
    package init?(word: String) {
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            guard word == "panel" else { return nil }
            self = .panel
            return
        }
        let rest = parts[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let node = rest.count == 2 && !rest[0].isEmpty ? NodeID(String(rest[0])) : nil
        switch parts[0] {
        case "node": self = .node(NodeID(String(parts[1])))
        case "service" where rest.count == 2: self = .service(String(rest[1]), on: node)
        case "key" where rest.count == 2: self = .key(String(rest[1]), on: node)
        case "file": self = .file(String(parts[1]))
        case "user":
            guard let id = Int64(parts[1]) else { return nil }
            self = .user(id)
        default: return nil
        }
    }
}
