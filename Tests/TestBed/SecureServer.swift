import Foundation
import Glibc

/// A real nginx with good and bad certificates, each on a port of its own.
package final class SecureServer: Sendable {
    package let folder: String
    package let ports: [String: Int]
    private let child: Child

    package static let isInstalled = access("/usr/sbin/nginx", X_OK) == 0

    package var authorities: String { folder + "/authority.pem" }

    package func url(_ name: String, _ path: String = "/", host: String = "localhost") -> String {
        "\(name == "plain" ? "http" : "https")://\(host):\(ports[name]!)\(path)"
    }

    package init() throws {
        let folder = "/tmp/vpn-web-transfer-\(UUID().uuidString)"
        mkdir(folder, 0o755)
        try Self.makeCertificates(folder)
        try String(repeating: "x", count: 1 << 20).write(toFile: folder + "/large", atomically: true, encoding: .utf8)
        // A port that was free a moment ago may be another's now.
        var started: (Child, [String: Int])?
        for attempt in 1...4 where started == nil {
            do { started = try Self.start(folder) } catch { if attempt == 4 { throw error } }
        }
        guard let (child, ports) = started else { throw BedError("nginx", "not started") }
        (self.folder, self.ports, self.child) = (folder, ports, child)
    }

    private static func start(_ folder: String) throws -> (Child, [String: Int]) {
        var ports: [String: Int] = [:]
        for name in ["good", "expired", "named", "plain"] { ports[name] = try freePort() }
        let servers = ["good", "expired", "named"].map { name in
            "server { listen 127.0.0.1:\(ports[name]!) ssl; ssl_certificate \(name).pem; ssl_certificate_key key.pem;"
                + " location / { return 200 'hello'; } location = /away { return 302 http://127.0.0.1:1/; }"
                + " location = /large { alias \(folder)/large; } location = /busy { add_header Retry-After 7 always;"
                + " return 429; } location = /broken { return 502; } }"
        }
        try """
        daemon off; master_process off; pid \(folder)/pid; error_log \(folder)/error.log;
        events { worker_connections 256; }
        http {
            access_log off;
            client_body_temp_path \(folder)/t1; proxy_temp_path \(folder)/t2; fastcgi_temp_path \(folder)/t3;
            uwsgi_temp_path \(folder)/t4; scgi_temp_path \(folder)/t5;
            \(servers.joined(separator: "\n    "))
            server { listen 127.0.0.1:\(ports["plain"]!); location / { return 200 'plain'; } }
        }
        """.write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
        let child = try Child(
            ["nginx", "-c", folder + "/nginx.conf", "-e", folder + "/error.log"], output: folder + "/out")
        try eventually("nginx", within: .seconds(20)) {
            if let status = child.status { throw BedError("nginx", "exit \(status): \(read(folder + "/error.log"))") }
            return try run(["curl", "-s", "-m", "5", "http://127.0.0.1:\(ports["plain"]!)"]).status == 0 ? true : nil
        }
        return (child, ports)
    }

    package func stop() { child.kill() }

    deinit {
        child.kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func makeCertificates(_ folder: String) throws {
        func openssl(_ words: String) throws {
            try must(["openssl"] + words.split(separator: " ").map(String.init))
        }
        let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        try openssl(
            "req -x509 \(curve) -days 30 -subj /CN=Authority -keyout \(folder)/a.pem -out \(folder)/authority.pem")
        try openssl("req -new \(curve) -subj /CN=server -keyout \(folder)/key.pem -out \(folder)/request.pem")
        // `openssl ca` alone makes a certificate that has ended.
        for (name, host, end) in [
            ("good", "localhost", "490101000000Z"), ("expired", "localhost", "220102000000Z"),
            ("named", "other.example.org", "490101000000Z"),
        ] {
            try "subjectAltName=DNS:\(host)\n".write(
                toFile: folder + "/extensions", atomically: true, encoding: .utf8)
            try """
            [ca]
            default_ca = it
            [it]
            database = \(folder)/index
            new_certs_dir = \(folder)
            rand_serial = yes
            default_md = sha256
            policy = any
            unique_subject = no
            [any]
            commonName = supplied
            """.write(toFile: folder + "/ca.conf", atomically: true, encoding: .utf8)
            try "".write(toFile: folder + "/index", atomically: true, encoding: .utf8)
            try openssl(
                "ca -batch -notext -config \(folder)/ca.conf -cert \(folder)/authority.pem -keyfile \(folder)/a.pem"
                    + " -in \(folder)/request.pem -out \(folder)/\(name).pem -startdate 220101000000Z -enddate \(end)"
                    + " -extfile \(folder)/extensions")
        }
    }
}
