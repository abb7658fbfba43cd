import Fleet
import Foundation
import Store
import Synchronization
import WireGuard

@testable import Alerts

/// A panel's alerts over a real database and a Bot API in memory, in time that the test turns; it can die at any moment and
/// start again.
final class World {
    let folder: String
    let bot: BotAPI
    var settings: Teller.Settings
    var rules = RuleBook()
    private var store: TrafficStore
    private(set) var desk: Desk
    private var courier: Courier
    private var courierWakes: Duration = .zero
    private let life: Life
    var silences: [Silence] = []
    var acknowledged: [Int64: UnixTime] = [:]

    /// The process: when it is dead nothing of it reaches the disk.
    final class Life: Sendable {
        let isDead = Mutex(false)

        /// Dies in so many calls: before the other side takes it, or after. Nil: it lives.
        let fate = Mutex<(calls: Int, isAfter: Bool)?>(nil)
    }

    static let start = UnixTime(1_800_000_000)

    static let words = Teller.Words(
        message: { letter, incidents, _ in
            "№\(letter)\n"
                + incidents.map { "\($0.rule.rawValue) \($0.evidence.name) \($0.ended == nil ? "open" : "over")" }
                .joined(separator: "\n")
        },
        reminder: { letter, incidents, _ in "№\(letter) still \(incidents.count)" },
        event: { letter, incident, change in "\(letter) \(incident.id) \(change)" })

    init(fault: @escaping @Sendable () -> BotAPI.Fault = { .none }) throws {
        folder = NSTemporaryDirectory() + "alerts-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        settings = Teller.Settings(minuteOfDay: { Int($0.seconds / 60 % 1440) })
        settings.channels = [.telegram]
        let box = Box()
        bot = BotAPI(clock: { box.now() }, fault: fault)
        store = try TrafficStore(path: folder + "/vpn-web.db", role: .daemon)
        life = Life()
        desk = try Self.desk(store, life, rules, settings, box.now())
        courier = Self.courier(desk, bot, life, box)
        self.box = box
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The clock, shared with what outlives a life.
    final class Box: Sendable {
        let time = Mutex(Duration.zero)
        func now() -> Moment {
            let time = time.withLock { $0 }
            return Moment(wall: World.start.advanced(by: time.components.seconds), steady: time)
        }
    }

    let box: Box
    var now: Moment { box.now() }

    private static func desk(
        _ store: TrafficStore, _ life: Life, _ rules: RuleBook, _ settings: Teller.Settings, _ now: Moment
    ) throws -> Desk {
        var stored = Desk.Stored()
        (stored.incidents, stored.nextIncident) = try store.standingIncidents()
        (stored.letters, stored.nextLetter, stored.lastRemoteID) = try store.standingLetters(
            since: now.wall.advanced(by: -7 * 86_400))
        return Desk(stored, rules: rules, settings: settings, words: words, at: now) { letters, incidents in
            if life.isDead.withLock({ $0 }) { throw CancellationError() }
            try store.keep(incidents, letters)
        }
    }

    private static func courier(_ desk: Desk, _ bot: BotAPI, _ life: Life, _ box: Box) -> Courier {
        Courier.telegram(desk.outbox, chat: "1", isShared: false, clock: { box.now() }) { method, body in
            let dies = life.fate.withLock { fate -> Bool? in
                guard var one = fate else { return nil }
                one.calls -= 1
                fate = one
                return one.calls < 0 ? one.isAfter : nil
            }
            guard let isAfter = dies else { return bot.call(method, body) }
            life.isDead.withLock { $0 = true }
            if isAfter { _ = bot.call(method, body) }
            return .lost("dead")
        }
    }

    var isDead: Bool { life.isDead.withLock { $0 } }

    /// The process dies in so many calls from now.
    func die(in calls: Int, afterTheCall isAfter: Bool) { life.fate.withLock { $0 = (calls, isAfter) } }

    /// kill -9, and a new start, on the same files.
    func restart() throws {
        life.isDead.withLock { $0 = true }
        try store.close()
        life.isDead.withLock { $0 = false }
        life.fate.withLock { $0 = nil }
        store = try TrafficStore(path: folder + "/vpn-web.db", role: .daemon)
        desk = try Self.desk(store, life, rules, settings, now)
        courier = Self.courier(desk, bot, life, box)
        courierWakes = .zero
    }

    /// A second of life: judgements, then the courier as often as it is awake.
    func second(_ judgements: [Judgement]) {
        desk.enter(judgements, silences: silences, acknowledged: acknowledged, at: now)
        deliver()
    }

    func second(_ snapshot: Snapshot, _ facts: Facts = Facts()) {
        desk.look(snapshot, facts, silences: silences, acknowledged: acknowledged, at: now)
        deliver()
    }

    private func deliver() {
        let end = now.steady + .seconds(1)
        while !isDead {
            let wait = courier.step() ?? .seconds(1)
            guard now.steady + wait < end else { break }
            box.time.withLock { $0 += max(wait, .milliseconds(50)) }
        }
        // Who starts again after a death does so at once.
        if !isDead { box.time.withLock { $0 = end } }
    }

    /// Nobody looks for so long.
    func wait(_ time: Duration) { box.time.withLock { $0 += time } }

    func run(_ seconds: Int, _ judgements: (Int) -> [Judgement]) {
        for index in 0..<seconds where !isDead { second(judgements(index)) }
    }

    func stored() throws -> (incidents: [Incident], letters: [Letter]) {
        (try store.incidents(areLasting: nil, limit: 10_000), try store.letters(limit: 10_000))
    }
}
