package import Fleet

/// How long a node is left alone after failed connections: longer each time, never the same for all.
///
/// OpenSSH 9.8 and later count penalties by address (sshd_config(5), PerSourcePenalties): 5 s for a failed login, 1 s for a
/// connection that does not log in, enforced from 15 s on and growing to 10 minutes. A login that is refused once will
/// be refused again, so those wait 15 s and more; what never reached a login is tried again soon.
package struct Backoff: Equatable, Sendable {
    /// Failed connections in a row.
    package private(set) var failures = 0

    package init() {}

    /// A connection failed. What to wait before the next; `chance` is even in 0..<1.
    package mutating func failed(_ kind: PollFailure.Kind, chance: Double) -> Duration {
        failures = min(failures + 1, 64)
        let (shortest, longest) = Self.bounds(kind)
        // 2^9 s is longer than any bound.
        let grown = min(shortest * (1 << min(failures - 1, 9)), longest)
        return grown + grown * (chance / 4)
    }

    /// A poll went well.
    package mutating func succeeded() {
        failures = 0
    }

    private static func bounds(_ kind: PollFailure.Kind) -> (shortest: Duration, longest: Duration) {
        switch kind {
        case .authentication, .key, .hostKeyUnknown, .hostKeyChanged, .noCommonAlgorithm, .jump:
            (.seconds(15), .seconds(300))
        case .unresolved, .unreachable, .refused, .timedOut, .disconnected: (.seconds(1), .seconds(30))
        default: (.seconds(1), .seconds(300))
        }
    }
}
