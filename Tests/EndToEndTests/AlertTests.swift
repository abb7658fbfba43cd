import Foundation
import Glibc
import TestBed
import Testing

/// The real daemon, real sockets, and a Bot API on loopback.
@Suite(.endToEnd, .daemon)
struct AlertTests {
    @Test(.timeLimit(.minutes(10)))
    func `a node that dies is one message, through a kill in the middle of sending, and the message ends with it`()
        throws
    {
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home", users: [SSHServer.user])
        let key = try SSHKey(bed.folder + "/key")
        let server = try SSHServer(home.place, "eu1", port: 2200)
        try server.authorize(key, script: "true\n")
        // One that goes on answering: a panel that sees nothing at all is not well, and says so.
        let other = try SSHServer(home.place, "eu2", port: 2201)
        try other.authorize(key, script: "true\n")
        let bot = try FakeBot(home.network)
        let token = bed.folder + "/token"
        try write(FakeBot.token + "\n", to: token, mode: 0o600)
        let panel = try Panel(
            home.network, program: #require(Program.path),
            nodes: """
                  - { id: eu1, name: "<Европа> & Co", ssh: { host: 127.0.0.1, port: 2200, user: vpn-web, key: \(key.path) } }
                  - { id: eu2, ssh: { host: 127.0.0.1, port: 2201, user: vpn-web, key: \(key.path) } }
                """,
            more: """
                alerts:
                  telegram: { token_file: \(token), chat: 42, api: "\(bot.api)" }
                  digest: 1s
                """)
        try write(
            [server, other].map { $0.knownHost("127.0.0.1") + "\n" }.joined(), to: panel.knownHosts)
        try panel.setPassword()
        try panel.start()
        defer { panel.stop() }
        let owner = try panel.signIn()

        // The token, the chat: asked, and nothing sent.
        let check = try panel.command(["check"])
        #expect(check.text.contains("alerts: telegram: the token works"))
        #expect(try bot.messages().isEmpty)

        // Telegram takes the message, and its answer is lost with the daemon.
        try bot.set("hang")
        server.stop()
        try eventually("the message is taken", within: .seconds(60)) { try bot.messages().isEmpty ? nil : true }
        panel.kill()
        try bot.set("none")
        try panel.start()
        try eventually("the panel knows that it arrived", within: .seconds(60)) {
            try letters(owner).allSatisfy { $0.state == "sent" } ? true : nil
        }
        var messages = try bot.messages()
        #expect(messages.count == 1)
        #expect(messages[0].text.contains("&lt;Европа&gt; &amp; Co: не отвечает"))

        // The page says the same, and takes an acknowledgement.
        let page = try owner.get("/alerts").text
        #expect(page.contains("доставлено"))
        #expect(try owner.post("/alerts/acknowledge", form: ["incident": "1"]).status == 303)
        try eventually("the message says so", within: .seconds(20)) {
            try bot.messages()[0].text.contains("принято") ? true : nil
        }
        // A test message, through bad weather.
        try bot.set("limit")
        #expect(try owner.post("/alerts/test", form: ["x": ""]).status == 303)
        try eventually("429 is noted", within: .seconds(20)) {
            try letters(owner).contains { $0.problem?.hasPrefix("429") == true } ? true : nil
        }
        try bot.set("none")
        try eventually("the test arrives", within: .seconds(30)) { try bot.messages().count == 2 ? true : nil }

        try server.start()
        try eventually("the message ends", within: .seconds(100), every: .milliseconds(500)) {
            try bot.messages()[0].text.contains("✅") ? true : nil
        }
        messages = try bot.messages()
        // The node that is there all along has no WireGuard, which is another matter.
        messages.removeAll { $0.text.contains("WireGuard") }
        #expect(messages.count == 2, "\(messages.map(\.text))")
        #expect(messages[1].at - messages[0].at >= 1)
    }

    /// Acceptance 3. VPNWEB_LONG=1: four times as many.
    @Test(.timeLimit(.minutes(15)))
    func `bad weather and kill -9 at random moments: every incident arrives once, in order, a second apart`() throws {
        let count = ProcessInfo.processInfo.environment["VPNWEB_LONG"] == nil ? 6 : 24
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home", users: [SSHServer.user])
        let key = try SSHKey(bed.folder + "/key")
        let node = try SSHServer(home.place, "eu1", port: 2200)
        try node.authorize(key, script: "true\n")
        let bot = try FakeBot(home.network)
        try write(FakeBot.token + "\n", to: bed.folder + "/token", mode: 0o600)
        let ports = (1...count).map { 9_000 + $0 }
        var servers = try ports.map { try home.place.startOtherProgram("127.0.0.1", $0) }
        let panel = try Panel(
            home.network, program: #require(Program.path),
            nodes: "  - { id: eu1, ssh: { host: 127.0.0.1, port: 2200, user: vpn-web, key: \(key.path) } }",
            more: """
                outbound: { allow: [127.0.0.0/8] }
                services:
                \(ports.map { "  - { kind: tcp, address: \"127.0.0.1:\($0)\", every: 5s, timeout: 2s }" }.joined(separator: "\n"))
                alerts:
                  telegram: { token_file: \(bed.folder)/token, chat: 42, api: "\(bot.api)" }
                  digest: 1s
                  rules: { service_down: { after: 0s } }
                """)
        try write(node.knownHost("127.0.0.1") + "\n", to: panel.knownHosts)
        try panel.setPassword()
        try panel.start()
        defer { panel.stop() }
        let owner = try panel.signIn()
        func services(_ status: String) throws -> Int {
            try owner.get("/api/services").json(Services.self).services.count {
                $0.service == "TCP" && $0.status == status
            }
        }
        try eventually("all are up", within: .seconds(60)) { try services("online") == count ? true : nil }

        let weather = ["none", "hang", "drop", "limit", "broken", "picky", "flap"]
        for (index, port) in ports.enumerated() {
            try bot.set(weather.randomElement() ?? "none")
            try home.place.stop(servers.removeFirst(), "127.0.0.1", port)
            try eventually("it is seen", within: .seconds(60), every: .milliseconds(200)) {
                try services("offline") == index + 1 ? true : nil
            }
            // Somewhere between the incident and the end of its message.
            usleep(.random(in: 0...3_000_000))
            panel.kill()
            try bot.set(weather.randomElement() ?? "none")
            try panel.start()
            try eventually("what was down is so again", within: .seconds(60), every: .milliseconds(200)) {
                try services("offline") == index + 1 && services("online") == count - index - 1 ? true : nil
            }
        }
        try bot.set("none")
        // In the end all is told, whatever the wait was by then.
        try eventually("every letter is out", within: .seconds(330), every: .seconds(1)) {
            let told = try bot.messages().map(\.text).joined()
            let isAllOut = try letters(owner).allSatisfy { $0.state == "sent" }
            return isAllOut && ports.allSatisfy { told.contains("127.0.0.1:\($0)") } ? true : nil
        }
        let messages = try bot.messages()
        let told = messages.flatMap { message in ports.filter { message.text.contains("127.0.0.1:\($0)") } }
        #expect(told == ports, "\(messages.map(\.text))")
        for (one, next) in zip(messages, messages.dropFirst()) { #expect(next.at - one.at >= 1) }

        // Prometheus has it too.
        let token = try panel.command(["token", "create", "m", "--scope", "metrics"]).text
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let metrics = try panel.front.get("/metrics", headers: ["Authorization: Bearer \(token)"]).text
        #expect(metrics.contains("\nvpnweb_alert_queue{channel=\"telegram\"} "))
        let checked = try run(["promtool", "check", "metrics"], input: metrics)
        #expect(!(checked.text + checked.errors).contains("vpnweb_alert"), "\(checked)")
    }

    private struct Services: Decodable {
        struct Service: Decodable {
            var service: String
            var status: String
        }

        var services: [Service]
    }

    private struct Letters: Decodable {
        var messages: [Letter]
    }

    private struct Letter: Decodable {
        var state: String
        var problem: String?
    }

    private func letters(_ owner: Visitor) throws -> [Letter] {
        try owner.get("/api/alerts").json(Letters.self).messages
    }
}
