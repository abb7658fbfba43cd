import Fleet
import Logging
import Nodes
import Probes
import Store
import WireGuard

/// The bookkeeper's hand for services: judges them every second, keeps what became of them, looks for nodes that people
/// left, promises the probes' stamps ahead.
struct ServiceKeeper {
    private let store: TrafficStore
    private let facts: NodeFacts
    private let stamps: StampClock
    private let log: Logger
    private var board: ServiceBoard
    private var nextSave: ContinuousClock.Instant = .now
    private var nextComparison: ContinuousClock.Instant
    private var nextForgetting: ContinuousClock.Instant = .now

    /// A crash loses as much of a span that goes on.
    private static let saveEvery: Duration = .seconds(60)
    private static let compareEvery: Duration = .seconds(300)

    /// Before it, the last half hour has a hole: the panel was not there.
    private static let firstComparison: Duration = .seconds(2400)

    /// A little more than pages show.
    private static let keptDays: Int64 = 400

    init(
        _ services: [ServiceState], store: TrafficStore, facts: NodeFacts, stamps: StampClock, log: Logger
    ) throws(StoreError) {
        self.store = store
        self.facts = facts
        self.stamps = stamps
        self.log = log
        let shown = UnixTime.now.advanced(by: Int64(-ServiceLog.days - 1) * 86_400)
        board = ServiceBoard(services, stored: try store.serviceSpans(after: shown))
        nextComparison = .now + Self.firstComparison
        promise()
    }

    mutating func follow(_ services: [ServiceState]) { board.follow(services) }
    mutating func enter(_ result: ProbeResult) { board.enter(result) }
    func enter(_ sample: Sample) { facts.enter(sample) }

    /// True: something is otherwise than it was.
    mutating func look(_ books: inout Books, zone: OwnerZone, at now: UnixTime) -> Bool {
        let before = books.services
        compare(books, at: now)
        let isChanged = board.look(books.statuses, besides: books.panelKeys, zone: zone, at: now)
        books.services = board.states
        if books.panel.blindSince != board.blindSince {
            log.warning(
                board.blindSince == nil
                    ? "the network answers again"
                    : "most of the network is silent: the panel's own network is suspected")
        }
        books.panel.blindSince = board.blindSince
        if isChanged { tell(before, board.states) }
        save(isChanged: isChanged)
        return isChanged
    }

    private func tell(_ before: [ServiceState], _ after: [ServiceState]) {
        let known = Dictionary(before.map { ($0.id, $0.status) }, uniquingKeysWith: { first, _ in first })
        for state in after where known[state.id].map({ $0 != state.status }) ?? false {
            log.notice(
                "service",
                metadata: [
                    "service": "\(state.id)", "status": "\(state.status.rawValue)",
                    "evidence": "\(state.evidence.rawValue)", "detail": "\(state.detail ?? "")",
                ])
        }
    }

    // MARK: The rhythm

    private mutating func compare(_ books: Books, at now: UnixTime) {
        guard .now >= nextComparison else { return }
        nextComparison = .now + Self.compareEvery
        let online = Rhythm.online(books.statuses, besides: books.panelKeys, at: now)
        // Of one node alone nothing is claimed.
        guard online.count > 1 else { return board.enter(deserted: [:]) }
        guard let levels = try? Rhythm.levels(store, besides: books.panelKeys, at: now) else { return }
        board.enter(deserted: Rhythm.deserted(levels.filter { online[$0.key] != nil }, online: online))
    }

    // MARK: The store

    /// A disk that takes nothing is asked again next time; what is in memory stays.
    private mutating func save(isChanged: Bool) {
        let isAll = .now >= nextSave
        guard isChanged || isAll else { return }
        do {
            try store.keep(board.unsaved(isAll: isAll))
            board.wereSaved(isAll: isAll)
            if isAll {
                nextSave = .now + Self.saveEvery
                promise()
                try forget()
            }
        } catch {
            nextSave = .now + Self.saveEvery
            log.warning("how services are could not be stored", metadata: ["reason": "\(error)"])
        }
    }

    private mutating func forget() throws(StoreError) {
        guard .now >= nextForgetting else { return }
        nextForgetting = .now + .seconds(86_400)
        try store.forgetServiceSpans(before: UnixTime.now.advanced(by: -Self.keptDays * 86_400))
    }

    private func promise() {
        guard let due = stamps.due(now: UInt64(max(0, UnixTime.now.seconds))),
            (try? store.keep(probeStampCeiling: due)) != nil
        else { return }
        stamps.wasStored(due)
    }

    mutating func close() {
        do {
            try store.keep(board.unsaved(isAll: true))
            if let ceiling = stamps.ceilingAtEnd { try store.keep(probeStampCeiling: ceiling) }
        } catch {
            log.warning("how services are could not be stored", metadata: ["reason": "\(error)"])
        }
    }
}
