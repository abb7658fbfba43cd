import Access
import FastCGI
import Fleet
import Nodes
import Pages
import Store
import WireGuard

/// The ways in and out, and a user's own page.
final class DoorPages: Sendable {
    let door: Door
    private let past: PagesPast

    init(door: Door, past: PagesPast) {
        self.door = door
        self.past = past
    }

    /// A form of another site was sent here: nobody is signed in by it.
    func foreignForm(_ visit: Visit) -> Response { loginPage(visit, problem: .foreignForm, status: 403) }

    static func led(to path: String, _ cookies: [String]) -> Response {
        var response = Response.redirect(to: path)
        for cookie in cookies { response.addHeader("Set-Cookie", cookie) }
        return response
    }

    /// Where they wanted to go, also after a try that failed. Nil: nowhere in particular.
    private func next(_ visit: Visit) -> String? {
        (visit.request.query["next"] ?? (try? visit.request.form())?["next"]).map { SafeNext.path($0) }
    }

    // MARK: The password

    func loginPage(_ visit: Visit, problem: LoginPage.Problem? = nil, status: Int = 200) -> Response {
        if problem == nil, case .owner = visit.visitor { return .redirect(to: "/") }
        let asked: LoginPage.Problem? =
            switch visit.request.query["done"] {
            case "set": .passwordSet
            case "again": .startAgain
            default: nil
            }
        return visit.private(
            LoginPage(
                problem: problem ?? (door.hasPassword ? asked : .notSetUp), next: next(visit),
                takesTelegram: door.takesTelegram, context: visit.context(isSignedIn: false)
            ).html(), status: status)
    }

    func signIn(_ visit: Visit) -> Response {
        guard let form = try? visit.request.form() else { return visit.error(.badRequest) }
        let answer = door.signIn(password: form["password"] ?? "", visit.request)
        return answered(answer, next: SafeNext.path(form["next"]), visit)
    }

    /// The first step was taken. `target` is a path of ours.
    func answered(_ answer: Door.Answer, next target: String, _ visit: Visit) -> Response {
        switch answer {
        case .welcome(let cookies): return Self.led(to: target, cookies)
        case .codeWanted(let cookie):
            return Self.led(to: target == "/" ? "/login/code" : Visit.link("/login/code", next: target), [cookie])
        case .wrong: return loginPage(visit, problem: .wrong, status: 401)
        case .startAgain: return loginPage(visit, problem: .startAgain, status: 401)
        case .notSetUp: return loginPage(visit, problem: .notSetUp, status: 401)
        case .later(let seconds):
            return loginPage(visit, problem: .tooManyTries(retryAfter: seconds), status: 429).waiting(seconds)
        case .failed: return visit.error(.unavailable)
        }
    }

    func signOut(_ visit: Visit) -> Response { Self.led(to: "/", [door.signOut(visit.request)]) }

    // MARK: The code

    func codePage(_ visit: Visit, problem: CodePage.Problem? = nil, status: Int = 200) -> Response {
        guard door.owesCode(visit.request) else { return loginPage(visit, problem: .startAgain) }
        return visit.private(
            CodePage(
                problem: problem, next: next(visit), context: visit.context(isSignedIn: false)
            ).html(), status: status)
    }

    func code(_ visit: Visit) -> Response {
        guard let form = try? visit.request.form() else { return visit.error(.badRequest) }
        switch door.signIn(code: form["code"] ?? "", handCode: form["hand-code"], visit.request) {
        case .welcome(let cookies): return Self.led(to: SafeNext.path(form["next"]), cookies)
        case .wrong: return codePage(visit, problem: .wrong, status: 401)
        case .later(let seconds):
            return codePage(visit, problem: .tooManyTries(retryAfter: seconds), status: 429).waiting(seconds)
        case .startAgain, .codeWanted, .notSetUp: return Self.led(to: "/login?done=again", [HostCookie.pending.clear])
        case .failed: return visit.error(.unavailable)
        }
    }

    // MARK: The first start

    func setupPage(_ visit: Visit, problem: SetupPage.Problem? = nil, status: Int = 200) -> Response {
        visit.private(
            SetupPage(problem: problem, context: visit.context(isSignedIn: false)).html(), status: status)
    }

    func setUp(_ visit: Visit) -> Response {
        guard let form = try? visit.request.form() else { return visit.error(.badRequest) }
        let answer = door.setUp(
            token: form["hand-code"] ?? "", password: form["new"] ?? "", again: form["again"] ?? "", visit.request)
        switch answer {
        case .done: return .redirect(to: "/login?done=set")
        case .wrongToken: return setupPage(visit, problem: .wrongToken, status: 401)
        case .refused(let problem): return setupPage(visit, problem: .password(problem), status: 422)
        case .later(let seconds):
            return setupPage(visit, problem: .tooManyTries(retryAfter: seconds), status: 429).waiting(seconds)
        case .failed: return visit.error(.unavailable)
        }
    }

    // MARK: A user's own page

    /// Whatever is wrong with a link, the answer is the same.
    func personal(_ visit: Visit) -> Response {
        let link: StoredLink?
        do { link = try door.link(visit.value, visit.request) } catch { return visit.error(.unavailable) }
        let content = link.flatMap { link in
            UsagePage.Content(
                of: link.user, in: visit.snapshot, countedSince: try? past.countedSince(link.user, visit),
                days: try? past.days(of: link.user, visit), expires: link.expires,
                namesNodes: visit.settings.published.names)
        }
        var response = visit.private(
            UsagePage(content, context: visit.context(isSignedIn: false)).html(), status: content == nil ? 404 : 200)
        response.setHeader("X-Robots-Tag", "noindex, nofollow, noarchive")
        response.setHeader("Referrer-Policy", "no-referrer")
        return response
    }

    /// For the bot, whose token may do nothing else.
    func makeLink(_ visit: Visit) -> Response {
        guard let form = try? visit.request.form(), let word = form["telegram_id"],
            let lifetime = Duration(word: form["expires"] ?? "30d"), lifetime > .zero
        else { return visit.error(.badRequest) }
        guard let user = visit.snapshot.roster.users.first(where: { String($0.telegramID) == word }) else {
            return visit.error(.notFound)
        }
        do {
            let link = try door.makeLink(
                for: user.telegramID, lasting: lifetime.components.seconds, by: try door.tokenName(visit.request),
                visit.request)
            var response = Response(
                status: 201,
                body: LinkAnswer(user: user.telegramID, address: link.address, expires: link.expires).json())
            response.setHeader("Content-Type", ContentType.json.rawValue)
            response.setHeader("Cache-Control", "no-store")
            return response
        } catch {
            return visit.error(.unavailable)
        }
    }
}

extension Response {
    func waiting(_ seconds: Int) -> Response {
        var response = self
        response.setHeader("Retry-After", "\(seconds)")
        return response
    }
}

extension Visit {
    /// For this visitor and this moment: nothing keeps it.
    func `private`(_ html: [UInt8], status: Int = 200, cookies: [String] = []) -> Response {
        var response = answer(Sheet(html, as: .html, caching: "private, no-store"))
        if response.status != 304 { response.status = status }
        for cookie in cookies { response.addHeader("Set-Cookie", cookie) }
        return response
    }
}
