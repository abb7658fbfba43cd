package import WireGuard

/// What a service's probes say of it together: three failures in a row take it down, two successes bring it back, so that
/// one lost packet is no outage.
package struct Standing: Sendable, Equatable {
    package private(set) var state: State = .unknown

    /// Since the last result of the other kind.
    package private(set) var failures = 0
    package private(set) var successes = 0
    private var blanks = 0

    /// The last failure that said something, or that the probe could not be made. Nil: the last one succeeded.
    package private(set) var failure: ProbeFailure?

    /// The last success. Nil: none yet.
    package private(set) var proof: ProbeResult.Proof?
    package private(set) var checked: UnixTime?

    package enum State: Sendable {
        case unknown
        case up
        case down
    }

    package static let failuresToFall = 3
    package static let successesToRise = 2

    package init() {}

    package mutating func enter(_ result: ProbeResult) {
        checked = result.at
        switch result.outcome {
        case .proven(let proof):
            self.proof = proof
            failure = nil
            successes += 1
            (failures, blanks) = (0, 0)
            // Of what nothing was said yet, the first word is believed.
            if state == .unknown || successes >= Self.successesToRise { state = .up }
        case .failed(let failure):
            self.failure = failure
            successes = 0
            guard failure.isOfService else {
                blanks += 1
                if blanks >= Self.failuresToFall { (state, failures) = (.unknown, 0) }
                return
            }
            failures += 1
            blanks = 0
            if failures >= Self.failuresToFall { state = .down }
        }
    }

    /// What was seen while the panel itself saw nothing counts for nothing.
    package mutating func forgive() {
        failures = 0
    }
}
