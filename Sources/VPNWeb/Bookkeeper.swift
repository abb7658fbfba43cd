import Accounting
import Fleet
import Foundation
import Logging
import Nodes
import Probes
import Roster
import Store
import WireGuard

/// The one writer: takes what the nodes' threads report, books it, follows the bot's files, makes snapshots.
///
/// Lives on one thread, which alone touches what is in here. Others reach it through its inbox.
struct Bookkeeper: ~Copyable {
    enum Message: Sendable {
        case outcome(NodeID, Outcome)
        /// Another configuration: other nodes, other files, another zone.
        case settings(Settings)
        /// A service was probed.
        case probed(ProbeResult)
        /// The database was looked through.
        case checked(PanelState.DatabaseCheck)
        /// Book what waits, then end.
        case stop
    }

    /// The part of the configuration that is the bookkeeper's business.
    struct Settings: Sendable {
        var nodes: [Fleet.Node]
        var files: RosterFiles
        var zone: OwnerZone
        var retention: Retention

        /// Every configured service, before anything is known of it.
        var services: [ServiceState]

        /// The public halves of the probes' keys.
        var panelKeys: Set<PublicKey> = []
    }

    private var settings: Settings
    private let store: TrafficStore
    private var keeper: Storekeeper
    private let check: DatabaseCheck
    private let inbox: Inbox<Message>
    private let newsstand: Newsstand<Snapshot>
    private let pulse: Pulse
    private let log: Logger

    /// It turns every second; what the disk, or thousands of samples at once, may add.
    private static let longestTurn: Duration = .seconds(15)

    private var books: Books
    private var watcher: RosterWatcher
    private var copies: RosterCopies
    private var services: ServiceKeeper
    private var pace = SnapshotPace()
    private var isChanged = true
    private var lastLook = ContinuousClock.now
    private var hour = Hour(containing: .now)
    private var nextCheck: UnixTime
    private var forgetting = Forgetting()

    /// Nodes that were not polled yet; empty: the first cycle is over.
    private var awaited: Set<NodeID>

    init(
        settings: Settings, copies: RosterCopies, store: TrafficStore, check: DatabaseCheck,
        services: ServiceKeeper, inbox: Inbox<Message>, newsstand: Newsstand<Snapshot>, pulse: Pulse, log: Logger
    ) throws(StoreError) {
        self.settings = settings
        self.store = store
        self.check = check
        keeper = Storekeeper(store: store, log: log)
        self.services = services
        self.inbox = inbox
        self.newsstand = newsstand
        self.pulse = pulse
        self.log = log
        self.copies = copies
        let now = UnixTime.now
        nextCheck = settings.zone.quietMinute(after: now)
        watcher = RosterWatcher(settings.files, nodes: settings.nodes, lastGood: copies.all)
        _ = watcher.look(at: now)
        books = Books(
            statuses: settings.nodes.map(NodeStatus.init), ledgers: try store.ledgers(), roster: watcher.roster,
            ownership: Ownership(watcher.roster),
            today: try store.totals(since: settings.zone.start(of: .day, holding: now)),
            month: try store.totals(since: settings.zone.start(of: .month, holding: now)),
            panel: newsstand.value.panel, services: [], panelKeys: settings.panelKeys)
        awaited = Set(settings.nodes.map(\.id))
        books.panel.isFirstCycleOver = awaited.isEmpty
    }

    /// Until `.stop`.
    mutating func run() {
        keeper.nameKeys(in: &books)
        keepCopies()
        _ = services.look(&books, zone: settings.zone, at: .now)
        publish()
        while true {
            pulse.back(within: Self.longestTurn)
            for message in inbox.take(within: 1000) {
                switch message {
                case .outcome(let node, let outcome): enter(outcome, of: node)
                case .settings(let settings): change(to: settings)
                case .probed(let result):
                    services.enter(result)
                    isChanged = true
                case .checked(let check): enter(check)
                case .stop:
                    pulse.end()
                    services.close()
                    return keeper.close(&books)
                }
            }
            catchUp()
            if .now - lastLook >= .seconds(1) {
                lastLook = .now
                lookAtFiles()
                if keeper.nameOwed(&books) { isChanged = true }
                turnPeriods()
                lookAfterDatabase()
                forget()
                if services.look(&books, zone: settings.zone, at: .now) { isChanged = true }
            }
            if pace.isDue(isChanged: isChanged) { publish() }
        }
    }

    // MARK: Polls

    private mutating func enter(_ outcome: Outcome, of node: NodeID) {
        // A node that a new configuration dropped may still have had one poll under way.
        guard let index = books.statuses.firstIndex(where: { $0.node.id == node }) else { return }
        let before = books.statuses[index]
        if case .sample(let sample, _) = outcome {
            book(sample, poll: before.node.poll)
            services.enter(sample)
        }
        let after = before.after(outcome, at: .now)
        books.statuses[index] = after
        tell(before, after)
        if awaited.remove(node) != nil { books.panel.isFirstCycleOver = awaited.isEmpty }
        isChanged = true
    }

    private mutating func book(_ sample: Sample, poll: Duration) {
        guard let booking = keeper.book(sample, poll: poll, into: &books) else { return }
        books.reconciler.enter(sample, booking)
        for part in booking.interfaces {
            guard let reset = part.reset else { continue }
            log.notice(
                "counters began again",
                metadata: [
                    "node": "\(sample.node)", "interface": "\(part.name)", "cause": "\(reset.cause.rawValue)",
                    "fell": "\(reset.fell.count)", "inferred": "\(reset.inferred.count)",
                ])
        }
    }

    /// What waited for the disk, and what that kept from being done.
    private mutating func catchUp() {
        guard keeper.waiting > 0, keeper.catchUp(&books) else { return }
        if keeper.waiting == 0 { keeper.nameKeys(in: &books) }
        isChanged = true
    }

    private mutating func storeFailed(_ error: StoreError) {
        keeper.failed(error, &books)
        isChanged = true
    }

    private func tell(_ before: NodeStatus, _ after: NodeStatus) {
        if let failure = after.failure, failure.kind != before.failure?.kind {
            log.warning(
                "poll failed",
                metadata: [
                    "node": "\(after.node.id)", "kind": "\(failure.kind.rawValue)", "detail": "\(failure.detail)",
                ])
        } else if before.failure != nil, after.failure == nil {
            log.notice("node answers again", metadata: ["node": "\(after.node.id)"])
        }
    }

    // MARK: Files and settings

    private mutating func lookAtFiles() {
        guard watcher.look(at: .now) else { return }
        takeRoster()
    }

    private mutating func takeRoster() {
        for source in watcher.roster.sources {
            guard books.roster.sources.first(where: { $0.path == source.path })?.problem != source.problem else {
                continue
            }
            if let problem = source.problem {
                log.warning("roster file cannot be used", metadata: ["file": "\(source.path)", "why": "\(problem)"])
            } else {
                log.notice("roster file read", metadata: ["file": "\(source.path)"])
            }
        }
        books.roster = watcher.roster
        books.ownership = Ownership(watcher.roster)
        keeper.nameKeys(in: &books)
        keepCopies()
        isChanged = true
    }

    private mutating func keepCopies() {
        do {
            try copies.keep(watcher.lastGood)
        } catch {
            log.warning("the roster's copy could not be written", metadata: ["why": "\(error.localizedDescription)"])
        }
    }

    private mutating func change(to settings: Settings) {
        self.settings = settings
        books.statuses = settings.nodes.map { node in
            guard var status = books.statuses.first(where: { $0.node.id == node.id }) else {
                awaited.insert(node.id)
                return NodeStatus(node: node)
            }
            status.node = node
            return status
        }
        awaited.formIntersection(settings.nodes.map(\.id))
        watcher.follow(settings.files, nodes: settings.nodes)
        _ = watcher.look(at: .now)
        takeRoster()
        services.follow(settings.services)
        books.panelKeys = settings.panelKeys
        turnPeriods()
        isChanged = true
    }

    /// A new day or month in the owner's zone, or a clock that was set back, begins the period's sums anew.
    private mutating func turnPeriods() {
        let now = UnixTime.now
        let day = settings.zone.start(of: .day, holding: now)
        let month = settings.zone.start(of: .month, holding: now)
        do {
            if books.today.start != day { books.today = try keeper.totals(since: day) }
            if books.month.start != month { books.month = try keeper.totals(since: month) }
        } catch {
            storeFailed(error)
        }
        guard Hour(containing: now) != hour else { return }
        hour = Hour(containing: now)
        reconcile()
    }

    // MARK: Care

    /// Ends the hour's comparison with the interfaces' own counters; a large difference is told, and nothing is changed.
    private mutating func reconcile() {
        for (node, one) in books.reconciler.close() where one.isLarge {
            log.notice(
                "an interface's own counters show more than its peers were booked",
                metadata: [
                    "node": "\(node)", "interface": "\(one.interface)", "since": "\(one.since.seconds)",
                    "missing_rx": "\(one.missing.rx)", "missing_tx": "\(one.missing.tx)",
                    "passed_rx": "\(one.passed.rx)", "passed_tx": "\(one.passed.tx)",
                ])
        }
    }

    private mutating func lookAfterDatabase() {
        let now = UnixTime.now
        guard now >= nextCheck else { return }
        nextCheck = settings.zone.quietMinute(after: now)
        check.begin(isThorough: true)
    }

    /// A disk that takes nothing now has more urgent things to take first.
    private mutating func forget() {
        guard keeper.waiting == 0 else { return }
        do {
            try forgetting.forget(settings.retention, in: store)
        } catch {
            storeFailed(error)
        }
    }

    private mutating func enter(_ result: PanelState.DatabaseCheck) {
        books.panel.databaseCheck = result
        isChanged = true
        if result.problems.isEmpty {
            log.notice("the database is whole", metadata: ["thorough": "\(result.isThorough)"])
        }
        for problem in result.problems {
            log.critical(
                "the database is damaged: stop vpn-web.socket and vpn-web.service, then vpn-web restore FILE",
                metadata: ["problem": "\(problem)"])
        }
    }

    // MARK: Snapshots

    private mutating func publish() {
        let start = ContinuousClock.now
        newsstand.publish(
            SnapshotMaker.snapshot(of: books, at: .now, generation: newsstand.value.generation + 1))
        isChanged = false
        pace.wasMade(in: ContinuousClock.now - start)
    }
}

/// When the next snapshot may be made: a second after the last, or longer where making one takes long, so that it never
/// takes more than a twentieth of the time; and now and then without a change, since ages grow.
struct SnapshotPace {
    private var last: ContinuousClock.Instant?
    private var rest: Duration = .seconds(1)

    func isDue(isChanged: Bool, at now: ContinuousClock.Instant = .now) -> Bool {
        guard let last else { return true }
        return now - last >= (isChanged ? rest : max(rest, .seconds(10)))
    }

    mutating func wasMade(in took: Duration, at now: ContinuousClock.Instant = .now) {
        last = now
        rest = max(.seconds(1), took * 20)
    }
}
