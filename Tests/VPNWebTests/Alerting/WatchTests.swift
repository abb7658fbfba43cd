import Alerts
import Fleet
import Foundation
import Logging
import Pages
import Store
import TestBed
import Testing
import Transfer
import WireGuard

@testable import VPNWeb

/// The watch and its couriers over a real database, and a program on loopback that takes what they send.
/// A look takes a second: they run with the end-to-end tests.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["VPNWEB_E2E"] != nil, "needs VPNWEB_E2E=1 in the environment"),
    .timeLimit(.minutes(5)))
final class WatchTests {
    private let receiver: Receiver
    private let books: QuestionBooks
    private let stand: Newsstand<Snapshot>
    private let zone = OwnerZone("Europe/Moscow")!

    init() throws {
        receiver = try Receiver()
        books = try QuestionBooks()
        stand = Newsstand(Self.snapshot())
    }

    private static let node = NodeID("eu1")

    /// A fleet of one node, which is well.
    private static func snapshot(at now: UnixTime = QuestionBooks.now, hasOtherKey: Bool = false) -> Snapshot {
        var status = NodeStatus(node: Node(id: node, name: "Европа"))
        status.state = .online
        status.lastSample = Sample(node: node, takenAt: now, interfaces: [])
        if hasOtherKey {
            status.failure = PollFailure(node: node, at: now, took: .zero, kind: .hostKeyChanged)
        }
        var panel = PanelState(version: "test", startedAt: now)
        panel.isFirstCycleOver = true
        return Snapshot(
            generation: 1, madeAt: now, nodes: [NodeRow(status: status, peers: 3, peersOnline: 1)], peers: [],
            users: [], services: [], roster: Roster(), panel: panel)
    }

    private func watch(_ change: (inout Configuration.Alerts) throws -> Void) throws -> Alerting {
        var alerts = Configuration.Alerts()
        alerts.digest = .zero
        for rule in [Rule.hostKeyChanged, .panelDatabase, .panelStore] {
            alerts.rules[rule].after = .zero
            alerts.rules[rule].calm = .zero
        }
        try change(&alerts)
        return try Alerting(
            Alerting.Settings(
                alerts: alerts, message: AlertMessage(language: .russian, zone: zone.timeZone, url: ""), units: .iec,
                zone: zone, billing: .init(), folder: books.folder, addresses: .publicOnly),
            store: books.store, newsstand: stand, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    // MARK: The dead man's switch

    enum Ailment: CaseIterable {
        case database, store, stoppedLooking
    }

    private func ail(_ ailment: Ailment, hasOtherKey: Bool) {
        let now = QuestionBooks.now
        var snapshot = Self.snapshot(
            at: ailment == .stoppedLooking ? now.advanced(by: -150) : now, hasOtherKey: hasOtherKey)
        switch ailment {
        case .database: snapshot.panel.databaseCheck = .init(at: now, isThorough: true, problems: ["page 7"])
        case .store: snapshot.panel.storeFailure = .init(since: now, words: "disk full")
        case .stoppedLooking: break
        }
        stand.publish(snapshot)
    }

    @Test func `the heart beats while the panel is well, whatever its nodes are, and stands still while it is not`()
        throws
    {
        let alerting = try watch { alerts in
            alerts.heartbeat = .init(url: receiver.url("/pulse"), every: .milliseconds(1))
            alerts.webhook = .init(url: receiver.url("/hook"), secretFile: nil)
        }
        defer { alerting.stop() }
        func beats() throws -> Int { try receiver.calls(of: "/pulse").count }
        /// What happened to the node's key, as the webhook hears it: each takes a look of the watch at least.
        func hear(_ event: String, _ count: Int) throws {
            try eventually("\(count) \(event)") {
                try receiver.calls(of: "/hook").count { $0.body.contains(#""event":"\#(event)""#) } >= count
                    ? true : nil
            }
        }
        // A node's own matter stops no heart.
        stand.publish(Self.snapshot(hasOtherKey: true))
        try hear("opened", 1)
        let first = try beats()
        try eventually("the heart beats") { try beats() > first ? true : nil }
        stand.publish(Self.snapshot())
        try hear("ended", 1)

        var (opened, ended) = (1, 1)
        for ailment in Ailment.allCases {
            ail(ailment, hasOtherKey: true)
            opened += ailment == .stoppedLooking ? 1 : 2
            try hear("opened", opened)
            let still = try beats()
            ail(ailment, hasOtherKey: false)
            ended += 1
            try hear("ended", ended)
            #expect(try beats() == still, "\(ailment)")
            stand.publish(Self.snapshot())
            if ailment != .stoppedLooking { ended += 1 }
            try eventually("it beats again after \(ailment)") { try beats() > still ? true : nil }
        }
        #expect(try receiver.calls(of: "/pulse").allSatisfy { $0.method == "GET" && $0.body.isEmpty })
    }

    // MARK: What the stopped life knew

    @Test(arguments: [60, 100_000])
    func `peers that went while the panel was down are lost, unless it was down for longer than a day`(
        seconds: Int64
    ) throws {
        let keys: [(PublicKey, UInt64, UInt64)] = (1...7).map { (QuestionBooks.key($0), 1, 1) }
        try books.poll(Self.node, at: QuestionBooks.now.seconds - seconds, keys)
        let alerting = try watch { alerts in
            alerts.rules[.peersHalved].after = .zero
        }
        defer { alerting.stop() }
        // Three are left. What opens in one look is stored at once.
        ail(.database, hasOtherKey: false)
        let opened = try eventually("a look") {
            let rules = try books.store.incidents(areLasting: true, limit: 9).map(\.rule)
            return rules.contains(.panelDatabase) ? rules : nil
        }
        #expect(opened.contains(.peersHalved) == (seconds < 86_400))
    }

    // MARK: The day's summary

    @Test func `the day's summary goes out once, also where the panel begins again`() throws {
        let token = books.folder + "/token"
        try write("1:x\n", to: token)
        let minute = zone.minuteOfDay(QuestionBooks.now)
        func begin() throws -> Alerting {
            try watch { alerts in
                alerts.telegram = .init(tokenFile: token, chat: "42", api: receiver.url(""))
                alerts.summary = minute
            }
        }
        func messages(_ words: String) throws -> Int {
            try receiver.calls(of: "/bot1:x/sendMessage").count { $0.body.contains(words) }
        }
        for life in 1...2 {
            let alerting = try begin()
            defer { alerting.stop() }
            // Looks go on: a test message is another one's work.
            try eventually("the summary") { try messages("Сводка за сутки") == 1 ? true : nil }
            alerting.test()
            try eventually("the test message") { try messages("Проверка") == life ? true : nil }
        }
        #expect(try messages("Сводка за сутки") == 1)
    }
}
