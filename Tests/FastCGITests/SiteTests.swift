import Foundation
import Glibc
import Synchronization
import Testing

@testable import FastCGI

/// What the shipped site answers.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Nginx.isInstalled, "needs nginx"))
struct SiteTests {
    private static let guarded = [
        "content-security-policy", "strict-transport-security", "x-content-type-options", "referrer-policy",
        "cross-origin-opener-policy", "cross-origin-resource-policy", "permissions-policy",
    ]

    private func expectGuarded(_ headers: [String: String], _ what: String) {
        for name in Self.guarded { #expect(headers[name] != nil, "\(what): \(name)") }
        #expect(headers["server"] == "nginx" && headers["x-powered-by"] == nil, "\(what)")
        #expect(headers["content-security-policy"]?.contains("unsafe") == false)
        #expect(headers["content-type"] != nil || headers["location"] != nil, "\(what)")
    }

    @Test func `the shipped site is accepted, with nothing left to fill in`() throws {
        let site = try Site(temporaryFolder())
        #expect(try site.nginx.test() == "")
        let configuration = try String(contentsOfFile: site.folder + "/nginx.conf", encoding: .utf8)
        let rest = configuration.split(separator: "\n").filter {
            !$0.trimmingCharacters(in: .whitespaces).hasPrefix("#")
        }
        #expect(!rest.contains { $0.contains(/@[A-Z_0-9]+@/) })
    }

    @Test func `a personal link's address is in no log, however it ends, and in no Referer`() throws {
        let site = try Site(temporaryFolder())
        try site.nginx.start()
        let secret = "canary0canary0canary0canary0canary0canary0"
        var statuses: Set<Int> = []
        // Refused for their number too: nginx logs that as an error elsewhere.
        for _ in 0..<60 {
            let answer = try site.get("/u/" + secret)
            statuses.insert(answer.status)
            #expect(answer.headers["referrer-policy"] == "no-referrer")
        }
        #expect(statuses == [429, 502])
        #expect(try site.nginx.get(site.plain + "/u/" + secret, []).status == 301)
        #expect(try site.get("/login").headers["referrer-policy"] == "same-origin")
        let access = try String(contentsOfFile: site.folder + "/access.log", encoding: .utf8)
        #expect(access.contains("GET /u/... HTTP") && access.contains("GET /login HTTP"))
        for file in try FileManager.default.contentsOfDirectory(atPath: site.folder) {
            guard let text = try? String(contentsOfFile: site.folder + "/" + file, encoding: .utf8) else { continue }
            #expect(!text.contains("canary"), "\(file)")
        }
    }

    @Test func `with the daemon dead every answer is ours, guarded and never kept`() throws {
        let site = try Site(temporaryFolder())
        try site.nginx.start()
        for (path, status, type) in [
            ("/", 502, "text/html"), ("/users", 502, "text/html"), ("/login", 502, "text/html"),
            ("/api/traffic", 502, "application/json"), ("/health", 502, "application/json"),
            ("/static/none.css", 404, "text/html"), ("/static/../vpn-web.conf", 502, "text/html"),
            ("/static/%2e%2e/headers.conf", 502, "text/html"), ("/error/502.html", 404, "text/html"),
            ("/@public", 404, "text/html"), ("/@owner", 404, "text/html"), ("/..", 400, "text/html"),
        ] {
            let answer = try site.get(path)
            #expect(answer.status == status, "\(path)")
            #expect(answer.headers["content-type"]?.hasPrefix(type) == true, "\(path)")
            #expect(answer.headers["cache-control"] == "no-store", "\(path)")
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(!text.contains("nginx") && !text.contains("style=") && !text.contains("<style"), "\(path)")
            expectGuarded(answer.headers, path)
        }
        let big = try site.get("/login", ["--data", String(repeating: "x", count: 70_000)])
        #expect(big.status == 413 && big.headers["cache-control"] == "no-store")
        let css = try site.get("/static/vpn-web.css")
        #expect(css.status == 200 && css.headers["content-type"]?.hasPrefix("text/css") == true)
        #expect(css.headers["cache-control"] == "public, max-age=3600" && css.headers["etag"] != nil)
        expectGuarded(css.headers, "static")
        #expect(try site.get("/static/vpn-web.css?v=1").headers["cache-control"]?.contains("immutable") == true)
        let traced = try site.get("/", ["-X", "TRACE"])
        #expect(traced.status == 405)
        expectGuarded(traced.headers, "TRACE")
    }

    @Test func `plain HTTP leads pages to the panel's own address, and programs nowhere`() throws {
        let site = try Site(temporaryFolder())
        try site.nginx.start()
        let page = try site.nginx.get(site.plain + "/users?a=b", ["-H", "Host: evil.example"])
        #expect(page.status == 301 && page.headers["location"] == site.secure + "/users?a=b")
        expectGuarded(page.headers, "redirect")
        #expect(try site.nginx.get(site.plain + "/api/traffic").status == 403)
        #expect(try site.nginx.get(site.plain + "/metrics").status == 403)
    }

    @Test func `strangers share the front page for a moment, by language; whoever brings a cookie or a token never`()
        throws
    {
        let asked = Mutex<[String]>([])
        let folder = temporaryFolder()
        let server = Server(listen: .path(folder + "/s")) { request in
            let number = asked.withLock {
                $0.append("\(request.path) \(request.header("Accept-Language") ?? "-") \(request.host)")
                return $0.count
            }
            let secret = request.header("Cookie") != nil || request.header("Authorization") != nil
            var response = Response(body: Array("\(request.path) \(secret ? "owner" : "public") \(number)".utf8))
            response.setHeader("Content-Type", "text/html; charset=utf-8")
            // Even a daemon that forgot to say private.
            response.setHeader("Cache-Control", "public, max-age=30")
            return response
        }
        try server.start()
        defer { server.stop(within: .seconds(2)) }
        let site = try Site(folder)
        try site.nginx.start()
        func body(_ path: String, _ arguments: [String] = []) throws -> String {
            let answer = try site.get(path, arguments)
            expectGuarded(answer.headers, path)
            return String(decoding: answer.body, as: UTF8.self)
        }
        #expect(try body("/", ["-b", "__Host-vpnweb=secret"]) == "/ owner 1")
        #expect(try body("/", ["-H", "Authorization: Bearer x"]) == "/ owner 2")
        #expect(try body("/", ["-H", "Accept-Language: ru"]) == "/ public 3")
        #expect(try body("/", ["-H", "Accept-Language: ru"]) == "/ public 3")
        #expect(try body("/", ["-H", "Accept-Language: en"]) == "/ public 4")
        #expect(try body("/", ["-b", "theme=dark", "-H", "Accept-Language: ru"]) == "/ owner 5")
        #expect(try body("/?a=b", ["-H", "Accept-Language: ru"]) == "/ public 6")
        #expect(try body("/users") == "/users public 7")
        #expect(try body("/users") == "/users public 8")
        #expect(try body("/api/stats") == "/api/stats public 9")
        #expect(asked.withLock { $0[0] } == "/ - localhost:\(site.nginx.secure)")
        // The log knows the path and no query.
        _ = try body("/users?name=secret-query")
        #expect(
            eventually {
                (try? String(contentsOfFile: folder + "/access.log", encoding: .utf8))?.contains("\"GET /users HTTP")
                    == true
            })
        #expect(try !String(contentsOfFile: folder + "/access.log", encoding: .utf8).contains("secret-query"))
    }

    @Test func `tries to sign in are slowed down before the daemon hears them, looking at the form is not`() throws {
        let folder = temporaryFolder()
        let tries = Mutex(0)
        let server = Server(listen: .path(folder + "/s")) { request in
            if request.method == "POST" { tries.withLock { $0 += 1 } }
            var response = Response(body: Array("form".utf8))
            response.setHeader("Content-Type", "text/html")
            return response
        }
        try server.start()
        defer { server.stop(within: .seconds(2)) }
        let site = try Site(folder)
        try site.nginx.start()
        var refused = 0
        for _ in 0..<20 {
            let answer = try site.get("/login", ["--data", "password=x"])
            if answer.status == 429 {
                refused += 1
                #expect(answer.headers["retry-after"] == "10" && answer.headers["cache-control"] == "no-store")
                expectGuarded(answer.headers, "429")
            }
        }
        // Ten in the burst and the first; the bucket leaks one in six seconds.
        #expect(refused > 0 && tries.withLock { $0 } >= 11 && tries.withLock { $0 } + refused == 20)
        #expect(try site.get("/login").status == 200)
    }
}
