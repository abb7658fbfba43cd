import Fleet
import Foundation
import Testing
import WireGuard

@testable import Pages

struct AlertMessageTests {
    private let now = UnixTime(1_800_000_000)

    private func message(_ language: Language) -> AlertMessage {
        AlertMessage(language: language, zone: TimeZone(identifier: "Europe/Moscow")!, url: "https://vpn.example.org")
    }

    private func incident(_ id: Int64, _ rule: Rule = .nodeUnreachable, name: String = "Европа") -> Incident {
        Incident(
            id: id, rule: rule, subject: .node(NodeID("eu1")), severity: .critical,
            evidence: Evidence(name: name, seen: 91, bound: 85, detail: "timedOut connect"),
            began: now.advanced(by: -720), opened: now.advanced(by: -700))
    }

    @Test func `a message says what, since when, for how long, and what to do`() {
        let text = message(.russian).message(31, [incident(1)], at: now)
        #expect(text.hasPrefix("🔴 <b>Европа: не отвечает</b>\nс 15.01.2027 10:48, уже 12\u{A0}мин\n"))
        #expect(text.contains("<code>connect</code>"))
        #expect(text.hasSuffix("\n№\u{A0}31 · https://vpn.example.org/alerts"))
    }

    @Test func `when it is over it says so in place`() {
        var over = incident(1, .nodeDisk)
        over.ended = now
        let text = message(.english).message(31, [over], at: now)
        #expect(
            text.hasPrefix(
                "✅ <b>Европа: the disk fills up</b>\n2027-01-15 10:48 – 2027-01-15 11:00, 12\u{A0}min\n91\u{A0}% used"))
    }

    @Test func `a service's alert says on what it rests, and what a probe saw`() {
        var down = incident(1, .serviceDown, name: "Shadowsocks · Европа")
        down.evidence.detail = "refused Connection refused"
        let text = message(.russian).message(31, [down], at: now)
        #expect(text.contains("Там никто не слушает: соединение отвергнуто.\n<code>Connection refused</code>\n"))
        down.evidence.detail = "deserted"
        #expect(!message(.russian).message(31, [down], at: now).contains("<code>"))
    }

    @Test func `what a graver one took over is no good end`() {
        var over = incident(1, .allowanceNear)
        (over.ended, over.told, over.cause) = (now, now, 2)
        let text = message(.english).message(31, [over], at: now)
        #expect(
            text.hasPrefix(
                "➡️ <b>Европа: the allowance is nearly used</b>\nsince 2027-01-15 10:48; a graver alert took over"))
    }

    @Test(arguments: HostileTextTests.regressions + HostileTextTests.pieces)
    func `names cannot break out of a message`(name: String) {
        for rule in Rule.allCases {
            var one = incident(1, rule, name: name)
            one.evidence.detail = name
            for text in [
                message(.russian).message(1, [one], at: now), message(.english).reminder(1, [one], at: now),
            ] {
                // By bytes: to Characters a combining mark and the bracket before it are one.
                let bytes = Array(text.utf8)
                let ours = ["<b>", "</b>", "<code>", "</code>"].map { Array($0.utf8) }
                let strangers = bytes.indices.count { index in
                    bytes[index] == UInt8(ascii: "<") && !ours.contains { bytes[index...].starts(with: $0) }
                }
                #expect(strangers == 0, "\(rule)")
            }
        }
    }

    @Test func `of many incidents the first are shown, within what Telegram takes`() {
        let all = (1...500).map { incident($0, name: String(repeating: "Ж", count: 500)) }
        let text = message(.russian).message(1, all, at: now)
        #expect(text.utf16.count <= 4096)
        #expect(text.contains("… и ещё 480"))
    }

    @Test func `every rule has its words in both languages`() {
        for rule in Rule.allCases {
            let words = RuleWords(rule)
            for wording in [words.name, words.title, words.what, words.mend] {
                for language in Language.allCases { #expect(!wording.plain(language).isEmpty) }
            }
            #expect(!incident(1, rule).title(.russian).isEmpty)
        }
        #expect(Set(Rule.allCases.map { $0.name(.russian) }).count == Rule.allCases.count)
    }

    @Test func `an event is JSON whatever the name`() throws {
        for name in HostileTextTests.regressions {
            let text = message(.english).event(5, incident(1, name: name), change: "opened")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(object["id"] as? Int == 5)
            #expect((object["incident"] as? [String: Any])?["rule"] as? String == "node_unreachable")
        }
    }
}
