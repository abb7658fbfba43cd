/// Whether a request may change something: against requests that another site makes a browser send (CSRF).
///
/// The rules are those of Go's net/http.CrossOriginProtection: browsers say `Sec-Fetch-Site` since 2020 to 2023, older
/// ones `Origin`; who says neither is no browser, and has no cookie that it did not put there itself.
package struct CrossOrigin: Sendable {
    /// Origins that are ours beside the request's own host, as browsers write them: `https://vpn.example.org`.
    package var trusted: Set<String>

    package init(trusted: Set<String> = []) { self.trusted = trusted }

    /// Header values as sent; nil or empty when absent. `host` with its port if there was one.
    package func allows(method: String, secFetchSite: String?, origin: String?, host: String) -> Bool {
        if ["GET", "HEAD", "OPTIONS"].contains(method) { return true }
        let origin = origin ?? ""
        switch secFetchSite ?? "" {
        case "":
            if origin.isEmpty { return true }
            if let mark = origin.utf8.firstRange(of: "://".utf8), !host.isEmpty,
                origin[mark.upperBound...].utf8.elementsEqual(host.utf8)
            {
                return true
            }
            return trusted.contains(origin)
        case "same-origin", "none": return true
        default: return trusted.contains(origin)
        }
    }
}
