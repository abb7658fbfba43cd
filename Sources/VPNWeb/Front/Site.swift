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

/// Path → answer. Everything that is shown is in the snapshot; nothing here asks a node or waits for one.
final class Site: Sendable {
    /// What the owner configured of the front; another one after SIGHUP.
    struct Settings: Sendable {
        var url: String
        var language: Language
        var zone: TimeZone
        var units: Units
        var published: PublicSettings
        var billing = Configuration.Billing()
    }

    private let newsstand: Newsstand
    private let door: Door
    private let history: HistoryRoutes
    private let pages: OwnerPages
    private let press = Press()
    private let current: Mutex<Settings>

    /// Polls every node now, unless that was just done.
    private let refresh: @Sendable () -> Void

    init(
        newsstand: Newsstand, door: Door, store: TrafficStore, settings: Settings,
        refresh: @escaping @Sendable () -> Void
    ) {
        self.newsstand = newsstand
        self.door = door
        history = HistoryRoutes(questions: Questions(store))
        pages = OwnerPages(door: door, questions: Questions(store))
        self.refresh = refresh
        current = Mutex(settings)
    }

    func change(to settings: Settings) {
        current.withLock { $0 = settings }
        door.change(url: settings.url)
    }

    func answer(_ request: Request) -> Response {
        let visit = Visit(request, settings: current.withLock { $0 }, snapshot: newsstand.snapshot)
        if let page = OwnerPages.Address(request.path) { return pages.answer(page, visit) }
        guard let route = Route(request.path) else { return visit.error(.notFound) }
        guard route.methods.contains(request.method) else {
            var response = visit.error(.methodNotAllowed)
            response.setHeader("Allow", route.methods.joined(separator: ", "))
            return response
        }
        switch route {
        case .health: return health(visit)
        case .alive: return .text("ok\n")
        case .login: return request.method == "POST" ? signIn(visit) : loginPage(visit)
        case .logout: return signOut(visit)
        case .refresh: return refresh(visit)
        case .front, .servers, .services, .stats, .users, .traffic, .peers: return shown(route, visit)
        case .history: return asked(.history, visit)
        case .periods: return asked(.periods, visit)
        case .top: return asked(.top, visit)
        case .sessions: return asked(.sessions, visit)
        case .active: return asked(.active, visit)
        case .ledger: return asked(.ledger(Route.key(in: request.path) ?? ""), visit)
        }
    }

    /// What a visitor reads whose request could not be taken, or whose answer failed.
    func refuse(_ refusal: Refusal) -> Response {
        guard let error = HTTPError(rawValue: refusal.status) else { return refusal.plain }
        let settings = current.withLock { $0 }
        let context = PageContext(
            language: settings.language, units: settings.units, zone: settings.zone, now: .now, isSignedIn: false,
            panelURL: settings.url, version: Version.text)
        var response = Response(status: error.rawValue, body: error.page(context))
        response.setHeader("Content-Type", ContentType.html.rawValue)
        response.setHeader("Cache-Control", "no-store")
        return response
    }

    // MARK: What the snapshot shows

    private func shown(_ route: Route, _ visit: Visit) -> Response {
        switch door.visitor(visit.request) {
        case .owner: return owner(route, visit)
        case .token(.read) where route != .front: return owner(route, visit)
        case .token(.metrics) where !route.isPublic: return visit.error(.forbidden)
        case .unknownToken where route != .front: return visit.error(.unauthorized)
        case .token, .unknownToken, .stranger: return stranger(route, visit)
        }
    }

    /// What the store knows, for who may see all.
    private func asked(_ question: HistoryRoutes.Question, _ visit: Visit) -> Response {
        switch door.visitor(visit.request) {
        case .owner, .token(.read): return history.answer(question, visit)
        case .token(.metrics): return visit.error(.forbidden)
        case .unknownToken, .stranger: return visit.error(.unauthorized)
        }
    }

    private func owner(_ route: Route, _ visit: Visit) -> Response {
        let snapshot = visit.snapshot
        let language = visit.language
        return shown(visit, route, owner: true) {
            switch route {
            case .servers: ServersAnswer(snapshot: snapshot, language: language, now: visit.now).json()
            case .services: ServicesAnswer(snapshot: snapshot, language: language).json()
            case .stats: StatsAnswer(snapshot: snapshot, now: visit.now).json()
            case .users: UsersAnswer(snapshot: snapshot).json()
            case .traffic: TrafficAnswer(snapshot: snapshot, now: visit.now).json()
            case .peers: PeersAnswer(snapshot: snapshot, now: visit.now).json()
            default: OverviewPage(snapshot: snapshot, context: visit.context(isSignedIn: true)).html()
            }
        }
    }

    private func stranger(_ route: Route, _ visit: Visit) -> Response {
        guard route.isPublic else { return visit.error(.unauthorized) }
        guard visit.settings.published.page else {
            return route == .front ? .redirect(to: "/login") : visit.error(.unauthorized)
        }
        return shown(visit, route, owner: false) {
            let summary = PublicSummary(visit.snapshot, settings: visit.settings.published, now: visit.now)
            return switch route {
            case .servers: summary.serversJSON()
            case .services: summary.servicesJSON(visit.language)
            case .stats: summary.statsJSON()
            default: PublicPage(summary: summary, context: visit.context(isSignedIn: false)).html()
            }
        }
    }

    private func shown(_ visit: Visit, _ route: Route, owner: Bool, encode: () -> [UInt8]) -> Response {
        // The query decides what a page shows, and the links on it; an API answer does not depend on it yet.
        let query = route == .front ? visit.request.rawQuery : ""
        let key = "\(owner) \(route) \(visit.language.rawValue) \(query)"
        let sheet = press.sheet(key, generation: visit.snapshot.generation, encode: encode)
        var response = visit.answer(sheet, as: route == .front ? .html : .json)
        response.setHeader("Cache-Control", owner ? "private, no-cache" : "public, max-age=5")
        response.setHeader("Vary", "Accept-Encoding, Accept-Language, Authorization, Cookie")
        return response
    }

    private func health(_ visit: Visit) -> Response {
        let health = Health(visit.snapshot, now: visit.now)
        var response = Response(status: health.httpStatus, body: health.json())
        response.setHeader("Content-Type", ContentType.json.rawValue)
        response.setHeader("Cache-Control", "no-store")
        return response
    }

    // MARK: What the owner does

    private func loginPage(_ visit: Visit, problem: LoginPage.Problem? = nil, status: Int = 200) -> Response {
        if problem == nil, case .owner = door.visitor(visit.request) { return .redirect(to: "/") }
        let problem = problem ?? (door.hasPassword ? nil : .notSetUp)
        let next = visit.request.query["next"].map { SafeNext.path($0) }
        let page = LoginPage(problem: problem, next: next, context: visit.context(isSignedIn: false))
        var response = visit.answer(Press.press(page.html()), as: .html)
        response.status = status
        response.setHeader("Cache-Control", "no-store")
        return response
    }

    private func signIn(_ visit: Visit) -> Response {
        guard door.isOurs(visit.request) else { return loginPage(visit, problem: .foreignForm, status: 403) }
        guard let form = try? visit.request.form() else { return visit.error(.badRequest) }
        switch door.signIn(password: form["password"] ?? "", visit.request) {
        case .welcome(let cookie):
            var response = Response.redirect(to: SafeNext.path(form["next"]))
            response.addHeader("Set-Cookie", cookie)
            return response
        case .wrong: return loginPage(visit, problem: .wrong, status: 401)
        case .notSetUp: return loginPage(visit, problem: .notSetUp, status: 401)
        case .later(let seconds):
            var response = loginPage(visit, problem: .tooManyTries(retryAfter: seconds), status: 429)
            response.setHeader("Retry-After", "\(seconds)")
            return response
        case .failed: return visit.error(.unavailable)
        }
    }

    private func signOut(_ visit: Visit) -> Response {
        guard door.isOurs(visit.request) else { return visit.error(.forbidden) }
        var response = Response.redirect(to: "/")
        response.addHeader("Set-Cookie", door.signOut(visit.request))
        return response
    }

    private func refresh(_ visit: Visit) -> Response {
        guard door.isOurs(visit.request) else { return visit.error(.forbidden) }
        guard case .owner = door.visitor(visit.request) else { return visit.error(.unauthorized) }
        refresh()
        return .redirect(to: "/")
    }
}
