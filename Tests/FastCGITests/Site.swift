import Foundation
import Testing

/// nginx/vpn-web.conf as it is shipped, with its placeholders filled as its head says, on a real nginx.
final class Site {
    let nginx: Nginx
    let folder: String
    var secure: String { "https://localhost:\(nginx.secure)" }
    var plain: String { "http://localhost:\(nginx.plain)" }

    /// `key`: the kind of its certificate, `ec` or `rsa`.
    init(_ folder: String, key: String = "ec") throws {
        self.folder = folder
        let parameters = key == "ec" ? "ec_paramgen_curve:P-256" : "rsa_keygen_bits:2048"
        _ = try run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", key, "-pkeyopt", parameters, "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/key.pem", "-out",
                folder + "/cert.pem",
            ])
        let share = Nginx.repository + "/nginx"
        let shipped = try String(contentsOfFile: share + "/vpn-web.conf", encoding: .utf8)
        nginx = try Nginx(folder) { folder, plain, secure in
            let values = [
                "SERVER_NAME": "localhost", "URL": "https://localhost:\(secure)", "HTTP": "127.0.0.1:\(plain)",
                "HTTP6": "unix:\(folder)/http6", "HTTPS": "127.0.0.1:\(secure)", "HTTPS6": "unix:\(folder)/https6",
                "CERTIFICATE": folder + "/cert.pem", "CERTIFICATE_KEY": folder + "/key.pem", "ACME": folder + "/acme",
                "SOCKET": folder + "/s", "SHARE": share, "CACHE": folder + "/cache/vpn-web",
                "ACCESS_LOG": folder + "/access.log",
            ]
            return values.reduce(shipped) { $0.replacingOccurrences(of: "@\($1.key)@", with: $1.value) }
        }
    }

    func get(_ path: String, _ arguments: [String] = []) throws -> (
        status: Int, headers: [String: String], body: Data
    ) {
        try nginx.get(secure + path, arguments + ["--path-as-is"])
    }
}
