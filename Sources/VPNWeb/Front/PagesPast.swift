import Accounting
import FastCGI
import Fleet
import Pages
import Store
import WireGuard

/// What the owner's pages ask the store for.
struct PagesPast: Sendable {
    let questions: Questions
    private let shelf = HistoryShelf()

    init(_ questions: Questions) {
        self.questions = questions
    }

    // MARK: Pages

    func overview(_ visit: Visit) throws -> OverviewPage.History {
        let hours = try series(.hour, 24, .all, visit)
        return OverviewPage.History(
            hours: hours, active: try active(over: hours, on: nil, visit),
            monthBefore: try monthBefore(visit), speeds: speeds(visit),
            alerts: try alerts(visit))
    }

    /// That last, and of which the owner wants to hear.
    private func alerts(_ visit: Visit) throws(StoreError) -> [Incident] {
        let silences = try questions.store.silences(at: visit.now)
        return try questions.store.lastingIncidents().filter { incident in
            !silences.contains { $0.covers(incident.rule, incident.subject, at: visit.now) }
        }
    }

    /// Nil: there is no such user.
    func user(_ text: String, _ visit: Visit) -> [UInt8]? {
        guard let id = Int64(text), String(id) == text else { return nil }
        guard visit.snapshot.users.contains(where: { $0.user.telegramID == id }) else { return nil }
        let history = try? userHistory(id, visit)
        return UserPage(id, snapshot: visit.snapshot, history: history, context: visit.owner)?.html()
    }

    private func userHistory(_ id: Int64, _ visit: Visit) throws -> UserPage.History {
        let selection = Selection(user: .telegramID(id))
        let days = try series(.day, 35, selection, visit)
        let hours = try series(.hour, 168, selection, visit)
        let tomorrow = visit.zone.start(of: .day, holding: visit.now, movedBy: 1)
        let start = visit.zone.start(of: .day, holding: visit.now, movedBy: -34)
        let month = visit.zone.start(of: .month, holding: visit.now)
        var nodes: [NodeID: (days: Traffic, month: Traffic)] = [:]
        for usage in try questions.store.usage(by: .node, cuts: [start, tomorrow], of: selection) {
            if case .node(let node) = usage.subject { nodes[node, default: (.zero, .zero)].days = usage.traffic }
        }
        for usage in try questions.store.usage(by: .node, cuts: [month, tomorrow], of: selection) {
            if case .node(let node) = usage.subject { nodes[node, default: (.zero, .zero)].month = usage.traffic }
        }
        let accounts = Accounts.users(visit.snapshot, visit.settings.billing, only: .telegramID(id))
        return UserPage.History(
            days: days, hours: hours, byNode: nodes.map { (node: $0.key, days: $0.value.days, month: $0.value.month) },
            countedSince: try countedSince(id, visit),
            period: try periods(of: accounts, selection, visit).first,
            sessions: try sessions(selection, since: start, now: visit.now),
            story: try story(selection, since: start))
    }

    /// Nil: there is no such node.
    func node(_ text: String, _ visit: Visit) -> [UInt8]? {
        let id = NodeID(text)
        guard visit.snapshot.nodes.contains(where: { $0.status.node.id == id }) else { return nil }
        let history = try? nodeHistory(id, visit)
        return NodePage(id, snapshot: visit.snapshot, history: history, context: visit.owner)?.html()
    }

    private func nodeHistory(_ id: NodeID, _ visit: Visit) throws -> NodePage.History {
        let selection = Selection(node: id)
        let window = visit.request.query["window"].flatMap(NodePage.Window.init) ?? .day
        let series =
            switch window {
            case .day: try series(.hour, 24, selection, visit)
            case .week: try series(.hour, 168, selection, visit)
            case .month: try series(.day, 30, selection, visit)
            }
        let accounts = Accounts.nodes(visit.snapshot, visit.settings.billing, only: id)
            .filter { $0.allowance != nil }
        return NodePage.History(
            window: window, series: series,
            active: window == .month ? nil : try active(over: series, on: id, visit),
            speed: speeds(visit)[id], period: try periods(of: accounts, selection, visit).first,
            story: try story(selection, since: visit.zone.start(of: .day, holding: visit.now, movedBy: -34)))
    }

    /// Nil: the window has no steps.
    func traffic(_ visit: Visit) -> [UInt8]? {
        let horizons = try? questions.store.horizons()
        guard let window = TrafficWindow(visit, hours: horizons?.hours) else { return nil }
        guard window.shown.missing == nil else {
            return TrafficPage(window: window.shown, usage: nil, snapshot: visit.snapshot, context: visit.owner).html()
        }
        let usage = try? shelf.kept("\(window.shown)", at: visit.now) { () throws -> TrafficPage.Usage in
            let series = try self.series(window.asked, window.selection, visit)
            return TrafficPage.Usage(
                series: series, rows: try self.rows(window, series, visit),
                countedSince: try self.countedSince(window, visit))
        }
        return TrafficPage(window: window.shown, usage: usage, snapshot: visit.snapshot, context: visit.owner).html()
    }

    private func countedSince(_ window: TrafficWindow, _ visit: Visit) throws -> UnixTime? {
        if let user = window.shown.user { return try countedSince(user, visit) }
        return try questions.store.firstSights().filter { window.shown.node == nil || $0.key == window.shown.node }
            .values.flatMap(\.values).min()
    }

    /// The heaviest first; steps of time the newest first.
    private func rows(_ window: TrafficWindow, _ series: Series, _ visit: Visit) throws -> [TrafficPage.Row] {
        guard let grouping = Usage.Grouping(rawValue: window.shown.grouping.rawValue) else {
            let ends = window.asked.cuts.dropFirst()
            return zip(series.buckets, ends).filter { !$0.0.traffic.isZero || $0.0.hasGap }.reversed().map {
                bucket, end in
                TrafficPage.Row(subject: .time(bucket.start, end), traffic: bucket.traffic, hasGap: bucket.hasGap)
            }
        }
        let usage = try questions.store.usage(
            by: grouping, cuts: [window.asked.from, window.asked.to], of: window.selection)
        // By number: there may be thousands, and none is small.
        var order = usage.indices.map { (number: $0, total: usage[$0].traffic.total) }
        order.sort { $0.total == $1.total ? $0.number < $1.number : $0.total > $1.total }
        return order.map { number, _ in
            let subject: TrafficPage.Row.Subject =
                switch usage[number].subject {
                case .user(let id): .user(id)
                case .node(let id): .node(id)
                case .peer(let key): .peer(key)
                }
            return TrafficPage.Row(subject: subject, traffic: usage[number].traffic, hasGap: usage[number].hasGap)
        }
    }

    // MARK: Parts

    /// Since when a user's bytes are counted. Nil: none is.
    func countedSince(_ user: Int64, _ visit: Visit) throws -> UnixTime? {
        guard let row = visit.snapshot.users.first(where: { $0.user.telegramID == user }) else { return nil }
        return try questions.countedSince(row, zone: visit.zone, now: visit.now)
    }

    /// A user's last 35, the last one today.
    func days(of user: Int64, _ visit: Visit) throws -> Series {
        try series(.day, 35, Selection(user: .telegramID(user)), visit)
    }

    /// Bits a second of each node whose numbers are fresh, over the last minutes.
    func speeds(_ visit: Visit) -> [NodeID: Traffic] {
        let snapshot = visit.snapshot
        let span = max(60, min(300, visit.now.seconds(since: snapshot.panel.startedAt)))
        let speeds = try? shelf.kept("speeds", at: visit.now, for: 10) { () throws -> [NodeID: Traffic] in
            let fresh = snapshot.nodes.map(\.status).filter { $0.lastSample != nil && !$0.isStale(at: visit.now) }
            var bytes = Dictionary(fresh.map { ($0.node.id, Traffic.zero) }, uniquingKeysWith: { first, _ in first })
            for sample in try questions.store.samples(
                of: .all, from: visit.now.advanced(by: -span), to: visit.now.advanced(by: 1))
            where !sample.hasGap {
                bytes[sample.node]? += sample.traffic
            }
            return bytes.mapValues { traffic in
                func bits(_ bytes: UInt64) -> UInt64 {
                    UInt64(min(UInt128(bytes) * 8 / UInt128(span), UInt128(UInt64.max)))
                }
                return Traffic(rx: bits(traffic.rx), tx: bits(traffic.tx))
            }
        }
        return speeds ?? [:]
    }

    /// Users who have an allowance, and their period. Empty too where they cannot be read.
    func limits(_ visit: Visit) -> [Int64: PeriodsAnswer.Row] {
        let billing = visit.settings.billing
        guard !billing.users.isEmpty else { return [:] }
        let rows = try? shelf.kept("limits", at: visit.now) { () throws -> [PeriodsAnswer.Row] in
            try self.periods(
                of: Accounts.users(visit.snapshot, billing, only: nil).filter { $0.allowance != nil }, .all, visit)
        }
        return Dictionary(
            (rows ?? []).compactMap { row in Int64(row.id).map { ($0, row) } }, uniquingKeysWith: { first, _ in first })
    }

    private func periods(
        of accounts: [Questions.Account], _ selection: Selection, _ visit: Visit
    ) throws -> [PeriodsAnswer.Row] {
        guard !accounts.isEmpty else { return [] }
        return try questions.periods(of: accounts, selection: selection, zone: visit.zone, now: visit.now)
    }

    private func monthBefore(_ visit: Visit) throws -> Traffic? {
        let cuts = PeriodCuts(startDay: 1, zone: visit.zone, now: visit.now)
        guard cuts.previous < cuts.sameMoment else { return nil }
        let sum = try shelf.kept("month \(cuts.sameMoment.seconds)", at: visit.now) { () throws -> Traffic in
            try questions.store.usage(by: .node, cuts: [cuts.previous, cuts.sameMoment], of: .all)
                .reduce(into: .zero) { $0 += $1.traffic }
        }
        return sum.isZero ? nil : sum
    }

    /// Of the time of `series`, which knows when nobody looked: a nought then is none.
    private func active(over series: Series, on node: NodeID?, _ visit: Visit) throws -> ActivitySeries? {
        guard let start = series.buckets.first?.start else { return nil }
        let isDay = visit.now.seconds(since: start) < 2 * 86_400
        let five = visit.now.advanced(by: 300 - visit.now.seconds % 300)
        return try shelf.kept("active \(start.seconds) \(node?.name ?? "")", at: visit.now) {
            () throws -> ActivitySeries in
            let peers = try questions.store.activePeers(from: start, to: five, on: node, step: isDay ? 3 : 12)
            let counts = node.map { peers.byNode[$0] ?? [] } ?? peers.all
            var rest = series.buckets[...]
            return ActivitySeries(
                start: peers.start, step: peers.step,
                counts: counts.enumerated().map { index, count in
                    let time = peers.start.advanced(by: Int64(index) * peers.step)
                    while let next = rest.dropFirst().first, next.start <= time { rest.removeFirst() }
                    return count == 0 && rest.first?.hasGap == true ? nil : count
                })
        }
    }

    private static let mostSessions = 12

    private func sessions(_ selection: Selection, since: UnixTime, now: UnixTime) throws -> [SessionLine] {
        try questions.store.peerSessions(
            of: selection, from: since, to: UnixTime(.max), limit: Self.mostSessions
        ).reversed().map { one in
            let session = one.session
            return SessionLine(
                node: one.counter.node, publicKey: one.counter.publicKey.base64, from: session.from,
                until: !one.isOver && session.isOpen(at: now) ? nil : session.until, traffic: session.traffic,
                network: session.network?.description)
        }
    }

    /// So many steps, the last one under way.
    private func series(
        _ step: OwnerZone.Step, _ count: Int, _ selection: Selection, _ visit: Visit
    ) throws -> Series {
        let end = visit.zone.start(of: step, holding: visit.now, movedBy: 1)
        let start = visit.zone.start(of: step, holding: visit.now, movedBy: 1 - count)
        let window = try Window(start, end, step, visit.zone, Window.mostSteps)
        return try shelf.kept("\(step) \(count) \(end.seconds) \(selection)", at: visit.now) {
            try self.series(window, selection, visit)
        }
    }

    private func series(_ window: Window, _ selection: Selection, _ visit: Visit) throws -> Series {
        let answer = try questions.history(
            window, of: selection, zone: visit.zone, watched: visit.watched, now: visit.now)
        var buckets = answer.buckets.map {
            Series.Bucket(start: $0.start, traffic: $0.traffic, hasGap: $0.hasGap && $0.start <= visit.now)
        }
        for reset in answer.resets {
            guard let index = buckets.lastIndex(where: { $0.start <= reset.at }) else { continue }
            buckets[index].resets += 1
        }
        return Series(Series.Grain(rawValue: window.step.rawValue) ?? .day, buckets)
    }

    private static let mostLines = 60

    private func story(_ selection: Selection, since: UnixTime) throws -> [StoryLine] {
        try questions.store.events(
            from: since, to: UnixTime(.max), of: selection, limit: Self.mostLines
        ).reversed().compactMap { event in
            StoryLine.Kind(rawValue: event.kind.rawValue).map { kind in
                StoryLine(
                    at: event.at, since: event.since, node: event.node, interface: event.interface,
                    publicKey: event.publicKey?.base64, kind: kind,
                    cause: event.cause.flatMap { StoryLine.Cause(rawValue: $0.rawValue) }, traffic: event.traffic)
            }
        }
    }
}
