import Foundation
import Glibc

/// nginx's site, and a certificate until there is a better one.
extension Setup {
    /// Whether the site is in force.
    mutating func site(_ configuration: Configuration, _ selfSigned: Bool) throws -> Bool {
        let nginx = "/etc/nginx"
        guard let url = configuration.url, let host = SiteFile.host(of: url) else {
            note("no site for nginx: url: in the configuration is no https:// address")
            return false
        }
        guard Program.isThere("nginx"), access(nginx + "/sites-available", W_OK) == 0 else {
            note("nginx is not here: apt install nginx, then vpn-web setup")
            return false
        }
        let live = "/etc/letsencrypt/live/\(host)"
        let hasCertificate = !selfSigned && access(live + "/fullchain.pem", R_OK) == 0
        let own = folder + "/tls"
        if !hasCertificate { try certificate(own, host) }
        let template = MadeFiles.text(SiteFile.share + "/vpn-web.conf") ?? ""
        let file = SiteFile(
            url: url, certificate: hasCertificate ? live + "/fullchain.pem" : own + "/certificate.pem",
            key: hasCertificate ? live + "/privkey.pem" : own + "/key.pem", hasIPv6: Surroundings.hasIPv6,
            socket: Surroundings.hasSystemd ? "/run/vpn-web/fastcgi.sock" : configuration.listen)
        guard let text = file.text(template) else {
            throw CommandFailure(
                what: "setup", why: "\(SiteFile.share)/vpn-web.conf is not the template of this version",
                mend: "apt install --reinstall vpn-web")
        }
        try FileManager.default.createDirectory(atPath: "/var/cache/nginx", withIntermediateDirectories: true)
        let available = nginx + "/sites-available/vpn-web"
        let link = nginx + "/sites-enabled/vpn-web"
        try place(available, text, 0o644)
        let isNew = access(link, F_OK) != 0
        if isNew {
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "../sites-available/vpn-web")
            try enter(link)
        }
        let test = try Program.run(["nginx", "-t", "-q"])
        guard test.status == 0 else {
            if isNew {
                unlink(link)
                try made.forget(link)
            }
            throw CommandFailure(
                what: "setup: nginx", why: "it refuses its configuration: \(test.words)",
                mend: "mend that, then vpn-web setup; the site is not enabled")
        }
        try reloadNginx()
        if !hasCertificate, HostName.isPublic(host) {
            printOut(
                """

                The certificate is self-signed, and browsers warn of it. For one of Let's Encrypt's, when \(host)
                leads here and port 80 is open, then vpn-web setup again:
                  apt install certbot
                  certbot certonly --webroot --webroot-path \(SiteFile.webroot) -d \(host) --deploy-hook 'systemctl reload nginx'

                """)
        }
        return true
    }

    private mutating func certificate(_ own: String, _ host: String) throws {
        let file = own + "/certificate.pem"
        if access(file, F_OK) == 0, try !made.isOurs(file) || isGood(file, host) { return printOut("kept   \(file)") }
        try FileManager.default.createDirectory(
            atPath: own, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let isAddress = HostName.isAddress(host)
        try run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "365",
            "-subj", "/CN=\(host.prefix(64))", "-addext", "subjectAltName=\(isAddress ? "IP" : "DNS"):\(host)",
            "-keyout", own + "/key.pem", "-out", file,
        ])
        for file in [file, own + "/key.pem"] { try enter(file) }
    }

    /// For this name, and for another month at least.
    private func isGood(_ certificate: String, _ host: String) throws -> Bool {
        let name = HostName.isAddress(host) ? "-checkip" : "-checkhost"
        let words = ["openssl", "x509", "-in", certificate, "-noout"]
        let outcome = try Program.run(words + [name, host])
        return try outcome.text.contains("does match")
            && Program.run(words + ["-checkend", "2592000"]).status == 0
    }

    func reloadNginx() throws {
        if Surroundings.hasSystemd {
            _ = try Program.run(["systemctl", "enable", "--quiet", "nginx.service"])
            let outcome = try Program.run(["systemctl", "reload-or-restart", "nginx.service"])
            if outcome.status != 0 { note("nginx does not start: \(outcome.words)") }
        } else if MadeFiles.text("/run/nginx.pid")?.isEmpty == false {
            let outcome = try Program.run(["nginx", "-s", "reload"])
            if outcome.status != 0 { note("nginx does not take it: \(outcome.words)") }
        } else {
            note("nginx does not run: start it")
        }
    }
}
