import FastCGI
import Fleet
import Foundation
import Nodes
import Store
import TestBed
import Testing
import Transfer
import WireGuard

@testable import Access
@testable import VPNWeb

/// C22: the sign-in by Telegram against a provider that speaks its protocol over HTTPS.
struct TelegramTests {
    private let issuer: FakeIssuer
    private let settings: Door.Telegram

    init() throws {
        issuer = try FakeIssuer(in: NSTemporaryDirectory() + "vpn-web-issuer-\(UUID().uuidString)")
        settings = Door.Telegram(
            client: FakeIssuer.client, secretFile: issuer.secretFile, owners: [42, 43], issuer: issuer.url,
            authorities: issuer.authorities)
    }

    /// From the button to where the provider leads back to.
    private func away(
        _ guest: DoorGuest, as person: Int64 = 42, fault: String = "", next: String = ""
    ) throws -> String {
        let answer = try guest.ask("/login/telegram" + next)
        #expect(answer.status == 303 && guest.cookies[HostCookie.telegram.name] != nil)
        let place = try issuer.visit(#require(answer.place), as: person, fault: fault)
        let address = try #require(URLComponents(string: place))
        #expect(address.host == DoorHouse.host && address.scheme == "https")
        return "\(address.path)?\(address.percentEncodedQuery ?? "")"
    }

    /// Until Telegram was asked: as the waiting page does, by coming again.
    private func decided(_ guest: DoorGuest) throws -> Response {
        try eventually("Telegram's answer", within: .seconds(20), every: .milliseconds(20)) {
            let answer = try guest.ask("/login/telegram/wait")
            return answer.header("Refresh") == nil ? answer : nil
        }
    }

    @discardableResult
    private func signIn(_ guest: DoorGuest, as person: Int64 = 42, fault: String = "") throws -> Response {
        let back = try guest.ask(away(guest, as: person, fault: fault))
        return back.header("Refresh") == nil ? back : try decided(guest)
    }

    @Test func `whom the owner named is in, and led to where they wanted to go`() throws {
        let house = try DoorHouse(telegram: settings)
        let guest = DoorGuest(house)
        #expect(try guest.ask("/login?next=/users").text.contains("href=\"/login/telegram?next=%2Fusers\""))
        let back = try guest.ask(away(guest, next: "?next=/users"))
        #expect(back.status == 200 && back.header("Refresh") == "1; url=/login/telegram/wait")
        #expect(try decided(guest).place == "/users" && guest.isOwner)
        #expect(guest.cookies[HostCookie.telegram.name] == nil && guest.cookies[HostCookie.device.name] != nil)
        #expect(try guest.ask("/settings").text.contains("users 42, 43 (key"))
        let entry = try #require(try house.store.auditEntries(limit: 1).first)
        #expect(entry.event == .signedIn && entry.subject == "Telegram" && entry.address == guest.address)
        // As they have been seen: the person's number as text, the client's as a number.
        let other = DoorGuest(house)
        try signIn(other, as: 43, fault: "text")
        #expect(other.isOwner)
    }

    /// By the word that the audit has for it.
    @Test func `what is wrong with a token lets nobody in`() throws {
        let house = try DoorHouse(telegram: settings)
        for (index, (fault, reason)) in [
            ("issuer", "issuer"), ("audience", "audience"), ("audiences", "audience"), ("nonce", "nonce"),
            ("no nonce", "nonce"), ("expired", "time"), ("old", "time"), ("future", "time"), ("none", "algorithm"),
            ("hs256", "algorithm"), ("kid", "key"), ("key", "signature"), ("no person", "person"), ("fraction", "form"),
            ("cancelled", "cancelled"),
        ].enumerated() {
            let guest = DoorGuest(house, address: "198.51.\(index).7")
            let answer = try signIn(guest, fault: fault)
            #expect(answer.status == 401 && !guest.isOwner, "\(fault)")
            #expect(answer.text.contains("did not succeed"), "\(fault)")
            let entry = try #require(try house.store.auditEntries(limit: 1).first)
            #expect(entry.event == .telegramRefused && entry.subject == reason, "\(fault)")
            #expect(entry.who == "stranger" && entry.address == guest.address)
        }
    }

    @Test func `who is not named is not let in, nor after they were taken out of the configuration`() throws {
        let house = try DoorHouse(telegram: settings)
        let guest = DoorGuest(house)
        #expect(try signIn(guest, as: 44).status == 401 && !guest.isOwner)
        #expect(try house.store.auditEntries(limit: 1).first?.subject == "user 44")
        _ = try guest.ask(away(guest))
        var fewer = house.door.settings
        fewer.telegram?.owners = [43]
        house.door.change(to: fewer)
        #expect(try decided(guest).status == 401 && !guest.isOwner)
    }

    @Test func `a state of somebody else's ends the sign-in, and the provider is not asked`() throws {
        let house = try DoorHouse(telegram: settings)
        let (guest, thief) = (DoorGuest(house), DoorGuest(house))
        let (own, others) = (try away(guest), try away(thief))
        // The thief's code in the owner's browser, and the owner's without the cookie.
        #expect(try guest.ask(others).status == 401)
        #expect(try house.store.auditEntries(limit: 1).first?.subject == "state")
        #expect(try guest.ask(own).status == 401)
        let stranger = DoorGuest(house)
        #expect(try stranger.ask(own).status == 401 && !stranger.isOwner)
        #expect(try issuer.questions() == 0)
    }

    @Test func `a code, a state and an answer are used once`() throws {
        let house = try DoorHouse(telegram: settings)
        let guest = DoorGuest(house)
        let back = try away(guest)
        let cookies = guest.cookies
        _ = try guest.ask(back)
        #expect(try guest.ask(back).header("Refresh") == nil)
        guest.cookies = cookies
        #expect(try decided(guest).status == 303 && guest.isOwner)
        let thief = DoorGuest(house)
        thief.cookies = cookies
        #expect(try thief.ask(back).status == 401)
        thief.cookies = cookies
        #expect(try thief.ask("/login/telegram/wait").status == 401 && !thief.isOwner)
        #expect(try issuer.questions() == 1)
        // A code of another sign-in, with a state of one's own: the verifier does not fit.
        let state = try #require(URLComponents(string: away(thief))?.queryItems?.first { $0.name == "state" }?.value)
        let other = try #require(
            URLComponents(string: away(DoorGuest(house)))?.queryItems?.first { $0.name == "code" }?.value)
        _ = try thief.ask("\(Door.telegramCallback)?code=\(other)&state=\(state)")
        #expect(try decided(thief).status == 401 && !thief.isOwner)
        #expect(try house.store.auditEntries(limit: 1).first?.subject == "code")
    }

    @Test func `the second step is owed after Telegram too`() throws {
        let house = try DoorHouse(telegram: settings)
        let secret = AuthenticatorSecret.random()
        try house.store.setSecondFactor(
            StoredSecondFactor(secret: secret.bytes, since: .now, lastCounter: 0), recoveryCodes: [])
        let guest = DoorGuest(house)
        #expect(try signIn(guest).place == "/login/code" && !guest.isOwner)
        let code = secret.code(Int64(Date().timeIntervalSince1970) / 30)
        #expect(try guest.ask("/login/code", form: ["code": code]).place == "/" && guest.isOwner)
    }

    @Test func `without Telegram the password is the way in`() throws {
        let house = try DoorHouse(telegram: settings)
        let guest = DoorGuest(house)
        let answer = try signIn(guest, fault: "broken")
        #expect(answer.status == 401 && answer.text.contains("Telegram did not answer") && !guest.isOwner)
        let back = try away(guest)
        issuer.stop()
        _ = try guest.ask(back)
        #expect(try decided(guest).text.contains("Telegram did not answer"))
        #expect(try guest.signIn().status == 303 && guest.isOwner)
        #expect(!house.audit.contains(.telegramRefused))
        // Neither is said by the log that Telegram would not have said aloud.
        #expect(!house.lines.all.joined().contains(FakeIssuer.secret))
    }

    @Test func `strangers use up nothing of the password's, and no other site sends anybody there`() throws {
        let house = try DoorHouse(telegram: settings)
        let guest = DoorGuest(house)
        let foreign = try guest.ask("/login/telegram", headers: ["SEC_FETCH_SITE": "cross-site"])
        #expect(foreign.status == 403 && guest.cookies.isEmpty)
        for _ in 0..<5 { #expect(try guest.ask("/login/telegram").status == 303) }
        let late = try guest.ask("/login/telegram")
        #expect(late.status == 429 && late.header("Retry-After") != nil)
        #expect(try guest.signIn().status == 303)
    }

    @Test func `check says whether Telegram's keys can be had`() throws {
        func said(_ issuer: String) throws -> [CheckReport.Line] {
            let folder = try ConfigurationFolder(secrets: ["s"])
            let configuration = try folder.load(
                """
                url: https://vpn.example.org
                sign_in:
                  telegram: { client_id: 1, client_secret_file: s, owners: [1], issuer: "\(issuer)", ca_file: "\(self.issuer.authorities)" }
                """)
            var report = CheckReport()
            report.addSignIn(configuration)
            return report.lines
        }
        #expect(try said(issuer.url).map(\.state) == [.well])
        issuer.stop()
        let away = try said(issuer.url)
        #expect(away.map(\.state) == [.warning] && away[0].what.hasPrefix("its keys cannot be had: "))
    }

    @Test func `where it is not configured there is no button and no way`() throws {
        let guest = DoorGuest(try DoorHouse())
        #expect(try !guest.ask("/login").text.contains("telegram"))
        for path in ["", "/callback?code=a&state=b", "/wait"] {
            #expect(try guest.ask("/login/telegram" + path).status == 404)
        }
    }
}
