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
        try read("read loads", of: selection) { reader in
            let names = try SubjectNames(reader, grouping)
            let span = Span(from: from, to: to, finest: .fiveMinutes, reader.horizons)
            // Those beyond the limit are never made: a node may have thousands.
            var places: [Usage.Subject: Int] = [:]
            var rows: [Row] = []
            var parts: [(row: Int, node: Int64, traffic: Traffic)] = []
            places.reserveCapacity(names.count)
            rows.reserveCapacity(names.count)
            parts.reserveCapacity(names.count)
            try reader.sums(span, byCounter: grouping == .peer, hasPeaks: true).each { node, column, sum in
                guard let subject = names.subject(node, column) else { return }
                let place = places[subject] ?? rows.count
                if place == rows.count {
                    places[subject] = place
                    rows.append(Row(subject: subject))
                }
                rows[place].add(sum)
                // A key on two interfaces of a node, one after the other.
                if let part = rows[place].part, parts[part].node == node {
                    parts[part].traffic += sum.traffic
                } else {
                    rows[place].part = parts.count
                    parts.append((place, node, sum.traffic))
                }
            }
            let heaviest = rows.indices.map { (row: $0, total: rows[$0].traffic.total) }.sorted {
                $0.total == $1.total ? rows[$0.row].subject < rows[$1.row].subject : $0.total > $1.total
            }
            var loads: [Load] = []
            var kept: [Int?] = Array(repeating: nil, count: rows.count)
            loads.reserveCapacity(min(limit, rows.count))
            for (row, _) in heaviest.prefix(limit) {
                kept[row] = loads.count
                loads.append(rows[row].load)
            }
            for part in parts {
                guard let place = kept[part.row], let node = reader.nodes[part.node] else { continue }
                loads[place].byNode.append(.init(node: node, traffic: part.traffic))
            }
            return Loads(
                start: span.startTime, end: span.endTime, grain: span.grain, loads: loads,
                sum: rows.reduce(into: .zero) { $0 += $1.traffic })
        }
    }

    /// Likewise of groups of keys: no key is told apart, which a month of thousands would take most of the time for.
    package func loads(
        from: UnixTime, to: UnixTime, of selection: Selection = .all, groups: [PublicKey: String]
    ) throws(StoreError) -> GroupedLoads {
        try read("read loads", of: selection) { reader in
            let names = try SubjectNames(reader, .peer)
            let span = Span(from: from, to: to, finest: .fiveMinutes, reader.horizons)
            var places: [String?: Int] = [:]
            var found: [(group: String?, load: GroupedLoads.Load)] = []
            // Of the node whose counters come now, by place.
            var parts: [GroupedLoads.Part] = []
            var current: Int64?
            func close() {
                defer { parts = Array(repeating: .init(), count: found.count) }
                guard let node = current.flatMap({ reader.nodes[$0] }) else { return }
                for (place, part) in parts.enumerated() where part.counters > 0 {
                    found[place].load.byNode[node] = part
                    found[place].load.traffic += part.traffic
                }
            }
            try reader.sums(span, byCounter: true).each { node, column, sum in
                guard let key = names.key(node, Int(column)), !sum.traffic.isZero else { return }
                if node != current { close() }
                current = node
                let group = groups[key]
                let place = places[group] ?? found.count
                if place == found.count {
                    places[group] = place
                    found.append((group, .init()))
                    parts.append(.init())
                }
                parts[place].traffic += sum.traffic
                parts[place].counters += 1
                if sum.hasGap { found[place].load.hasGap = true }
            }
            close()
            return GroupedLoads(
                start: span.startTime, end: span.endTime, grain: span.grain,
                loads: Dictionary(found.map { ($0.group, $0.load) }) { first, _ in first })
        }
    }

    private struct Row {
        let subject: Usage.Subject
        var traffic = Traffic.zero
        private var hasGap = false
        private var peak: UInt64 = 0

        /// Where its newest is among the parts. Nil: nowhere.
        var part: Int?

        init(subject: Usage.Subject) {
            self.subject = subject
        }

        mutating func add(_ sum: Sums.Cell) {
            traffic += sum.traffic
            hasGap = hasGap || sum.hasGap
            peak = max(peak, sum.peak)
        }

        var load: Load { Load(subject: subject, traffic: traffic, hasGap: hasGap, peak: peak, byNode: []) }
    }

    /// What each sample of `from..<to` added to what is selected, by node and sample; samples that added nothing are not
    /// there. Of the last two days: see `horizons`.
    package func samples(
        of selection: Selection, from: UnixTime, to: UnixTime
    ) throws(StoreError) -> [SampleTraffic] {
        try read("read samples", of: selection) { reader in
            let rows = try RawStatement(
                reader.db, "SELECT sample, at, body FROM journal WHERE node = ? AND at >= ? AND at < ? ORDER BY sample")
            defer { rows.reset() }
            var samples: [SampleTraffic] = []
            for (id, node) in reader.nodes.sorted(by: { $0.value < $1.value }) where reader.hasSome(id) {
                rows.bind(1, id)
                rows.bind(2, from.seconds)
                rows.bind(3, to.seconds)
                let seats = reader.seats(of: id)
                while try rows.step() {
                    var one = SampleTraffic(
                        node: node, sample: rows.int(0), at: UnixTime(rows.int(1)), traffic: .zero, peers: 0,
                        hasGap: false)
                    try Journal.read(rows.bytes(2), at: one.at, of: seats) { entry in
                        guard !entry.traffic.isZero, reader.takes(entry.owner) else { return }
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
        try read("count active peers", of: Selection(node: node)) { reader in
            let first = Grain.fiveMinutes.bucket(holding: from)
            let last = min(max(first, Grain.fiveMinutes.bucket(notBefore: to)), first + 1_000_000)
            let count = Int(last - first)
            var counts = reader.nodes.mapValues { _ in [Int](repeating: 0, count: count) }
            let rows = try RawStatement(reader.db, "SELECT id, counts FROM activity WHERE id >= ? AND id < ?")
            rows.bind(1, HistoryTable.Key(Grain.floor(first, 288)).value)
            rows.bind(2, HistoryTable.Key(Grain.floor(last, 288) + 1).value)
            defer { rows.reset() }
            while try rows.step() {
                let key = HistoryTable.Key(value: rows.int(0))
                let midnight = key.bucket * 288
                let slots = Int(max(first - midnight, 0))..<Int(max(first - midnight, 0, min(last - midnight, 288)))
                let bytes = rows.bytes(1)
                counts[key.node]?.withUnsafeMutableBufferPointer { counts in
                    for slot in slots { counts[Int(midnight - first) + slot] = Activity.count(bytes, slot) }
                }
            }
            for (node, bucket, seats) in try reader.activeSeats() where (first..<last).contains(bucket) {
                counts[node]?[Int(bucket - first)] = seats.count
            }
            var all = [Int](repeating: 0, count: count)
            for counts in counts.values {
                for place in all.indices { all[place] &+= counts[place] }
            }
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
