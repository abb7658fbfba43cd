import Foundation
import Glibc
import Synchronization
import Testing

@testable import FastCGI

/// What the shipped site does to slow clients, to many at once, and to weak ciphers.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Nginx.isInstalled, "needs nginx"))
struct SiteLimitsTests {
    private static let sslyze = Nginx.repository + "/.build/python/bin/sslyze"

    @Test(.enabled(if: access(sslyze, X_OK) == 0, "needs make test-deps"), arguments: ["ec", "rsa"])
    func `sslyze finds what Mozilla's intermediate guideline wants`(key: String) throws {
        let site = try Site(temporaryFolder(), key: key)
        try site.nginx.start()
        let (_, text) = try run(
            Self.sslyze, ["--mozilla_config", "intermediate", "localhost:\(site.nginx.secure)"])
        #expect(
            text.contains("Checking results against Mozilla's \"intermediate\" configuration"), "\(text.suffix(900))")
        let findings = text.components(separatedBy: "\n").filter { $0.hasPrefix("        * ") }
        // The test's own certificate is of no authority that sslyze knows.
        #expect(findings.count == 1 && findings.first?.contains("certificate_path_validation") == true, "\(findings)")
        #expect(!text.contains("VULNERABLE"))
        let tickets = try run(
            "/bin/sh",
            ["-c", "openssl s_client -connect localhost:\(site.nginx.secure) -tls1_2 </dev/null 2>&1"])
        #expect(tickets.text.contains("Protocol  : TLSv1.2") && !tickets.text.contains("session ticket"))
    }

    @Test func `who sends slowly is let go, and the panel never hears of it`() throws {
        let folder = temporaryFolder()
        let asked = Mutex(0)
        let server = Server(listen: .path(folder + "/s")) { _ in
            asked.withLock { $0 += 1 }
            return Response(body: [])
        }
        try server.start()
        defer { server.stop(within: .seconds(2)) }
        let site = try Site(folder)
        try site.nginx.start()
        let secure = "exec openssl s_client -quiet -connect localhost:\(site.nginx.secure) <&3"
        // A head that does not end, a body that does not come, and the same without TLS. The pipe has a second writer: what a
        // client has to say never ends.
        let clients = try [
            "printf 'GET / HTTP/1.1\\r\\nHost: localhost\\r\\n' >&3; \(secure)",
            "printf 'POST /login HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 9\\r\\n\\r\\nabc' >&3; \(secure)",
            "exec 4<>/dev/tcp/127.0.0.1/\(site.nginx.plain); printf 'GET / HTTP/1.1\\r\\n' >&4; exec cat <&4",
        ].enumerated().map { index, client in
            let pipe = folder + "/slow\(index)"
            #expect(mkfifo(pipe, 0o600) == 0)
            return try spawn("/bin/bash", ["-c", "exec 3<>\(pipe); \(client)"], output: folder + "/said\(index)")
        }
        defer { for pid in clients { kill(pid, SIGKILL) } }
        var left = clients
        let areGone = eventually(.seconds(60)) {
            var status: Int32 = 0
            left.removeAll { waitpid($0, &status, WNOHANG) == $0 }
            return left.isEmpty
        }
        #expect(areGone, "\(left.count) are held on to")
        #expect(asked.withLock { $0 } == 0)
    }

    @Test func `an address has forty requests under way, and the next are told when to come again`() throws {
        let folder = temporaryFolder()
        let isOpen = Mutex(false)
        let server = Server(listen: .path(folder + "/s")) { _ in
            _ = eventually(.seconds(20)) { isOpen.withLock { $0 } }
            var response = Response(body: Array("page".utf8))
            response.setHeader("Content-Type", "text/html")
            return response
        }
        try server.start()
        defer { server.stop(within: .seconds(2)) }
        let site = try Site(folder)
        try site.nginx.start()
        let many = try spawn(
            "/usr/bin/curl",
            [
                "-sk", "-m", "30", "--http1.1", "--parallel", "--parallel-immediate", "--parallel-max", "60", "-o",
                "/dev/null", "-w", "%{http_code}\\n", site.secure + "/users?[1-55]",
            ], output: folder + "/statuses")
        func count(_ status: String, in file: String) -> Int {
            let text = (try? String(contentsOfFile: folder + file, encoding: .utf8)) ?? ""
            return text.components(separatedBy: status).count - 1
        }
        #expect(eventually { count("HTTP/1.1\" 429", in: "/access.log") == 15 })
        let next = try site.get("/users", ["--http1.1"])
        #expect(next.status == 429 && next.headers["retry-after"] == "10")
        isOpen.withLock { $0 = true }
        var status: Int32 = 0
        #expect(waitpid(many, &status, 0) == many)
        #expect(count("200\n", in: "/statuses") == 40 && count("429\n", in: "/statuses") == 15)
    }
}
