package import Fleet
package import WireGuard

/// A time in which a peer was connected: handshakes that follow each other within the protocol's own lifetime.
///
/// WireGuard refuses a key that is older than 180 s (REJECT_AFTER_TIME), so a peer whose next handshake comes later
/// was not connected in between. Of a peer that only keeps quiet nobody can tell: no data, no handshake.
package struct PeerSession: Hashable, Sendable {
    /// The first handshake, by the node's clock, or the sample that showed it where the node's clock is ahead.
    package var from: UnixTime

    /// By the node's clock.
    package var lastHandshake: UnixTime

    /// The last sample that showed a handshake or bytes.
    package var until: UnixTime

    /// Dated bytes of the samples in it.
    package var traffic: Traffic

    /// Of the last handshake. Nil: the node did not tell.
    package var network: Network?

    /// Seconds.
    package static let lifetime: Int64 = 180

    package init(
        from: UnixTime, lastHandshake: UnixTime, until: UnixTime, traffic: Traffic = .zero, network: Network? = nil
    ) {
        self.from = from
        self.lastHandshake = lastHandshake
        self.until = until
        self.traffic = traffic
        self.network = network
    }

    /// Whether it may still go on.
    package func isOpen(at now: UnixTime) -> Bool {
        let (age, overflow) = now.seconds.subtractingReportingOverflow(lastHandshake.seconds)
        return !overflow && age < PeerSession.lifetime
    }
}

/// A peer's sessions, one reading after another: the one under way, and those that end by what comes.
package struct PeerSessions: Hashable, Sendable {
    /// The newest. Nil: none was seen yet.
    package private(set) var current: PeerSession?

    package init(current: PeerSession? = nil) {
        self.current = current
    }

    /// A reading that shows another handshake than the one before it.
    ///
    /// - Parameters:
    ///   - handshake: nil: never, or never again.
    ///   - traffic: the dated bytes that the reading adds.
    ///   - network: where the peer is. Nil: not told.
    /// - Returns: the session that is over.
    package mutating func enter(
        handshake: UnixTime?, traffic: Traffic, network: Network?, at: UnixTime
    ) -> PeerSession? {
        guard let handshake else {
            defer { current = nil }
            return current
        }
        if var session = current {
            let (pause, overflow) = handshake.seconds.subtractingReportingOverflow(session.lastHandshake.seconds)
            if !overflow, (0...PeerSession.lifetime).contains(pause) {
                session.until = max(session.until, at)
                session.lastHandshake = handshake
                session.traffic += traffic
                session.network = network ?? session.network
                current = session
                return nil
            }
        } else {
            // An old handshake at first sight is of a session that nobody saw.
            let (age, overflow) = at.seconds.subtractingReportingOverflow(handshake.seconds)
            guard !overflow, age < PeerSession.lifetime || !traffic.isZero else { return nil }
        }
        defer {
            current = PeerSession(
                from: min(handshake, at), lastHandshake: handshake, until: at, traffic: traffic, network: network)
        }
        return current
    }

    /// A reading with the handshake that the one before it had.
    package mutating func enter(traffic: Traffic, at: UnixTime) {
        guard !traffic.isZero, var session = current else { return }
        session.traffic += traffic
        session.until = max(session.until, at)
        current = session
    }
}
