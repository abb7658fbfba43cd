package import Accounting
package import Fleet
package import WireGuard

/// Who used how much in a window, the heaviest first.
package struct Loads: Sendable, Equatable {
    /// What is really counted: the window as history can still cut it. What cannot be cut belongs to where it begins.
    package var start: UnixTime
    package var end: UnixTime

    /// The coarsest grain that an end was moved to; five minutes: the window as it was asked for, to five minutes.
    package var grain: Grain

    package var loads: [Load]

    /// Of everybody, also of those beyond the limit.
    package var sum: Traffic
}

/// One subject's part.
package struct Load: Sendable, Equatable {
    package var subject: Usage.Subject
    package var traffic: Traffic
    package var hasGap: Bool

    /// Bytes of the busiest five minutes of any one of the subject's counters. Where five minutes are not kept any more, a
    /// twelfth of an hour stands in.
    package var peak: UInt64

    /// In no order; each once.
    package var byNode: [Part]

    package struct Part: Sendable, Equatable {
        package var node: NodeID
        package var traffic: Traffic
    }
}

/// Likewise of groups of keys.
package struct GroupedLoads: Sendable {
    package var start: UnixTime
    package var end: UnixTime
    package var grain: Grain

    /// Nil: of keys that are in none.
    package var loads: [String?: Load] = [:]

    package struct Load: Sendable, Equatable {
        package var traffic = Traffic.zero
        package var hasGap = false
        package var byNode: [NodeID: Part] = [:]
    }

    package struct Part: Sendable, Equatable {
        package var traffic = Traffic.zero

        /// How many of the group's counters have any of it.
        package var counters = 0
    }
}

/// What a sample added to what is selected.
package struct SampleTraffic: Sendable, Equatable {
    package var node: NodeID
    package var sample: Int64
    package var at: UnixTime
    package var traffic: Traffic

    /// Counters that moved bytes.
    package var peers: Int

    /// Some of the bytes may be older than the sample before.
    package var hasGap: Bool
}

/// A counter's session.
package struct PeerConnection: Sendable, Equatable {
    package var counter: CounterID

    /// Whose bytes it has. Nil: unmatched.
    package var owner: Int64?
    package var session: PeerSession

    /// False: the newest of its counter; see `PeerSession.isOpen`.
    package var isOver: Bool
}

/// How many peers moved bytes, over time. A peer is a counter: a user with two devices is two.
package struct ActivePeers: Sendable, Equatable {
    package var start: UnixTime

    /// Seconds from one number to the next.
    package var step: Int64

    /// The most in any five minutes of the step.
    package var byNode: [NodeID: [Int]]

    /// Likewise, of all nodes together.
    package var all: [Int]
}
