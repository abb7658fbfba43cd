import Foundation
import Glibc
import Synchronization

/// nginx with the shipped site, on a port of its own, with a certificate of its own.
package final class Nginx: Sendable {
    package let place: Place
    package let port: Int
    package let folder: String
    private let process = Mutex<Child?>(nil)

    package var url: String { "https://localhost:\(port)" }
    package var certificate: String { folder + "/certificate.pem" }
    package var accessLog: String { folder + "/access.log" }
    var configuration: String { folder + "/nginx.conf" }

    /// nginx/vpn-web.conf of this source tree.
    package static let site = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "nginx/vpn-web.conf").path

    /// `socket`: where the daemon listens. Port nil: a free one.
    package init(_ place: Place, socket: String, port: Int? = nil) throws {
        self.place = place
        self.port = try port ?? freePort()
        folder = place.bed.folder + "/nginx"
        guard mkdir(folder, 0o700) == 0 else { throw BedError("mkdir \(folder)", String(cString: strerror(errno))) }
        try must([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", folder + "/key.pem", "-out", folder + "/certificate.pem",
        ])
        try write(
            Self.adapted(read(Self.site), socket: socket, port: self.port, folder: folder), to: folder + "/site.conf")
        try write(
            """
            daemon off;
            \(geteuid() == 0 ? "user root;" : "")
            worker_processes 1;
            pid \(folder)/pid;
            error_log \(folder)/error.log;
            events { worker_connections 256; }
            http {
                include /etc/nginx/mime.types;
                access_log off;
                client_body_temp_path \(folder)/body;
                proxy_temp_path \(folder)/proxy;
                fastcgi_temp_path \(folder)/fastcgi;
                uwsgi_temp_path \(folder)/uwsgi;
                scgi_temp_path \(folder)/scgi;
                include \(folder)/site.conf;
            }

            """, to: configuration)
    }

    /// The shipped site with what differs put in; its plain port is a socket that nobody finds.
    static func adapted(_ site: String, socket: String, port: Int, folder: String) -> String {
        let second = access("/proc/net/if_inet6", R_OK) == 0 ? "[::1]:\(port)" : "unix:\(folder)/https6"
        let values = [
            "SERVER_NAME": "localhost", "URL": "https://localhost:\(port)", "HTTP": "unix:\(folder)/http",
            "HTTP6": "unix:\(folder)/http6", "HTTPS": "127.0.0.1:\(port)", "HTTPS6": second,
            "CERTIFICATE": folder + "/certificate.pem", "CERTIFICATE_KEY": folder + "/key.pem",
            "ACME": folder + "/acme", "SOCKET": socket,
            "SHARE": URL(filePath: Self.site).deletingLastPathComponent().path, "CACHE": folder + "/cache",
            "ACCESS_LOG": folder + "/access.log",
        ]
        return values.reduce(site) { $0.replacing("@\($1.key)@", with: $1.value) }
    }

    /// `nginx -t`: empty when the configuration is accepted, else nginx's words.
    package func refusal() throws(BedError) -> String {
        let output = try place.run(["nginx", "-t", "-q", "-c", configuration, "-e", folder + "/error.log"])
        return output.status == 0 ? "" : output.errors
    }

    /// Does nothing where it runs.
    package func start() throws {
        if let running = process.withLock({ $0 }), running.status == nil { return }
        guard Self.isFree(port) else {
            throw BedError("nginx", "port \(port) of this machine is taken (ss -ltnp says by whom)")
        }
        let child = try place.start(
            ["nginx", "-c", configuration, "-e", folder + "/error.log"], output: folder + "/error.log")
        process.withLock { $0 = child }
        try eventually("nginx on port \(port)", within: .seconds(10)) {
            if let status = child.status {
                throw BedError("nginx", "exit \(status): \(read(folder + "/error.log").suffix(500))")
            }
            return try get("/health/live").status > 0 ? true : nil
        }
    }

    package func stop() { process.withLock { $0 }?.stop() }

    /// One request over HTTPS by curl. Status 0: no answer, the body is curl's words.
    package func get(_ path: String, headers: [String] = [], arguments: [String] = []) throws(BedError) -> Answer {
        let output = try place.run(
            [
                "curl", "-sS", "--globoff", "--path-as-is", "--cacert", certificate, "--max-time", "15", "-D", "-",
            ] + headers.flatMap { ["-H", $0] } + arguments + [url + path])
        guard output.status == 0 else { return Answer(status: 0, headers: [:], body: Array(output.errors.utf8)) }
        return Answer(curl: output.text)
    }

    private static func isFree(_ port: Int) -> Bool { bound(to: port) != nil }
}

/// A TCP port of 127.0.0.1 that nobody had a moment ago.
package func freePort() throws(BedError) -> Int {
    guard let port = bound(to: 0) else { throw BedError("free port", String(cString: strerror(errno))) }
    return port
}

/// The port that 127.0.0.1 could be bound to, and was for a moment. Nil: it is taken.
private func bound(to port: Int) -> Int? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
}

extension Answer {
    /// `curl -D -`: one or more blocks of headers, then the body.
    init(curl text: String) {
        var rest = Array(text.utf8)[...]
        status = 0
        headers = [:]
        while rest.starts(with: "HTTP/".utf8) {
            headers = [:]
            status = 0
            while let end = rest.firstIndex(of: 0x0A) {
                let line = String(decoding: rest[..<end].filter { $0 != 0x0D }, as: UTF8.self)
                rest = rest[(end + 1)...]
                if line.isEmpty { break }
                if status == 0 {
                    status = Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
                } else if let colon = line.firstIndex(of: ":") {
                    let value = line[line.index(after: colon)...].drop { $0 == " " }
                    let name = line[..<colon].lowercased()
                    headers[name] = headers[name].map { $0 + "\n" + value } ?? String(value)
                }
            }
        }
        body = Array(rest)
    }
}
