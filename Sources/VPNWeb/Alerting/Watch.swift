import Alerts
import Fleet
import Foundation
import Logging
import Nodes
import Pages
import Store
import Transfer
import WireGuard

/// Takes the newest snapshot about once a second and puts it to the rules; what comes of it is in the store and in the
/// outbox. Lives on one thread.
struct Watch: Sendable {
    enum Message: Sendable {
        case settings(Alerting.Settings)
        case ownerActed
        case test
        case stop
    }

    private var settings: Alerting.Settings
    private let store: TrafficStore
    private let inbox: Inbox<Message>
    private let newsstand: Newsstand<Snapshot>
    private let post: Post
    private let log: Logger
    var couriers: [CourierThread] = []

    private var desk: Desk
    private var facts: FactFinder
    private var silences: [Silence] = []
    private var acknowledged: [Int64: UnixTime] = [:]
    private var isKept = true

    private var lastLook = ContinuousClock.now - .seconds(1)
    private var lastMarks = ContinuousClock.now - .seconds(60)
    private var lastPulse = ContinuousClock.now - .seconds(86_400)
    private var lastPrune: UnixTime?
    private var lastSummary: UnixTime?

    var outbox: Outbox { desk.outbox }

    /// The owner's marks come at once by `.ownerActed`; this is for what another process wrote.
    private static let marksEvery: Duration = .seconds(10)

    /// Incidents and letters are kept so long.
    private static let keeping: Int64 = 400 * 86_400

    /// Who was away for longer than a day is counted anew.
    private static let losing: Int64 = 86_400

    init(
        _ settings: Alerting.Settings, store: TrafficStore, inbox: Inbox<Message>, newsstand: Newsstand<Snapshot>,
        post: Post,
        log: Logger
    ) throws(StoreError) {
        self.settings = settings
        self.store = store
        self.inbox = inbox
        self.newsstand = newsstand
        self.post = post
        self.log = log
        facts = FactFinder(store: store)
        let now = Moment.now
        var stored = Desk.Stored()
        (stored.incidents, stored.nextIncident) = try store.standingIncidents()
        (stored.letters, stored.nextLetter, stored.lastRemoteID) = try store.standingLetters(
            since: now.wall.advanced(by: -7 * 86_400))
        // Nothing of this life is booked yet: what a node lost while nobody looked is a loss.
        for (node, ledger) in try store.ledgers() {
            guard let (count, last) = ledger.lastShown(besides: settings.panelKeys),
                now.wall.seconds(since: last) < Self.losing
            else { continue }
            stored.usualPeers[node] = count
        }
        lastSummary = stored.letters.last { $0.kind == .summary }?.created
        desk = Desk(
            stored, rules: settings.alerts.rules, settings: settings.telling, words: settings.words, at: now
        ) { letters, incidents in try store.keep(incidents, letters) }
    }

    /// Until `.stop`.
    mutating func run() {
        while true {
            for message in inbox.take(within: 1000) {
                switch message {
                case .settings(let settings):
                    self.settings = settings
                    desk.change(settings.alerts.rules, settings.telling, settings.words)
                    facts.forget()
                case .ownerActed: lastMarks = .now - Self.marksEvery
                case .test: sendTest()
                case .stop: return
                }
            }
            if .now - lastLook >= .milliseconds(900) { look() }
        }
    }

    private mutating func look() {
        lastLook = .now
        let snapshot = newsstand.value
        // Before the first cycle nobody knows anything: what was open is still open.
        guard snapshot.panel.isFirstCycleOver else { return }
        let now = Moment.now
        readMarks(now.wall)
        let facts = facts.facts(snapshot, settings, now.wall)
        let wasKept = isKept
        isKept = desk.look(snapshot, facts, silences: silences, acknowledged: acknowledged, at: now)
        if wasKept, !isKept { log.error("incidents cannot be stored, they are told all the same") }
        if !wasKept, isKept { log.notice("incidents are stored again") }
        summarize(snapshot, now.wall)
        for courier in couriers { courier.ring() }
        pulse(snapshot, now.wall)
        prune(now.wall)
    }

    /// What cannot be read now is as it was.
    private mutating func readMarks(_ now: UnixTime) {
        guard .now - lastMarks >= Self.marksEvery else { return }
        lastMarks = .now
        silences = (try? store.silences(at: now.advanced(by: -86_400))) ?? silences
        acknowledged = (try? store.acknowledgements()) ?? acknowledged
    }

    private mutating func prune(_ now: UnixTime) {
        guard lastPrune.map({ now.seconds(since: $0) >= 86_400 }) ?? true else { return }
        lastPrune = now
        try? store.pruneAlerts(before: now.advanced(by: -Self.keeping))
    }

    // MARK: Of the owner's own wish

    private mutating func sendTest() {
        let message = settings.message
        desk.send(.test, at: .now) { channel, letter in
            channel == .telegram ? message.test(letter) : message.event(letter, change: "test")
        }
        for courier in couriers { courier.ring() }
    }

    private mutating func summarize(_ snapshot: Snapshot, _ now: UnixTime) {
        guard let minute = settings.alerts.summary, settings.alerts.telegram != nil,
            let day = DailySummary(minute: minute, zone: settings.zone).due(at: now, last: lastSummary),
            let usage = try? store.usage(by: .node, cuts: [day.lowerBound, day.upperBound]),
            let counts = try? store.incidentCounts(since: day.lowerBound)
        else { return }
        lastSummary = now
        let traffic = usage.reduce(into: Traffic.zero) { $0 += $1.traffic }
        let (message, units) = (settings.message, settings.units)
        desk.send(.summary, at: now) { channel, letter in
            guard channel == .telegram else { return nil }
            return message.summary(
                letter, snapshot, yesterday: traffic, units: units, opened: counts.opened, lasting: counts.lasting,
                at: now)
        }
    }

    /// The dead man's switch: while the panel itself looks, and can store what it sees.
    private mutating func pulse(_ snapshot: Snapshot, _ now: UnixTime) {
        guard let heartbeat = settings.alerts.heartbeat, .now - lastPulse >= heartbeat.every else { return }
        let isWell =
            now.seconds(since: snapshot.madeAt) < 120 && snapshot.panel.storeFailure == nil && isKept
            && !desk.incidents.contains { $0.ended == nil && $0.subject == .panel && $0.severity == .critical }
        guard isWell else { return }
        lastPulse = .now
        let log = log
        post.pulse(heartbeat.url, addresses: settings.addresses) { problem in
            if let problem { log.warning("the heartbeat was not taken", metadata: ["why": "\(problem)"]) }
        }
    }
}

extension Alerting.Settings {
    var telling: Teller.Settings {
        let zone = zone
        var telling = Teller.Settings(minuteOfDay: { zone.minuteOfDay($0) })
        telling.channels = alerts.channels
        telling.digest = alerts.digest
        telling.reminder = alerts.reminder
        telling.quiet = alerts.quiet
        return telling
    }

    var words: Teller.Words {
        let message = message
        return Teller.Words(
            message: { message.message($0, $1, at: $2) }, reminder: { message.reminder($0, $1, at: $2) },
            event: { message.event($0, $1, change: $2) })
    }
}

extension OwnerZone {
    func minuteOfDay(_ time: UnixTime) -> Int {
        // By the clock on the wall: a day whose clocks are moved has its minutes twice, or not at all.
        let offset = timeZone.secondsFromGMT(for: time.date)
        return Int(((time.seconds + Int64(offset)) % 86_400 + 86_400) % 86_400 / 60)
    }
}
