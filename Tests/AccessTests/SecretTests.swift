import Testing

@testable import Access

struct SecretTests {
    @Test func `a token has its prefix, 256 bits, and is never the same`() {
        let tokens = (0..<1_000).map { _ in SecretToken.random() }
        #expect(Set(tokens.map(\.text)).count == 1_000)
        #expect(tokens.allSatisfy { $0.text.hasPrefix("vpnweb_") && $0.text.utf8.count == 50 })
        #expect(tokens.allSatisfy { SecretToken($0.text)?.hash == $0.hash })
    }

    @Test func `the hash is SHA-256 of the text`() throws {
        // printf 'vpnweb_AAAA…' | sha256sum
        let token = try #require(SecretToken("vpnweb_" + String(repeating: "A", count: 43)))
        #expect(
            token.hash.bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
                == "6ea75f5fcc28ea857fb8bb305621ca38e8e3c5b413eb8e84b8be2417af68dcca")
        #expect(SecretHash(bytes: token.hash.bytes) == token.hash)
        #expect(SecretHash(bytes: Array(token.hash.bytes.dropLast())) == nil)
        #expect(token.hash != SecretToken.random().hash)
    }

    @Test func `base64url is RFC 4648's`() {
        #expect(Base64URL.text([]) == "" && Base64URL.text([0x66]) == "Zg" && Base64URL.text([0x66, 0x6f]) == "Zm8")
        #expect(Base64URL.text(Array("foobar".utf8)) == "Zm9vYmFy" && Base64URL.text([0xfb, 0xff, 0xfe]) == "-__-")
    }

    @Test func `a bearer token is read from its header alone`() {
        let token = SecretToken.random()
        for header in ["Bearer \(token.text)", "bearer \(token.text)", "BEARER   \(token.text)"] {
            #expect(SecretToken(authorization: header)?.text == token.text)
        }
        for header in [
            "", "Bearer", "Bearer ", token.text, "Basic \(token.text)", "Bearer \(token.text) ",
            "Bearer \(token.text)x",
            "Bearer \(token.text.dropLast())", "Bearer x \(token.text)",
            "Bearer vpnweb_" + String(repeating: "+", count: 43),
            "Bearer " + String(repeating: "a", count: 100_000), "Bearer vpnweb_" + String(repeating: "я", count: 43),
        ] { #expect(SecretToken(authorization: header) == nil, "\(header.prefix(80))") }
    }

    @Test func `secrets do not print themselves`() {
        let token = SecretToken.random()
        let session = SessionID.random()
        var dumped = ""
        dump(token, to: &dumped)
        dump(session, to: &dumped)
        dumped += "\(token) \(session) \(String(reflecting: token)) \(String(reflecting: session))"
        #expect(!dumped.contains(token.text) && !dumped.contains(session.text))
    }

    @Test func `a session's name is read back, and nothing else is one`() {
        let session = SessionID.random()
        #expect(SessionID(session.text)?.hash == session.hash)
        for text in ["", "x", session.text + "A", String(session.text.dropLast()) + "=", SecretToken.random().text] {
            #expect(SessionID(text) == nil)
        }
    }

    @Test func `the cookie is for this host over TLS, out of scripts' reach`() {
        let session = SessionID.random()
        #expect(
            SessionCookie.set(session, SessionPolicy())
                == "__Host-vpnweb=\(session.text); Path=/; Max-Age=604800; Secure; HttpOnly; SameSite=Lax")
        #expect(SessionCookie.clear == "__Host-vpnweb=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
    }

    @Test func `a session ends when idle, and in any case after a week`() {
        let policy = SessionPolicy()
        let start: Int64 = 1_790_000_000
        #expect(policy.isAlive(created: start, used: start, now: start))
        #expect(policy.isAlive(created: start, used: start, now: start + 8 * 3600 - 1))
        #expect(!policy.isAlive(created: start, used: start, now: start + 8 * 3600))
        let week: Int64 = 7 * 24 * 3600
        #expect(policy.isAlive(created: start, used: start + week - 10, now: start + week - 1))
        #expect(!policy.isAlive(created: start, used: start + week - 10, now: start + week))
        // Clocks that jump.
        #expect(policy.isAlive(created: start, used: start, now: start - 3600))
        #expect(!policy.isAlive(created: start, used: start, now: start - week))
        for odd in [Int64.min, .max] {
            #expect(!policy.isAlive(created: odd, used: odd, now: ~odd))
        }
        #expect(!policy.needsTouch(used: start, now: start + 59) && policy.needsTouch(used: start, now: start + 60))
        #expect(SessionPolicy(idle: 90_000).idle == 8 * 3600 && SessionPolicy(idle: 0).idle == 60)
    }
}

struct CrossOriginTests {
    private static let host = "panel.example:8443"
    private static let ours = "https://panel.example:8443"

    /// C9: what each pair of headers leads to on a POST.
    static let matrix: [(site: String?, origin: String?, isAllowed: Bool)] = [
        (nil, nil, true), (nil, ours, true), (nil, "https://evil.example", false), (nil, "null", false),
        ("same-origin", nil, true), ("same-origin", ours, true), ("same-origin", "https://evil.example", true),
        ("same-origin", "null", true), ("none", nil, true), ("none", ours, true),
        ("none", "https://evil.example", true),
        ("none", "null", true), ("cross-site", nil, false), ("cross-site", ours, false),
        ("cross-site", "https://evil.example", false), ("cross-site", "null", false), ("same-site", nil, false),
        ("same-site", ours, false), ("same-site", "https://evil.example", false), ("same-site", "null", false),
        ("", "", true), ("Same-Origin", ours, false), ("rubbish", nil, false),
    ]

    @Test(arguments: matrix.indices)
    func `who may change something`(index: Int) {
        let (site, origin, isAllowed) = Self.matrix[index]
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            #expect(
                CrossOrigin().allows(method: method, secFetchSite: site, origin: origin, host: Self.host) == isAllowed,
                "\(method) \(site ?? "-") \(origin ?? "-")")
        }
        for method in ["GET", "HEAD", "OPTIONS"] {
            #expect(CrossOrigin().allows(method: method, secFetchSite: site, origin: origin, host: Self.host))
        }
    }

    @Test func `an origin is ours by its whole host and port`() {
        for origin in [
            "https://panel.example", "https://panel.example:84430", "https://x.panel.example:8443",
            "https://panel.example:8443.evil.example", "https://evil.example/panel.example:8443", "panel.example:8443",
            "https://user@panel.example:8443",
        ] {
            #expect(
                !CrossOrigin().allows(method: "POST", secFetchSite: nil, origin: origin, host: Self.host), "\(origin)")
        }
        #expect(!CrossOrigin().allows(method: "POST", secFetchSite: nil, origin: "https://", host: ""))
    }

    @Test func `a trusted origin is let through`() {
        let check = CrossOrigin(trusted: [Self.ours])
        #expect(check.allows(method: "POST", secFetchSite: nil, origin: Self.ours, host: "panel.example"))
        #expect(check.allows(method: "POST", secFetchSite: "cross-site", origin: Self.ours, host: "other"))
        #expect(!check.allows(method: "POST", secFetchSite: "cross-site", origin: nil, host: "panel.example:8443"))
    }
}

struct SafeNextTests {
    @Test(arguments: [
        "/", "/users/7", "/users?sort=rx&q=%D1%8F", "/traffic?from=2026-11-01&to=2026-12-01", "/a.b/c-d_e~",
        "/x?u=a//b/../c",
    ])
    func `a path of ours is followed`(path: String) { #expect(SafeNext.path(path) == path) }

    @Test(arguments: [
        nil, "", "users", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "/%5cevil.example",
        "/%2fevil.example", "/%2F%2Fevil.example", "https://evil.example", "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=y",
        "/%0d%0aSet-Cookie:%20x", "/\tevil", "/ evil", "/a//evil.example", "/..//evil.example", "/./", "/a/../b",
        "/%2e%2e/b",
        "/%252fevil", "/я", "/a#b", "/<script>", "/%", "/%4", "/%zz", "/a?x=%0a", "/a?x=%00", "/\u{200b}/", "/a\0b",
        "/" + String(repeating: "a", count: 2_000),
    ])
    func `anything else leads to the front page`(path: String?) { #expect(SafeNext.path(path) == "/") }
}
