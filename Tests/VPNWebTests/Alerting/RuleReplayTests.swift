import Accounting
import Fleet
import Foundation
import Pages
import Store
import TestBed
import Testing
import WireGuard

@testable import VPNWeb

/// `vpn-web alerts test` over nine recorded days of two nodes, each rule as a command.
@Suite(.timeLimit(.minutes(5)))
final class RuleReplayTests {
    private let folder: ConfigurationFolder
    private let books: QuestionBooks

    /// A whole hour of the zone; hours are counted back from it.
    private let end = QuestionBooks.now.seconds / 3600 * 3600 - 3600
    private let nodes = ["a", "b"].map { NodeID($0) }

    init() throws {
        folder = try ConfigurationFolder(secrets: ["key"])
        books = try QuestionBooks()
        try record()
    }

    private func at(_ hour: Int, _ minute: Int64 = 5) -> Int64 { end + Int64(hour) * 3600 + minute * 60 }

    // MARK: What was recorded

    /// Each hour 10 MiB each way of six keys on `a`, one on `b`, but for: six hours nobody was read, four hours nothing flowed
    /// on `a`, four keys that went from it, one that came and is nobody's.
    private func record() throws {
        let keys = (1...8).map { QuestionBooks.key($0) }
        for (index, key) in keys.enumerated() where index != 6 { books.owners[key] = index == 0 ? 7 : 8 }
        var counts = [UInt64](repeating: 0, count: keys.count)
        for hour in -216...0 where !(-50..<(-44)).contains(hour) {
            if !(-20..<(-16)).contains(hour) { for index in 0..<7 { counts[index] += 10 << 20 } }
            counts[7] += 10 << 20
            let shown = hour < -10 ? [0, 1, 2, 3, 4, 5] : hour < -5 ? [0, 1] : [0, 1, 6]
            try books.poll(
                nodes[0], at: at(hour), shown.map { (keys[$0], counts[$0], counts[$0]) }, poll: .seconds(3600))
            try books.poll(nodes[1], at: at(hour), [(keys[7], counts[7], counts[7])], poll: .seconds(3600))
        }
        func span(_ service: String, _ since: Int64, _ until: Int64, _ status: ServiceState.Status) -> ServiceSpan {
            ServiceSpan(
                service: service, since: UnixTime(since), until: UnixTime(until), status: status,
                evidence: status == .blocked ? .filtered : .silent, detail: status == .offline ? "no answer" : nil)
        }
        let start = at(-30)
        try books.store.keep([
            span("mtProto@a", start, start + 3000, .online),
            // Too short, then long enough, then a moment that ends nothing, then unknown time, and down again.
            span("mtProto@a", start + 3000, start + 3020, .offline),
            span("mtProto@a", start + 3020, start + 3100, .online),
            span("mtProto@a", start + 3100, start + 3400, .offline),
            span("mtProto@a", start + 3400, start + 3410, .online),
            span("mtProto@a", start + 5000, start + 5300, .offline),
            span("mtProto@a", start + 5300, start + 9000, .online),
            span("https:https://x/", start, start + 600, .blocked),
            span("https:https://x/", start + 600, at(0), .online),
            span("shadowsocks@gone", at(-2), at(0), .offline),
        ])
    }

    // MARK: The command

    private struct Answer: Decodable {
        struct Found: Decodable, Equatable {
            var subject: String
            var since: String
            var until: String?
        }

        var rule: String
        var can_be_tried: Bool
        var basis: String?
        var limits: String
        var opened_then: Int
        var would_have_opened: [Found]
    }

    private static let program =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/.build/debug/vpn-web"

    private func ask(_ rule: String, _ more: [String] = ["--json"]) throws -> Output {
        // At any hour of today more than 152 hours with traffic ago, and fewer than 190.
        let day = zone.day(of: UnixTime(at(-24 * 7))).day
        folder.write(
            "config.yaml",
            """
            data: \(books.folder)
            timezone: \(zone.name)
            known_hosts: known_hosts
            billing: { day: \(day) }
            nodes:
              - { id: a, ssh: { host: 192.0.2.1, user: x, key: key } }
              - { id: b, ssh: { host: 192.0.2.2, user: x, key: key }, allowance: { gb: 2, count: both } }
            users:
              - { telegram_id: 7, allowance: { gb: 4, count: both } }
              - { telegram_id: 8, allowance: { gb: 100, count: both } }
            """)
        return try run([Self.program, "alerts", "test", rule, "--config", folder.path + "/config.yaml"] + more)
    }

    private func found(_ rule: String, since: String = "30d") throws -> [Answer.Found] {
        let output = try ask(rule, ["--json", "--since", since])
        #expect(output.status == 0, "\(output.errors)")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(output.text.utf8))
        #expect(answer.rule == rule && answer.can_be_tried && answer.basis?.isEmpty == false)
        return answer.would_have_opened
    }

    private let zone = OwnerZone("Europe/Moscow")!

    private func moment(_ hour: Int, _ minute: Int64 = 5) -> String { UnixTime(at(hour, minute)).rfc3339 }

    @Test func `nodes that were not read, and all of them at once`() throws {
        for rule in ["node_unreachable", "node_stale"] {
            let found = try found(rule)
            #expect(found.prefix(2).map(\.subject) == ["node:a", "node:b"], "\(rule)")
            #expect(found.prefix(2).allSatisfy { $0.since == moment(-51) && $0.until == moment(-44) })
        }
        let blind = try found("panel_blind")
        #expect(blind.first?.subject == "panel" && blind.first?.since == moment(-51))
        #expect(try found("node_unreachable", since: "1d").allSatisfy { $0.since != moment(-51) })
    }

    @Test func `traffic that stopped on a node that was read`() throws {
        #expect(
            try found("traffic_stopped") == [
                .init(subject: "node:a", since: moment(-20, 0), until: moment(-16, 0))
            ])
    }

    @Test func `allowances that came near, and that were used up`() throws {
        // 20 MiB an hour: 80 % of 4 GB in 152 hours, of 2 GB in 76 and all of it in 95.
        let near = try found("allowance_near").map(\.subject)
        #expect(near.sorted() == ["node:b", "user:7"])
        let used = try found("allowance_used_up")
        #expect(used.map(\.subject) == ["node:b"], "\(used)")
    }

    @Test func `keys that went, and one that came`() throws {
        #expect(try found("peers_halved").map { "\($0.subject) \($0.since)" } == ["node:a \(moment(-10))"])
        let unknown = try found("unknown_key")
        #expect(unknown.count == 1 && unknown[0].since == moment(-5))
        #expect(unknown[0].subject.contains(QuestionBooks.key(7).base64))
    }

    @Test func `services that were down, and that were blocked`() throws {
        let start = at(-30)
        #expect(
            try found("service_down") == [
                .init(
                    subject: "service:a:mtProto@a", since: UnixTime(start + 3100).rfc3339,
                    until: UnixTime(start + 5300).rfc3339),
                .init(subject: "service::shadowsocks@gone", since: moment(-2), until: nil),
            ])
        #expect(
            try found("service_blocked") == [
                .init(
                    subject: "service::https:https://x/", since: UnixTime(start).rfc3339,
                    until: UnixTime(start + 600).rfc3339)
            ])
        #expect(try ask("service_down", []).text.contains("silent: no answer"))
    }

    @Test func `every other rule says what of it is not recorded, and a word that is no rule is told`() throws {
        let tried = [
            "node_unreachable", "node_stale", "panel_blind", "traffic_stopped", "allowance_near", "allowance_used_up",
            "peers_halved", "unknown_key", "service_down", "service_blocked",
        ]
        for rule in Rule.allCases.map(\.rawValue) where !tried.contains(rule) {
            let output = try ask(rule)
            #expect(output.status == 0, "\(rule): \(output.errors)")
            let answer = try JSONDecoder().decode(Answer.self, from: Data(output.text.utf8))
            #expect(!answer.can_be_tried && answer.would_have_opened.isEmpty && !answer.limits.isEmpty, "\(rule)")
        }
        let wrong = try ask("node_unreacheable")
        #expect(wrong.status != 0 && wrong.errors.contains("did you mean node_unreachable?"))
    }
}
