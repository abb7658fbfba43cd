import Foundation
import TestBed
import Testing

/// The daemon behind nginx, and a provider that speaks Telegram's protocol over HTTPS.
@Suite(.endToEnd, .daemon)
struct TelegramTests {
    @Test(.timeLimit(.minutes(10)))
    func `the owner gets in by Telegram, others do not, and without it the password is the way`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home")
        let issuer = try FakeIssuer(in: bed.folder + "/issuer", at: home.network)
        let panel = try Panel(
            home.network, program: #require(Program.path), nodes: "  []",
            more: issuer.configuration(owners: [42]))
        try panel.setPassword()
        try panel.start()
        defer { panel.stop() }
        #expect(try panel.front.get("/login").text.contains("href=\"/login/telegram\""))

        let owner = panel.visitor()
        #expect(try signIn(owner, issuer, as: 42).headers["location"] == "/")
        let settings = try owner.get("/settings")
        #expect(settings.status == 200 && settings.text.contains("30\u{a0}мин"))
        #expect(try owner.get("/settings/audit.csv").text.contains(",owner,signed_in,Telegram,"))

        for (person, fault) in [(Int64(43), ""), (42, "nonce"), (42, "none"), (42, "cancelled")] {
            let stranger = panel.visitor()
            #expect(try signIn(stranger, issuer, as: person, fault: fault).status == 401)
            #expect(try stranger.get("/settings").status == 303)
        }
        #expect(
            panel.log.contains("why=\"telegram_refused: user 43\"") || panel.log.contains("telegram_refused: user 43"))

        // The provider keeps the question: nobody else waits for it, and the page says so in the end.
        let patient = panel.visitor()
        let waiting = try signIn(patient, issuer, as: 42, fault: "hang", isDecided: false)
        #expect(waiting.headers["refresh"] == "1; url=/login/telegram/wait")
        #expect(try panel.signIn().get("/settings").status == 200)
        #expect(try decided(patient).text.contains("Telegram не ответил"))
        let log = read(panel.front.accessLog)
        #expect(log.contains("/login/telegram/callback") && !log.contains("code=") && !log.contains("state="))
        #expect(!panel.log.contains(FakeIssuer.secret))
    }

    private func signIn(
        _ visitor: Visitor, _ issuer: FakeIssuer, as person: Int64, fault: String = "", isDecided: Bool = true
    ) throws -> Answer {
        let there = try visitor.get("/login/telegram")
        let back = try issuer.visit(try #require(there.headers["location"]), as: person, fault: fault)
        let address = try #require(URLComponents(string: back))
        let answer = try visitor.get("\(address.path)?\(address.percentEncodedQuery ?? "")")
        return isDecided && answer.headers["refresh"] != nil ? try decided(visitor) : answer
    }

    private func decided(_ visitor: Visitor) throws -> Answer {
        try eventually("Telegram's answer", within: .seconds(30), every: .milliseconds(100)) {
            let answer = try visitor.get("/login/telegram/wait")
            return answer.headers["refresh"] == nil ? answer : nil
        }
    }
}
