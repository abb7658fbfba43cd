package import Fleet
package import WireGuard

/// Dated bytes since a day or month began: the store counts them once, bookings carry them on.
///
/// Made anew from the store when the period ends, when the clock was set back before it, and after attributions.
package struct PeriodTotals: Equatable, Sendable {
    /// Hours that begin here or later count, as in every other sum.
    package let start: UnixTime
    package private(set) var byNode: [NodeID: Traffic]

    /// The key nil: unmatched.
    package private(set) var byOwner: [Int64?: Traffic]

    package init(start: UnixTime, byNode: [NodeID: Traffic] = [:], byOwner: [Int64?: Traffic] = [:]) {
        self.start = start
        self.byNode = byNode
        self.byOwner = byOwner
    }

    package mutating func add(_ booking: Booking) {
        guard booking.hour >= Hour(notBefore: start) else { return }
        for part in booking.interfaces {
            for entry in part.entries where !entry.delta.isZero {
                byNode[booking.node, default: .zero] += entry.delta
                byOwner[entry.owner, default: .zero] += entry.delta
            }
        }
    }
}
