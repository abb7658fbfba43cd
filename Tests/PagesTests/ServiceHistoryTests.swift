import Fleet
import Foundation
import Testing
import WireGuard

@testable import Pages

struct ServiceHistoryTests {
    private let now = UnixTime(1_795_089_600)

    private func day(_ online: Int64, _ offline: Int64 = 0, blocked: Int64 = 0, seconds: Int64 = 86_400)
        -> ServiceHistory.Day
    {
        var sum = ServiceHistory.Sum()
        (sum.online, sum.offline, sum.blocked) = (online, offline, blocked)
        return .init(start: now, seconds: seconds, sum: sum)
    }

    @Test func `what nobody looked at is never green`() {
        #expect(DayBars.Shade(day(0)) == .unknown)
        // An hour of a day proves no day.
        #expect(DayBars.Shade(day(3600)) == .unknown)
        #expect(DayBars.Shade(day(80_000)) == .up)
        #expect(DayBars.Shade(day(3600, seconds: 3600)) == .up)
        #expect(DayBars.Shade(day(80_000, 600)) == .partly)
        #expect(DayBars.Shade(day(100, 600)) == .down)
        #expect(DayBars.Shade(day(80_000, 10, blocked: 600)) == .blocked)
    }

    @Test func `a share is rounded down, so that a hundred means all of it`() {
        func shown(_ share: Double?, _ language: Language) -> String {
            Page(context(language)).percent(share)
        }
        #expect(shown(1, .english) == "100%" && shown(0.99999, .english) == "99.99%")
        #expect(shown(0.9005, .russian) == "90,05\u{A0}%" && shown(0, .english) == "0.00%")
        #expect(shown(nil, .english) == "–")
        var json = JSONWriter()
        json.object { json in
            json.member("a", share: 0.999999)
            json.member("b", share: 1)
            json.member("c", share: nil)
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"a":0.99999,"b":1.00000,"c":null}"#)
    }

    private func context(_ language: Language, isSignedIn: Bool = true) -> PageContext {
        PageContext(
            language: language, units: .iec, zone: TimeZone(identifier: "UTC")!, now: now, isSignedIn: isSignedIn,
            panelURL: "https://vpn.example.org", version: "0")
    }

    private func snapshot() -> Snapshot {
        var service = ServiceState(
            node: NodeID("canary-node"), kind: .wireGuard, target: "canary-target:1", status: .blocked,
            evidence: .deserted, detail: "canary-detail", checked: now, isActive: true)
        service.comparison = .init(now: 31_337, usual: 31_338)
        service.history = ServiceHistory(
            days: (0..<90).map { _ in day(80_000, 300) }, last24h: day(80_000, 300).sum,
            outages: [
                .init(
                    since: now.advanced(by: -600), until: nil, status: .blocked, evidence: .filtered,
                    detail: "canary-detail"),
                .init(
                    since: now.advanced(by: -90_000), until: now.advanced(by: -86_400), status: .offline,
                    evidence: .silent, detail: "canary-detail"),
                .init(
                    since: now.advanced(by: -40 * 86_400), until: now.advanced(by: -39 * 86_400), status: .offline,
                    evidence: .closed, detail: nil),
            ])
        var status = NodeStatus(node: Node(id: NodeID("canary-node"), name: "canary <name>"))
        status.state = .online
        status.lastSample = Sample(node: NodeID("canary-node"), takenAt: now, interfaces: [])
        return Snapshot(
            generation: 1, madeAt: now, nodes: [NodeRow(status: status, peers: 0, peersOnline: 0)], peers: [],
            users: [], services: [service], roster: Roster(), panel: PanelState(version: "0", startedAt: now))
    }

    private func published(_ settings: PublicSettings) -> [String] {
        let summary = PublicSummary(snapshot(), settings: settings, now: now)
        return Language.allCases.flatMap { language in
            [
                PublicPage(summary: summary, context: context(language, isSignedIn: false)).html(),
                summary.statusJSON(language), summary.statusFeed(language, url: "https://vpn.example.org"),
                summary.servicesJSON(language),
            ]
        }.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a stranger reads of outages and their causes, and not where or how it was seen`() {
        for text in published(PublicSettings(names: false)) {
            #expect(!text.contains("canary") && !text.contains("31337") && !text.contains("31338"))
        }
        for text in published(PublicSettings(names: true)) {
            #expect(!text.contains("canary-target") && !text.contains("canary-detail"))
        }
    }

    @Test func `the public page has a bar a day, and outages of 14 days`() throws {
        let text = published(PublicSettings())[0]
        #expect(text.components(separatedBy: "<rect").count == 91)
        let json = published(PublicSettings())[1]
        #expect(json.components(separatedBy: #""since":"#).count == 3)
        #expect(json.contains(#""uptime_90d":0.99626"#) && json.contains(#""until":null"#))
    }

    @Test func `the feed is XML whose items stay the same when an outage ends`() throws {
        let feed = published(PublicSettings())[2]
        #expect(feed.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel>"))
        #expect(feed.contains("<pubDate>Thu, 19 Nov 2026 11:50:00 GMT</pubDate>"))
        #expect(feed.contains("<guid isPermaLink=\"false\">1795089000-wireGuard-1</guid>"))
        #expect(feed.contains("canary &lt;name&gt;") && !feed.contains("&nbsp;"))
    }

    @Test func `the owner sees what a probe saw, and with how many it was compared`() {
        let page = String(
            decoding: ServicesPage(snapshot: snapshot(), context: context(.english)).html(), as: UTF8.self)
        for words in ["canary-target:1", "canary-detail", "31,337", "Outages", "goes on", "99.62%"] {
            #expect(page.contains(words), "\(words)")
        }
    }
}
