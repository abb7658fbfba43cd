package import Fleet
package import WireGuard

/// What one sample adds to its node's ledger, and why: enough to explain every number later.
package struct Booking: Equatable, Sendable {
    package var node: NodeID

    /// The sample's number and time. Its hour is where every delta lands.
    package var stamp: Stamp
    package var isComplete: Bool

    /// This very sample was booked before: nothing below has anything in it.
    package var isDuplicate: Bool

    /// The newest samples' fingerprints, this one's last.
    package var recent: [Fingerprint]

    /// The interfaces that the sample shows, in its order.
    package var interfaces: [InterfaceBooking]

    package var at: UnixTime { stamp.at }
    package var hour: Hour { Hour(containing: stamp.at) }

    package init(
        node: NodeID, stamp: Stamp, isComplete: Bool, isDuplicate: Bool = false, recent: [Fingerprint] = [],
        interfaces: [InterfaceBooking] = []
    ) {
        self.node = node
        self.stamp = stamp
        self.isComplete = isComplete
        self.isDuplicate = isDuplicate
        self.recent = recent
        self.interfaces = interfaces
    }
}

/// A booking's part for one interface.
package struct InterfaceBooking: Equatable, Sendable {
    package var name: String

    /// The panel never saw the interface before.
    package var isNew: Bool

    /// How the interface stands after this sample.
    package var standing: Standing

    /// Peers whose reading differs from the one before, and every peer of an incomplete sample.
    package var entries: [Entry]

    /// Peers that this complete sample shows no more, with what they had.
    package var gone: [Gone]

    /// Nil: nothing began again.
    package var reset: Reset?

    /// Nil: the sample before is not more than a poll interval away.
    package var gap: Gap?

    package struct Gone: Equatable, Sendable {
        package var publicKey: PublicKey
        package var reading: Reading
    }
}

/// One counter's step.
package struct Entry: Equatable, Sendable {
    package var publicKey: PublicKey

    /// Nil: there is none. Its stamp is when it was last seen to be so.
    package var before: Reading?
    package var after: Reading
    package var cause: Cause

    /// Not proven by this peer's own reading but concluded from its neighbours' (rule 3 d): what it had,
    /// `before`, is then the bound of the error.
    package var isInferred: Bool

    /// The opening balance where `cause` is `.opening`, else the delta. May be zero: only the reading moved.
    package var traffic: Traffic

    /// Who owns the key now. Nil: unmatched.
    package var owner: Int64?

    /// When the interval of `traffic` began; of an epoch's first entry also where the unseen bytes may lie.
    /// Nil for an opening: nobody knows.
    package var since: UnixTime?

    /// `since` is more than one poll interval ago, or in the future: the clock was set back.
    package var hasGap: Bool

    /// After this entry.
    package var epoch: Int64
    package var life: Int64

    /// Where the peer is, of a handshake that `before` did not have. Nil: no new one, or the node does not tell.
    package var network: Network?

    /// Dated bytes: zero for an opening balance.
    package var delta: Traffic { cause == .opening ? .zero : traffic }
}

/// Counters of one interface that began again between two samples. What they counted from `since` until then was seen by nobody.
package struct Reset: Equatable, Sendable {
    /// `.reboot`, `.recreated`, `.interfaceReset`, or `.peerReset`: only the peers in `fell`.
    package var cause: Cause
    package var since: UnixTime
    package var until: UnixTime

    /// Peers whose reading fell.
    package var fell: [PublicKey]

    /// Peers that only grew, and count as begun again with the rest.
    package var inferred: [PublicKey]
}

/// More than one poll interval in which nobody looked at an interface. Where the clock was set back, `until` is before `since`.
package struct Gap: Equatable, Sendable {
    package var since: UnixTime
    package var until: UnixTime

    package init(since: UnixTime, until: UnixTime) {
        self.since = since
        self.until = until
    }
}

/// Unmatched bytes of a key that the bot names now: they move to its user, with a mark (rule 7).
package struct Attribution: Equatable, Sendable {
    package var counter: CounterID
    package var owner: Int64
    package var counted: Traffic
    package var opening: Traffic
}
