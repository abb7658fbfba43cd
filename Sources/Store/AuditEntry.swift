package import Fleet
package import WireGuard

/// A line of the audit: written once, never altered (triggers in the schema see to it).
package struct AuditEntry: Sendable, Equatable {
    package var at: UnixTime
    package var who: String

    /// In English, for whoever reads the table itself.
    package var what: String

    /// Nil: told in `what` alone.
    package var event: AuditEvent?

    /// Whose or which: a token's name, a user's number. Nil where the event says all.
    package var subject: String?

    /// Where a request came from. Nil: from the command line.
    package var address: String?

    package init(at: UnixTime, who: String, what: String) {
        self.at = at
        self.who = who
        self.what = what
    }

    package init(at: UnixTime, who: String, _ event: AuditEvent, subject: String? = nil, address: String? = nil) {
        self.init(at: at, who: who, what: event.words)
        if let subject { what += ": " + subject }
        if let address { what += ", from " + address }
        self.event = event
        self.subject = subject
        self.address = address
    }
}
