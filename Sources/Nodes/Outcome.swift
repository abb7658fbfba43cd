package import Fleet
package import WireGuard

/// How one poll ended.
package enum Outcome: Sendable {
    case sample(Sample, Connection)
    case failure(PollFailure, Connection)

    package var connection: Connection {
        switch self {
        case .sample(_, let connection), .failure(_, let connection): connection
        }
    }
}

/// A node's SSH connection: of a local node, as made.
package struct Connection: Equatable, Sendable {
    /// Since when the present session stands. Nil: there is none.
    package var since: UnixTime?

    /// Logins since the panel started.
    package var logins: Int

    package init(since: UnixTime? = nil, logins: Int = 0) {
        self.since = since
        self.logins = logins
    }
}

extension NodeStatus {
    /// What is known of the node after one more poll, which ended at `now`.
    ///
    /// Offline after the second failure in a row, so that one lost packet is no outage; at once where another try would
    /// say the same.
    package func after(_ outcome: Outcome, at now: UnixTime) -> NodeStatus {
        var next = self
        next.connectedSince = outcome.connection.since
        next.logins = outcome.connection.logins
        switch outcome {
        case .sample(let sample, _):
            // Of a node that was never seen otherwise nobody knows since when it is online.
            if state == .offline { next.since = sample.takenAt }
            next.state = .online
            next.lastSample = sample
            next.lastPoll = now
            next.failure = nil
            next.failures = 0
        case .failure(let failure, _):
            // The same failure again: it was not tried, the wait after it is not over.
            if failure == self.failure { return next }
            next.failure = failure
            next.failures += 1
            next.lastPoll = now
            guard state != .offline, next.failures >= Self.failuresToOffline || failure.kind.isCertain else { break }
            // The failures began with the first of the row, which the last poll before this one was.
            if state == .online { next.since = failures == 0 ? failure.at : lastPoll }
            next.state = .offline
        }
        return next
    }

    private static let failuresToOffline = 2
}

extension PollFailure.Kind {
    /// Not a matter of luck.
    var isCertain: Bool {
        switch self {
        case .refused, .hostKeyUnknown, .hostKeyChanged, .noCommonAlgorithm, .authentication, .key, .permission,
            .noWireGuard:
            true
        default: false
        }
    }
}
