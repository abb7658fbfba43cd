import Accounting
import Fleet
import Pages
import Store
import WireGuard

/// What the store is asked for pages, programs and commands, so that all of them get the same numbers.
///
/// Every answer is read anew: reads go beside the writer, and nothing of them is kept.
struct Questions: Sendable {
    let store: TrafficStore

    init(_ store: TrafficStore) {
        self.store = store
    }

    /// Of resets, and of gaps, that an answer lists.
    static let mostEvents = 1000

    /// The window as sums can be made of it: see `Window.widened`.
    func whole(_ window: Window, _ zone: OwnerZone) throws(StoreError) -> Window {
        window.widened(try store.horizons().hours, zone)
    }

    /// - Parameter window: a `whole` one.
    func history(
        _ window: Window, of selection: Selection, zone: OwnerZone, watched: Sight.Watched, now: UnixTime
    ) throws(StoreError) -> HistoryAnswer {
        let cuts = window.counted(try store.horizons().hours)
        let counted = Questions.whole(cuts)
        let ledgers = try ledgers(selection, firstSeen: counted)
        let sight = try Sight(
            of: selection, in: counted, ledgers: ledgers, store: store, watched: watched, now: now)
        var answer = HistoryAnswer(
            step: window.step.rawValue, timezone: zone.name, from: cuts.first ?? window.from,
            to: cuts.last ?? window.to)
        answer.buckets = try buckets(window, cuts, selection, sight)
        answer.opening = Questions.opening(selection, counted, ledgers)

        let resets = try resets(selection, counted)
        answer.resets = resets.suffix(Questions.mostEvents)
        var gaps = sight.gaps.map { event in
            HistoryAnswer.Gap(
                since: event.since ?? event.at, until: event.at, node: event.node, interface: event.interface)
        }
        gaps += sight.away.map {
            .init(since: $0.since, until: nil, node: $0.place.node, interface: $0.place.interface)
        }
        gaps.sort { ($0.since, $0.node, $0.interface) < ($1.since, $1.node, $1.interface) }
        answer.gaps = gaps.suffix(Questions.mostEvents)
        answer.isCut = resets.count > Questions.mostEvents || gaps.count > Questions.mostEvents
        return answer
    }

    private func buckets(
        _ window: Window, _ counted: [UnixTime], _ selection: Selection, _ sight: Sight
    ) throws(StoreError) -> [HistoryAnswer.Bucket] {
        var sums: [UnixTime: (traffic: Traffic, hasGap: Bool)] = [:]
        for usage in try store.usage(by: .node, cuts: window.cuts, of: selection) {
            sums[usage.start, default: (.zero, false)].traffic += usage.traffic
            if usage.hasGap { sums[usage.start]?.hasGap = true }
        }
        return zip(window.cuts.dropLast(), zip(counted, counted.dropFirst())).map { start, hours in
            let sum = sums[start] ?? (.zero, false)
            return HistoryAnswer.Bucket(
                start: start, traffic: sum.traffic, hasGap: sum.hasGap || sight.hasGap(hours.0..<hours.1))
        }
    }

    static func whole(_ cuts: [UnixTime]) -> Range<UnixTime> {
        guard let first = cuts.first, let last = cuts.last else { return UnixTime(0)..<UnixTime(0) }
        return first..<last
    }

    /// By whom, in each step.
    ///
    /// - Parameter window: a `whole` one.
    func rows(
        by grouping: Usage.Grouping, _ window: Window, of selection: Selection, names: Names, watched: Sight.Watched,
        now: UnixTime
    ) throws(StoreError) -> UsageRows {
        let cuts = window.counted(try store.horizons().hours)
        let hours = Dictionary(zip(window.cuts, zip(cuts, cuts.dropFirst()).map { $0..<$1 })) { first, _ in first }
        let counted = Questions.whole(cuts)
        let sight = try Sight(
            of: selection, in: counted, ledgers: ledgers(selection, firstSeen: counted), store: store,
            watched: watched, now: now)
        let isUnseen = hours.mapValues(sight.hasGapEverywhere)
        // Where everybody is, only where it matters: there are thousands.
        let places =
            isUnseen.values.contains { $0 == nil } ? Sight.places(grouping, try ledgers(selection)) : [:]
        var rows = UsageRows(grouping.column)
        for usage in try store.usage(by: grouping, cuts: window.cuts, of: selection) {
            let (id, name) = names.of(usage.subject)
            let isUnseen =
                hours[usage.start].map { hours in
                    (isUnseen[usage.start] ?? nil) ?? sight.hasGap(hours, at: places[usage.subject] ?? [])
                } ?? false
            rows.rows.append(
                .init(
                    start: usage.start, id: id, name: name, traffic: usage.traffic,
                    hasGap: usage.hasGap || isUnseen))
        }
        return rows
    }

    /// With the counters that have something of the selection; of everybody's with those first seen in the window.
    func ledgers(
        _ selection: Selection, firstSeen window: Range<UnixTime>
    ) throws(StoreError) -> [NodeID: Ledger] {
        // What nobody owns may be on any counter.
        guard selection.user == .unmatched, selection.peer == nil else {
            return try store.ledgers(of: selection, firstSeen: window)
        }
        return try ledgers(selection)
    }

    /// With every counter that may have something of the selection.
    func ledgers(_ selection: Selection) throws(StoreError) -> [NodeID: Ledger] {
        if case .telegramID = selection.user { return try store.ledgers(of: selection, firstSeen: Questions.never) }
        if selection.peer != nil { return try store.ledgers(of: selection, firstSeen: Questions.never) }
        guard let node = selection.node else { return try store.ledgers() }
        let ledger = try store.ledger(of: node)
        return ledger.samples == 0 ? [:] : [node: ledger]
    }

    private static let never = UnixTime(0)..<UnixTime(0)

    /// When the first reading of what is selected was booked. Nil: none was.
    func firstSight(of selection: Selection) throws(StoreError) -> UnixTime? {
        var first: UnixTime?
        for ledger in try ledgers(selection).values {
            for interface in ledger.interfaces.values {
                for (key, counter) in interface.counters where selection.takes(key, counter) {
                    first = min(first ?? counter.countedSince, counter.countedSince)
                }
            }
        }
        return first
    }

    /// Balances that were there when their counters were first seen, in the window.
    static func opening(_ selection: Selection, _ hours: Range<UnixTime>, _ ledgers: [NodeID: Ledger]) -> Traffic {
        var sum = Traffic.zero
        for (node, ledger) in ledgers where selection.node == nil || selection.node == node {
            for interface in ledger.interfaces.values {
                for (key, counter) in interface.counters
                where hours.contains(counter.countedSince) && selection.takes(key, counter) {
                    for share in counter.shares where selection.takes(share) { sum += share.opening }
                }
            }
        }
        return sum
    }

    /// Of a user or a key: their own counters'. Else the interfaces'.
    private func resets(_ selection: Selection, _ hours: Range<UnixTime>) throws(StoreError) -> [HistoryAnswer.Reset] {
        let isOwn = selection.user != nil || selection.peer != nil
        let events = try store.events(
            from: hours.lowerBound, to: hours.upperBound, of: selection, kinds: isOwn ? [.epoch] : [.reset])
        let named = try isOwn ? Naming(store, selection, from: hours.lowerBound) : nil
        return events.filter { event in
            guard isOwn else { return true }
            return event.cause?.isReset == true && selection.takes(owner: named?.owner(of: event) ?? event.owner)
        }.map { event in
            HistoryAnswer.Reset(
                at: event.at, since: event.since, node: event.node, interface: event.interface,
                publicKey: event.publicKey, cause: event.cause?.rawValue, isInferred: event.isInferred)
        }
    }
}

/// Whose bytes are that nobody owned when they were booked: the bot named the key later (accounting rule 7).
struct Naming {
    private var events: [CounterID: [Event]] = [:]

    init(_ store: TrafficStore, _ selection: Selection, from: UnixTime) throws(StoreError) {
        for event in try store.events(
            from: from, to: UnixTime(.max), of: Selection(peer: selection.peer, node: selection.node), kinds: [.named])
        {
            if let counter = event.counter { events[counter, default: []].append(event) }
        }
    }

    /// Who owns now what the event booked.
    func owner(of event: Event) -> Int64? {
        if let owner = event.owner { return owner }
        return event.counter.flatMap { events[$0] }?.first { $0.id > event.id }?.owner
    }

    /// Who owns now what the sample added.
    func owner(of step: CounterStep) -> Int64? {
        step.owner ?? events[step.counter]?.first { $0.sample >= step.sample }?.owner
    }
}

extension Event {
    var counter: CounterID? {
        publicKey.map { CounterID(node: node, interface: interface, publicKey: $0) }
    }
}

extension Cause {
    /// The node's counter began again while the peer was there.
    var isReset: Bool {
        switch self {
        case .peerReset, .interfaceReset, .reboot, .recreated: true
        default: false
        }
    }
}

extension Usage.Grouping {
    var column: UsageRows.Subject {
        switch self {
        case .user: .user
        case .peer: .peer
        case .node: .node
        }
    }
}

/// What people call users, keys and nodes.
struct Names: Sendable {
    var users: [Int64: String] = [:]
    var nodes: [NodeID: String] = [:]

    private let ownership: Ownership

    init(_ roster: Roster, _ nodes: [Node], _ ownership: Ownership? = nil) {
        users = Dictionary(roster.users.map { ($0.telegramID, $0.username ?? "") }) { first, _ in first }
        self.nodes = Dictionary(nodes.map { ($0.id, $0.name) }) { first, _ in first }
        self.ownership = ownership ?? Ownership(roster)
    }

    init(_ snapshot: Snapshot) {
        self.init(snapshot.roster, snapshot.nodes.map(\.status.node), snapshot.ownership)
    }

    func of(_ subject: Usage.Subject) -> (id: String?, name: String) {
        switch subject {
        case .user(let id): (id.map(String.init), id.flatMap { users[$0] } ?? "")
        case .peer(let key): (key.base64, ownership.device(of: key).flatMap { users[$0.telegramID] } ?? "")
        case .node(let node): (node.name, nodes[node] ?? "")
        }
    }
}
