import FastCGI
import Fleet
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
        #expect(house.audit == [.wrongSetupToken, .wrongSetupToken])
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

    @Test func `a session ends as early as the owner says, those that are there too`() throws {
        let house = try DoorHouse()
        let guest = DoorGuest(house)
        try guest.signIn()
        let session = try #require(SessionID(guest.cookies[SessionCookie.name] ?? ""))
        try house.store.touchSession(
            session.hash.bytes, at: UnixTime.now.advanced(by: -600), expires: UnixTime.now.advanced(by: 900))
        house.door.forget()
        var settings = house.door.settings
        settings.policy = SessionPolicy(idle: 300)
        house.door.change(to: settings)
        #expect(!guest.isOwner)
        try guest.signIn()
        #expect(try guest.ask("/settings").text.contains("A session ends after 5\u{a0}min"))
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
