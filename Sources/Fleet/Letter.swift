package import WireGuard

/// One outgoing message. What it says may change until it needs no more change: then its newest version goes out.
package struct Letter: Sendable, Equatable, Identifiable {
    /// The order in which letters of a channel go out.
    package var id: Int64
    package var channel: Channel
    package var kind: Kind

    /// Incidents it is about, oldest first.
    package var incidents: [Int64]
    package var created: UnixTime

    /// As it goes over the wire: Telegram's HTML, or JSON.
    package var body: String

    /// Raised with every change of `body`, from 1; and the one that arrived. 0: none did.
    package var version = 1
    package var sent = 0
    package var state = State.queued

    /// What the other side calls it. Nil: not known.
    package var remoteID: Int64?

    /// The letter that this one answers: a reminder.
    package var about: Int64?

    /// Tries of the present version that failed.
    package var attempts = 0

    /// The last failure, in English, one line, without a secret. Nil: none, or it was overcome.
    package var problem: String?
    package var sentAt: UnixTime?

    package enum Channel: String, Sendable, CaseIterable {
        case telegram
        case webhook
    }

    package enum Kind: String, Sendable {
        /// Incidents that opened within one digest.
        case incidents
        case reminder
        case summary
        case test

        /// Of a webhook: one change of one incident.
        case event
    }

    package enum State: String, Sendable {
        case queued

        /// On its way. Found so after a start: whether it arrived is in doubt.
        case sending
        case sent

        /// The other side will never take it.
        case refused
    }

    package init(
        id: Int64, channel: Channel, kind: Kind, incidents: [Int64] = [], created: UnixTime, body: String,
        about: Int64? = nil
    ) {
        self.id = id
        self.channel = channel
        self.kind = kind
        self.incidents = incidents
        self.created = created
        self.body = body
        self.about = about
    }

    /// Something of it has yet to go out.
    package var isDue: Bool { state != .refused && sent < version }
}
