import FastCGI
import Foundation
import TestBed
import Testing

@testable import VPNWeb

/// `/api/openapi.json` against what is really answered.
struct OpenAPITests {
    private let site: PlantedSite

    init() throws { site = try PlantedSite() }

    private func document() throws -> [String: Any] {
        let answer = try site.ask("/api/openapi.json")
        #expect(answer.status == 200 && answer.header("ETag") != nil)
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }

    @Test func `it has every route, method and parameter, and no other`() throws {
        let paths = try #require(try document()["paths"] as? [String: [String: Any]])
        #expect(paths.keys.sorted() == Site.routes.routes.map(\.path.text).sorted())
        for route in Site.routes.routes {
            let item = try #require(paths[route.path.text])
            #expect((item["get"] != nil) == (route.get != nil) && (item["post"] != nil) == (route.post != nil))
            let query = (item["get"] as? [String: Any])?["parameters"] as? [[String: Any]] ?? []
            #expect(query.compactMap { $0["name"] as? String } == route.query.map(\.name))
            #expect(!route.about.isEmpty)
        }
    }

    @Test func `what a route does not take is refused in words, and what it takes is not`() throws {
        for route in Site.routes.routes where route.isForPrograms && route.get != nil {
            let path = PlantedSite.path(of: route)
            let role: PlantedSite.Role = route.audience == .scrapers ? .scraper : .owner
            let answer = try site.ask(path + "?admin_key=1", as: role)
            #expect(answer.status == 400, "\(path)")
            #expect(String(decoding: answer.body, as: UTF8.self).contains("parameter"))
            #expect(try site.ask(path + "?lang=ru", as: role).status == 200)
            for parameter in route.query {
                let name = parameter.name
                switch parameter.kind {
                case .word(let words):
                    #expect(try site.ask("\(path)?\(name)=\(words[0])", as: role).status == 200, "\(path) \(name)")
                    #expect(try site.ask("\(path)?\(name)=planet", as: role).status == 400, "\(path) \(name)")
                case .number(let range):
                    #expect(
                        try site.ask("\(path)?\(name)=\(range.lowerBound)", as: role).status == 200, "\(path) \(name)")
                    for bad in [
                        "x", "\(range.lowerBound - 1)", "\(range.upperBound + 1)", "1e3", "99999999999999999999",
                    ] {
                        #expect(
                            try site.ask("\(path)?\(name)=\(bad)", as: role).status == 400, "\(path) \(name)=\(bad)")
                    }
                case .text:
                    #expect(
                        try [400, 404].contains(site.ask("\(path)?\(name)=%21", as: role).status), "\(path) \(name)")
                }
            }
        }
    }

    @Test func `it is valid OpenAPI 3 1, and every answer has the shape that it says`() throws {
        let python = Self.root + "/.build/python/bin/python"
        try #require(FileManager.default.isExecutableFile(atPath: python), "make test-deps")
        var asked: [[String: Any]] = []
        func ask(_ target: String, _ role: PlantedSite.Role, method: String = "GET") throws {
            let path = String(target.prefix { $0 != "?" })
            let route = try #require(Site.routes.route(at: path)?.route)
            let answer = try site.ask(target, as: role, method: method, form: "password=x")
            asked.append([
                "target": "\(method) \(target) as \(role)", "route": route.path.text, "method": method.lowercased(),
                "status": answer.status, "type": answer.header("Content-Type") ?? "",
                "body": String(decoding: answer.body, as: UTF8.self),
            ])
        }
        for route in Site.routes.routes {
            let path = PlantedSite.path(of: route)
            for role in PlantedSite.Role.allCases {
                if route.get != nil { try ask(path, role) }
                if route.post != nil { try ask(path, role, method: "POST") }
            }
            guard route.isForPrograms, route.get != nil else { continue }
            let role: PlantedSite.Role = route.audience == .scrapers ? .scraper : .reader
            try ask(path + "?nonsense=1", role)
            for parameter in route.query {
                switch parameter.kind {
                case .word(let words): for word in words { try ask("\(path)?\(parameter.name)=\(word)", role) }
                case .number: try ask("\(path)?\(parameter.name)=2", role)
                case .text: try ask("\(path)?\(parameter.name)=2026-11-01", role)
                }
            }
        }
        try ask("/api/peers/x/ledger", .reader)
        try ask("/api/history?user=777000111&node=eu1&by=peer", .reader)
        let folder = site.folder
        try Data(try site.ask("/api/openapi.json").body).write(to: URL(filePath: folder + "/openapi.json"))
        try JSONSerialization.data(withJSONObject: asked).write(to: URL(filePath: folder + "/answers.json"))
        let check = Self.root + "/Tests/openapi.py"
        try must([python, check, folder + "/openapi.json", folder + "/answers.json"])
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}

/// Long lists in parts.
struct ListPartTests {
    private let site: PlantedSite

    init() throws { site = try PlantedSite() }

    private func object(_ target: String) throws -> [String: Any] {
        let answer = try site.ask(target, as: .reader)
        #expect(answer.status == 200, "\(target)")
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }

    @Test func `without being asked for, nothing is in parts, and shapes are the predecessor's`() throws {
        let users = try JSONSerialization.jsonObject(with: Data(try site.ask("/api/users", as: .reader).body))
        #expect((users as? [Any])?.count == 1)
        #expect(try object("/api/peers")["paging"] == nil && object("/api/traffic")["paging"] == nil)
    }

    @Test func `parts are asked for by page and limit, and together are the whole`() throws {
        let first = try object("/api/peers?limit=1")
        let paging = try #require(first["paging"] as? [String: Any])
        #expect(paging["total"] as? Int == 2 && paging["pages"] as? Int == 2 && paging["page"] as? Int == 1)
        let next = try #require(paging["next"] as? String)
        #expect(next == "/api/peers?limit=1&page=2")
        let second = try object(next)
        #expect((second["paging"] as? [String: Any])?["next"] is NSNull)
        let keys = try [first, second].flatMap { try #require($0["peers"] as? [[String: Any]]) }
            .compactMap { $0["public_key"] as? String }
        let all = try #require(try object("/api/peers")["peers"] as? [[String: Any]])
        #expect(keys == all.compactMap { $0["public_key"] as? String } && keys.count == 2)
        #expect((try object("/api/peers?limit=1&page=9")["peers"] as? [Any])?.isEmpty == true)
        let users = try object("/api/users?page=1")
        #expect((users["users"] as? [Any])?.count == 1)
        #expect((users["paging"] as? [String: Any])?["limit"] as? Int == 100)
        let traffic = try object("/api/traffic?limit=1")
        #expect((traffic["rows"] as? [Any])?.count == 1 && (traffic["unmatched"] as? [Any])?.count == 1)
    }
}
