import Accounting
import Fleet
import Pages
import Store
import WireGuard

extension Questions {
    /// Who used how much, the heaviest first.
    func loads(
        by subject: LoadsAnswer.Subject, _ window: Range<UnixTime>, of selection: Selection, names: Names,
        ownership: Ownership, limit: Int
    ) throws(StoreError) -> LoadsAnswer {
        let grouping: Usage.Grouping
        switch subject {
        case .user: grouping = .user
        case .peer: grouping = .peer
        case .node: grouping = .node
        case .profile: return try byProfile(window, of: selection, ownership, limit)
        }
        let loads = try store.loads(
            from: window.lowerBound, to: window.upperBound, by: grouping, of: selection, limit: limit + 1)
        var answer = LoadsAnswer(
            subject, from: loads.start, to: loads.end, grain: loads.grain.seconds, sum: loads.sum)
        answer.isCut = loads.loads.count > limit
        answer.rows = loads.loads.prefix(limit).map { row($0, names) }
        return answer
    }

    private func byProfile(
        _ window: Range<UnixTime>, of selection: Selection, _ ownership: Ownership, _ limit: Int
    ) throws(StoreError) -> LoadsAnswer {
        let loads = try store.loads(
            from: window.lowerBound, to: window.upperBound, of: selection, by: ownership.kind)
        let rows = loads.loads.map { profile, load in
            LoadsAnswer.Row(
                id: profile, name: profile ?? "", traffic: load.traffic, peak: nil, hasGap: load.hasGap,
                byNode: load.byNode.mapValues(\.traffic))
        }.sorted { ($1.traffic.total, $0.name) < ($0.traffic.total, $1.name) }
        var answer = LoadsAnswer(
            .profile, from: loads.start, to: loads.end, grain: loads.grain.seconds,
            sum: rows.reduce(into: .zero) { $0 += $1.traffic })
        answer.isCut = rows.count > limit
        answer.rows = Array(rows.prefix(limit))
        return answer
    }

    private func row(_ load: Load, _ names: Names) -> LoadsAnswer.Row {
        let (id, name) = names.of(load.subject)
        return .init(
            id: id, name: name, traffic: load.traffic, peak: load.peak, hasGap: load.hasGap,
            byNode: Dictionary(uniqueKeysWithValues: load.byNode.map { ($0.node, $0.traffic) }))
    }

    /// When what is selected was connected, the newest first.
    func sessions(
        of selection: Selection, from: UnixTime, to: UnixTime, now: UnixTime, limit: Int
    ) throws(StoreError) -> SessionsAnswer {
        var answer = SessionsAnswer(from: from, to: to)
        let found = try store.peerSessions(of: selection, from: from, to: to, limit: limit + 1)
        answer.isCut = found.count > limit
        answer.rows = found.suffix(limit).reversed().map { one in
            let session = one.session
            let line = SessionLine(
                node: one.counter.node, publicKey: one.counter.publicKey.base64, from: session.from,
                until: !one.isOver && session.isOpen(at: now) ? nil : session.until, traffic: session.traffic,
                network: session.network?.description)
            return .init(line, interface: one.counter.interface, owner: one.owner)
        }
        return answer
    }

    /// At most so many numbers a node; a longer window has longer steps.
    static let mostNumbers = 1000

    /// Peers that moved bytes, over time.
    func active(
        from: UnixTime, to: UnixTime, on node: NodeID?, watched: Sight.Watched, now: UnixTime
    ) throws(StoreError) -> ActiveAnswer {
        let fives = max(1, to.seconds(since: from) / Grain.fiveMinutes.seconds)
        let step = [1, 3, 12, 36, 72, 144, 288].first { fives / $0 <= Int64(Self.mostNumbers) } ?? 2016
        let active = try store.activePeers(from: from, to: to, on: node, step: Int(step))
        let window = from..<max(from, to)
        let ledgers = try ledgers(Selection(node: node), firstSeen: window)
        func seen(_ counts: [Int], on node: NodeID?) throws(StoreError) -> [Int?] {
            let sight = try Sight(
                of: Selection(node: node), in: window, ledgers: ledgers, store: store, watched: watched, now: now)
            return counts.enumerated().map { index, count in
                let start = active.start.advanced(by: Int64(index) * active.step)
                return count == 0 && sight.hasGap(start..<start.advanced(by: active.step)) ? nil : count
            }
        }
        var answer = ActiveAnswer(
            start: active.start, step: active.step, all: try seen(active.all, on: node), byNode: [:])
        for (id, counts) in active.byNode { answer.byNode[id] = try seen(counts, on: id) }
        return answer
    }
}
