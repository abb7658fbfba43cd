package import WireGuard

/// All that a visitor sees at one instant: made once per change, shared by every request, never altered.
package struct Snapshot: Sendable {
    /// Another number, another content: the heart of an ETag.
    package var generation: UInt64
    package var madeAt: UnixTime
    package var nodes: [NodeRow]

    /// Dated bytes since the day, and the month, began in the owner's zone: of `nodes`, and of those that the configuration
    /// no longer has.
    package var today: Traffic
    package var month: Traffic

    /// Every key that is on a node or that the bot knows, sorted by node, then owner, then key.
    package var peers: [PeerRow]
    package var users: [UserRow]
    package var services: [ServiceState]
    package var roster: Roster

    /// Of the roster's devices.
    package var ownership: Ownership
    package var panel: PanelState

    package init(
        generation: UInt64, madeAt: UnixTime, nodes: [NodeRow], peers: [PeerRow], users: [UserRow],
        services: [ServiceState], roster: Roster, ownership: Ownership? = nil, panel: PanelState
    ) {
        self.generation = generation
        self.madeAt = madeAt
        self.nodes = nodes
        today = nodes.reduce(into: .zero) { $0 += $1.today }
        month = nodes.reduce(into: .zero) { $0 += $1.month }
        self.peers = peers
        self.users = users
        self.services = services
        self.roster = roster
        self.ownership = ownership ?? Ownership(roster)
        self.panel = panel
    }
}

extension [PeerRow] {
    /// Those that are wanted, in their order.
    ///
    /// - Parameter isWanted: of a place in the list: to look at a row outside of it copies the row, and there are thousands.
    package func rows(where isWanted: ([PeerRow], Int) -> Bool) -> [PeerRow] {
        indices.filter { isWanted(self, $0) }.map { self[$0] }
    }
}

package struct NodeRow: Sendable {
    package var status: NodeStatus

    /// Peers that the newest sample shows, and how many of them were online then. Nil: no sample yet.
    package var peers: Int?
    package var peersOnline: Int?

    /// Lifetime sums of the node's keys, opening balances included.
    package var lifetime: Traffic

    /// Since the day, and the month, began in the owner's zone.
    package var today: Traffic
    package var month: Traffic

    /// What was booked by interface, by name. Also of interfaces that the node shows no more.
    package var interfaces: [InterfaceRow] = []

    /// What the interfaces' own counters say of the bytes that were booked: in the last whole hour, and since then up to
    /// the newest sample. Empty: the node does not tell them, or not yet.
    package var reconciled: [Reconciliation] = []
    package var reconciling: [Reconciliation] = []

    /// The round trip that a ping measured last. Nil: nothing pings it, or nothing came back.
    package var ping: Duration?

    package init(
        status: NodeStatus, peers: Int?, peersOnline: Int?, lifetime: Traffic = .zero, today: Traffic = .zero,
        month: Traffic = .zero
    ) {
        self.status = status
        self.peers = peers
        self.peersOnline = peersOnline
        self.lifetime = lifetime
        self.today = today
        self.month = month
    }
}

package struct InterfaceRow: Sendable, Equatable {
    package var name: String

    /// Of all its keys, opening balances included.
    package var lifetime: Traffic

    /// How often a key's counter began anew, all keys together.
    package var resets: Int64

    package init(name: String, lifetime: Traffic, resets: Int64) {
        self.name = name
        self.lifetime = lifetime
        self.resets = resets
    }
}

/// One key on one node (and interface): from the node, from the bot's files, or both.
package struct PeerRow: Sendable {
    package var node: NodeID

    /// Nil: the node does not show this key.
    package var interface: String?

    /// As wg prints it; for a record of the bot that is no key, the record's text.
    package var publicKey: String

    /// Nil: the bot does not know the key.
    package var device: Device?

    /// Who owns the key by the bot's files. Nil: nobody.
    package var owner: Int64?

    /// The panel's own, by which it asks the node whether handshakes work: no user's, and no stranger's.
    package var isPanels = false

    /// Nobody knows whose it is.
    package var isUnmatched: Bool { owner == nil && !isPanels }

    package var endpoint: String?
    package var allowedIPs: [String]

    /// By the node's clock. Nil: never, or not seen.
    package var latestHandshake: UnixTime?

    /// Latest handshake under 180 s ago by the node's clock. Nil: the node is away or stale, so nobody knows.
    package var isOnline: Bool?

    /// What the counter shows on the node now. Nil: the node does not show the key.
    package var session: Traffic?

    /// All that was ever booked for this key on this node, opening balance included.
    package var lifetime: Traffic

    /// Since when bytes were counted. Nil: nothing was counted yet.
    package var countedSince: UnixTime?

    /// An opening balance is part of `lifetime`: what was there before anybody looked.
    package var opening: Traffic

    package init(node: NodeID, interface: String?, publicKey: String) {
        self.node = node
        self.interface = interface
        self.publicKey = publicKey
        allowedIPs = []
        lifetime = .zero
        opening = .zero
    }
}

package struct UserRow: Sendable {
    package var user: User

    /// False: the bot's files no longer know the user; what was booked stays.
    package var isKnown: Bool

    /// Records the bot has for the user, and the nodes of the active ones.
    package var peersCount: Int
    package var activeNodes: [NodeID]

    /// True: a key of theirs is online on a node. Nil: every node of theirs is away.
    package var isOnline: Bool?
    package var latestHandshake: UnixTime?

    /// Everything booked while they owned the keys.
    package var lifetime: Traffic
    package var today: Traffic
    package var month: Traffic

    /// When the first reading was booked of a counter whose bytes are theirs from its first one on. Nil: there is none.
    package var countedSince: UnixTime?

    /// Likewise of a key that may have been somebody else's before, where that is earlier: their own bytes began then or
    /// later. Nil: there is none.
    package var takenOver: UnixTime?

    package init(user: User) {
        self.user = user
        isKnown = true
        peersCount = 0
        activeNodes = []
        lifetime = .zero
        today = .zero
        month = .zero
    }
}

/// How the panel itself is.
package struct PanelState: Sendable, Equatable {
    package var version: String
    package var startedAt: UnixTime

    /// Every node was polled once, well or badly.
    package var isFirstCycleOver: Bool

    /// When the last sample was stored. Nil: none since start.
    package var lastStored: UnixTime?

    /// Why samples cannot be stored now, and since when. Nil: they can.
    package var storeFailure: StoreFailure?

    /// The last look through the whole database. Nil: none since start.
    package var databaseCheck: DatabaseCheck?

    /// Since when most of what is asked over the network fails at once, so that it is the panel's own network which is
    /// suspected, and nothing is claimed of the others. Nil: it sees.
    package var blindSince: UnixTime?

    package struct StoreFailure: Sendable, Equatable {
        package var since: UnixTime
        package var words: String

        /// Samples that are booked in memory and wait for the disk.
        package var waiting = 0

        /// Memory has no room for more: newer samples are left out, their bytes count when storing works again.
        package var isFull = false

        package init(since: UnixTime, words: String) {
            self.since = since
            self.words = words
        }
    }

    package struct DatabaseCheck: Sendable, Equatable {
        package var at: UnixTime

        /// Indexes were compared with their tables too.
        package var isThorough: Bool

        /// In SQLite's words. Empty: it is whole.
        package var problems: [String]

        package init(at: UnixTime, isThorough: Bool, problems: [String]) {
            self.at = at
            self.isThorough = isThorough
            self.problems = problems
        }
    }

    package init(version: String, startedAt: UnixTime) {
        self.version = version
        self.startedAt = startedAt
        isFirstCycleOver = false
    }
}
