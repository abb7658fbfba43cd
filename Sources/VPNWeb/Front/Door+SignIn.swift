import Access
import FastCGI
import Fleet
import Logging
import Nodes
import Store
import Synchronization
import WireGuard

extension Door {
    enum Answer {
        /// The session's cookie, and others that go with it.
        case welcome([String])

        /// The password is right, and a code is owed: its cookie.
        case codeWanted(String)
        case wrong

        /// The second step is over: the password is asked again.
        case startAgain

        /// No password was ever set.
        case notSetUp

        /// Seconds until a try counts again.
        case later(Int)
        case failed
    }

    /// What a password came to.
    enum Check {
        case right(StoredPassword)
        case wrong
        case notSetUp
        case later(Int)
        case failed
    }

    /// There is one: whatever name a visitor gives, the same is done and said.
    static let account = "owner"

    /// A browser that was signed in before is known for so long: as long as browsers keep a cookie.
    private static let deviceMemory: Int64 = 400 * 24 * 3600

    var hasPassword: Bool { ((try? store.password()) ?? nil) != nil }

    // MARK: The password

    func signIn(password: String, _ request: Request) -> Answer {
        switch check(password, request) {
        case .right(let stored):
            do {
                guard try store.secondFactor() != nil else { return .welcome(try welcome(request)) }
                let ticket = pending.withLock { $0.begin(password: stored.changed.seconds, now: uptime) }
                return .codeWanted(HostCookie.pending.set(ticket, seconds: PendingLogins.lifetime))
            } catch {
                return undecided(error, request)
            }
        case .wrong: return .wrong
        case .notSetUp: return .notSetUp
        case .later(let seconds): return .later(seconds)
        case .failed: return .failed
        }
    }

    /// Also for what the owner may change with the password alone. Counted until `passed`.
    func check(_ password: String, _ request: Request) -> Check {
        do throws(any Error) {
            guard let stored = try store.password() else { return .notSetUp }
            guard let hash = PasswordHash(stored.hash) else {
                log.error("the password's hash is no hash", metadata: Self.facts(request, ["mend": "vpn-web password"]))
                return .failed
            }
            let source = try source(request)
            if case .wait(let seconds) = budget.withLock({
                $0.begin(account: Self.account, from: source, now: uptime)
            }) {
                return later(Int(seconds), request)
            }
            do {
                guard password.utf8.count <= PasswordRules.maximum,
                    try hashing.run(first: source.isDevice, { hash.matches(password) })
                else {
                    refused(.wrongPassword, request)
                    return .wrong
                }
            } catch {
                budget.withLock { $0.abandoned(account: Self.account, from: source) }
                return later(1, request)
            }
            rehash(password, hash)
            return .right(stored)
        } catch {
            log.error("sign-in cannot be decided", metadata: Self.facts(request, ["reason": "\(error)"]))
            return .failed
        }
    }

    /// A password that was hashed at another cost is hashed at today's, while it is known.
    private func rehash(_ password: String, _ old: PasswordHash) {
        guard old.needsRehash(), let made = try? hashing.run(first: true, { PasswordHash(of: password) }) else {
            return
        }
        note { () throws(StoreError) in try self.store.rehash(old.text, as: made.text) }
    }

    /// Who tries: a browser that was signed in before has a budget of its own.
    func source(_ request: Request) throws(StoreError) -> LoginBudget.Source {
        if let ticket = device(request), try store.knowsDevice(ticket.hash.bytes) { return .device(ticket.hash) }
        return .network(NetworkPrefix(request.remoteAddress))
    }

    private func device(_ request: Request) -> Ticket? {
        request.cookies[HostCookie.device.name].flatMap { Ticket($0) }
    }

    /// What was counted against whoever sent this is forgotten.
    func passed(_ request: Request) throws(StoreError) {
        let source = try source(request)
        budget.withLock { $0.succeeded(account: Self.account, from: source) }
        codeBudget.withLock { $0.succeeded(account: Self.account, from: source) }
    }

    // MARK: The code

    /// Whoever sent this gave the right password a moment ago.
    func owesCode(_ request: Request) -> Bool {
        guard let ticket = owing(request), let stored = try? store.password() else { return false }
        return pending.withLock { $0.holds(ticket, password: stored.changed.seconds, now: uptime) }
    }

    private func owing(_ request: Request) -> Ticket? {
        request.cookies[HostCookie.pending.name].flatMap { Ticket($0) }
    }

    /// `code`: six digits of the app. `handCode`: one of those kept on paper, in its place.
    func signIn(code: String, handCode: String?, _ request: Request) -> Answer {
        do {
            guard let ticket = owing(request), let stored = try store.password(), let factor = try store.secondFactor(),
                pending.withLock({ $0.holds(ticket, password: stored.changed.seconds, now: uptime) })
            else { return .startAgain }
            let source = try source(request)
            if case .wait(let seconds) = codeBudget.withLock({
                $0.begin(account: Self.account, from: source, now: uptime)
            }) {
                return .later(putOffFor(Int(seconds), request))
            }
            guard pending.withLock({ $0.attempt(ticket, password: stored.changed.seconds, now: uptime) }) else {
                return .startAgain
            }
            let isRight =
                if let handCode { try takes(handCode: handCode, request) } else { try takes(code: code, factor) }
            guard isRight else {
                refused(.wrongCode, request)
                return owesCode(request) ? .wrong : .startAgain
            }
            pending.withLock { $0.end(ticket) }
            return .welcome(try welcome(request) + [HostCookie.pending.clear])
        } catch {
            return undecided(error, request)
        }
    }

    private func takes(code: String, _ factor: StoredSecondFactor) throws(StoreError) -> Bool {
        guard let secret = AuthenticatorSecret(bytes: factor.secret),
            let counter = secret.counter(of: code, at: UnixTime.now.seconds, after: factor.lastCounter)
        else { return false }
        return try store.useCode(counter)
    }

    private func takes(handCode typed: String, _ request: Request) throws(StoreError) -> Bool {
        guard let code = HandCode(typed), try store.useRecoveryCode(code.hash.bytes) else { return false }
        write(.recoveryCodeUsed, subject: "\(try store.recoveryCodesLeft())", request)
        return true
    }

    // MARK: In and out

    /// A session for who showed all that is asked for, and the browser is known from now on.
    ///
    /// - Parameter means: what they showed. Nil: the password.
    func welcome(_ request: Request, by means: String? = nil) throws(StoreError) -> [String] {
        let now = UnixTime.now
        try passed(request)
        let session = try begin(request, at: now)
        let known = device(request)
        let ticket: Ticket
        if let known, try store.knowsDevice(known.hash.bytes) { ticket = known } else { ticket = .random() }
        note { () throws(StoreError) in try self.store.useDevice(ticket.hash.bytes, at: now) }
        try store.audit(AuditEntry(at: now, who: "owner", .signedIn, subject: means, address: request.remoteAddress))
        log.notice("signed in", metadata: Self.facts(request))
        return [
            SessionCookie.set(session, policy), HostCookie.device.set(ticket, seconds: Self.deviceMemory),
        ]
    }

    /// A session in place of the one that the request brought, which ends.
    func begin(_ request: Request, at now: UnixTime) throws(StoreError) -> SessionID {
        if let old = session(request) { try store.deleteSession(old.hash.bytes) }
        try store.purgeSessions(expiredBy: now)
        let id = SessionID.random()
        try store.insert(
            StoredSession(
                hash: id.hash.bytes, created: now, lastSeen: now, expires: expiry(created: now, used: now),
                address: request.remoteAddress,
                userAgent: String(request.header("User-Agent")?.prefix(200) ?? "")))
        forget()
        return id
    }

    /// The cookie that ends the browser's session; the session itself is gone when this returns.
    func signOut(_ request: Request) -> String {
        if let id = session(request) {
            do {
                try store.deleteSession(id.hash.bytes)
                write(.signedOut, request)
            } catch {
                log.error("a session cannot be ended", metadata: Self.facts(request, ["reason": "\(error)"]))
            }
            forget(id.hash)
        }
        return SessionCookie.clear
    }

    // MARK: What is written down

    /// In the log and in the audit. By the owner, unless somebody else is named. A full disk does not undo what was done.
    func write(_ event: AuditEvent, subject: String? = nil, by who: String = "owner", _ request: Request) {
        var facts: Logger.Metadata = ["what": "\(event.rawValue)", "who": "\(who)"]
        if let subject { facts["subject"] = "\(subject)" }
        log.notice("access changed", metadata: Self.facts(request, facts))
        audit(event, subject: subject, by: who, request)
    }

    /// Likewise, of who was not let in. How many there can be, the budget says.
    func refused(_ event: AuditEvent, subject: String? = nil, _ request: Request) {
        let why = [event.rawValue, subject].compactMap(\.self).joined(separator: ": ")
        log.warning("sign-in failed", metadata: Self.facts(request, ["why": "\(why)"]))
        audit(event, subject: subject, by: "stranger", request)
    }

    private func audit(_ event: AuditEvent, subject: String?, by who: String, _ request: Request) {
        note { () throws(StoreError) in
            try self.store.audit(
                AuditEntry(at: .now, who: who, event, subject: subject, address: request.remoteAddress))
        }
    }

    private func later(_ seconds: Int, _ request: Request) -> Check { .later(putOffFor(seconds, request)) }

    func putOffFor(_ seconds: Int, _ request: Request) -> Int {
        if let count = putOff.withLock({ $0.count() }) {
            log.warning("sign-ins put off", metadata: Self.facts(request, ["count": "\(count)"]))
        }
        return seconds
    }

    func undecided(_ error: StoreError, _ request: Request) -> Answer {
        log.error("sign-in cannot be decided", metadata: Self.facts(request, ["reason": "\(error)"]))
        return .failed
    }
}

extension LoginBudget.Source {
    var isDevice: Bool { if case .device = self { true } else { false } }
}

/// Sign-ins that were put off: a flood is a line a minute in the log, not a line each.
struct PutOff: Sendable {
    private var waiting = 0
    private var said: ContinuousClock.Instant?

    /// How many since the last line. Nil: it is not time for another.
    mutating func count() -> Int? {
        waiting += 1
        if let said, .now - said < .seconds(60) { return nil }
        said = .now
        defer { waiting = 0 }
        return waiting
    }
}
