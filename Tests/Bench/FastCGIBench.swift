import FastCGI
import Foundation

/// Our FastCGI server against libfcgi's own loop (limits/fcgi_bytes.c), both with four threads behind one nginx, asked by wrk.
func benchFastCGI() throws {
    try Limit.withFolder { folder in
        let path = { (name: String) in folder.appending(path: name).path }
        let body = trafficText(peers: 1_000)
        try Data(body).write(to: folder.appending(path: "body.json"))
        let program = try Limit.compile("fcgi_bytes", libraries: ["fcgi", "pthread"], in: folder)
        let limit = try Program(program, [path("limit.sock"), path("body.json")])
        let server = Server(listen: .path(path("ours.sock"), mode: 0o666), workers: 4) { _ in
            var response = Response(body: body)
            response.setHeader("Content-Type", "application/json")
            return response
        }
        try server.start()
        defer { server.stop(within: .seconds(2)) }
        try eventually("the C program listens") { FileManager.default.fileExists(atPath: path("limit.sock")) }
        let port = try freePort()
        try configuration(path, port).write(toFile: path("nginx.conf"), atomically: true, encoding: .utf8)
        let nginx = try Program("/usr/sbin/nginx", ["-c", path("nginx.conf"), "-e", path("error.log")])
        try eventually("nginx listens") { isListening(port) }

        print(
            "fcgi: requests a second of \(body.count / 1000) KB through nginx, 16 connections, medians of rounds by turns;"
        )
        print("ratio = ours / C's, target >= 0.8\n")
        var results = Rounds()
        for round in 0...7 {
            let rates = try (ask(port, "ours"), ask(port, "limit"))
            // The first round warms both up.
            if round > 0 { results.add(ours: rates.0, limit: rates.1) }
        }
        printTable([
            ["answer", "ours /s", "C libfcgi /s", "ratio", ""],
            [
                "1,000 peers", digits(results.oursMedian, 0), digits(results.limitMedian, 0), digits(results.ratio, 2),
                results.ratio >= 0.8 ? "ok" : "MISSED",
            ],
        ])
        withExtendedLifetime((limit, nginx)) {}
    }
}

/// Requests a second over two seconds.
private func ask(_ port: UInt16, _ place: String) throws -> Double {
    let report = try Program.output(
        "/usr/bin/env", ["wrk", "-t1", "-c16", "-d2s", "http://127.0.0.1:\(port)/\(place)"])
    if report.contains("Non-2xx") || report.contains("Socket errors") {
        throw Limit.Failure(description: "/\(place) answered with errors:\n\(report)")
    }
    guard let line = report.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
        let rate = line.split(separator: " ").last.flatMap({ Double($0) })
    else { throw Limit.Failure(description: "wrk told no rate") }
    return rate
}

private func configuration(_ path: (String) -> String, _ port: UInt16) -> String {
    let parameters = [
        "QUERY_STRING $query_string", "REQUEST_METHOD $request_method", "REQUEST_URI $request_uri",
        "DOCUMENT_URI $document_uri",
        "CONTENT_TYPE $content_type", "CONTENT_LENGTH $content_length", "SERVER_PROTOCOL $server_protocol",
        "REMOTE_ADDR $remote_addr", "SERVER_NAME $server_name", "HTTP_HOST $host",
    ].map { "fastcgi_param \($0);" }.joined(separator: " ")
    let places = ["ours", "limit"].map { "location /\($0) { fastcgi_pass unix:\(path("\($0).sock")); \(parameters) }" }
    let folders = ["client_body", "fastcgi", "proxy", "uwsgi", "scgi"].map { "\($0)_temp_path \(path($0));" }
    return """
        \(geteuid() == 0 ? "user root;" : "")
        worker_processes 1;
        daemon off;
        master_process off;
        pid \(path("nginx.pid"));
        error_log \(path("error.log")) error;
        events { worker_connections 256; }
        http {
            access_log off;
            \(folders.joined(separator: " "))
            server { listen 127.0.0.1:\(port); fastcgi_buffers 16 64k; fastcgi_buffer_size 64k; \(places.joined(separator: " ")) }
        }

        """
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
