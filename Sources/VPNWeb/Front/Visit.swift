import FastCGI
import Fleet
import Foundation
import Nodes
import Pages
import WireGuard

/// One request, with what every answer to it needs.
struct Visit {
    let request: Request
    private let configured: Newsstand<Site.Settings>.Issue
    private let seen: Newsstand<Snapshot>.Issue
    let now = UnixTime.now

    /// Looked at where the route wants to know.
    var visitor = Door.Visitor.stranger

    /// What stands in the path for the route's parameter; empty where it has none.
    var value = ""

    /// What the route takes of the query. Pages look at `request.query`, and take what they understand.
    var query = Query.none
    private let preferences: Preferences

    var language: Language { preferences.language }

    var settings: Site.Settings { configured.value }
    var snapshot: Snapshot { seen.value }

    init(_ request: Request, settings: Newsstand<Site.Settings>.Issue, snapshot: Newsstand<Snapshot>.Issue) {
        self.request = request
        configured = settings
        seen = snapshot
        preferences = Preferences(request, default: settings.value.language)
    }

    /// What stands on a page for this reader, in this language, at this path.
    func key(_ reader: Press.Reader) -> Press.Key {
        Press.Key(
            reader: reader, language: preferences.language, theme: preferences.theme, path: request.path,
            query: request.rawQuery)
    }

    func context(isSignedIn: Bool) -> PageContext {
        PageContext(
            language: language, units: settings.units, zone: settings.zone, now: now, isSignedIn: isSignedIn,
            panelURL: settings.url, path: request.path, query: request.query.pairs.map { ($0.name, $0.value) },
            version: Version.text, theme: preferences.theme, files: StaticFiles.version)
    }

    /// The sheet in the form that the visitor takes, or 304 where they have it.
    func answer(_ sheet: Sheet) -> Response {
        let form = acceptsGzip ? sheet.gzip ?? sheet.plain : sheet.plain
        let hasIt = request.header("If-None-Match").map { Self.names($0, sheet.tag) } ?? false
        var response = hasIt ? form.unchanged : form.whole
        for cookie in preferences.cookies { response.addHeader("Set-Cookie", cookie) }
        return response
    }

    /// A page for people, an object for programs.
    func error(_ error: HTTPError) -> Response {
        var response = Response(status: error.rawValue)
        if Self.isForPrograms(request.path) {
            response.body = error.json(language)
            response.setHeader("Content-Type", ContentType.json.rawValue)
        } else {
            response.body = error.page(context(isSignedIn: visitor == .owner), requestID: request.id)
            response.setHeader("Content-Type", ContentType.html.rawValue)
        }
        if error == .unauthorized { response.setHeader("WWW-Authenticate", "Bearer realm=\"vpn-web\"") }
        response.setHeader("Cache-Control", "no-store")
        return response
    }

    static func isForPrograms(_ path: String) -> Bool { path.hasPrefix("/api/") || path == "/metrics" }

    /// Where somebody signs in and comes back from.
    var door: String {
        Self.link("/login", next: request.path + (request.rawQuery.isEmpty ? "" : "?" + request.rawQuery))
    }

    static func link(_ path: String, next target: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
        return path + "?next=" + (target.addingPercentEncoding(withAllowedCharacters: plain) ?? "/")
    }

    private var acceptsGzip: Bool {
        guard let header = request.header("Accept-Encoding") else { return false }
        return Wishes(header).contains { $0.name == "gzip" && $0.weight > 0 }
    }

    /// RFC 9110, section 13.1.2: weak comparison. What nginx adds to a tag, and which form the visitor has, is no matter:
    /// the content is the same.
    static func names(_ header: String, _ tag: String) -> Bool {
        let quote = UInt8(ascii: "\"")
        return header.utf8.split(separator: UInt8(ascii: ",")).contains { one in
            var one = one.drop { $0 == UInt8(ascii: " ") }
            if one.starts(with: "W/".utf8) { one = one.dropFirst(2) }
            if one.elementsEqual("*".utf8) { return true }
            return one.drop { $0 == quote }.prefix { $0 != quote && $0 != UInt8(ascii: "-") }.elementsEqual(tag.utf8)
        }
    }
}

enum ContentType: String {
    case html = "text/html; charset=utf-8"
    case json = "application/json; charset=utf-8"
    case rss = "application/rss+xml; charset=utf-8"
    case metrics = "text/plain; version=0.0.4; charset=utf-8"
    case csv = "text/csv; charset=utf-8; header=present"
}

extension Response {
    static func text(_ text: String) -> Response {
        var response = Response(body: Array(text.utf8))
        response.setHeader("Content-Type", "text/plain; charset=utf-8")
        response.setHeader("Cache-Control", "no-store")
        return response
    }

    /// After a POST, and to where one belongs.
    static func redirect(to path: String) -> Response {
        var response = Response(status: 303)
        response.setHeader("Location", path)
        response.setHeader("Cache-Control", "no-store")
        return response
    }
}
