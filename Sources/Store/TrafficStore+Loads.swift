import Accounting
package import Fleet
import GRDB
package import WireGuard

extension TrafficStore {
    /// Who used how much from `from` to `to`, to five minutes where these are kept: "who loaded eu1 between 20:00 and 21:00".
    package func loads(
        from: UnixTime, to: UnixTime, by grouping: Usage.Grouping = .user, of selection: Selection = .all,
        limit: Int = .max
    ) throws(StoreError) -> Loads {
        try read("read loads") { db in
            let reader = try HistoryReader(db, selection)
            let names = try SubjectNames(reader, grouping)
            let span = Span(from: from, to: to, finest: .fiveMinutes, reader.horizons)
            var loads: [Usage.Subject: Load] = [:]
            try reader.sums(span, byCounter: grouping == .peer, hasPeaks: true).each { node, column, sum in
                guard let subject = names.subject(node, column), let node = reader.nodes[node] else { return }
                var load =
                    loads[subject]
                    ?? Load(subject: subject, traffic: .zero, hasGap: false, peak: 0, byNode: [:])
                load.traffic += sum.traffic
                load.hasGap = load.hasGap || sum.hasGap
                load.peak = max(load.peak, sum.peak)
                load.byNode[node, default: .zero] += sum.traffic
                loads[subject] = load
            }
            let heaviest = loads.values.sorted {
                ($1.traffic.total, $0.subject) < ($0.traffic.total, $1.subject)
            }
            return Loads(
                start: span.startTime, end: span.endTime, grain: span.grain, loads: Array(heaviest.prefix(limit)),
                sum: heaviest.reduce(into: .zero) { $0 += $1.traffic })
        }
    }

    /// What each sample of `from..<to` added to what is selected, by node and sample; samples that added nothing are not
    /// there. Of the last two days: see `horizons`.
    package func samples(
        of selection: Selection, from: UnixTime, to: UnixTime
    ) throws(StoreError) -> [SampleTraffic] {
        try read("read samples") { db in
            let reader = try HistoryReader(db, selection)
            let rows = try RawStatement(
                db, "SELECT sample, at, body FROM journal WHERE node = ? AND at >= ? AND at < ? ORDER BY sample")
            defer { rows.reset() }
            var samples: [SampleTraffic] = []
            for (id, node) in reader.nodes.sorted(by: { $0.value < $1.value }) where reader.hasSome(id) {
                rows.bind(1, id)
                rows.bind(2, from.seconds)
                rows.bind(3, to.seconds)
                while try rows.step() {
                    var one = SampleTraffic(
                        node: node, sample: rows.int(0), at: UnixTime(rows.int(1)), traffic: .zero, peers: 0,
                        hasGap: false)
                    try Journal.read(rows.bytes(2), at: one.at) { entry in
                        guard !entry.traffic.isZero, reader.takes(entry.seat, entry.owner, id) else { return }
                        one.traffic += entry.traffic
                        one.peers += 1
                        one.hasGap = one.hasGap || entry.hasGap
                    }
                    if one.peers > 0 { samples.append(one) }
                }
            }
            return samples
        }
    }

    /// Peers that moved bytes, from `from` to `to`.
    ///
    /// - Parameter step: how many five minutes a number stands for: the most of them.
    package func activePeers(
        from: UnixTime, to: UnixTime, on node: NodeID? = nil, step: Int = 1
    ) throws(StoreError) -> ActivePeers {
        try read("count active peers") { db in
            let reader = try HistoryReader(db, Selection(node: node))
            let first = Grain.fiveMinutes.bucket(holding: from)
            let last = min(max(first, Grain.fiveMinutes.bucket(notBefore: to)), first + 1_000_000)
            let count = Int(last - first)
            var counts = Dictionary(
                uniqueKeysWithValues: reader.nodes.keys.map { ($0, [Int](repeating: 0, count: count)) })
            let rows = try RawStatement(db, "SELECT id, counts FROM activity WHERE id >= ? AND id < ?")
            rows.bind(1, HistoryTable.Key(Grain.floor(first, 288)).value)
            rows.bind(2, HistoryTable.Key(Grain.floor(last, 288) + 1).value)
            defer { rows.reset() }
            while try rows.step() {
                let key = HistoryTable.Key(value: rows.int(0))
                let midnight = key.bucket * 288
                for bucket in max(first, midnight)..<max(first, midnight, min(last, midnight + 288)) {
                    counts[key.node]?[Int(bucket - first)] = Activity.count(rows.bytes(1), Int(bucket - midnight))
                }
            }
            for (node, bucket, seats) in try reader.activeSeats() where (first..<last).contains(bucket) {
                counts[node]?[Int(bucket - first)] = seats.count
            }
            let all = (0..<count).map { place in counts.values.reduce(0) { $0 + $1[place] } }
            let width = max(1, step)
            func most(_ counts: [Int]) -> [Int] {
                stride(from: 0, to: counts.count, by: width).map { start in
                    counts[start..<min(start + width, counts.count)].max() ?? 0
                }
            }
            return ActivePeers(
                start: Grain.fiveMinutes.start(of: first), step: Int64(width) * 300,
                byNode: Dictionary(
                    uniqueKeysWithValues: counts.compactMap { id, counts in reader.nodes[id].map { ($0, most(counts)) }
                    }
                ), all: most(all))
        }
    }
}
