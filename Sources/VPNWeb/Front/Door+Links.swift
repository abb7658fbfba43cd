import Access
import FastCGI
import Fleet
import Logging
import Nodes
import Store
import WireGuard

/// Links that show one user their own usage. The secret is in the address, since that is what a link is: so it can be
/// revoked, ends by itself, is stored as a hash, and is in no log.
extension Door {
    /// From its end on it opens nothing.
    static let longestLink: Int64 = 366 * 24 * 3600

    /// - Parameter who: the owner, or the token that asked.
    func makeLink(
        for user: Int64, lasting seconds: Int64, by who: String, _ request: Request
    ) throws(StoreError) -> (address: String, expires: UnixTime) {
        let made = try Self.makeLink(for: user, lasting: seconds, in: store)
        write(.linkMade, subject: "\(user)", by: who, request)
        return (Self.address(of: made.ticket, url), made.expires)
    }

    /// For the audit: which program it was.
    func tokenName(_ request: Request) throws(StoreError) -> String {
        let token = request.header("Authorization").flatMap { SecretToken(authorization: $0) }
        return try token.flatMap { token throws(StoreError) in try store.token(token.hash.bytes) }
            .map { "token " + $0.name } ?? "token"
    }

    static func makeLink(
        for user: Int64, lasting seconds: Int64, in store: TrafficStore
    ) throws(StoreError) -> (ticket: Ticket, expires: UnixTime) {
        let now = UnixTime.now
        let ticket = Ticket.random()
        let expires = now.advanced(by: min(max(60, seconds), longestLink))
        try store.insert(StoredLink(hash: ticket.hash.bytes, user: user, created: now, expires: expires))
        return (ticket, expires)
    }

    static func address(of ticket: Ticket, _ url: String) -> String { url + "/u/" + ticket.text }

    /// Whose usage the link shows, and until when. Nil: it is none, was revoked, or is over.
    func link(_ text: String, _ request: Request) throws(StoreError) -> StoredLink? {
        guard let ticket = Ticket(text), let link = try store.personalLink(ticket.hash.bytes) else { return nil }
        let now = UnixTime.now
        guard link.isInForce(at: now) else { return nil }
        if link.lastUsed == nil { write(.linkOpened, subject: "\(link.user)", by: "stranger", request) }
        if link.lastUsed.map({ now.seconds(since: $0) >= 60 }) ?? true {
            note { () throws(StoreError) in try self.store.useLink(link.hash, at: now) }
        }
        return link
    }

    /// False: no link of this number is in force.
    func revokeLink(_ id: Int64, _ request: Request) throws(StoreError) -> Bool {
        guard let user = try store.revokeLink(id, at: .now) else { return false }
        write(.linkRevoked, subject: "\(user)", request)
        return true
    }
}
