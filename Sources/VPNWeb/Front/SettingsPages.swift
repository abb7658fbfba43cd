import Access
import FastCGI
import Fleet
import Foundation
import Nodes
import Pages
import Store
import WireGuard

/// The owner's settings: who gets in, and what is changed about it. Every change is a POST that is answered by a way back
/// to the page, but for what is shown once.
final class SettingsPages: Sendable {
    enum Change: String, CaseIterable {
        case endSession = "end-session"
        case endOtherSessions = "end-other-sessions"
        case password
        case secondFactor = "second-factor"
        case secondFactorCode = "second-factor-code"
        case removeSecondFactor = "remove-second-factor"
        case recoveryCodes = "recovery-codes"
        case makeToken = "make-token"
        case revokeToken = "revoke-token"
        case makeLink = "make-link"
        case revokeLink = "revoke-link"

        var about: String {
            switch self {
            case .endSession: "Ends another session."
            case .endOtherSessions: "Ends all sessions but this one."
            case .password: "Changes the password."
            case .secondFactor: "Shows a new authenticator's secret."
            case .secondFactorCode: "Turns the second step on, by a code of it."
            case .removeSecondFactor: "Turns the second step off."
            case .recoveryCodes: "Makes new recovery codes."
            case .makeToken: "Makes a token."
            case .revokeToken: "Revokes a token."
            case .makeLink: "Makes a personal link."
            case .revokeLink: "Revokes a personal link."
            }
        }

        var fields: [Parameter] {
            let password = Parameter("password", "The present one.")
            return switch self {
            case .endSession: [.init("session", "Its name on the settings page.")]
            case .endOtherSessions: []
            case .password: [password, .init("new", "The new one."), .init("again", "The same.")]
            case .secondFactor, .removeSecondFactor, .recoveryCodes: [password]
            case .secondFactorCode: [.init("code", "Six digits of the app.")]
            case .makeToken:
                [
                    password, .init("name", "For people."),
                    .init("scope", .word(StoredToken.Scope.allCases.map(\.rawValue)), "What it may."),
                    .init("expires", "As in 90d; empty: without end."),
                ]
            case .revokeToken: [.init("name", "Its name.")]
            case .makeLink: [.init("user", "A telegram id or a name."), .init("expires", "As in 30d.")]
            case .revokeLink: [.init("link", "Its number.")]
            }
        }
    }

    private let door: Door

    init(door: Door) {
        self.door = door
    }

    func page(_ visit: Visit) -> Response { visit.private(settings(visit)) }
    func audit(_ visit: Visit) -> Response { visit.private(auditPage(visit)) }

    func change(_ change: Change, _ visit: Visit) -> Response {
        guard let form = try? visit.request.form() else { return visit.error(.badRequest) }
        return answer(change, form, visit)
    }

    private func answer(_ change: Change, _ form: Fields, _ visit: Visit) -> Response {
        let request = visit.request
        let password = form["password"] ?? ""
        switch change {
        case .endSession: return end(visit) { Self.name($0) == form["session"] }
        case .endOtherSessions: return end(visit) { _ in true }
        case .password:
            let new = form["new"] ?? ""
            if let problem = door.problem(of: new, again: form["again"] ?? "") {
                return Self.back(Self.notice(problem))
            }
            return confirmed(door.change(password: password, to: new, request)) { isDone in
                Self.back(isDone ? .passwordSet : .wait)
            }
        case .secondFactor:
            return confirmed(door.enrol(password: password, request)) { once(enrolment($0), visit) }
        case .secondFactorCode: return confirmEnrolment(form["code"] ?? "", visit)
        case .removeSecondFactor:
            return confirmed(door.removeSecondFactor(password: password, request)) { Self.back(.secondFactorOff) }
        case .recoveryCodes:
            return confirmed(door.remakeRecoveryCodes(password: password, request)) { codes in
                once(.recoveryCodes(codes.map(\.text)), visit)
            }
        case .makeToken: return makeToken(form, visit)
        case .revokeToken:
            do { try door.revokeToken(form["name"] ?? "", request) } catch { return Self.back(.failed) }
            return Self.back(.tokenRevoked)
        case .makeLink: return makeLink(form, visit)
        case .revokeLink:
            do {
                _ = try form["link"].flatMap { Int64($0) }.map { id throws(StoreError) in
                    try door.revokeLink(id, request)
                }
            } catch { return Self.back(.failed) }
            return Self.back(.linkRevoked)
        }
    }

    // MARK: Ways to answer

    private static func back(_ notice: SettingsPage.Notice) -> Response {
        .redirect(to: "/settings?done=\(notice.rawValue)")
    }

    private static func notice(_ problem: PasswordProblem) -> SettingsPage.Notice {
        switch problem {
        case .tooShort: .tooShort
        case .tooLong: .tooLong
        case .common: .common
        case .differ: .differ
        }
    }

    private func once(_ shown: OncePage.Shown, _ visit: Visit) -> Response {
        visit.private(OncePage(shown, context: visit.owner).html())
    }

    private func confirmed<Value>(_ answer: Door.Confirmed<Value>, _ done: (Value) -> Response) -> Response {
        switch answer {
        case .done(let value, let session): return door.giving(session, done(value))
        case .wrong: return Self.back(.wrongPassword)
        case .later: return Self.back(.wait)
        case .failed: return Self.back(.failed)
        }
    }

    // MARK: What is shown

    private func settings(_ visit: Visit) -> [UInt8] {
        SettingsPage(
            access: try? access(visit), notice: visit.request.query["done"].flatMap(SettingsPage.Notice.init),
            context: visit.owner
        ).html()
    }

    private func access(_ visit: Visit) throws -> SettingsPage.Access {
        let own = door.ownSession(visit.request)
        let names = Dictionary(
            visit.snapshot.users.map { ($0.user.telegramID, $0.user.username) }, uniquingKeysWith: { first, _ in first }
        )
        return SettingsPage.Access(
            sessions: try door.store.sessions().filter { $0.expires > visit.now }.map { session in
                SettingsPage.Session(
                    id: Self.name(session), created: session.created, lastSeen: session.lastSeen,
                    address: session.address, userAgent: session.userAgent, isThisOne: session.hash == own)
            },
            limits: (door.policy.idle, door.policy.absolute),
            telegramOwners: door.takesTelegram ? (door.settings.telegram?.owners ?? []).sorted() : [],
            secondFactor: try door.store.secondFactor().map { factor in
                SettingsPage.SecondFactor(since: factor.since, recoveryCodes: try door.store.recoveryCodesLeft())
            },
            tokens: try door.store.tokens().map { token in
                SettingsPage.Token(
                    name: token.name, scope: SettingsPage.TokenScope(token.scope), created: token.created,
                    expires: token.expires, lastUsed: token.lastUsed, revoked: token.revoked)
            },
            links: try door.store.personalLinks().map { link in
                SettingsPage.PersonalLink(
                    id: link.id, user: link.user, username: names[link.user] ?? nil, created: link.created,
                    expires: link.expires, lastUsed: link.lastUsed, revoked: link.revoked)
            })
    }

    /// Names a session in a form; from it nobody learns the cookie.
    private static func name(_ session: StoredSession) -> String {
        session.hash.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func auditPage(_ visit: Visit) -> [UInt8] {
        let count = try? door.store.auditCount()
        return AuditPage(count: count ?? 0, context: visit.owner) { range in
            count == nil ? nil : try? lines(range.count, after: range.lowerBound)
        }.html()
    }

    private func lines(_ limit: Int, after skipped: Int = 0) throws(StoreError) -> [AuditPage.Line] {
        try door.store.auditEntries(limit: limit, after: skipped).map { entry in
            AuditPage.Line(
                at: entry.at, who: entry.who, what: entry.what,
                event: entry.event, subject: entry.subject,
                address: entry.address)
        }
    }

    /// So many of the newest lines: a spreadsheet takes no more.
    private static let mostLines = 100_000

    func auditCSV(_ visit: Visit) -> Response {
        guard let lines = try? lines(Self.mostLines) else { return visit.error(.unavailable) }
        var response = visit.answer(Sheet(AuditPage.csv(lines), as: .csv, caching: "no-store"))
        response.setHeader("Content-Disposition", "attachment; filename=\"vpn-web-audit.csv\"")
        return response
    }

    // MARK: What is changed

    /// Of the sessions that are not the visitor's own.
    private func end(_ visit: Visit, which: (StoredSession) -> Bool) -> Response {
        do {
            let own = door.ownSession(visit.request)
            try door.end(try door.store.sessions().filter { $0.hash != own && which($0) }, visit.request)
            return Self.back(.ended)
        } catch {
            return Self.back(.failed)
        }
    }

    private func enrolment(_ secret: AuthenticatorSecret, isWrong: Bool = false) -> OncePage.Shown {
        .enrolment(uri: secret.uri(issuer: door.issuer), secret: secret.text, isWrong: isWrong)
    }

    private func confirmEnrolment(_ code: String, _ visit: Visit) -> Response {
        switch door.confirmEnrolment(code: code, visit.request) {
        case .done(let codes, let session):
            return door.giving(session, once(.recoveryCodes(codes.map(\.text)), visit))
        case .wrong(let secret): return once(enrolment(secret, isWrong: true), visit)
        case .over: return Self.back(.enrolmentOver)
        case .failed: return Self.back(.failed)
        }
    }

    private func makeToken(_ form: Fields, _ visit: Visit) -> Response {
        let name = form["name"] ?? ""
        guard StoredToken.isName(name), let scope = StoredToken.Scope(rawValue: form["scope"] ?? "") else {
            return Self.back(.tokenNameRefused)
        }
        // Empty: without end. What cannot be read is not that.
        let word = form["expires"] ?? ""
        let lifetime = Duration(word: word)
        guard word.isEmpty || lifetime != nil else { return Self.back(.failed) }
        let expires = lifetime.map { visit.now.advanced(by: $0.components.seconds) }
        let made = door.makeToken(name, scope, expires: expires, password: form["password"] ?? "", visit.request)
        return confirmed(made) { token in
            guard let token else { return Self.back(.tokenNameTaken) }
            return once(.token(name: name, secret: token.text), visit)
        }
    }

    private func makeLink(_ form: Fields, _ visit: Visit) -> Response {
        guard let user = visit.snapshot.roster.user(called: form["user"] ?? ""),
            let lifetime = Duration(word: form["expires"] ?? "30d")
        else { return Self.back(.noSuchUser) }
        do {
            let link = try door.makeLink(
                for: user.telegramID, lasting: lifetime.components.seconds, by: "owner", visit.request)
            let name = user.username ?? String(user.telegramID)
            return once(.link(user: name, address: link.address, expires: link.expires), visit)
        } catch {
            return Self.back(.failed)
        }
    }
}

extension Door {
    /// The answer, with the session that the browser has from now on.
    func giving(_ session: SessionID, _ response: Response) -> Response {
        var response = response
        response.addHeader("Set-Cookie", SessionCookie.set(session, policy))
        return response
    }
}

extension SettingsPage.TokenScope {
    init(_ scope: StoredToken.Scope) {
        switch scope {
        case .read: self = .read
        case .metrics: self = .metrics
        case .links: self = .links
        }
    }
}

extension StoredToken {
    /// For people: it stands in lists and in the audit.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 64
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
    }
}

extension Fleet.Roster {
    /// Whom the bot's files know by this number, or by this name in any case, with or without @. Nil: nobody, or several.
    func user(called word: String) -> User? {
        let word = word.trimmingCharacters(in: .whitespaces)
        if let id = Int64(word), let user = users.first(where: { $0.telegramID == id }) { return user }
        let name = (word.hasPrefix("@") ? String(word.dropFirst()) : word).lowercased()
        let found = users.filter { $0.username?.lowercased() == name }
        return found.count == 1 && !name.isEmpty ? found.first : nil
    }
}
