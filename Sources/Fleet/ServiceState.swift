package import WireGuard

/// A service that users depend on, and how it is known to be as it is.
package struct ServiceState: Sendable, Equatable {
    /// What its history goes by: the same over restarts.
    package var id: String

    /// Nil: not on one of the nodes.
    package var node: NodeID?
    package var kind: Kind

    /// What is asked, as configured: the owner's to see, never a stranger's. Nil: it is known by the node's samples.
    package var target: String?

    package var status: Status

    /// Since when `status` holds. Nil: since before the panel looked.
    package var since: UnixTime?

    /// Why it is shown so: a key for the page's words.
    package var evidence: Evidence

    /// What was seen, in English, for the owner. Nil: the evidence says it all.
    package var detail: String?

    /// People connected now, and at this hour of the week in other weeks: with `deserted` and `desertedButAnswered`.
    package var comparison: Comparison?

    package var checked: UnixTime?
    package var latency: Duration?

    /// When the server's certificate ends. Nil: it has none, or none was seen.
    package var certificateEnd: UnixTime?

    /// A probe spoke to the service (active), or it was concluded from handshakes and counters (passive).
    package var isActive: Bool

    /// Nil: nothing was recorded yet.
    package var history: ServiceHistory?

    package struct Comparison: Sendable, Equatable {
        package var now: Int
        package var usual: Int

        package init(now: Int, usual: Int) {
            self.now = now
            self.usual = usual
        }
    }

    package enum Kind: String, Sendable, CaseIterable {
        case wireGuard = "WireGuard"
        case amneziaWG = "AmneziaWG"
        case shadowsocks = "Shadowsocks"
        case mtProto = "MTProto (Telegram)"
        case https = "HTTPS"
        case tcp = "TCP"
        case ping = "Ping"

        /// People's traffic goes through it. That a port opens, or a machine answers, proves nothing of that.
        package var carriesUsers: Bool {
            switch self {
            case .wireGuard, .amneziaWG, .shadowsocks, .mtProto: true
            case .https, .tcp, .ping: false
            }
        }
    }

    package enum Status: String, Sendable, CaseIterable {
        case online
        case offline
        case unknown
        /// It is there, and what users send does not reach it.
        case blocked
    }

    package enum Evidence: String, Sendable, CaseIterable {
        // By the node's samples.

        /// A handshake under 180 s old.
        case freshHandshake
        /// The interface is up and nobody is connected now: nothing proves or disproves it.
        case idle
        /// The node answers and shows no such interface.
        case noInterface
        /// The node does not answer, so nobody knows.
        case nodeAway
        /// Not looked at yet, or nothing checks it.
        case notChecked

        // By a probe.

        /// It did for a probe what it does for users.
        case answered
        /// The last probe failed; it takes three to say so.
        case wavering
        /// The last probe succeeded; it takes two to say so.
        case recovering
        case silent
        /// Nothing listens there.
        case refused
        case unreachable
        /// It ends the connection without a word that proves it.
        case closed
        /// What answers is another program, or has another key or password.
        case wrongAnswer
        case noSuchName
        case noTLS
        case certificateExpired
        case certificateOfAnotherName
        case certificateUntrusted
        /// A web server that says of itself that it fails.
        case badStatus

        // By a probe that could not be made: nothing is known.

        /// Nobody said in time which address the name has.
        case lookupFailed
        /// The address is private, and `outbound.allow` does not name it.
        case forbiddenAddress
        /// The kernel does not let this program ping.
        case notAllowed
        /// What the probe needs is not there: a key, or what the node says of its interface.
        case notReady
        /// Most probes and nodes fail at once.
        case ownNetwork
        case ownFault

        // Blocked.

        /// The node answers over SSH and the service is up there; the probe gets nothing.
        case filtered
        /// Far fewer people are connected than at this hour of other weeks, and on other nodes as many as ever.
        case deserted
        /// So it is, and the panel's own probe is answered: what is between does not let people through.
        case desertedButAnswered
    }

    package init(
        id: String? = nil, node: NodeID?, kind: Kind, target: String? = nil, status: Status, evidence: Evidence,
        detail: String? = nil, checked: UnixTime? = nil, latency: Duration? = nil, isActive: Bool = false
    ) {
        self.id = id ?? Self.id(kind, node, target)
        self.node = node
        self.kind = kind
        self.target = target
        self.status = status
        self.evidence = evidence
        self.detail = detail
        self.checked = checked
        self.latency = latency
        self.isActive = isActive
    }

    /// As people know it: its kind with its node's name, or with what is asked where it is on no node. Hostile.
    package func name(in snapshot: Snapshot) -> String {
        let place = node.map { node in
            snapshot.nodes.first { $0.status.node.id == node }?.status.node.name ?? node.name
        }
        return [kind.rawValue, place ?? target].compactMap(\.self).joined(separator: " · ")
    }

    /// A node has one service of a kind as a rule, and it stays the same when a probe is added to it.
    package static func id(_ kind: Kind, _ node: NodeID?, _ target: String?) -> String {
        let word = "\(kind)"
        return if let node { "\(word)@\(node)" } else { "\(word):\(target ?? "")" }
    }
}
