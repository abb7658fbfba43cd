import Access
import FastCGI
import Fleet
import Foundation
import Logging
import Nodes
import Pages
import Store
import Synchronization
import WireGuard

/// What the owner settles about getting in. What gives more than a session has wants the password, and gives the browser
/// a new session in place of the one it had.
extension Door {
    /// What the owner asked for with the password in hand.
    enum Confirmed<Value> {
        /// With the session that the browser has from now on.
        case done(Value, SessionID)
        case wrong
        case later(Int)
        case failed
    }

    /// A second factor that was shown to one session.
    struct Enrolment: Sendable {
        var secret: AuthenticatorSecret
        var session: SecretHash
        var begun: Int64
        var tries = 0

        static let lifetime: Int64 = 10 * 60
        static let most = 10
    }

    /// `act` is done when the password is right.
    private func confirmed<Value>(
        by password: String, _ request: Request, act: () throws(StoreError) -> Value
    ) -> Confirmed<Value> {
        switch check(password, request) {
        case .right:
            do {
                try passed(request)
                let value = try act()
                return .done(value, try begin(request, at: .now))
            } catch {
                log.error("a change of access failed", metadata: Self.facts(request, ["reason": "\(error)"]))
                return .failed
            }
        case .wrong: return .wrong
        case .later(let seconds): return .later(seconds)
        case .notSetUp, .failed: return .failed
        }
    }

    // MARK: The password

    /// The words of this place, which are tried early.
    static func context(_ url: String) -> [String] {
        [url, URL(string: url)?.host() ?? "", "vpn-web", account]
    }

    /// Nil: it is taken.
    func problem(of password: String, again: String) -> PasswordProblem? {
        guard password == again else { return .differ }
        do throws(PasswordRefusal) {
            try PasswordRules.check(password, context: Self.context(url))
            return nil
        } catch {
            return switch error {
            case .tooShort: .tooShort
            case .tooLong: .tooLong
            case .common: .common
            }
        }
    }

    enum SetUp {
        case done
        case wrongToken
        case refused(PasswordProblem)
        case later(Int)
        case failed
    }

    /// By a code from the panel's machine. It is used up when the password is set, not before.
    func setUp(token: String, password: String, again: String, _ request: Request) -> SetUp {
        do {
            let source = try source(request)
            if case .wait(let seconds) = budget.withLock({ $0.begin(account: "setup", from: source, now: uptime) }) {
                return .later(putOffFor(Int(seconds), request))
            }
            guard let code = HandCode(token), try store.isSetupToken(code.hash.bytes, at: .now) else {
                refused(.wrongSetupToken, request)
                return .wrongToken
            }
            budget.withLock { $0.succeeded(account: "setup", from: source) }
            if let problem = problem(of: password, again: again) { return .refused(problem) }
            guard let hash = try? hashing.run({ PasswordHash(of: password) }) else { return .later(1) }
            guard
                try store.setPassword(
                    StoredPassword(hash: hash.text, changed: .now), by: code.hash.bytes, at: .now)
            else { return .wrongToken }
            forget()
            write(.passwordSet, request)
            return .done
        } catch {
            log.error("the password cannot be set", metadata: Self.facts(request, ["reason": "\(error)"]))
            return .failed
        }
    }

    /// Every other session ends, and every browser but this one has to be known anew. False: no room for hashing.
    func change(password: String, to new: String, _ request: Request) -> Confirmed<Bool> {
        confirmed(by: password, request) { () throws(StoreError) in
            guard let hash = try? hashing.run(first: true, { PasswordHash(of: new) }) else { return false }
            let source = try source(request)
            try store.setPassword(StoredPassword(hash: hash.text, changed: .now))
            if case .device(let device) = source { try store.useDevice(device.bytes, at: .now) }
            write(.passwordSet, request)
            return true
        }
    }

    // MARK: The second factor

    /// A new secret, shown and not in force yet.
    func enrol(password: String, _ request: Request) -> Confirmed<AuthenticatorSecret> {
        let answer = confirmed(by: password, request) { () throws(StoreError) in AuthenticatorSecret.random() }
        if case .done(let secret, let session) = answer {
            enrolment.withLock { $0 = Enrolment(secret: secret, session: session.hash, begun: uptime) }
        }
        return answer
    }

    /// What the app calls this panel.
    var issuer: String { URL(string: url)?.host() ?? "vpn-web" }

    enum Enrolled {
        /// The recovery codes, shown once.
        case done([HandCode], SessionID)
        case wrong(AuthenticatorSecret)
        case over
        case failed
    }

    /// A code of the app shows that it has the secret: from now on codes are asked for.
    func confirmEnrolment(code: String, _ request: Request) -> Enrolled {
        let session = session(request)?.hash
        let found = enrolment.withLock { enrolment -> Enrolment? in
            guard let session, var found = enrolment, found.session == session, found.tries < Enrolment.most,
                (0..<Enrolment.lifetime).contains(uptime - found.begun)
            else { return nil }
            found.tries += 1
            enrolment = found
            return found
        }
        guard let found else { return .over }
        let now = UnixTime.now
        guard let counter = found.secret.counter(of: code, at: now.seconds, after: 0) else {
            return .wrong(found.secret)
        }
        let codes = Self.recoveryCodes()
        do {
            try store.setSecondFactor(
                StoredSecondFactor(secret: found.secret.bytes, since: now, lastCounter: counter),
                recoveryCodes: codes.map(\.hash.bytes))
            enrolment.withLock { $0 = nil }
            write(.secondFactorOn, request)
            return .done(codes, try begin(request, at: now))
        } catch {
            log.error("the second factor cannot be set", metadata: Self.facts(request, ["reason": "\(error)"]))
            return .failed
        }
    }

    private static func recoveryCodes() -> [HandCode] { (0..<10).map { _ in .random() } }

    func remakeRecoveryCodes(password: String, _ request: Request) -> Confirmed<[HandCode]> {
        confirmed(by: password, request) { () throws(StoreError) in
            let codes = Self.recoveryCodes()
            try store.setRecoveryCodes(codes.map(\.hash.bytes))
            write(.recoveryCodesMade, request)
            return codes
        }
    }

    func removeSecondFactor(password: String, _ request: Request) -> Confirmed<Void> {
        confirmed(by: password, request) { () throws(StoreError) in
            if try store.removeSecondFactor() { write(.secondFactorOff, request) }
        }
    }

    // MARK: Sessions and tokens

    /// Whoever has one is a stranger from now on.
    func end(_ sessions: [StoredSession], _ request: Request) throws(StoreError) {
        for session in sessions { try store.deleteSession(session.hash) }
        forget()
        write(.sessionsEnded, subject: "\(sessions.count)", request)
    }

    /// Nil: there was one of that name.
    func makeToken(
        _ name: String, _ scope: StoredToken.Scope, expires: UnixTime?, password: String, _ request: Request
    ) -> Confirmed<SecretToken?> {
        confirmed(by: password, request) { () throws(StoreError) in
            let token = SecretToken.random()
            do throws(StoreError) {
                try store.insert(
                    StoredToken(name: name, hash: token.hash.bytes, scope: scope, created: .now, expires: expires))
            } catch  where error.kind == .exists {
                return nil
            }
            write(.tokenMade, subject: name, request)
            return token
        }
    }

    func revokeToken(_ name: String, _ request: Request) throws(StoreError) {
        guard try store.revokeToken(name, at: .now) else { return }
        forget()
        write(.tokenRevoked, subject: name, request)
    }
}
