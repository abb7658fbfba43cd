package import Accounting
package import Fleet
import GRDB
package import WireGuard

/// A line of a counter's or an interface's story: whatever is not plain growth.
package struct Event: Sendable, Equatable {
    /// Orders events, also of one instant.
    package var id: Int64
    package var at: UnixTime

    /// When the interval began that the event is about. Nil: nobody knows.
    package var since: UnixTime?
    package var node: NodeID
    package var interface: String

    /// Nil: the interface as a whole.
    package var publicKey: PublicKey?

    /// The node's sample that showed it; for `.named`, the last one before.
    package var sample: Int64
    package var kind: Kind
    package var cause: Cause?
    package var isInferred: Bool
    package var before: Traffic?
    package var after: Traffic?

    /// What was booked, or moved to `owner`. Nil: nothing.
    package var traffic: Traffic?

    /// Nil: unmatched, or not about an owner.
    package var owner: Int64?

    package enum Kind: String, Sendable, CaseIterable {
        /// A counter began, for `cause`.
        case epoch
        /// A complete sample shows the peer no more.
        case gone
        /// The old peer is back.
        case resumed
        /// Counters of the interface began again, for `cause`: what they counted since `since` was seen by nobody.
        case reset
        /// Nobody looked at the interface since `since`.
        case gap
        /// The bot named the key: its unmatched bytes moved to `owner`.
        case named
    }

    /// As it goes into the table.
    struct Row {
        var kind: Kind
        var cause: Cause?
        var isInferred = false
        var since: UnixTime?
        var interface: Int64
        var counter: Int64?
        var before: Traffic?
        var after: Traffic?
        var traffic: Traffic?
        var owner: Int64?

        func insert(_ db: Database, _ stamp: Stamp) throws {
            try db.cachedStatement(
                sql: """
                    INSERT INTO events (at, since, interface, counter, sample, kind, cause, is_inferred, before_rx,
                        before_tx, after_rx, after_tx, rx, tx, owner)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                stamp.at.seconds, since?.seconds, interface, counter, stamp.sample, kind.rawValue, cause?.rawValue,
                isInferred, before.map { Bits.column($0.rx) }, before.map { Bits.column($0.tx) },
                after.map { Bits.column($0.rx) }, after.map { Bits.column($0.tx) },
                traffic.map { Bits.column($0.rx) }, traffic.map { Bits.column($0.tx) }, owner,
            ])
        }
    }
}
