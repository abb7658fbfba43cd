import FastCGI
import Fleet
import Foundation
import Nodes
import Store
import Testing
import WireGuard

@testable import Access
@testable import VPNWeb

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

    @Test func `a try that failed forgets nothing of where one wanted to go`() throws {
        _ = try enrol()
        let guest = DoorGuest(house)
        let hidden = "name=\"next\" value=\"/users?page=2\""
        let wrong = try guest.ask("/login", form: ["password": "wrong one of them", "next": "/users?page=2"])
        #expect(wrong.status == 401 && wrong.text.contains(hidden))
        try guest.ask("/login", form: ["password": DoorHouse.password, "next": "/users?page=2"])
        let code = try guest.ask("/login/code", form: ["code": "000000", "next": "/users?page=2"])
        #expect(code.status == 401 && code.text.contains(hidden))
        let foreign = try guest.ask("/login", form: ["password": "wrong one of them", "next": "//evil.example"])
        #expect(!foreign.text.contains("evil"))
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
