import Foundation

/// nginx's site: the shipped template with its @PLACES@ filled.
struct SiteFile: Equatable {
    var url: String

    /// Certificate and its key.
    var certificate: String
    var key: String

    /// This machine's kernel speaks IPv6. Else nginx would refuse to listen on it.
    var hasIPv6: Bool
    var socket = "/run/vpn-web/fastcgi.sock"

    static let share = "/usr/share/vpn-web"
    static let webroot = "/var/www/html"

    /// Of `url`, without brackets. Nil: it is no https address.
    static func host(of url: String) -> String? {
        guard url.hasPrefix("https://"), let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty
        else { return nil }
        return host.trimmingCharacters(in: ["[", "]"])
    }

    /// Nil: `url` is no https address, or a place of the template is not known here.
    func text(_ template: String) -> String? {
        guard let host = Self.host(of: url) else { return nil }
        let port = URLComponents(string: url)?.port ?? 443
        let values = [
            "SERVER_NAME": host.contains(":") ? "[\(host)]" : host, "URL": url, "HTTP": "80", "HTTP6": "[::]:80",
            "HTTPS": "\(port)", "HTTPS6": "[::]:\(port)", "CERTIFICATE": certificate, "CERTIFICATE_KEY": key,
            "ACME": Self.webroot, "SOCKET": socket, "SHARE": Self.share, "CACHE": "/var/cache/nginx/vpn-web",
            "ACCESS_LOG": "/var/log/nginx/vpn-web.access.log",
        ]
        var lines = template.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            hasIPv6 || !line.drop(while: { $0 == " " }).hasPrefix("listen") || !line.contains("6@")
        }
        // The head explains the places themselves.
        if let first = lines.firstIndex(where: { !$0.hasPrefix("#") }) {
            lines.replaceSubrange(
                ..<first, with: ["# Made by `vpn-web setup` from \(Self.share)/vpn-web.conf; an edited one is kept."])
        }
        let text = values.reduce(lines.joined(separator: "\n")) { $0.replacing("@\($1.key)@", with: $1.value) }
        return text.firstMatch(of: /@[A-Z_0-9]+@/) == nil ? text : nil
    }
}
