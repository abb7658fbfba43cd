import Access
import FastCGI
import Fleet
import Foundation
import Nodes
import Store
import Testing
import WireGuard

@testable import VPNWeb

/// What the owner changes about getting in, links for users, and what is written down of it.
struct SettlingTests {
    private let house: DoorHouse
    private let owner: DoorGuest

    init() throws {
        house = try DoorHouse()
        owner = DoorGuest(house)
        try owner.signIn()
    }

    @Test func `a new password wants the old one, and ends every other session within one request`() throws {
        let other = DoorGuest(house, address: "192.0.2.1")
        try other.signIn()
        #expect(other.isOwner)
        let new = "nine slow barges turn"
        func change(_ old: String, _ new: String, _ again: String) throws -> String? {
            try owner.ask("/settings/password", form: ["password": old, "new": new, "again": again]).place
        }
        #expect(try change("wrong one of them", new, new) == "/settings?done=wrong-password")
        #expect(try change(DoorHouse.password, new, new + "x") == "/settings?done=differ")
        #expect(try change(DoorHouse.password, "short", "short") == "/settings?done=too-short")
        #expect(try change(DoorHouse.password, "vpn.example.org!", "vpn.example.org!") == "/settings?done=common")
        #expect(other.isOwner && owner.isOwner)
        let before = owner.cookies
        #expect(try change(DoorHouse.password, new, new) == "/settings?done=password-set")
        #expect(owner.isOwner && !other.isOwner && owner.cookies[SessionCookie.name] != before[SessionCookie.name])
        let replayed = DoorGuest(house)
        replayed.cookies = before
        #expect(!replayed.isOwner)
        try owner.ask("/logout", form: [:])
        #expect(try owner.signIn().status == 401 && owner.signIn(new).status == 303)
    }

    @Test func `guesses at the password from inside are counted like those at the door`() throws {
        let thief = DoorGuest(house)
        thief.cookies[SessionCookie.name] = owner.cookies[SessionCookie.name]
        for _ in 0..<5 {
            try thief.ask("/settings/make-token", form: ["name": "x", "scope": "read", "password": "wrong"])
        }
        #expect(
            try thief.ask("/settings/make-token", form: ["name": "x", "scope": "read", "password": DoorHouse.password])
                .place
                == "/settings?done=wait")
        #expect(try house.store.tokens() == [])
    }

    @Test func `a token is shown once, on the answer, and opens what it is for`() throws {
        func make(_ name: String, _ scope: String, _ password: String = DoorHouse.password) throws -> Response {
            try owner.ask(
                "/settings/make-token", form: ["name": name, "scope": scope, "expires": "30d", "password": password])
        }
        #expect(try make("grafana", "read", "wrong one of them").place == "/settings?done=wrong-password")
        #expect(try make("", "read").place == "/settings?done=token-name-refused")
        #expect(try make("grafana", "all").place == "/settings?done=token-name-refused")
        let answer = try make("grafana", "read")
        let secret = try #require(answer.secrets.first)
        #expect(answer.status == 200 && answer.place == nil && secret.hasPrefix("vpnweb_"))
        #expect(answer.headers.contains { $0.name == "Cache-Control" && $0.value.contains("no-store") })
        #expect(try make("grafana", "read").place == "/settings?done=token-name-taken")
        let page = try owner.ask("/settings")
        #expect(page.text.contains("grafana") && !page.text.contains(secret))
        let program = DoorGuest(house)
        let bearer = ["AUTHORIZATION": "Bearer \(secret)"]
        #expect(try program.ask("/api/users", headers: bearer).status == 200)
        #expect(try program.ask("/api/users?token=\(secret)").status == 401)
        #expect(try owner.ask("/settings/revoke-token", form: ["name": "grafana"]).status == 303)
        #expect(try program.ask("/api/users", headers: bearer).status == 401)
        #expect(house.audit.suffix(2) == [.tokenMade, .tokenRevoked])
        #expect(try !house.store.auditEntries(limit: 99).contains { $0.what.contains(secret) })
    }

    @Test func `a link shows one user their own usage, and nothing of anybody else`() throws {
        let made = try owner.ask("/settings/make-link", form: ["user": "@ALICE", "expires": "30d"])
        let address = try #require(made.secrets.first)
        #expect(address.hasPrefix("https://vpn.example.org/u/"))
        let path = String(address.dropFirst("https://vpn.example.org".count))
        let alice = DoorGuest(house, address: "203.0.113.5")
        let page = try alice.ask(path)
        #expect(page.status == 200 && page.text.contains("alice") && page.text.contains("Phone"))
        for canary in ["canary", "10.9.8.7", "eu1", String(path.dropFirst(3)), "Sign in"] {
            #expect(!page.text.contains(canary), "\(canary)")
        }
        for (name, value) in [
            ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"), ("X-Robots-Tag", "noindex"),
        ] as [(String, String)] {
            #expect(page.headers.contains { $0.name.text == name && $0.value.contains(value) })
        }
        #expect(alice.cookies.isEmpty && !alice.isOwner)
        #expect(try alice.ask(path, method: "POST").status == 405)
        #expect(house.audit.suffix(2) == [.linkMade, .linkOpened])
        let link = try #require(try house.store.personalLinks().first)
        #expect(link.user == 42 && link.lastUsed != nil)
        #expect(try owner.ask("/settings/revoke-link", form: ["link": "\(link.id)"]).status == 303)
        #expect(try alice.ask(path).status == 404)
    }

    @Test func `a link that is wrong, revoked or over, or whose user is gone, looks the same`() throws {
        let now = UnixTime.now
        let (over, revoked, gone) = (Ticket.random(), Ticket.random(), Ticket.random())
        try house.store.insert(StoredLink(hash: over.hash.bytes, user: 42, created: now, expires: now))
        try house.store.insert(
            StoredLink(hash: gone.hash.bytes, user: 7, created: now, expires: now.advanced(by: 900)))
        try house.store.insert(
            StoredLink(hash: revoked.hash.bytes, user: 42, created: now, expires: now.advanced(by: 900)))
        let id = try #require(try house.store.personalLinks().first).id
        #expect(try house.store.revokeLink(id, at: now) == 42)
        let guest = DoorGuest(house)
        var answers: Set<String> = []
        for path in [
            "/u/x", "/u/" + Ticket.random().text, "/u/" + over.text, "/u/" + revoked.text, "/u/" + gone.text,
        ] {
            let answer = try guest.ask(path)
            #expect(answer.status == 404)
            answers.insert(answer.text)
        }
        #expect(answers.count == 1)
        for user in ["", "@nobody", "7", "bob"] {
            #expect(try owner.ask("/settings/make-link", form: ["user": user]).place == "/settings?done=no-such-user")
        }
    }

    @Test func `the audit is shown in pages and as a table, and cannot be written by a name`() throws {
        let name = "=cmd|'x'!A1\u{202E}<script>"
        try house.store.audit(AuditEntry(at: .now, who: "owner", .tokenMade, subject: name))
        for number in 0..<150 {
            try house.store.audit(AuditEntry(at: .now, who: "command line", .linkMade, subject: "n\(number)"))
        }
        let first = try owner.ask("/settings/audit")
        #expect(first.text.contains("n149") && !first.text.contains(">n20<") && first.text.contains("?page=2"))
        let second = try owner.ask("/settings/audit?page=2")
        #expect(second.text.contains(">n20<") && second.text.contains("signed in"))
        #expect(!second.text.contains("<script>") && !second.text.contains("\u{202E}"))
        let csv = try owner.ask("/settings/audit.csv")
        #expect(csv.text.hasPrefix("at,who,event,subject,address,what\r\n") && csv.text.contains("signed_in"))
        #expect(csv.text.contains("'=cmd|") && csv.headers.contains { $0.name == "Content-Disposition" })
        #expect(try DoorGuest(house).ask("/settings/audit.csv").status == 303)
    }

    @Test func `the bot makes links by a token that does nothing else`() throws {
        let token = SecretToken.random()
        try house.store.insert(
            StoredToken(name: "bot", hash: token.hash.bytes, scope: .links, created: .now))
        let bot = DoorGuest(house)
        let bearer = ["AUTHORIZATION": "Bearer \(token.text)"]
        let answer = try bot.ask("/api/links", form: ["telegram_id": "42", "expires": "7d"], headers: bearer)
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        let address = try #require(object?["url"] as? String)
        #expect(answer.status == 201 && object?["telegram_id"] as? Int == 42 && object?["expires"] is String)
        #expect(answer.headers.contains { $0.name == "Cache-Control" && $0.value == "no-store" })
        #expect(try bot.ask(String(address.dropFirst("https://vpn.example.org".count))).status == 200)
        for (form, status) in [
            (["telegram_id": "7"], 404), (["telegram_id": "042"], 404), ([:], 400),
            (["telegram_id": "42", "expires": "soon"], 400),
        ] {
            #expect(try bot.ask("/api/links", form: form, headers: bearer).status == status)
        }
        let made = try house.store.auditEntries(limit: 9).first { $0.event == .linkMade }
        #expect(made?.who == "token bot" && made?.subject == "42")
        #expect(try owner.ask("/api/links", form: ["telegram_id": "42"]).status == 403)
        #expect(try DoorGuest(house).ask("/api/links", form: ["telegram_id": "42"]).status == 401)
        for scope in [StoredToken.Scope.read, .metrics] {
            let other = SecretToken.random()
            try house.store.insert(
                StoredToken(name: scope.rawValue, hash: other.hash.bytes, scope: scope, created: .now))
            let headers = ["AUTHORIZATION": "Bearer \(other.text)"]
            #expect(try bot.ask("/api/links", form: ["telegram_id": "42"], headers: headers).status == 403)
        }
    }

    @Test func `no secret is on the disk or in the log, and what was done is`() throws {
        var secrets = [DoorHouse.password, "guess-of-canary"]
        let code = HandCode.random()
        try house.store.setSetupToken(code.hash.bytes, expires: UnixTime.now.advanced(by: 900))
        secrets += [code.text, code.text.replacing("-", with: "")]
        secrets += owner.cookies.values
        let guest = DoorGuest(house, address: "203.0.113.77")
        try guest.signIn("guess-of-canary")
        let made = [
            try owner.ask(
                "/settings/make-token", form: ["name": "t", "scope": "read", "password": DoorHouse.password]),
            try owner.ask("/settings/make-link", form: ["user": "42"]),
            try owner.ask("/settings/recovery-codes", form: ["password": DoorHouse.password]),
        ].map(\.secrets)
        #expect(made.map(\.count) == [1, 1, 10])
        secrets += made.joined().map { $0.replacing("https://vpn.example.org/u/", with: "") }
        try guest.ask("/u/" + made[1][0].suffix(43))
        secrets += owner.cookies.values
        var disk = Data()
        for file in try FileManager.default.contentsOfDirectory(atPath: house.folder) {
            disk += try Data(contentsOf: URL(filePath: house.folder + "/" + file))
        }
        let log = house.lines.all.joined(separator: "\n")
        for secret in secrets {
            #expect(disk.range(of: Data(secret.utf8)) == nil && !log.contains(secret), "\(secret)")
        }
        for line in [
            /warning sign-in failed address=203.0.113.77 request=[0-9a-f]{32} why=wrong_password/,
            /notice signed in address=198.51.100.7 request=[0-9a-f]{32}/,
            /notice access changed address=198.51.100.7 request=[0-9a-f]{32} subject=42 what=link_made who=owner/,
        ] { #expect(log.contains(line)) }
    }

    // MARK: Who may, and from where

    @Test(arguments: [
        "/users", "/users/42", "/nodes", "/traffic", "/services", "/settings", "/settings/audit",
        "/settings/audit.csv", "/diagnostics", "/api/users", "/api/traffic", "/api/peers", "/api/history",
    ])
    func `each route is for whom it is for`(path: String) throws {
        let isPage = !path.hasPrefix("/api/")
        let ended = DoorGuest(house)
        let id = SessionID.random()
        let past = UnixTime.now.advanced(by: -9 * 3600)
        try house.store.insert(
            StoredSession(
                hash: id.hash.bytes, created: past, lastSeen: past, expires: past, address: "", userAgent: ""))
        ended.cookies[SessionCookie.name] = id.text
        #expect(try owner.ask(path).status == 200)
        #expect(try DoorGuest(house).ask(path).status == (isPage ? 303 : 401))
        #expect(try ended.ask(path).status == (isPage ? 303 : 401))
        for scope in StoredToken.Scope.allCases {
            let token = SecretToken.random()
            try house.store.insert(
                StoredToken(name: scope.rawValue, hash: token.hash.bytes, scope: scope, created: .now))
            let status = try DoorGuest(house).ask(path, headers: ["AUTHORIZATION": "Bearer \(token.text)"]).status
            #expect(status == (isPage ? 303 : scope == .read ? 200 : 403), "\(scope)")
        }
    }

    /// Every path that takes a POST.
    static let changes =
        ["/login", "/login/code", "/setup", "/logout", "/refresh"]
        + SettingsPages.Change.allCases.map { "/settings/" + $0.rawValue }

    @Test(arguments: changes)
    func `no other site's page changes anything`(path: String) throws {
        for (site, origin, isOurs) in [
            (nil, nil, true), (nil, "https://vpn.example.org", true), (nil, "https://evil.example", false),
            (nil, "null", false), ("same-origin", nil, true), ("same-origin", "https://evil.example", true),
            ("none", nil, true), ("cross-site", nil, false), ("cross-site", "https://vpn.example.org", true),
            ("cross-site", "null", false), ("same-site", nil, false), ("same-site", "https://evil.example", false),
        ] as [(String?, String?, Bool)] {
            let headers = ["SEC_FETCH_SITE": site, "ORIGIN": origin].compactMapValues(\.self)
            let before = try house.store.auditCount()
            let answer = try owner.ask(path, form: [:], headers: headers)
            #expect((answer.status == 403) != isOurs, "\(site ?? "-") \(origin ?? "-")")
            if !isOurs { #expect(try house.store.auditCount() == before) }
            if !owner.isOwner { try owner.signIn() }
        }
    }

    @Test(arguments: changes.filter { $0.hasPrefix("/settings/") || $0 == "/refresh" })
    func `a stranger, a program and a session that is over change nothing`(path: String) throws {
        var secrets: [String] = []
        for scope in StoredToken.Scope.allCases {
            let token = SecretToken.random()
            try house.store.insert(
                StoredToken(name: scope.rawValue, hash: token.hash.bytes, scope: scope, created: .now))
            secrets.append(token.text)
        }
        let ended = DoorGuest(house)
        ended.cookies[SessionCookie.name] = SessionID.random().text
        #expect(try ended.ask(path, form: ["password": DoorHouse.password]).status == 401)
        #expect(try DoorGuest(house).ask(path, form: ["password": DoorHouse.password]).status == 401)
        for secret in secrets {
            let headers = ["AUTHORIZATION": "Bearer \(secret)"]
            #expect(try DoorGuest(house).ask(path, form: [:], headers: headers).status == 401)
        }
        #expect(try owner.ask(path, method: "GET").status == 405)
    }
}
