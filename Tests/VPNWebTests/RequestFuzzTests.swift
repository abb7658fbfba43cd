import FastCGI
import Foundation
import Testing

@testable import VPNWeb

/// C33: every route with mutated paths, queries, cookies, headers and forms. Deterministic; short here, long behind VPNWEB_LONG.
struct RequestFuzzTests {
    private static let rounds = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 1_500 : 250_000

    private static let pieces = [
        "%00", "%0d%0a", "%2e%2e", "%2f", "%ff", "%", "\u{301}", "я", "'", "\"", "<script>", "; ", "=", "&", "?", "/",
        "//", "..",
        "-1", "0", "1e9", "99999999999999999999", "2026-11-19", "2026-02-30T25:61", "T", "Z", "+", " ", "\t", "a",
        "eu1", "42",
        "{id}", "*", ",", "W/\"x\"", "\"", "gzip;q=0", "Bearer ", "vpnweb_", "__Host-vpnweb=", "lang=ru", "step=hour",
        "page=0",
    ]

    @Test func `whatever is asked, an answer comes, and strangers learn nothing from it`() throws {
        let site = try PlantedSite()
        var dice = Dice(state: 0x33)
        let routes = Site.routes.routes
        let roles = PlantedSite.Role.allCases
        var answered = 0
        var slowest = Duration.zero
        for round in 0..<Self.rounds {
            let route = routes[Int.random(in: routes.indices, using: &dice)]
            let role = roles[Int.random(in: roles.indices, using: &dice)]
            // The owner stays in.
            let isPost =
                route.post != nil && Bool.random(using: &dice) && !(role == .owner && route.path.text == "/logout")
            var target = PlantedSite.path(of: route)
            if Bool.random(using: &dice) {
                let names =
                    route.query.map(\.name) + ["lang", "theme", "page", "sort", "window", "from", "to", "next", "done"]
                for _ in 0...Int.random(in: 0...4, using: &dice) {
                    target += target.contains("?") ? "&" : "?"
                    target += (names.randomElement(using: &dice) ?? "") + "=" + Self.word(&dice)
                }
            }
            if Int.random(in: 0..<3, using: &dice) == 0 { target = Self.damaged(target, &dice) }
            let form = route.form.map { "\($0.name)=\(Self.word(&dice))" }.joined(separator: "&")
            let headers = ["COOKIE", "IF_NONE_MATCH", "ACCEPT_ENCODING", "ACCEPT_LANGUAGE", "ORIGIN", "USER_AGENT"].map
            {
                Request.Header(name: $0, value: Self.word(&dice))
            }
            let began = ContinuousClock.now
            guard
                let answer = try? site.ask(
                    target, as: role, method: isPost ? "POST" : "GET", form: Self.damaged(form, &dice),
                    headers: Bool.random(using: &dice) ? headers : [])
            else { continue }
            slowest = max(slowest, .now - began)
            answered += 1
            #expect(
                (200..<600).contains(answer.status) && ![500, 501, 502].contains(answer.status), "\(round): \(target)")
            for header in answer.headers {
                #expect(header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "\(round): \(target)")
            }
            guard role == .anonymous || role == .revoked || role == .garbage else { continue }
            #expect(answer.body.firstRange(of: Array("canary".utf8)) == nil, "\(round): \(target)")
        }
        #expect(answered > Self.rounds / 2)
        // A hang, and no matter of a busy machine.
        #expect(slowest < .seconds(20))
    }

    private static func word(_ dice: inout Dice) -> String {
        (0...Int.random(in: 0...3, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }.joined()
    }

    private static func damaged(_ text: String, _ dice: inout Dice) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0...Int.random(in: 0...2, using: &dice) where !scalars.isEmpty {
            let place = Int.random(in: scalars.indices, using: &dice)
            switch Int.random(in: 0..<3, using: &dice) {
            case 0: scalars.remove(at: place)
            case 1: scalars.insert(contentsOf: word(&dice).unicodeScalars, at: place)
            default: scalars[place] = Unicode.Scalar(UInt8.random(in: 0...255, using: &dice))
            }
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return String(result)
    }
}
