import Access
import FastCGI
import Fleet
import Foundation
import Logging
import Nodes
import Pages
import Store
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

        /// With more peers than that `/metrics` has none of their series.
        var mostPeers = 2000

        /// Where alerts are told.
        var channels: Set<Letter.Channel> = []
    }

    private let newsstand: Newsstand<Snapshot>
    private let door: Door
    let history: HistoryRoutes
    let pages: OwnerPages
    let doorPages: DoorPages
    let settings: SettingsPages
    let alerts: AlertPages
    private let press = Press()
    private let tally = Tally(Site.routes.routes)
    private let current: Newsstand<Settings>

    /// Polls every node now, unless that was just done.
    private let pollNow: @Sendable () -> Void

    init(
        newsstand: Newsstand<Snapshot>, door: Door, store: TrafficStore, settings: Settings,
        watchman: AlertPages.Watchman = .init(), refresh: @escaping @Sendable () -> Void
    ) {
        self.newsstand = newsstand
        self.door = door
        history = HistoryRoutes(questions: Questions(store))
        let past = PagesPast(Questions(store))
        pages = OwnerPages(past: past)
        doorPages = DoorPages(door: door, past: past)
        self.settings = SettingsPages(door: door)
        alerts = AlertPages(store: store, watchman: watchman)
        pollNow = refresh
        current = Newsstand(settings)
    }

    func change(to settings: Settings) { current.publish(settings) }

    func answer(_ request: Request) -> Response {
        var visit = Visit(request, settings: current.issue, snapshot: newsstand.issue)
        let found = Self.routes.route(at: request.path)
        visit.value = found?.value ?? ""
        let response = found.map { answer($0.route, &visit) } ?? nowhere(&visit)
        tally.count(found?.route, response.status)
        return response
    }

    /// The owner's way back is the panel's, not the door's.
    private func nowhere(_ visit: inout Visit) -> Response {
        if !Visit.isForPrograms(visit.request.path) { visit.visitor = door.visitor(visit.request) }
        return visit.error(.notFound)
    }

    /// What a visitor reads whose request could not be taken, or whose answer failed.
    func refuse(_ refusal: Refusal) -> Response {
        guard let error = HTTPError(rawValue: refusal.status) else { return refusal.plain }
        tally.count(nil, error.rawValue)
        let settings = current.value
        var response = Response(status: error.rawValue)
        if Visit.isForPrograms(refusal.path) {
            response.body = error.json(settings.language)
            response.setHeader("Content-Type", ContentType.json.rawValue)
        } else {
            let context = PageContext(
                language: settings.language, units: settings.units, zone: settings.zone, now: .now,
                isSignedIn: false, panelURL: settings.url, version: Version.text)
            response.body = error.page(context, requestID: refusal.id.isEmpty ? nil : refusal.id)
            response.setHeader("Content-Type", ContentType.html.rawValue)
        }
        response.setHeader("Cache-Control", "no-store")
        return response
    }

    // MARK: Who may

    private func answer(_ route: Route, _ visit: inout Visit) -> Response {
        let request = visit.request
        guard let answer = route.answer(to: request.method) else {
            var response = visit.error(.methodNotAllowed)
            response.setHeader("Allow", route.methods.joined(separator: ", "))
            return response
        }
        if request.method == "POST", !door.isOurs(request) {
            door.turnedAway(request, "another site's form")
            return route.path.text == "/login"
                ? doorPages.foreignForm(visit) : visit.error(.forbidden)
        }
        if route.audience != .anyone { visit.visitor = door.visitor(request) }
        if let refusal = refusal(route.audience, visit) {
            switch visit.visitor {
            case .unknownToken: door.turnedAway(request, "unknown token")
            case .token: door.turnedAway(request, "not for this token")
            case .owner, .stranger: break
            }
            return refusal
        }
        guard route.isForPrograms else { return answer(self, visit) }
        return visit.answered { () throws(Query.Failure) in
            visit.query = try Query(request.query, takes: route.query)
            return answer(self, visit)
        }
    }

    /// Nil: they may.
    private func refusal(_ audience: Route.Audience, _ visit: Visit) -> Response? {
        switch (audience, visit.visitor) {
        case (.anyone, _), (.everybody, _), (.owner, .owner), (.readers, .owner), (.readers, .token(.read)),
            (.scrapers, .token(.metrics)), (.linkMakers, .token(.links)):
            nil
        case (.owner, _):
            visit.request.method == "POST" ? visit.error(.unauthorized) : .redirect(to: visit.door)
        case (.readers, .token), (.scrapers, .token), (.scrapers, .owner), (.linkMakers, .token), (.linkMakers, .owner):
            visit.error(.forbidden)
        case (.readers, _), (.scrapers, _), (.linkMakers, _): visit.error(.unauthorized)
        }
    }

    // MARK: What the snapshot shows

    func front(_ visit: Visit) -> Response {
        if case .owner = visit.visitor { return pages.overview(visit) }
        guard visit.settings.published.page else { return .redirect(to: "/login") }
        return published(visit, as: .html) {
            PublicPage(summary: $0, context: visit.context(isSignedIn: false)).html()
        }
    }

    /// The public page for programs; the owner is shown the same.
    func statusJSON(_ visit: Visit) -> Response {
        guard visit.settings.published.page else { return visit.error(.notFound) }
        return published(visit, as: .json) { $0.statusJSON(visit.language) }
    }

    func statusFeed(_ visit: Visit) -> Response {
        guard visit.settings.published.page else { return visit.error(.notFound) }
        return published(visit, as: .rss) { $0.statusFeed(visit.language, url: visit.settings.url) }
    }

    func servers(_ visit: Visit) -> Response {
        shown(visit, orStrangers: { $0.serversJSON() }) {
            ServersAnswer(snapshot: visit.snapshot, language: visit.language, now: visit.now).json()
        }
    }

    func services(_ visit: Visit) -> Response {
        shown(visit, orStrangers: { $0.servicesJSON(visit.language) }) {
            ServicesAnswer(snapshot: visit.snapshot, language: visit.language).json()
        }
    }

    func stats(_ visit: Visit) -> Response {
        shown(visit, orStrangers: { $0.statsJSON() }) { StatsAnswer(snapshot: visit.snapshot, now: visit.now).json() }
    }

    func users(_ visit: Visit) -> Response {
        shown(visit, as: .json) { UsersAnswer(snapshot: visit.snapshot, paging: visit.paging).json() }
    }

    func traffic(_ visit: Visit) -> Response {
        shown(visit, as: .json) { TrafficAnswer(snapshot: visit.snapshot, now: visit.now, paging: visit.paging).json() }
    }

    func peers(_ visit: Visit) -> Response {
        shown(visit, as: .json) { PeersAnswer(snapshot: visit.snapshot, now: visit.now, paging: visit.paging).json() }
    }

    /// All of it to the owner and to reading tokens, the public part to others.
    private func shown(
        _ visit: Visit, orStrangers publish: (PublicSummary) -> [UInt8], encode: () -> [UInt8]
    ) -> Response {
        switch visit.visitor {
        case .owner, .token(.read): shown(visit, as: .json, encode: encode)
        case .unknownToken: visit.error(.unauthorized)
        case .token, .stranger:
            visit.settings.published.page
                ? published(visit, as: .json, encode: publish)
                : visit.error(visit.visitor == .stranger ? .unauthorized : .forbidden)
        }
    }

    private func shown(_ visit: Visit, as type: ContentType, encode: () -> [UInt8]) -> Response {
        pressed(.owner, visit, type, "private, no-cache", encode)
    }

    private func published(_ visit: Visit, as type: ContentType, encode: (PublicSummary) -> [UInt8]) -> Response {
        pressed(.stranger, visit, type, "public, max-age=5") {
            encode(PublicSummary(visit.snapshot, settings: visit.settings.published, now: visit.now))
        }
    }

    private func pressed(
        _ reader: Press.Reader, _ visit: Visit, _ type: ContentType, _ caching: String, _ encode: () -> [UInt8]
    ) -> Response {
        visit.answer(
            press.sheet(visit.key(reader), generation: visit.snapshot.generation) {
                Sheet(encode(), as: type, caching: caching)
            })
    }

    func metrics(_ visit: Visit) -> Response {
        visit.answered { () throws(Query.Failure) in
            let node = try visit.query["node"].map { text throws(Query.Failure) in try visit.node(text) }
            return shown(visit, as: .metrics) {
                MetricsAnswer(
                    snapshot: visit.snapshot, node: node, now: visit.now,
                    requests: tally.lines.map { .init(route: $0.route, status: $0.status, count: $0.count) },
                    mail: alerts.watchman.mail(), mostPeers: visit.settings.mostPeers
                ).text()
            }
        }
    }

    func openAPI(_ visit: Visit) -> Response {
        let document = OpenAPI(url: visit.settings.url)
        return pressed(.anyone, visit, .json, "public, max-age=300") { document.json(Self.routes.routes) }
    }

    func health(_ visit: Visit) -> Response {
        let health = Health(visit.snapshot, now: visit.now)
        var response = Response(status: health.httpStatus, body: health.json())
        response.setHeader("Content-Type", ContentType.json.rawValue)
        response.setHeader("Cache-Control", "no-store")
        return response
    }

    // MARK: What the owner does

    func refresh(_ visit: Visit) -> Response {
        pollNow()
        return .redirect(to: SafeNext.path((try? visit.request.form())?["next"]))
    }
}
