import Foundation
import TestBed
import Testing

/// A fleet in which everything is wrong, so that every error has something to say; strangers hear none of it.
@Suite(.endToEnd, .daemon)
struct StrangerTests {
    @Test(.timeLimit(.minutes(10)))
    func `strangers learn nothing from a fleet in trouble, by any route, header or error page`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home", users: [SSHServer.user])
        let key = try SSHKey(bed.folder + "/canary-file-key")
        let wrong = try SSHKey(bed.folder + "/canary-wrong-key")
        let words = "canary-words of canary-user at 203.0.113.99"
        let server = try SSHServer(home.place, "speaks", port: 2201)
        try server.authorize(key, script: "echo '\(words)' >&2; exit 7\n")
        let changed = try SSHServer(home.place, "changed", port: 2202)
        try changed.authorize(key, script: "true\n")
        let well = try SSHServer(home.place, "well", port: 2203)
        let counters = try must([ScaleBed.build(in: bed.folder), "8", "x"])
        try well.authorize(key, script: "cat <<'END'\n\(counters)END\n")

        func node(_ id: String, _ host: String, _ port: Int, user: String = "vpn-web", key: SSHKey, more: String = "")
            -> String
        {
            """
              - { id: \(id), name: Name, endpoint: "canary-endpoint-\(id):51820", aliases: [canary-alias-\(id)], \
            ssh: { host: \(host), port: \(port), user: \(user), key: \(key.path)\(more) } }

            """
        }
        let nodes =
            "  - { id: here, local: true, endpoint: \"canary-endpoint-here:51820\" }\n"
            + node("well", "127.0.0.1", 2203, key: key)
            + node("speaks", "127.0.0.1", 2201, key: key)
            + node("changed", "127.0.0.1", 2202, key: key)
            + node("unknown", "127.0.0.2", 2203, key: key)
            + node("locked", "127.0.0.1", 2203, user: "canary-login", key: wrong)
            + node("refused", "127.0.0.77", 2299, key: key)
            + node("nowhere", "canary-host.invalid", 22, key: key)
            + node("behind", "127.0.0.78", 22, key: key, more: ", jump: nowhere")
        let panel = try Panel(
            home.network, program: #require(Program.path), nodes: nodes,
            more: "public: { page: true, names: true, minimum: 3 }")
        var known = ["127.0.0.77", "canary-host.invalid", "127.0.0.78"].map { "\($0) \(well.hostKey)\n" }.joined()
        known += "\(server.knownHost("127.0.0.1"))\n\(well.knownHost("127.0.0.1"))\n"
        known += "[127.0.0.1]:2202 \(well.hostKey)\n[127.0.0.77]:2299 \(well.hostKey)\n"
        try write(known, to: panel.knownHosts)
        let dump = Dump(counters)
        let keys = dump.peers.keys.sorted()
        var files = BotFiles(users: [.init(777_000_111, "canary-alice", role: "canary-role"), .init(777_000_112, nil)])
        for (index, key) in keys.prefix(4).enumerated() {
            files.records.append(
                .init(
                    777_000_111 + index % 2, "well", "canary-device-\(index)", publicKey: key,
                    address: "10.99.98.\(index)"))
        }
        try files.write(users: panel.users, peers: panel.peers)
        try panel.setPassword()
        try panel.start()
        let owner = try panel.signIn()
        let ids = ["here", "speaks", "changed", "unknown", "locked", "refused", "nowhere", "behind"]
        let states = try eventually("every node but one says what is wrong") {
            let states = try owner.servers()
            return ids.allSatisfy { states[$0]?.error != nil } && states["well"]?.status == "online" ? states : nil
        }
        // The owner does hear it: else nothing is proven.
        let heard = ids.compactMap { states[$0]?.error }.joined(separator: "\n")
        #expect(heard.contains("canary-words"))
        #expect(heard.contains("canary-host.invalid") || heard.contains("127.0.0.7"))
        #expect(try owner.get("/").text.contains("canary-alice"))

        let canaries =
            [
                "canary", "203.0.113.99", "127.0.0.1", "127.0.0.2", "127.0.0.7", "77700011", "10.99.98.", "10.9.0.",
                "198.18.", ":51820", ":2299", bed.folder, panel.password, "known_hosts", "users.json", "vpn-web.db",
            ] + keys + heard.split(separator: "\n").map(String.init)
        func isSilent(_ answer: Answer, _ what: String) {
            let said = answer.text + answer.headers.map { "\n\($0): \($1)" }.joined()
            for canary in canaries { #expect(!said.contains(canary), "\(what) says \(canary)") }
        }
        let stranger = panel.front
        let paths = [
            "/", "/?lang=en", "/?sort=%22%3E&node=well&window=x", "/login", "/login?next=//evil.example/", "/logout",
            "/refresh", "/health", "/health/live", "/api/servers", "/api/services", "/api/stats", "/api/users",
            "/api/traffic", "/api/history?user=777", "/api/peers", "/api/alerts", "/api/openapi.json", "/metrics",
            "/nodes",
            "/nodes/well", "/users", "/users/2", "/traffic", "/alerts", "/settings", "/diagnostics", "/services",
            "/api/nowhere", "/nowhere", "/%00", "/%ff%fe", "/%2e%2e/%2e%2e/etc/passwd", "/static/", "/static/nothing",
            "/setup", "/login/code", "/login/telegram", "/login/telegram/callback?code=a&state=b",
            "/login/telegram/wait",
            "/u/", "/u/x", "/u/" + String(repeating: "A", count: 43), "/status.json", "/status.json?lang=en",
            "/status.rss",
            "/api/top", "/api/sessions", "/api/active", "/api/periods", "/api/links", "/settings/audit.csv",
            "/alerts/test",
            "/api/traffic?admin_key=1", "/" + String(repeating: "a", count: 9_000), "/error/502.html", "/favicon.ico",
        ]
        for path in paths {
            for arguments in [[], ["-I"], ["-X", "POST"], ["-X", "DELETE"], ["-H", "Accept-Encoding: gzip"]] {
                if arguments.last?.contains("gzip") == true, path.count > 1_000 { continue }
                isSilent(try get(stranger, path, arguments: arguments), "\(path) \(arguments)")
            }
        }
        for headers in [
            ["Authorization: Bearer x"], ["Cookie: __Host-vpn-web=x; a=\"b"], ["Host: evil.example"],
            ["X-Forwarded-For: 127.0.0.9"], ["Range: bytes=0-5"], ["Content-Type: application/json"],
            ["Cookie: " + String(repeating: "c", count: 9_000)],
        ] {
            for path in ["/", "/api/traffic", "/api/servers", "/login"] {
                isSilent(try get(stranger, path, headers: headers), "\(path) \(headers[0].prefix(40))")
            }
        }
        let form = ["-X", "POST", "--data-urlencode", "password=not the password", "-H", "Origin: \(stranger.url)"]
        let refused = try get(stranger, "/login", arguments: form)
        #expect(refused.status == 401)
        isSilent(refused, "a wrong password")
        isSilent(try stranger.get("/login", arguments: ["--data-binary", "@/bin/sh"]), "a large body")
        for path in ["/api/traffic", "/api/users", "/api/traffic?admin_key=\(panel.password)"] {
            #expect(try get(stranger, path).status == 401, "\(path)")
        }
        // nginx alone.
        panel.stop()
        for path in ["/login", "/api/traffic", "/health", "/nodes/well"] {
            let answer = try get(stranger, path)
            #expect(answer.status == 502)
            isSilent(answer, "\(path) without a panel")
        }
    }

    /// Not counted against: the site lets a stranger ask thirty times a second.
    private func get(_ front: Nginx, _ path: String, headers: [String] = [], arguments: [String] = []) throws -> Answer
    {
        try eventually("an answer to \(path.prefix(40))") {
            let answer = try front.get(path, headers: headers, arguments: arguments)
            return answer.status == 429 ? nil : answer
        }
    }
}
