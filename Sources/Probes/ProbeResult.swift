package import Fleet
package import WireGuard

/// How one probe ended.
package struct ProbeResult: Sendable {
    package var probe: String
    package var at: UnixTime
    package var outcome: Outcome

    package enum Outcome: Sendable, Equatable {
        case proven(Proof)
        case failed(ProbeFailure)
    }

    package struct Proof: Sendable, Equatable {
        /// From the first thing said to the proof; for a ping the round trip, for a connection its making.
        package var latency: Duration

        /// Nil: there is no certificate.
        package var certificateEnd: UnixTime?

        package init(latency: Duration, certificateEnd: UnixTime? = nil) {
            self.latency = latency
            self.certificateEnd = certificateEnd
        }
    }

    package init(probe: String, at: UnixTime, outcome: Outcome) {
        self.probe = probe
        self.at = at
        self.outcome = outcome
    }
}

/// Why a probe proved nothing.
package struct ProbeFailure: Error, Sendable, Equatable {
    package var evidence: ServiceState.Evidence

    /// What was seen, in English, one line, without a secret. Nil: the evidence says it.
    package var detail: String?

    /// A connection was made first, so somebody listens there.
    package var wasConnected = false

    package init(_ evidence: ServiceState.Evidence, _ detail: String? = nil) {
        self.evidence = evidence
        self.detail = detail
    }

    /// It says something of the service; else the probe could not be made, and nobody knows.
    package var isOfService: Bool {
        switch evidence {
        case .lookupFailed, .forbiddenAddress, .notAllowed, .notReady, .ownNetwork, .ownFault, .notChecked: false
        default: true
        }
    }

    /// Nothing came back: what a broken network of the panel's own looks like too.
    package var isSilence: Bool {
        switch evidence {
        case .silent, .unreachable, .lookupFailed, .ownNetwork: true
        default: false
        }
    }

    /// What to do about it, in English, one line.
    package var mend: String {
        switch evidence {
        case .silent, .filtered, .unreachable: "is it up, and does a firewall let the panel through?"
        case .refused: "is it running, and on this port?"
        case .closed, .wrongAnswer: "is this the right port, and the right key or password?"
        case .noSuchName, .lookupFailed: "check the name, and the DNS servers in /etc/resolv.conf"
        case .noTLS: "is this the HTTPS port?"
        case .certificateExpired: "renew the certificate"
        case .certificateOfAnotherName: "the name in the URL must be one of the certificate's"
        case .certificateUntrusted: "install its authority, or name it in ca_file"
        case .badStatus: "look at the server's own log"
        case .forbiddenAddress: "if it is meant, add the address to outbound.allow"
        case .notAllowed: "sysctl -w net.ipv4.ping_group_range=\"0 2147483647\" (kept in /etc/sysctl.d)"
        case .notReady: "see the node's own line"
        default: "look at the panel's log"
        }
    }
}

extension ProbeFailure: CustomStringConvertible {
    package var description: String {
        let words = evidence.rawValue
        return detail.map { "\(words): \($0)" } ?? words
    }
}
