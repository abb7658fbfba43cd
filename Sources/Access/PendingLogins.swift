/// Sign-ins that gave the right password and owe a code. A value in memory: a restart asks for the password again.
package struct PendingLogins: Sendable {
    /// From the password to the code.
    package static let lifetime: Int64 = 5 * 60

    /// Codes that may be tried before the password is asked again.
    package static let tries = 5

    /// Each cost its beginner the right password: there are never many.
    private static let most = 16

    private struct Pending: Sendable {
        var hash: SecretHash
        var begun: Int64
        var tries = 0

        /// When the password was set that was given: a new one ends the sign-in.
        var password: Int64
    }

    private var pending: [Pending] = []

    package init() {}

    /// `now` in seconds of any clock that does not go back.
    package mutating func begin(password: Int64, now: Int64) -> Ticket {
        let ticket = Ticket.random()
        if pending.count >= Self.most { pending.removeFirst() }
        pending.append(Pending(hash: ticket.hash, begun: now, password: password))
        return ticket
    }

    /// Whether a code may still be tried with it.
    package func holds(_ ticket: Ticket, password: Int64, now: Int64) -> Bool {
        index(ticket, password, now) != nil
    }

    /// Counts a try before it is looked at, so that many at once are not all let through.
    package mutating func attempt(_ ticket: Ticket, password: Int64, now: Int64) -> Bool {
        guard let index = index(ticket, password, now) else { return false }
        pending[index].tries += 1
        return true
    }

    /// It was used, or given up.
    package mutating func end(_ ticket: Ticket) {
        let hash = ticket.hash
        pending.removeAll { $0.hash == hash }
    }

    private func index(_ ticket: Ticket, _ password: Int64, _ now: Int64) -> Int? {
        let hash = ticket.hash
        return pending.firstIndex {
            $0.hash == hash && $0.tries < Self.tries && $0.password == password
                && (0..<Self.lifetime).contains(now - $0.begun)
        }
    }
}
