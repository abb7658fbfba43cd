import Foundation
import Glibc
import TestBed
import Testing

/// The daemon behind nginx, as programs and strangers from outside find it.
@Suite(.endToEnd, .daemon, .house, .serialized)
struct OutsideTests {
    var house: House { get throws { try #require(House.current) } }

    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

    /// C2, C3, C39.
    @Test func `every answer has the headers that browsers keep to, nginx's own errors too`() throws {
        let house = try house
        let front = house.panel.front
        let paths = [
            "/", "/login", "/users", "/users/2", "/nodes/eu1", "/traffic", "/settings", "/diagnostics", "/nowhere",
            "/api/users", "/api/nowhere", "/api/openapi.json", "/metrics", "/health", "/health/live", "/static/nothing",
            "/favicon.ico", "/%00", "/" + String(repeating: "a", count: 9_000),
            "/api/users?" + String(repeating: "a", count: 3_000),
        ]
        for path in paths {
            for answer in [try patient { try front.get(path) }, try patient { try house.owner.get(path) }] {
                let what = "\(path.prefix(40)) \(answer.status)"
                let policy = answer.headers["content-security-policy"] ?? ""
                #expect(policy == Self.policy, "\(what)")
                for (name, value) in [
                    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
                    ("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin"),
                    ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
                ] {
                    #expect(answer.headers[name] == value, "\(what): \(name)")
                }
                #expect(answer.headers["permissions-policy"]?.isEmpty == false, "\(what)")
                let id = answer.headers["x-request-id"] ?? ""
                #expect(id.wholeMatch(of: /[0-9a-f]{32}/) != nil, "\(what)")
                #expect(
                    answer.headers["x-powered-by"] == nil && answer.headers["server"] ?? "nginx" == "nginx", "\(what)")
                let type = answer.headers["content-type"] ?? ""
                if path.hasPrefix("/api/"), answer.status >= 400 {
                    #expect(type.hasPrefix("application/json"), "\(what) \(type)")
                }
                guard type.hasPrefix("text/html") else { continue }
                for word in ["<script>", "style=\"", "onclick=", "onload=", "javascript:"] {
                    #expect(!answer.text.contains(word), "\(what): \(word)")
                }
            }
        }
    }

    /// C36.
    @Test func `the daemon listens for its own group alone, and believes nginx alone`() throws {
        let house = try house
        var information = stat()
        #expect(stat(house.panel.socket, &information) == 0)
        #expect(information.st_mode & 0o777 == 0o660 && information.st_mode & S_IFMT == S_IFSOCK)
        let wrong = ["-X", "POST", "--data-urlencode", "password=wrong", "-H", "Origin: \(house.panel.front.url)"]
        let forged = ["X-Forwarded-For: 198.51.100.66", "X-Real-IP: 198.51.100.66", "Forwarded: for=198.51.100.66"]
        #expect(try house.panel.front.get("/login", headers: forged, arguments: wrong).status == 401)
        #expect(house.panel.log.contains("sign-in failed") && !house.panel.log.contains("198.51.100.66"))
        #expect(try house.panel.front.get("/metrics", headers: forged).status == 401)
    }

    /// C38.
    @Test func `nobody forges a line of the log`() throws {
        let house = try house
        let evil = "%0a<3>vpn-web: forged%1b[31m"
        for path in ["/users/\(evil)", "/login?next=\(evil)", "/api/history?user=\(evil)", "/\(evil)"] {
            _ = try patient {
                try house.panel.front.get(path, headers: ["User-Agent: a\u{1b}[31mforged", "Cookie: a=\(evil)"])
            }
        }
        let form = ["-X", "POST", "--data", "password=a\(evil)", "-H", "Origin: \(house.panel.front.url)"]
        _ = try house.panel.front.get("/login", headers: ["User-Agent: forged"], arguments: form)
        let log = house.panel.log
        #expect(!log.contains("forged") && !log.contains("\u{1b}"))
    }

    /// C38, C39.
    @Test
    func `a request has one name, in the answer, on its page of an error and in both logs, and no visitor gives it`()
        throws
    {
        let house = try house
        let front = house.panel.front
        let chosen = String(repeating: "ab", count: 16)
        let headers = ["X-Request-Id: \(chosen)", "Request-Id: \(chosen)"]
        let lost = try patient { try front.get("/nowhere-\(UUID().uuidString)", headers: headers) }
        let id = try #require(lost.headers["x-request-id"])
        #expect(lost.status == 404 && id != chosen && lost.text.contains(id))
        let accesses = try eventually("a line of the access log") {
            let log = read(front.accessLog)
            return log.contains(id) ? log : nil
        }
        let wrong = ["-X", "POST", "--data-urlencode", "password=wrong", "-H", "Origin: \(front.url)"]
        let refused = try patient { try front.get("/login", headers: headers, arguments: wrong) }
        let other = try #require(refused.headers["x-request-id"])
        let line = house.panel.log.split(separator: "\n").first { $0.contains(other) } ?? ""
        #expect(refused.status == 401 && other != id && line.contains("sign-in failed"))
        let foreign = try patient { try front.get("/api/users", headers: headers + ["Authorization: Bearer x"]) }
        #expect(foreign.status == 401 && house.panel.log.contains("turned away"))
        #expect(!accesses.contains(chosen) && !house.panel.log.contains(chosen))
    }

    /// C31: what another user of the machine, or a crash, could find.
    @Test func `the daemon leaves no core, and no secret is in its arguments, its environment or its configuration`()
        throws
    {
        let house = try house
        let process = "/proc/\(try #require(house.panel.pid))"
        let limit = read(process + "/limits").split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(limit?.split(separator: " ").dropFirst(4).prefix(2).map(String.init) == ["0", "0"])
        let said = read(process + "/cmdline") + read(process + "/environ") + read(house.panel.configurationPath)
        #expect(said.contains("serve") && !said.contains(house.panel.password))
    }

    @Test(
        .enabled(if: Schemathesis.program != nil, "needs make test-deps"), .timeLimit(.minutes(20)))
    func `schemathesis finds no answer that openapi json does not know`() throws {
        let house = try house
        let front = house.panel.front
        let examples = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 12 : 1_000
        let folder = house.bed.folder + "/schemathesis"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(
            """
            # A page leads whom it does not know to the door.
            [checks.negative_data_rejection]
            expected-statuses = ["303", "400", "401", "403", "404", "405", "413", "414", "429"]

            # A window's two ends are each right and together may be too much, and nobody can say that in a schema.
            [checks.positive_data_acceptance]
            expected-statuses = ["2xx", "303", "304", "400", "401", "403", "404", "429"]

            """, to: folder + "/schemathesis.toml")
        // Who asks, and for what: every route, by somebody for whom it is.
        for (who, words) in [
            ("Authorization: Bearer \(try house.token("schemathesis reads", "read"))", ["--exclude-path", "/login"]),
            (
                "Authorization: Bearer \(try house.token("schemathesis links", "links"))",
                ["--include-path", "/api/links"]
            ),
            (
                "Authorization: Bearer \(try house.token("schemathesis scrapes", "metrics"))",
                ["--include-path", "/metrics"]
            ),
            (
                "Cookie: \(try house.owner.session())",
                // Pages take what they understand of a query.
                [
                    "--include-method", "GET", "--exclude-path-regex", "^/(api|login|u)/", "--exclude-checks",
                    "negative_data_rejection,missing_required_header",
                ]
            ),
        ] {
            let output = try run(
                [
                    try #require(Schemathesis.program), "--config-file", folder + "/schemathesis.toml", "run",
                    front.url + "/api/openapi.json", "--tls-verify", front.certificate, "-H", who,
                    "--max-examples", "\(examples)", "--rate-limit", "25/s", "--seed", "5",
                    "--generation-deterministic", "--no-color", "--max-redirects", "0", "--workers", "1",
                ] + words, limit: .seconds(1_100))
            #expect(output.status == 0, "\(words) \(output.text.suffix(6_000)) \(output.errors.suffix(500))")
            #expect(!output.text.contains("❌") && output.text.contains(" passed"), "\(output.text.suffix(2_000))")
        }
    }

    /// Not counted against: the site lets somebody ask thirty times a second.
    private func patient(_ ask: () throws -> Answer) throws -> Answer {
        try eventually("an answer") {
            let answer = try ask()
            return answer.status == 429 ? nil : answer
        }
    }
}

/// From PyPI, by the Makefile. Nil: not there.
private enum Schemathesis {
    static let program: String? = {
        let path =
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/.build/python/bin/schemathesis"
        return access(path, X_OK) == 0 ? path : nil
    }()
}

extension House {
    /// `vpn-web token create` prints it on a line of its own.
    func token(_ name: String, _ scope: String) throws -> String {
        let output = try panel.command(["token", "create", name, "--scope", scope])
        let words = output.text.split(whereSeparator: \.isWhitespace)
        return String(try #require(words.first { $0.hasPrefix("vpnweb_") }, "\(output.text) \(output.errors)"))
    }
}
