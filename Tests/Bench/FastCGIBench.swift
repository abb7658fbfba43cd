import FastCGI
import Foundation

/// Our FastCGI server against libfcgi's own loop (limits/fcgi_bytes.c), both with four threads behind one nginx, asked by wrk.
func benchFastCGI() throws {
    try Limit.withFolder { folder in
        print("fcgi: requests a second through nginx, 16 connections, medians of rounds by turns;")
        print("ratio = ours / C's, target >= 0.8\n")
        var rows = [["answer", "KB", "ours /s", "C libfcgi /s", "ratio", ""]]
        for (name, body) in [
            ("2 KB", Array(trafficText(peers: 11).prefix(2_000))), ("1,000 peers", trafficText(peers: 1_000)),
        ] {
            let ours = folder.appending(path: "ours.sock").path
            let server = Server(listen: .path(ours, mode: 0o666), workers: 4) { _ in
                var response = Response(body: body)
                response.setHeader("Content-Type", "application/json")
                return response
            }
            try server.start()
            defer { server.stop(within: .seconds(2)) }
            let race = try Race(ours: ours, body: body, in: folder)
            rows.append(race.row(name, try race.run()))
        }
        printTable(rows)
    }
}

/// Ours at a FastCGI socket and the C program that sends the same bytes, behind one nginx with the shipped FastCGI
/// settings and without TLS, which would be most of the work and the same for both.
struct Race {
    private let port: UInt16
    private let count: Int
    private let path: String
    private let headers: [String]
    private let programs: [Program]

    /// `path` is what ours is asked for, with these headers.
    init(ours: String, body: [UInt8], path: String = "/", headers: [String] = [], in folder: URL) throws {
        let file = { (name: String) in folder.appending(path: name).path }
        let limit = file("limit.sock")
        unlink(limit)
        port = try freePort()
        try Self.configuration(file, ["limit": limit, "": ours], port)
            .write(toFile: file("nginx.conf"), atomically: true, encoding: .utf8)
        let nginx = try Program("/usr/sbin/nginx", ["-c", file("nginx.conf"), "-e", file("error.log")])
        let port = port
        try eventually("nginx listens") { isListening(port) }
        // The same bytes: our head too, which nginx reads line by line.
        let head = try Self.head("http://127.0.0.1:\(port)\(path)", headers, length: body.count)
        try head.fresh.write(toFile: file("head"), atomically: true, encoding: .utf8)
        try head.unchanged.write(toFile: file("unchanged"), atomically: true, encoding: .utf8)
        try Data(body).write(to: folder.appending(path: "body"))
        let program = try Program(
            try Limit.compile("fcgi_bytes", libraries: ["fcgi", "pthread"], in: folder),
            [limit, file("head"), file("body"), file("unchanged")])
        try eventually("the C program listens") { FileManager.default.fileExists(atPath: limit) }
        count = body.count
        self.path = path
        self.headers = headers
        programs = [program, nginx]
    }

    /// What ours puts before its body, as CGI has it, and of its 304; what nginx adds is not in it.
    private static func head(
        _ url: String, _ headers: [String], length: Int
    ) throws -> (fresh: String, unchanged: String) {
        let headers = headers.filter { !$0.hasPrefix("If-None-Match") }
        func lines(_ more: [String] = []) throws -> [Substring] {
            let report = try Program.output(
                "/usr/bin/env",
                ["curl", "-sS", "--globoff", "-o", "/dev/null", "-D", "-"] + (headers + more).flatMap { ["-H", $0] }
                    + [url])
            let nginx = ["http/", "server:", "date:", "connection:", "content-length:", "transfer-encoding:"]
            return report.split(whereSeparator: \.isNewline).filter { line in
                !nginx.contains { line.lowercased().hasPrefix($0) }
            }
        }
        let fresh = try lines()
        let tag = fresh.first { $0.lowercased().hasPrefix("etag:") }?.dropFirst(5).trimmingCharacters(in: .whitespaces)
        let unchanged = try lines(["If-None-Match: " + (tag ?? "\"none\"")])
        func text(_ lines: [String]) -> String { lines.map { $0 + "\r\n" }.joined() + "\r\n" }
        return (
            text(["Status: 200 OK"] + fresh.map(String.init) + ["Content-Length: \(length)"]),
            text(["Status: 304 Not Modified"] + unchanged.map(String.init))
        )
    }

    /// Rates by turns. The first round warms both up.
    func run(rounds: Int = 7) throws -> Rounds {
        var results = Rounds()
        for round in 0...rounds {
            let rates = try (ask(path), ask("/limit"))
            if round > 0 { results.add(ours: rates.0, limit: rates.1) }
        }
        withExtendedLifetime(programs) {}
        return results
    }

    func row(_ name: String, _ results: Rounds) -> [String] {
        [
            name, digits(Double(count) / 1000, 0), digits(results.oursMedian, 0), digits(results.limitMedian, 0),
            digits(results.ratio, 2), results.ratio >= 0.8 ? "ok" : "MISSED",
        ]
    }

    /// Seconds to the first byte of each path of ours, one after the other on one connection; and the largest answer's bytes.
    func firstBytes(_ paths: [String], headers: [String]) throws -> (seconds: [Double], most: Int) {
        let urls = paths.flatMap { ["-o", "/dev/null", "http://127.0.0.1:\(port)\($0)"] }
        let report = try Program.output(
            "/usr/bin/env",
            ["curl", "-sS", "--globoff", "-w", "%{http_code} %{time_starttransfer} %{size_download}\n"]
                + headers.flatMap { ["-H", $0] } + urls)
        let lines = report.split(separator: "\n").map { $0.split(separator: " ") }
        guard lines.count == paths.count, lines.allSatisfy({ $0.count == 3 && $0[0] == "200" }) else {
            throw Limit.Failure(description: "not every page was answered 200:\n\(report.prefix(400))")
        }
        return (lines.compactMap { Double($0[1]) }, lines.compactMap { Int($0[2]) }.max() ?? 0)
    }

    /// Requests a second over two seconds.
    private func ask(_ path: String) throws -> Double {
        let report = try Program.output(
            "/usr/bin/env",
            ["wrk", "-t1", "-c16", "-d2s"] + headers.flatMap { ["-H", $0] } + ["http://127.0.0.1:\(port)\(path)"])
        if report.contains("Non-2xx") || report.contains("Socket errors") {
            throw Limit.Failure(description: "\(path) answered with errors:\n\(report)")
        }
        guard let line = report.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
            let rate = line.split(separator: " ").last.flatMap({ Double($0) })
        else { throw Limit.Failure(description: "wrk told no rate") }
        return rate
    }

    private static func configuration(_ file: (String) -> String, _ places: [String: String], _ port: UInt16) -> String
    {
        let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "nginx/fastcgi.conf").path
        let locations = places.map {
            "location /\($0.key) { set $vpn_web_port ''; include \(shipped); fastcgi_pass unix:\($0.value); }"
        }
        let folders = ["client_body", "fastcgi", "proxy", "uwsgi", "scgi"].map { "\($0)_temp_path \(file($0));" }
        return """
            \(geteuid() == 0 ? "user root;" : "")
            worker_processes 1;
            daemon off;
            master_process off;
            pid \(file("nginx.pid"));
            error_log \(file("error.log")) error;
            events { worker_connections 256; }
            http {
                access_log off;
                \(folders.joined(separator: " "))
                server { listen 127.0.0.1:\(port); \(locations.joined(separator: " ")) }
            }

            """
    }
}

/// JSON of about the size that `/api/traffic` has for so many peers.
private func trafficText(peers: Int) -> [UInt8] {
    let rows = (0..<peers).map { peer in
        """
        {"telegram_id":\(100_000 + peer),"username":"user\(peer)","node":"main","interface":"awg0","online":\(peer % 3 == 0),\
        "rx_bytes":"\(peer * 7_919_001)","tx_bytes":"\(peer * 104_729_003)","latest_handshake":\(1_790_000_000 + peer)}
        """
    }
    return Array("{\"peers\":[\(rows.joined(separator: ","))]}".utf8)
}
