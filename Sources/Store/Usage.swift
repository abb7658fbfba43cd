package import Fleet
package import WireGuard

/// Dated bytes of one subject in one period: openings are not in it, since nobody knows when they were spent.
package struct Usage: Sendable, Equatable {
    /// The period's start, as the caller cut it.
    package var start: UnixTime
    package var subject: Subject
    package var traffic: Traffic

    /// A part of the bytes may have been spent before `start`: they showed after more than one poll interval.
    package var hasGap: Bool

    package init(start: UnixTime, subject: Subject, traffic: Traffic, hasGap: Bool) {
        self.start = start
        self.subject = subject
        self.traffic = traffic
        self.hasGap = hasGap
    }

    package enum Subject: Hashable, Sendable {
        /// By who owned the key when it was booked. Nil: unmatched.
        case user(Int64?)
        /// One key, on all nodes and interfaces that the selection has.
        case peer(PublicKey)
        case node(NodeID)
    }

    package enum Grouping: String, Sendable, CaseIterable {
        case user
        case peer
        case node
    }
}

/// Whose numbers: every part that is given must fit.
package struct Selection: Sendable, Equatable {
    package var user: Owner?
    package var peer: PublicKey?
    package var node: NodeID?

    package enum Owner: Sendable, Equatable {
        case telegramID(Int64)
        case unmatched
    }

    package static let all = Selection()

    package init(user: Owner? = nil, peer: PublicKey? = nil, node: NodeID? = nil) {
        self.user = user
        self.peer = peer
        self.node = node
    }
}
