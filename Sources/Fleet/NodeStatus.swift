package import WireGuard

/// What is known of a node now: folded from its polls' outcomes, one after the other.
package struct NodeStatus: Sendable {
    package var node: Node
    package var state: State

    /// Since when `state` holds. Nil: since before the panel started looking.
    package var since: UnixTime?

    /// The newest usable answer, kept while the node is away.
    package var lastSample: Sample?

    /// When the last poll ended, well or badly. Nil: not one yet.
    package var lastPoll: UnixTime?

    /// The last poll's failure; nil after a good one.
    package var failure: PollFailure?

    /// Failed polls in a row.
    package var failures: Int

    /// Since when the present SSH session stands. Nil: none, or a local node.
    package var connectedSince: UnixTime?

    /// SSH logins since the panel started.
    package var logins: Int

    package enum State: String, Sendable {
        /// Not polled yet.
        case unknown
        case online
        case offline
    }

    package init(node: Node) {
        self.node = node
        state = .unknown
        failures = 0
        logins = 0
    }

    /// Age of the newest sample. Nil: there is none.
    package func sampleAge(at now: UnixTime) -> Int64? {
        lastSample.map { max(0, now.seconds(since: $0.takenAt)) }
    }

    /// Older than three polls: what is shown is then marked as old.
    package func isStale(at now: UnixTime) -> Bool {
        guard let age = sampleAge(at: now) else { return state != .unknown }
        return Duration.seconds(age) > node.poll * 3
    }

    /// What is on the node now is not known: it does not answer, or did not for long. False too where it was not asked yet.
    package func isAway(at now: UnixTime) -> Bool { state == .offline || isStale(at: now) }
}
