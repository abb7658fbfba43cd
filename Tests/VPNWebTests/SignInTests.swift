import FastCGI
import Foundation
import Nodes
import Store
import Testing
import WireGuard

@testable import Access
@testable import VPNWeb

/// The first start, signing in by one step and by two, and out.
struct SignInTests {
    // MARK: The first start

    @Test func `there is no default password: the door says how to set one`() throws {
        let house = try DoorHouse(password: nil)
        let guest = DoorGuest(house)
        let page = try guest.ask("/login")
        #expect(page.text.contains("vpn-web setup-token") && page.text.contains("href=\"/setup\""))
        for password in ["", "admin", "password", DoorHouse.password] {
            #expect(try guest.signIn(password).status == 401 && !guest.isOwner)
        }
    }

    private func setUp(_ guest: DoorGuest, _ code: String, _ password: String = "nine slow barges turn") throws
        -> Response
    {
        try guest.ask("/setup", form: ["hand-code": code, "new": password, "again": password])
    }

    @Test func `a setup token sets the password, once`() throws {
        let house = try DoorHouse(password: nil)
        let guest = DoorGuest(house)
        let code = HandCode.random()
        #expect(try setUp(guest, code.text).status == 401)
        try house.store.setSetupToken(code.hash.bytes, expires: UnixTime.now.advanced(by: 900))
        #expect(try setUp(guest, code.text, "short").status == 422)
        #expect(try setUp(guest, code.text, "passwordpassword").status == 422)
        #expect(try guest.ask("/setup", form: ["hand-code": code.text, "new": "a", "again": "b"]).status == 422)
        #expect(try setUp(guest, HandCode.random().text).status == 401)
        #expect(try house.store.password() == nil)
        #expect(try setUp(guest, code.text.uppercased()).place == "/login?done=set")
        #expect(try setUp(guest, code.text, "eleven red kites fall").status == 401)
        try guest.signIn("nine slow barges turn")
        #expect(guest.isOwner)
        #expect(house.audit.contains(.passwordSet) && house.audit.last == .signedIn)
    }

    @Test func `a setup token that is over sets nothing, and its guesses are counted`() throws {
        let house = try DoorHouse(password: nil)
        let guest = DoorGuest(house)
        let code = HandCode.random()
        try house.store.setSetupToken(code.hash.bytes, expires: UnixTime.now.advanced(by: -1))
        #expect(try setUp(guest, code.text).status == 401)
        for _ in 0..<4 { _ = try setUp(guest, HandCode.random().text) }
        let late = try setUp(guest, HandCode.random().text)
        #expect(late.status == 429 && late.headers.contains { $0.name == "Retry-After" })
        #expect(try house.store.password() == nil)
    }

    @Test func `with a password set only a new token from the terminal changes it`() throws {
        let house = try DoorHouse()
        let (owner, guest) = (DoorGuest(house), DoorGuest(house, address: "203.0.113.9"))
        try owner.signIn()
        #expect(try setUp(guest, HandCode.random().text).status == 401)
        let code = HandCode.random()
        try house.store.setSetupToken(code.hash.bytes, expires: UnixTime.now.advanced(by: 900))
        #expect(try setUp(guest, code.text).status == 303)
        #expect(!owner.isOwner)
    }

    // MARK: One step

    @Test func `the right password opens, everything else looks alike`() throws {
        let house = try DoorHouse()
        let guest = DoorGuest(house)
        var answers: Set<String> = []
        for (name, password) in [
            ("owner", "wrong one of them"), ("admin", "wrong one of them"), ("admin", DoorHouse.password + "x"),
            ("owner", ""),
        ] {
            let answer = try guest.ask("/login", form: ["username": name, "password": password])
            #expect(answer.status == 401 && guest.cookies.isEmpty)
            answers.insert(answer.text)
        }
        #expect(answers.count == 1)
        let answer = try guest.ask("/login", form: ["password": DoorHouse.password, "next": "/users?page=2"])
        #expect(answer.place == "/users?page=2" && guest.isOwner)
    }

    @Test(arguments: ["//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0aSet-Cookie:%20x"])
    func `after the sign-in nobody is led elsewhere`(next: String) throws {
        let guest = DoorGuest(try DoorHouse())
        #expect(try guest.ask("/login", form: ["password": DoorHouse.password, "next": next]).place == "/")
    }

    @Test func `a new session at every sign-in, the one before ends, and so does one that is left`() throws {
        let house = try DoorHouse()
        let guest = DoorGuest(house)
        // A session that somebody else planted is not taken over.
        guest.cookies[SessionCookie.name] = SessionID.random().text
        let planted = guest.cookies
        try guest.signIn()
        let first = guest.cookies
        #expect(first[SessionCookie.name] != planted[SessionCookie.name])
        try guest.signIn()
        #expect(guest.isOwner && guest.cookies[SessionCookie.name] != first[SessionCookie.name])
        let thief = DoorGuest(house)
        thief.cookies = first
        #expect(!thief.isOwner)
        thief.cookies = guest.cookies
        #expect(thief.isOwner)
        #expect(try guest.ask("/logout", form: [:]).place == "/")
        #expect(!thief.isOwner && guest.cookies[SessionCookie.name] == nil)
    }

    @Test func `a session ends when idle, and at its end in any case`() throws {
        let house = try DoorHouse()
        for (created, seen) in [(-9 * 3600, -8 * 3600 - 1), (-7 * 86_400 - 1, -10)] {
            let guest = DoorGuest(house)
            let id = SessionID.random()
            let now = UnixTime.now
            try house.store.insert(
                StoredSession(
                    hash: id.hash.bytes, created: now.advanced(by: Int64(created)),
                    lastSeen: now.advanced(by: Int64(seen)),
                    expires: now.advanced(by: 900), address: "", userAgent: ""))
            guest.cookies[SessionCookie.name] = id.text
            #expect(!guest.isOwner)
            #expect(try house.store.session(id.hash.bytes) == nil)
        }
    }

    @Test func `a password that was hashed cheaply is hashed anew at the sign-in, and sessions stay`() throws {
        let house = try DoorHouse()
        let guest = DoorGuest(house)
        try guest.signIn()
        let stored = try #require(try house.store.password())
        #expect(PasswordHash(stored.hash)?.cost == .standard)
        #expect(guest.isOwner)
        let other = DoorGuest(house)
        try other.signIn()
        #expect(other.isOwner && guest.isOwner)
    }

    // MARK: The budget

    @Test func `after five wrong passwords the right one waits too, but for who was in before`() throws {
        let house = try DoorHouse()
        let (owner, guest) = (DoorGuest(house, address: "192.0.2.1"), DoorGuest(house))
        try owner.signIn()
        #expect(owner.cookies[HostCookie.device.name] != nil)
        for _ in 0..<5 { #expect(try guest.signIn("wrong one of them").status == 401) }
        let late = try guest.signIn()
        #expect(late.status == 429 && !guest.isOwner)
        #expect(late.headers.first { $0.name == "Retry-After" }.flatMap { Int($0.value) }.map { $0 > 0 } == true)
        // The owner's browser, from the same network as the guesser.
        owner.address = guest.address
        try owner.ask("/logout", form: [:])
        #expect(try owner.signIn().status == 303 && owner.isOwner)
        // A ticket that nobody earned is nothing.
        guest.cookies[HostCookie.device.name] = Ticket.random().text
        #expect(try guest.signIn().status == 429)
        #expect(house.audit.count { $0 == .wrongPassword } == 5)
    }

    @Test func `a browser's ticket opens nothing, and a new password makes it a stranger's`() throws {
        let house = try DoorHouse()
        let owner = DoorGuest(house)
        try owner.signIn()
        let thief = DoorGuest(house)
        thief.cookies[HostCookie.device.name] = owner.cookies[HostCookie.device.name]
        #expect(!thief.isOwner)
        let ticket = try #require(Ticket(thief.cookies[HostCookie.device.name] ?? ""))
        let hash = ticket.hash.bytes
        #expect(try house.store.knowsDevice(hash))
        let stored = try #require(try house.store.password())
        try house.store.setPassword(stored)
        #expect(try !house.store.knowsDevice(hash))
    }
}

/// The second step.
struct SecondFactorTests {
    private let house: DoorHouse
    private let owner: DoorGuest

    init() throws {
        house = try DoorHouse()
        owner = DoorGuest(house, address: "192.0.2.1")
        try owner.signIn()
    }

    private func code(_ offset: Int64 = 0) throws -> String {
        let factor = try #require(try house.store.secondFactor())
        let secret = try #require(AuthenticatorSecret(bytes: factor.secret))
        return Authenticator.code(secret, offset)
    }

    /// Turns it on as the owner does; the recovery codes, and the app's code that did it.
    private func enrol() throws -> (codes: [String], used: String) {
        let shown = try owner.ask("/settings/second-factor", form: ["password": DoorHouse.password])
        #expect(shown.text.contains("<svg class=\"qr\"") && shown.headers.contains { $0.value.contains("no-store") })
        let secret = try #require(shown.secrets.first.flatMap { Authenticator.secret(typed: $0) })
        #expect(
            try owner.ask("/settings/second-factor-code", form: ["code": Authenticator.code(secret, 9)]).status == 200)
        #expect(try house.store.secondFactor() == nil)
        // The code before now's: now's is left for the sign-in.
        let used = Authenticator.code(secret, -1)
        let codes = try owner.ask("/settings/second-factor-code", form: ["code": used]).secrets
        #expect(codes.count == 10 && Set(codes).count == 10)
        return (codes, used)
    }

    @Test func `it is on when a code comes back, and other sessions end`() throws {
        let other = DoorGuest(house)
        try other.signIn()
        let before = owner.cookies
        #expect(
            try owner.ask("/settings/second-factor", form: ["password": "wrong one of them"]).place?.contains(
                "wrong-password") == true)
        let used = try enrol().used
        #expect(owner.isOwner && !other.isOwner)
        let replayed = DoorGuest(house)
        replayed.cookies = before
        #expect(!replayed.isOwner)
        #expect(house.audit.last == .secondFactorOn)
        #expect(try owner.ask("/settings").text.contains("Recovery codes left: 10"))
        // The code that confirmed it is used up.
        let guest = DoorGuest(house)
        try guest.signIn()
        #expect(try guest.ask("/login/code", form: ["code": used]).status == 401)
    }

    @Test func `the password alone opens nothing, the code does, once`() throws {
        _ = try enrol()
        let guest = DoorGuest(house)
        let step = try guest.ask("/login", form: ["password": DoorHouse.password, "next": "/users"])
        #expect(step.place == "/login/code?next=/users" && !guest.isOwner)
        #expect(guest.cookies[SessionCookie.name] == nil && guest.cookies[HostCookie.pending.name] != nil)
        let page = try guest.ask("/login/code?next=/users")
        #expect(page.text.contains("one-time-code") && page.text.contains("value=\"/users\""))
        let code = try code()
        let done = try guest.ask("/login/code", form: ["code": code, "next": "/users"])
        #expect(done.place == "/users" && guest.isOwner && guest.cookies[HostCookie.pending.name] == nil)
        // The same code again, by who looked over the shoulder and knows the password.
        let thief = DoorGuest(house, address: "203.0.113.1")
        try thief.signIn()
        #expect(try thief.ask("/login/code", form: ["code": code]).status == 401 && !thief.isOwner)
        #expect(house.audit.contains(.wrongCode))
    }

    @Test func `without the password no code is looked at`() throws {
        _ = try enrol()
        let guest = DoorGuest(house)
        #expect(try guest.ask("/login/code").text.contains("action=\"/login\""))
        guest.cookies[HostCookie.pending.name] = Ticket.random().text
        #expect(try guest.ask("/login/code", form: ["code": try code()]).place == "/login?done=again" && !guest.isOwner)
    }

    @Test func `five codes a sign-in, and the right password gives no more of them`() throws {
        _ = try enrol()
        let thief = DoorGuest(house, address: "203.0.113.1")
        try thief.signIn()
        for _ in 0..<4 { #expect(try thief.ask("/login/code", form: ["code": "000000"]).status == 401) }
        #expect(try thief.ask("/login/code", form: ["code": "000000"]).place == "/login?done=again")
        #expect(try thief.ask("/login/code", form: ["code": try code()]).place == "/login?done=again")
        try thief.signIn()
        #expect(try thief.ask("/login/code", form: ["code": try code()]).status == 429 && !thief.isOwner)
        #expect(house.audit.count { $0 == .wrongCode } == 5)
        // The owner's browser is not kept out by it.
        try owner.ask("/logout", form: [:])
        try owner.signIn()
        #expect(try owner.ask("/login/code", form: ["code": try code()]).status == 303 && owner.isOwner)
    }

    @Test func `a recovery code opens once`() throws {
        let codes = try enrol().codes
        let guest = DoorGuest(house)
        try guest.signIn()
        #expect(try guest.ask("/login/code", form: ["hand-code": codes[3].uppercased()]).status == 303 && guest.isOwner)
        let thief = DoorGuest(house, address: "203.0.113.1")
        try thief.signIn()
        #expect(try thief.ask("/login/code", form: ["hand-code": codes[3]]).status == 401 && !thief.isOwner)
        #expect(house.audit.contains(.recoveryCodeUsed))
        let anew = try guest.ask("/settings/recovery-codes", form: ["password": DoorHouse.password]).secrets
        #expect(anew.count == 10 && Set(anew).isDisjoint(with: codes))
        #expect(try thief.ask("/login/code", form: ["hand-code": codes[4]]).status == 401)
    }

    @Test func `it is turned off with the password, and sessions end`() throws {
        _ = try enrol()
        let guest = DoorGuest(house)
        try guest.signIn()
        try guest.ask("/login/code", form: ["code": try code()])
        #expect(guest.isOwner)
        #expect(try owner.ask("/settings/remove-second-factor", form: [:]).place?.contains("wrong-password") == true)
        #expect(try house.store.secondFactor() != nil)
        #expect(try owner.ask("/settings/remove-second-factor", form: ["password": DoorHouse.password]).status == 303)
        #expect(try house.store.secondFactor() == nil && house.store.recoveryCodesLeft() == 0)
        #expect(owner.isOwner && !guest.isOwner && house.audit.last == .secondFactorOff)
    }

    @Test func `an enrolment belongs to the session that began it`() throws {
        let other = DoorGuest(house)
        try other.signIn()
        let shown = try owner.ask("/settings/second-factor", form: ["password": DoorHouse.password])
        let secret = try #require(shown.secrets.first.flatMap { Authenticator.secret(typed: $0) })
        #expect(
            try other.ask("/settings/second-factor-code", form: ["code": Authenticator.code(secret)]).place
                == "/settings?done=enrolment-over")
        for _ in 0..<10 { try owner.ask("/settings/second-factor-code", form: ["code": "000000"]) }
        #expect(
            try owner.ask("/settings/second-factor-code", form: ["code": Authenticator.code(secret)]).place
                == "/settings?done=enrolment-over")
        #expect(try house.store.secondFactor() == nil)
    }

    @Test func `a sign-in that waits for its code ends with a new password`() throws {
        _ = try enrol()
        let guest = DoorGuest(house)
        try guest.signIn()
        #expect(try guest.ask("/login/code").status == 200)
        let stored = try #require(try house.store.password())
        try house.store.setPassword(StoredPassword(hash: stored.hash, changed: stored.changed.advanced(by: 1)))
        #expect(try guest.ask("/login/code", form: ["code": try code()]).place == "/login?done=again")
    }
}

/// The app on the owner's phone.
enum Authenticator {
    static func code(_ secret: AuthenticatorSecret, _ offset: Int64 = 0) -> String {
        secret.code(UnixTime.now.seconds / 30 + offset)
    }

    /// The key as it is shown: base 32 in groups.
    static func secret(typed text: String) -> AuthenticatorSecret? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var bytes: [UInt8] = []
        var (bits, count) = (UInt64(0), 0)
        for byte in text.utf8 where byte != UInt8(ascii: " ") {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            (bits, count) = (bits << 5 | UInt64(value), count + 5)
            if count >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(count - 8)))
                count -= 8
            }
        }
        return AuthenticatorSecret(bytes: bytes)
    }
}
