import Access
import FastCGI
import Logging
import Nodes
import Store
import Synchronization
import Transfer
import WireGuard

/// Who is asking: the owner by a session, a program by a token, or a stranger. How they get in, and what they settle
/// about it, is in the files beside this one.
final class Door: Sendable {
    enum Visitor: Equatable {
        case owner
        case token(StoredToken.Scope)

        /// A token was sent, and it opens nothing.
        case unknownToken
        case stranger
    }

    /// What the owner configured; another one after SIGHUP.
    struct Settings: Sendable {
        /// The panel's own address, an origin of ours beside the request's host. Empty: not told.
        var url = ""
        var policy = SessionPolicy()

        /// Nil: nobody signs in by Telegram.
        var telegram: Telegram?
    }

    let store: TrafficStore
    let log: Logger

    /// Speaks to Telegram. Nil: nobody is asked.
    let transfer: HTTPClient?
    let hashing = HashingQueue()

    /// Of passwords, and of codes after the right one.
    let budget = Mutex(LoginBudget())
    let codeBudget = Mutex(LoginBudget(.codes))
    let pending = Mutex(PendingLogins())

    /// Of those who are sent to Telegram: what strangers use up of it is none of the password's.
    let telegramBudget = Mutex(LoginBudget())
    let openIDLogins = Mutex(OpenIDLogins())

    /// A second factor that was shown and not confirmed yet. One: there is one owner.
    let enrolment = Mutex<Enrolment?>(nil)
    let putOff = Mutex(PutOff())
    private let away = Mutex(PutOff())
    private let current: Mutex<Settings>
    private let began = ContinuousClock.now

    /// What the database said of sessions and tokens, for a second: another process may end one.
    private struct Known: Sendable {
        var holders: [SecretHash: (visitor: Visitor, until: ContinuousClock.Instant)] = [:]

        /// How often something was: what was looked up before that is not remembered after it.
        var forgotten: UInt64 = 0
    }

    private let known = Newsstand(Known())
    private static let memory: Duration = .seconds(1)
    private static let bound = 256

    init(store: TrafficStore, settings: Settings, transfer: HTTPClient? = nil, log: Logger) {
        self.store = store
        self.transfer = transfer
        self.log = log
        current = Mutex(settings)
    }

    func change(to settings: Settings) { current.withLock { $0 = settings } }

    var settings: Settings { current.withLock { $0 } }
    var policy: SessionPolicy { settings.policy }
    var url: String { settings.url }

    /// Hashing ends; later sign-ins are put off.
    func close() {
        hashing.stop()
    }

    // MARK: Who is it

    func visitor(_ request: Request) -> Visitor {
        if let header = request.header("Authorization") {
            guard let token = SecretToken(authorization: header) else { return .unknownToken }
            let hash = token.hash
            return remembered(hash, request) { () throws(StoreError) in try self.tokenHolder(hash.bytes) }
        }
        guard let id = session(request) else { return .stranger }
        let hash = id.hash
        return remembered(hash, request) { () throws(StoreError) in try self.sessionHolder(hash.bytes) }
    }

    /// What the database calls the visitor's own session. Nil: they brought none.
    func ownSession(_ request: Request) -> [UInt8]? { session(request)?.hash.bytes }

    func session(_ request: Request) -> SessionID? {
        request.cookies[SessionCookie.name].flatMap { SessionID($0) }
    }

    /// Who was known by it is looked up anew. Nil: everybody.
    func forget(_ hash: SecretHash? = nil) {
        known.change { known in
            if let hash { known.holders[hash] = nil } else { known.holders.removeAll() }
            known.forgotten &+= 1
        }
    }

    private func remembered(_ hash: SecretHash, _ request: Request, look: () throws(StoreError) -> Visitor) -> Visitor {
        let now = ContinuousClock.now
        let seen = known.issue
        if let found = seen.value.holders[hash], found.until > now { return found.visitor }
        let visitor: Visitor
        do {
            visitor = try look()
        } catch {
            // Whom the database cannot vouch for is a stranger.
            log.error("sessions cannot be read", metadata: Self.facts(request, ["reason": "\(error)"]))
            return .stranger
        }
        known.change { known in
            guard known.forgotten == seen.value.forgotten else { return }
            if known.holders.count >= Self.bound { known.holders.removeAll() }
            known.holders[hash] = (visitor, now + Self.memory)
        }
        return visitor
    }

    private func sessionHolder(_ hash: [UInt8]) throws(StoreError) -> Visitor {
        let now = UnixTime.now
        guard let session = try store.session(hash) else { return .stranger }
        let used = session.lastSeen.seconds
        guard policy.isAlive(created: session.created.seconds, used: used, now: now.seconds) else {
            try store.deleteSession(hash)
            return .stranger
        }
        if policy.needsTouch(used: used, now: now.seconds) {
            note { () throws(StoreError) in
                try self.store.touchSession(hash, at: now, expires: self.expiry(created: session.created, used: now))
            }
        }
        return .owner
    }

    /// A full disk shuts nobody out who was let in before: what cannot be noted is noted the next time.
    func note(_ write: () throws(StoreError) -> Void) {
        do { try write() } catch { log.warning("a visit cannot be noted", metadata: ["reason": "\(error)"]) }
    }

    func expiry(created: UnixTime, used: UnixTime) -> UnixTime {
        min(created.advanced(by: policy.absolute), used.advanced(by: policy.idle))
    }

    private func tokenHolder(_ hash: [UInt8]) throws(StoreError) -> Visitor {
        let now = UnixTime.now
        guard let token = try store.token(hash), token.isInForce(at: now) else {
            return .unknownToken
        }
        // To the minute is enough, and spares the disk.
        if token.lastUsed.map({ now.seconds(since: $0) >= 60 }) ?? true {
            note { () throws(StoreError) in try self.store.useToken(hash, at: now) }
        }
        return .token(token.scope)
    }

    /// The request was made by a page of ours, or by no browser.
    func isOurs(_ request: Request) -> Bool {
        isOurs(request, as: request.method)
    }

    /// `method`: what it does is held to the rules of that one.
    func isOurs(_ request: Request, as method: String) -> Bool {
        CrossOrigin(trusted: url.isEmpty ? [] : [url]).allows(
            method: method, secFetchSite: request.header("Sec-Fetch-Site"), origin: request.header("Origin"),
            host: request.host)
    }

    /// Whoever knocks with what opens nothing here, and is no stranger by mistake. A line a minute, with their number.
    func turnedAway(_ request: Request, _ why: StaticString) {
        guard let count = away.withLock({ $0.count() }) else { return }
        log.warning("turned away", metadata: Self.facts(request, ["why": "\(why)", "count": "\(count)"]))
    }

    /// Who asked, and by which request: what every line about one has.
    static func facts(_ request: Request, _ more: Logger.Metadata = [:]) -> Logger.Metadata {
        ["address": "\(request.remoteAddress)", "request": "\(request.id)"].merging(more) { $1 }
    }

    /// Seconds of a clock that nobody sets.
    var uptime: Int64 { (ContinuousClock.now - began).components.seconds }
}
