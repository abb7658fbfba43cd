import FastCGI
import Foundation
import Glibc
import Pages
import Store
import TestBed
import Testing

@testable import VPNWeb

/// The front's part of the security checklist.
struct SecurityTests {
    private let site: PlantedSite

    init() throws { site = try PlantedSite() }

    /// C4, C25.
    @Test func `every answer says its type and character set, and JSON is never a page`() throws {
        for route in Site.routes.routes where route.get != nil {
            for role in [PlantedSite.Role.owner, .reader, .scraper, .anonymous] {
                let answer = try site.ask(PlantedSite.path(of: route), as: role)
                guard ![303, 304].contains(answer.status) else { continue }
                let type = try #require(answer.header("Content-Type"), "\(route.path.text)")
                #expect(type.contains("charset=utf-8"), "\(route.path.text) \(type)")
                // A 503 of /health is its answer, and no error of ours.
                let isAnswer = answer.status < 400 || route.path.text.hasPrefix("/health")
                let isPage = isAnswer ? route.contents.contains(.page) : !route.isForPrograms
                #expect(type.hasPrefix("text/html") == isPage, "\(route.path.text)")
                if type.hasPrefix("application/json") {
                    _ = try JSONSerialization.jsonObject(with: Data(answer.body))
                }
            }
        }
        let csv = try site.ask("/api/history?format=csv&by=user", as: .reader)
        #expect(csv.header("Content-Type")?.hasPrefix("text/csv") == true)
    }

    /// C5: what is decoded is a name, and never a way.
    @Test func `no path leads out of its route`() throws {
        let up = [
            "..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%2f..", "..%5c..", "%c0%ae%c0%ae", "%u002e", "..;", "%00",
        ]
        let ends = ["", "/etc/passwd", "/vpn-web.db", "%2fetc%2fpasswd", "/users", "/x%00.html", "/."]
        var asked = 0
        for base in ["/", "/users/", "/nodes/", "/api/", "/api/peers/", "/static/", "/health/"] {
            for one in up {
                for end in ends {
                    let target = base + one + end
                    asked += 1
                    for role in [PlantedSite.Role.anonymous, .owner] {
                        let status = try site.ask(target, as: role).status
                        #expect(
                            [400, 404].contains(status) || role == .anonymous && status == 303, "\(target) \(status)")
                    }
                }
            }
        }
        #expect(asked >= 100)
    }

    /// C8. When a session or token was last used is noted, a session that is over is removed, and nothing else.
    @Test func `asking changes nothing`() throws {
        func content() throws -> [String] {
            // The journal is folded in by whoever reads.
            let text = try must(["sqlite3", "-readonly", site.store.path, ".dump"])
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines.count > 50)
            return lines.filter {
                !$0.hasPrefix("INSERT INTO sessions ") && !$0.hasPrefix("INSERT INTO tokens ")
            }
        }
        let before = try content()
        for route in Site.routes.routes {
            let path = PlantedSite.path(of: route)
            for role in PlantedSite.Role.allCases {
                for method in ["GET", "HEAD", "DELETE", "PUT", "OPTIONS"] {
                    _ = try site.ask(path + "?session=x&lang=en", as: role, method: method)
                }
            }
        }
        let after = try content()
        #expect(after.difference(from: before).isEmpty)
    }

    /// C24.
    @Test(arguments: ["%0d%0aX-Evil:%201", "%0aSet-Cookie:%20a=b", "%e5%98%8a%e5%98%8dX-Evil", "a%00b", "\u{85}x"])
    func `what a visitor sends becomes no header`(evil: String) throws {
        for target in [
            "/login?next=/\(evil)", "/users/\(evil)", "/nodes/\(evil)?a=\(evil)", "/?lang=\(evil)",
            "/api/history?format=csv&node=\(evil)", "/api/peers/\(evil)/ledger", "/api/users?limit=\(evil)",
        ] {
            for role in [PlantedSite.Role.anonymous, .owner] {
                guard let answer = try? site.ask(target, as: role) else { continue }
                for header in answer.headers {
                    #expect(!header.name.text.lowercased().contains("evil"))
                    #expect(header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "\(target)")
                }
                #expect(answer.headers.filter { $0.name == "Set-Cookie" }.allSatisfy { !$0.value.hasPrefix("a=") })
            }
        }
    }

    /// C34.
    @Test func `a request past a limit reaches no route`() throws {
        func refusal(_ target: String, body: Int = 0) -> Int? {
            do {
                _ = try Request(method: "GET", target: target, body: [UInt8](repeating: 97, count: body))
                return nil
            } catch { return error.status }
        }
        #expect(refusal("/?" + String(repeating: "a", count: 2_049)) == 414)
        #expect(refusal("/?" + String(repeating: "a", count: 2_048)) == nil)
        #expect(refusal("/?" + String(repeating: "a&", count: 101)) == 400)
        #expect(refusal("/?" + String(repeating: "a&", count: 100)) == nil)
        #expect(Limits().body == 64 * 1024 && Limits().headers == 16 * 1024)
    }

    /// C39.
    @Test func `an error tells nothing from inside`() throws {
        for error in HTTPError.allCases {
            for path in ["/x", "/api/x"] {
                guard let request = try? Request(method: "GET", target: path) else { continue }
                let visit = Visit(
                    request,
                    settings: .init(
                        Site.Settings(
                            url: "https://vpn.example.org", language: .english, zone: .gmt, units: .iec,
                            published: PublicSettings())),
                    snapshot: .init(PlantedSite.anySnapshot))
                let text = String(decoding: visit.error(error).body, as: UTF8.self)
                if path == "/x" { #expect(text.contains(request.id), "\(error)") }
                for word in [
                    "canary", "/var/", "/tmp", "SELECT", "sqlite", "SQLite", "Swift", ".swift", "Fatal", "nginx/",
                ] {
                    #expect(!text.contains(word), "\(error) \(path): \(word)")
                }
            }
        }
    }

    @Test func `every cacheable answer has a tag that is answered 304, and all others are not to be stored`() throws {
        for route in Site.routes.routes where route.get != nil {
            let role: PlantedSite.Role = route.audience == .scrapers ? .scraper : .owner
            let path = PlantedSite.path(of: route)
            let answer = try site.ask(path, as: role)
            guard answer.status == 200 else { continue }
            let isStored = answer.header("Cache-Control")?.contains("no-store") != true
            guard let tag = answer.header("ETag") else {
                #expect(!isStored, "\(path)")
                continue
            }
            let again = try site.ask(path, as: role, headers: [.init(name: "IF_NONE_MATCH", value: tag)])
            // Ages may have moved on by a second between the two.
            #expect(again.status == 304 || again.header("ETag") != tag, "\(path)")
            if again.status == 304 { #expect(again.body.isEmpty && again.header("ETag") == tag) }
            #expect(answer.header("Cache-Control") != nil, "\(path)")
            if isStored { #expect(answer.header("Vary")?.contains("Cookie") == true, "\(path)") }
        }
    }
}
