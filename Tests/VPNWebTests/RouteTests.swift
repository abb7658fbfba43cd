import FastCGI
import Testing

@testable import VPNWeb

struct RouteTests {
    @Test(arguments: [
        ("/", "/", ""), ("/users", "/users", ""), ("/users/42", "/users/{telegram_id}", "42"),
        ("/users/%d1%8f", "/users/{telegram_id}", "я"), ("/nodes/eu1", "/nodes/{id}", "eu1"),
        ("/api/peers/a%2fb/ledger", "/api/peers/{key}/ledger", "a%2fb"),
        ("/api/peers/a/b+c=/ledger", "/api/peers/{key}/ledger", "a/b+c="),
    ])
    func `a path finds its route, with the value in it`(path: String, route: String, value: String) {
        let found = Site.routes.route(at: path)
        #expect(found?.route.path.text == route && found?.value == value)
    }

    @Test(arguments: [
        "", "//", "/users/", "/users/1/2", "/users/%", "/users/%00", "/users/%2", "/users/%ff", "/Users", "/users/42/",
        "/api", "/api/", "/api/peers/ledger", "/api/peers//ledger", "/api/users/", "/nodes//", "/metrics/", "/health/x",
    ])
    func `another path finds none`(path: String) {
        #expect(Site.routes.route(at: path) == nil)
    }

    @Test func `a route's own pattern is a value like any other`() throws {
        for route in Site.routes.routes where route.path.parameter != nil {
            let found = try #require(Site.routes.route(at: route.path.text))
            #expect(found.route.path.text == route.path.text && found.value == "{\(route.path.parameter ?? "")}")
        }
    }

    @Test func `every route has a method, and no path is there twice`() {
        let routes = Site.routes.routes
        #expect(routes.allSatisfy { !$0.methods.isEmpty })
        #expect(Set(routes.map(\.path.text)).count == routes.count)
    }
}
