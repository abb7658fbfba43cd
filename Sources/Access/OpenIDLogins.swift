/// Sign-ins that were sent to another's door: away, asked about, or answered and not yet fetched. Each is bound to the
/// browser that began it, and is used once. A value in memory: a restart begins anew.
package struct OpenIDLogins: Sendable {
    /// From the beginning to the end.
    package static let lifetime: Int64 = 10 * 60

    /// More than a login budget lets begin in that time.
    private static let most = 1024

    /// What the browser keeps, and what goes with it to the issuer.
    package struct Begun: Sendable {
        package let ticket: Ticket
        package let state: String
        package let nonce: String

        /// RFC 7636, S256: whoever sees the way there learns nothing for the way back.
        package let challenge: String
    }

    /// What came back from the issuer by the browser.
    package enum Return: Sendable, Equatable {
        /// Ours: the issuer is asked with this verifier, once.
        case ask(verifier: String)

        /// This browser's, with another's state: it is over.
        case wrongState

        /// None of this browser's, used already, or over.
        case unknown
    }

    /// What the issuer said when asked.
    package enum Answer: Sendable, Equatable {
        case token(String, [SigningKey])

        /// It will not say more: a code that is none, a client it does not know.
        case refused
        case unreachable
    }

    package enum Outcome: Sendable, Equatable {
        case waiting

        /// Fetched, and gone. `next`: where the visitor wanted to go.
        case answered(Answer, nonce: String, next: String)
        case unknown
    }

    private enum Phase: Sendable {
        case away
        case asked
        case answered(Answer)
    }

    private struct Login: Sendable {
        var state = Ticket.random().text
        var nonce = Ticket.random().text
        var verifier = Ticket.random().text
        var next: String
        var begun: Int64
        var phase = Phase.away
    }

    private var logins: [SecretHash: Login] = [:]

    package init() {}

    /// Nil: too many are under way. `now` in seconds of any clock that does not go back.
    package mutating func begin(next: String, now: Int64) -> Begun? {
        expire(now)
        guard logins.count < Self.most else { return nil }
        let ticket = Ticket.random()
        let login = Login(next: next, begun: now)
        logins[ticket.hash] = login
        return Begun(
            ticket: ticket, state: login.state, nonce: login.nonce,
            challenge: Base64URL.text(Sodium.sha256(Array(login.verifier.utf8))))
    }

    package mutating func returned(_ ticket: Ticket, state: String, now: Int64) -> Return {
        expire(now)
        guard let login = logins[ticket.hash], case .away = login.phase else { return .unknown }
        guard Sodium.isEqual(Array(login.state.utf8), Array(state.utf8)) else {
            logins[ticket.hash] = nil
            return .wrongState
        }
        logins[ticket.hash]?.phase = .asked
        return .ask(verifier: login.verifier)
    }

    /// What was asked for is here. Of a sign-in that is over meanwhile it is dropped.
    package mutating func answer(_ hash: SecretHash, _ answer: Answer) {
        guard let login = logins[hash], case .asked = login.phase else { return }
        logins[hash]?.phase = .answered(answer)
    }

    package mutating func outcome(_ ticket: Ticket, now: Int64) -> Outcome {
        expire(now)
        guard let login = logins[ticket.hash] else { return .unknown }
        switch login.phase {
        case .away: return .unknown
        case .asked: return .waiting
        case .answered(let answer):
            logins[ticket.hash] = nil
            return .answered(answer, nonce: login.nonce, next: login.next)
        }
    }

    /// It was given up.
    package mutating func end(_ ticket: Ticket) { logins[ticket.hash] = nil }

    /// How many are under way.
    package var count: Int { logins.count }

    private mutating func expire(_ now: Int64) {
        logins = logins.filter { (0..<Self.lifetime).contains(now - $0.value.begun) }
    }
}
