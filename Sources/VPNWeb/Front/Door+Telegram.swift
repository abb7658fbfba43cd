import Access
import FastCGI
import Fleet
import Foundation
import Logging
import Nodes
import Store
import Synchronization
import Transfer
import WireGuard

/// Signing in by Telegram (OpenID Connect, authorization code with PKCE) in place of the password. The browser goes to
/// Telegram and comes back with a code; what the code is worth is asked of Telegram on the transfer thread, while the
/// browser waits on a page that asks again each second: no worker waits with it. See docs/decisions/019.
extension Door {
    /// What the owner configured.
    struct Telegram: Sendable, Equatable {
        /// What @BotFather calls the client: the bot's number.
        var client: String
        var secretFile: String

        /// Who is let in, by Telegram's numbers.
        var owners: Set<Int64>
        var issuer = Self.issuer

        /// Of the issuer's certificate. Nil: the system's.
        var authorities: String?

        /// Where the issuer may be.
        var addresses = AddressPolicy.publicOnly

        static let issuer = "https://oauth.telegram.org"
    }

    /// A page that came back from there leads to nothing of the owner's, and costs Telegram two questions at most.
    static let patience: Duration = .seconds(10)

    static let telegramCallback = "/login/telegram/callback"

    /// There is somebody to be let in by it.
    var takesTelegram: Bool { settings.telegram != nil && transfer != nil }

    // MARK: There

    enum Departure {
        /// Telegram's page, and the cookie that knows the way back.
        case to(String, cookie: String)
        case later(Int)
        case failed
    }

    func leaveForTelegram(next: String, _ request: Request) -> Departure {
        guard let telegram = settings.telegram else { return .failed }
        do {
            let source = try source(request)
            if case .wait(let seconds) = telegramBudget.withLock({
                $0.begin(account: Self.account, from: source, now: uptime)
            }) {
                return .later(putOffFor(Int(seconds), request))
            }
            guard let begun = openIDLogins.withLock({ $0.begin(next: next, now: uptime) }) else { return .later(60) }
            let query = Self.form([
                ("client_id", telegram.client), ("redirect_uri", url + Self.telegramCallback),
                ("response_type", "code"), ("scope", "openid profile"), ("state", begun.state), ("nonce", begun.nonce),
                ("code_challenge", begun.challenge), ("code_challenge_method", "S256"),
            ])
            return .to(
                telegram.issuer + "/auth?" + query,
                cookie: HostCookie.telegram.set(begun.ticket, seconds: OpenIDLogins.lifetime))
        } catch {
            log.error("sign-in cannot be decided", metadata: Self.facts(request, ["reason": "\(error)"]))
            return .failed
        }
    }

    // MARK: And back

    enum Arrival {
        /// Telegram is asked.
        case asked

        /// It is over: cancelled there, or another's.
        case refused
        case unknown
        case unreachable
    }

    func arriveFromTelegram(_ request: Request) -> Arrival {
        guard let telegram = settings.telegram, let ticket = telegramTicket(request) else { return .unknown }
        let state = request.query["state"] ?? ""
        switch openIDLogins.withLock({ $0.returned(ticket, state: state, now: uptime) }) {
        case .unknown: return .unknown
        case .wrongState:
            refused(.telegramRefused, subject: "state", request)
            return .refused
        case .ask(let verifier):
            guard let code = request.query["code"], !code.isEmpty, request.query["error"] == nil else {
                openIDLogins.withLock { $0.end(ticket) }
                refused(.telegramRefused, subject: "cancelled", request)
                return .refused
            }
            guard let secret = SecretFile.text(telegram.secretFile) else {
                log.error(
                    "the client's secret cannot be read", metadata: ["key": "sign_in.telegram.client_secret_file"])
                openIDLogins.withLock { $0.end(ticket) }
                return .unreachable
            }
            ask(telegram, code: code, verifier: verifier, secret: secret, ticket.hash)
            return .asked
        }
    }

    private func telegramTicket(_ request: Request) -> Ticket? {
        request.cookies[HostCookie.telegram.name].flatMap { Ticket($0) }
    }

    /// For the token and for the keys, at once. Both answers make one.
    private func ask(
        _ telegram: Telegram, code: String, verifier: String, secret: String, _ login: SecretHash
    ) {
        let basic = Data("\(Self.encoded(telegram.client)):\(Self.encoded(secret))".utf8).base64EncodedString()
        let form = Self.form([
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", url + Self.telegramCallback),
            ("client_id", telegram.client), ("code_verifier", verifier),
        ])
        let token = telegram.request(
            .post, "/token",
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
                ("Authorization", "Basic " + basic),
            ], body: Array(form.utf8))
        // One after the other: a code that is none costs no second question.
        transfer?.perform(token, within: Self.patience) { answer in
            guard let text = self.token(answer) else {
                let isRefused = (try? answer.get()).map { (400..<500).contains($0.status) } ?? false
                return self.openIDLogins.withLock { $0.answer(login, isRefused ? .refused : .unreachable) }
            }
            self.transfer?.perform(telegram.keys, within: Self.patience) { answer in
                let body = self.body(answer, of: "keys")
                self.openIDLogins.withLock {
                    $0.answer(login, body.map { .token(text, SigningKey.keys($0)) } ?? .unreachable)
                }
            }
        }
    }

    private func token(_ answer: Result<HTTPResponse, TransferFailure>) -> String? {
        struct Token: Decodable { var id_token: String }
        return body(answer, of: "token").flatMap { try? JSONDecoder().decode(Token.self, from: Data($0)).id_token }
    }

    /// Nil, and in the log: it did not answer, or not with 200.
    private func body(_ answer: Result<HTTPResponse, TransferFailure>, of what: String) -> [UInt8]? {
        let reason: String
        switch answer {
        case .success(let response) where response.status == 200 && !response.isCut: return response.body
        case .success(let response): reason = "status \(response.status)"
        case .failure(let failure): reason = "\(failure)"
        }
        log.warning("Telegram gave no answer to a sign-in", metadata: ["what": "\(what)", "reason": "\(reason)"])
        return nil
    }

    // MARK: In

    enum Decision {
        case waiting
        case decided(Answer, next: String)
        case refused
        case unreachable
        case unknown
    }

    /// Whether Telegram answered, and what that gives.
    func decideTelegram(_ request: Request) -> Decision {
        guard let telegram = settings.telegram, let ticket = telegramTicket(request) else { return .unknown }
        switch openIDLogins.withLock({ $0.outcome(ticket, now: uptime) }) {
        case .waiting: return .waiting
        case .unknown: return .unknown
        case .answered(.unreachable, _, _): return .unreachable
        case .answered(.refused, _, _):
            refused(.telegramRefused, subject: "code", request)
            return .refused
        case .answered(.token(let text, let keys), let nonce, let next):
            do throws(IDToken.Refusal) {
                let token = try IDToken(
                    text, keys: keys,
                    expected: .init(issuer: telegram.issuer, client: telegram.client, nonce: nonce),
                    now: UnixTime.now.seconds)
                guard telegram.owners.contains(token.person) else {
                    refused(.telegramRefused, subject: "user \(token.person)", request)
                    return .refused
                }
                return .decided(admit(request), next: next)
            } catch {
                refused(.telegramRefused, subject: error.rawValue, request)
                return .refused
            }
        }
    }

    /// Telegram stands for the password, and not for the second step.
    private func admit(_ request: Request) -> Answer {
        do {
            guard let stored = try store.password() else { return .notSetUp }
            guard try store.secondFactor() == nil else {
                let ticket = pending.withLock { $0.begin(password: stored.changed.seconds, now: uptime) }
                return .codeWanted(HostCookie.pending.set(ticket, seconds: PendingLogins.lifetime))
            }
            let source = try source(request)
            telegramBudget.withLock { $0.succeeded(account: Self.account, from: source) }
            return .welcome(try welcome(request, by: "Telegram"))
        } catch {
            return undecided(error, request)
        }
    }

    private static func form(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\($0.name)=\(encoded($0.value))" }.joined(separator: "&")
    }

    /// RFC 3986's unreserved characters as they are.
    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
}

extension Door.Telegram {
    /// A token and a set of keys are some kilobytes.
    private static let mostBytes = 32 << 10

    fileprivate func request(
        _ method: HTTPRequest.Method, _ path: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) -> HTTPRequest {
        var request = HTTPRequest(method, issuer + path, headers: headers, body: body, addresses: addresses)
        request.authorities = authorities
        request.bodyLimit = Self.mostBytes
        request.allowLoopback()
        return request
    }

    /// For the keys that it signs with.
    var keys: HTTPRequest { request(.get, "/.well-known/jwks.json") }
}
