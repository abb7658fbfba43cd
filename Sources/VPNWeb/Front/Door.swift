import Access
import FastCGI
import Logging
import Nodes
import Store
import Synchronization
import WireGuard

/// Who is asking: the owner by a session, a program by a token, or a stranger. And how the owner gets in and out.
final class Door: Sendable {
    enum Visitor: Equatable {
        case owner
        case token(StoredToken.Scope)

        /// A token was sent, and it opens nothing.
        case unknownToken
        case stranger
    }

    enum Answer {
        /// The session's cookie.
        case welcome(String)
        case wrong

        /// No password was ever set.
        case notSetUp

        /// Seconds until a try counts again.
        case later(Int)
        case failed
    }

    private let store: TrafficStore
    private let log: Logger
    private let policy = SessionPolicy()
    private let hashing = HashingQueue()
    private let budget = Mutex(LoginBudget())
    private let origins: Mutex<CrossOrigin>
    private let began = ContinuousClock.now

    /// What the database said of a session or a token, for a second: another process may end it.
    private struct Known: Sendable {
        var visitor: Visitor
        var until: ContinuousClock.Instant
    }

    private let known = Mutex<[[UInt8]: Known]>([:])
    private static let memory: Duration = .seconds(1)
    private static let bound = 1024

    /// - Parameter url: the panel's own address, an origin of ours beside the request's host. Empty: not told.
    init(store: TrafficStore, url: String, log: Logger) {
        self.store = store
        self.log = log
        origins = Mutex(Self.origins(url))
    }

    func change(url: String) {
        origins.withLock { $0 = Self.origins(url) }
    }

    private static func origins(_ url: String) -> CrossOrigin {
        CrossOrigin(trusted: url.isEmpty ? [] : [url])
    }

    /// Hashing ends; later sign-ins are put off.
    func close() {
        hashing.stop()
    }

    // MARK: Who is it

    func visitor(_ request: Request) -> Visitor {
        if let header = request.header("Authorization") {
            guard let token = SecretToken(authorization: header) else { return .unknownToken }
            let hash = token.hash.bytes
            return remembered(hash) { () throws(StoreError) in try self.tokenHolder(hash) }
        }
        guard let id = session(request) else { return .stranger }
        let hash = id.hash.bytes
        return remembered(hash) { () throws(StoreError) in try self.sessionHolder(hash) }
    }

    /// What the database calls the visitor's own session. Nil: they brought none.
    func ownSession(_ request: Request) -> [UInt8]? { session(request)?.hash.bytes }

    /// Whoever has it is a stranger from now on.
    func end(_ sessions: [StoredSession]) throws(StoreError) {
        for session in sessions {
            try store.deleteSession(session.hash)
            known.withLock { $0[session.hash] = nil }
        }
        try store.audit(AuditEntry(at: .now, who: "owner", what: "ended \(sessions.count) session(s)"))
    }

    private func session(_ request: Request) -> SessionID? {
        request.cookies[SessionCookie.name].flatMap { SessionID($0) }
    }

    private func remembered(_ hash: [UInt8], look: () throws(StoreError) -> Visitor) -> Visitor {
        let now = ContinuousClock.now
        if let found = known.withLock({ $0[hash] }), found.until > now { return found.visitor }
        let visitor: Visitor
        do {
            visitor = try look()
        } catch {
            // Whom the database cannot vouch for is a stranger.
            log.error("sessions cannot be read", metadata: ["reason": "\(error)"])
            return .stranger
        }
        known.withLock { known in
            if known.count >= Self.bound { known.removeAll() }
            known[hash] = Known(visitor: visitor, until: now + Self.memory)
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
    private func note(_ write: () throws(StoreError) -> Void) {
        do { try write() } catch { log.warning("a visit cannot be noted", metadata: ["reason": "\(error)"]) }
    }

    private func expiry(created: UnixTime, used: UnixTime) -> UnixTime {
        min(created.advanced(by: policy.absolute), used.advanced(by: policy.idle))
    }

    private func tokenHolder(_ hash: [UInt8]) throws(StoreError) -> Visitor {
        let now = UnixTime.now
        guard let token = try store.token(hash), token.revoked == nil, token.expires.map({ $0 > now }) ?? true else {
            return .unknownToken
        }
        // To the minute is enough, and spares the disk.
        if token.lastUsed.map({ now.seconds(since: $0) >= 60 }) ?? true {
            note { () throws(StoreError) in try self.store.useToken(hash, at: now) }
        }
        return .token(token.scope)
    }

    // MARK: In and out

    /// The request was made by a page of ours, or by no browser.
    func isOurs(_ request: Request) -> Bool {
        origins.withLock { $0 }.allows(
            method: request.method, secFetchSite: request.header("Sec-Fetch-Site"), origin: request.header("Origin"),
            host: request.host)
    }

    var hasPassword: Bool { ((try? store.password()) ?? nil) != nil }

    func signIn(password: String, _ request: Request) -> Answer {
        let now = UnixTime.now
        let network = NetworkPrefix(request.remoteAddress)
        do throws(any Error) {
            guard let stored = try store.password() else { return .notSetUp }
            guard let hash = PasswordHash(stored.hash) else {
                log.error("the password's hash is no hash", metadata: ["mend": "vpn-web password"])
                return .failed
            }
            if case .wait(let seconds) = budget.withLock({
                $0.begin(account: Self.account, from: network, now: uptime)
            }) {
                log.warning("sign-in put off", metadata: ["address": "\(request.remoteAddress)"])
                return .later(Int(seconds))
            }
            guard password.utf8.count <= PasswordRules.maximum, try hashing.run({ hash.matches(password) }) else {
                log.warning("sign-in failed", metadata: ["address": "\(request.remoteAddress)"])
                return .wrong
            }
            budget.withLock { $0.succeeded(account: Self.account, from: network) }
            return .welcome(try begin(request, at: now))
        } catch is HashingQueue.Busy {
            budget.withLock { $0.abandoned(account: Self.account, from: network) }
            return .later(1)
        } catch {
            log.error("sign-in cannot be decided", metadata: ["reason": "\(error)"])
            return .failed
        }
    }

    /// There is one.
    private static let account = "owner"

    /// Seconds of a clock that nobody sets.
    private var uptime: Int64 { (ContinuousClock.now - began).components.seconds }

    private func begin(_ request: Request, at now: UnixTime) throws(StoreError) -> String {
        // A session that was there before the sign-in ends with it.
        if let old = session(request) { try store.deleteSession(old.hash.bytes) }
        try store.purgeSessions(expiredBy: now)
        let id = SessionID.random()
        try store.insert(
            StoredSession(
                hash: id.hash.bytes, created: now, lastSeen: now, expires: expiry(created: now, used: now),
                address: request.remoteAddress,
                userAgent: String(request.header("User-Agent")?.prefix(200) ?? "")))
        try store.audit(AuditEntry(at: now, who: "owner", what: "signed in from \(request.remoteAddress)"))
        log.notice("signed in", metadata: ["address": "\(request.remoteAddress)"])
        return SessionCookie.set(id, policy)
    }

    /// The cookie that ends the browser's session; the session itself is gone when this returns.
    func signOut(_ request: Request) -> String {
        if let id = session(request) {
            do {
                try store.deleteSession(id.hash.bytes)
                try store.audit(AuditEntry(at: .now, who: "owner", what: "signed out"))
            } catch {
                log.error("a session cannot be ended", metadata: ["reason": "\(error)"])
            }
            known.withLock { $0[id.hash.bytes] = nil }
        }
        return SessionCookie.clear
    }
}
