import FastCGI
import Foundation
import Pages
import Testing
import WireGuard

@testable import VPNWeb

/// Every route, asked by everybody (C15).
struct AuthorisationTests {
    private let site: PlantedSite

    init() throws { site = try PlantedSite() }

    /// What each role is answered by a GET, where the route has one.
    private static func expected(_ route: Route, _ role: PlantedSite.Role) -> Int {
        switch (route.audience, role) {
        // A link that is none.
        case (.anyone, _) where route.path.text == "/u/{secret}": 404
        case (.anyone, _): 200
        // It is not configured.
        case (.everybody, _) where route.path.text.hasPrefix("/login/telegram"): 404
        case (.everybody, .revoked), (.everybody, .expiredToken), (.everybody, .garbage):
            route.isForPrograms ? 401 : 200
        case (.everybody, .owner) where route.path.text == "/login": 303
        case (.everybody, _): 200
        case (.owner, .owner): 200
        case (.owner, _): 303
        case (.readers, .owner), (.readers, .reader): 200
        case (.readers, .scraper): 403
        case (.readers, _): 401
        case (.scrapers, .scraper): 200
        case (.scrapers, .owner), (.scrapers, .reader): 403
        case (.scrapers, _): 401
        case (.linkMakers, _): 405
        }
    }

    @Test func `every route answers everybody as the table says`() throws {
        for route in Site.routes.routes where route.get != nil {
            for role in PlantedSite.Role.allCases {
                for method in ["GET", "HEAD"] {
                    let answer = try site.ask(PlantedSite.path(of: route), as: role, method: method)
                    let expected = Self.expected(route, role)
                    #expect(answer.status == expected, "\(method) \(route.path.text) as \(role)")
                    if answer.status == 303, role != .owner {
                        #expect(answer.header("Location")?.hasPrefix("/login?next=") == true, "\(route.path.text)")
                    }
                    if answer.status == 401 { #expect(answer.header("WWW-Authenticate") != nil) }
                }
            }
        }
    }

    @Test func `nobody but the owner changes anything by a form`() throws {
        for route in Site.routes.routes where route.post != nil && route.audience != .everybody {
            guard route.audience != .linkMakers else {
                for role in PlantedSite.Role.allCases {
                    let answer = try site.ask(
                        PlantedSite.path(of: route), as: role, method: "POST", form: "telegram_id=1")
                    #expect(answer.status == ([.owner, .reader, .scraper].contains(role) ? 403 : 401), "as \(role)")
                }
                continue
            }
            #expect(route.audience == .owner, "\(route.path.text)")
            for role in PlantedSite.Role.allCases where role != .owner {
                let answer = try site.ask(PlantedSite.path(of: route), as: role, method: "POST", form: "session=x")
                #expect(answer.status == 401, "\(route.path.text) as \(role)")
            }
        }
    }

    @Test func `a form from another site is refused on every route`() throws {
        for route in Site.routes.routes where route.post != nil {
            let request = try Request(
                method: "POST", target: PlantedSite.path(of: route),
                headers: [.init(name: "SEC_FETCH_SITE", value: "cross-site")], host: "vpn.example.org",
                contentType: "application/x-www-form-urlencoded")
            #expect(site.site.answer(request).status == 403, "\(route.path.text)")
        }
    }

    @Test func `another method is refused, and Allow says which there are`() throws {
        for route in Site.routes.routes {
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"] {
                guard !route.methods.contains(method) else { continue }
                let answer = try site.ask(PlantedSite.path(of: route), as: .owner, method: method)
                #expect(answer.status == 405, "\(method) \(route.path.text)")
                #expect(answer.header("Allow") == route.methods.joined(separator: ", "))
            }
        }
    }

    @Test func `where nothing is public a stranger is led to the door, and programs hear why`() throws {
        let site = try PlantedSite(published: PublicSettings(page: false))
        #expect(try site.ask("/").status == 303)
        for path in ["/api/servers", "/api/services", "/api/stats"] {
            #expect(try site.ask(path).status == 401)
            #expect(try site.ask(path, as: .scraper).status == 403)
            #expect(try site.ask(path, as: .reader).status == 200)
        }
    }
}

/// What strangers learn, from any route (C16), and what errors say (C39).
struct StrangerRoutesTests {
    private let site: PlantedSite

    init() throws { site = try PlantedSite() }

    private static let canaries = [
        "canary", "203.0.113.9", "10.99.98.", "777000111", "51820", "users.json", "vpn-web.db", "/tmp/", "SELECT",
        PlantedSite.alice.base64, PlantedSite.nobody.base64, PlantedSite.alice.urlBase64,
    ]

    @Test func `no answer to a stranger holds a canary, in any form, method or language`() throws {
        var targets = Site.routes.routes.flatMap { route in
            let path = PlantedSite.path(of: route)
            return [path, path + "?lang=ru", path + "?x=%3Cb%3E&node=eu1", path + "?admin_key=x", path + "/x"]
        }
        targets += [
            "/nowhere", "/api/nowhere", "/api/peers/x/ledger", "/users/{telegram_id}", "/nodes/%2e%2e",
            "/metrics?node=eu1",
            "/login?next=//evil.example", "/api/history?user=1",
        ]
        for target in targets {
            for role in [PlantedSite.Role.anonymous, .expiredSession, .revoked, .expiredToken, .garbage] {
                for method in ["GET", "HEAD", "POST", "DELETE"] {
                    let answer = try site.ask(target, as: role, method: method, form: "password=x&session=x")
                    // The way back is the visitor's own words.
                    let headers = answer.headers.filter { $0.name.text != "Location" }
                    let said = String(decoding: answer.body, as: UTF8.self) + headers.map { "\($0)" }.joined()
                    for canary in Self.canaries {
                        #expect(!said.contains(canary), "\(method) \(target) as \(role) says \(canary)")
                    }
                }
            }
        }
    }

    @Test func `the owner is told, or nothing is proven`() throws {
        let said = try ["/", "/nodes/main", "/users", "/diagnostics", "/api/traffic", "/api/servers"].map {
            String(decoding: try site.ask($0, as: .owner).body, as: UTF8.self)
        }.joined()
        for canary in Self.canaries
        where !["vpn-web.db", "/tmp/", "SELECT", PlantedSite.alice.urlBase64].contains(canary) {
            #expect(said.contains(canary), "\(canary)")
        }
    }

    @Test(arguments: [Refusal.badRequest, .bodyTooLarge, .queryTooLong, .headersTooLarge, .failed])
    func `an error under api is an object also where no route is known, elsewhere a page`(refusal: Refusal) throws {
        for (path, type) in [
            ("/api/users", "application/json"), ("/metrics", "application/json"), ("/users", "text/html"),
        ] {
            var refusal = refusal
            refusal.path = path
            let answer = site.site.refuse(refusal)
            #expect(answer.status == refusal.status)
            #expect(answer.header("Content-Type")?.hasPrefix(type) == true)
            #expect(answer.header("Cache-Control") == "no-store")
            guard type == "application/json" else { continue }
            let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: String]
            #expect(object?.keys.sorted() == ["code", "error"])
        }
    }
}
