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
            let subjects = try Subjects(reader, grouping, keys)
            let span = Span(from: from, to: to, finest: .fiveMinutes, reader.horizons)
            let parts = try reader.sums(span, byCounter: grouping == .peer, hasPeaks: true)
            var sums = Array(repeating: Sums.Cell(), count: subjects.count)
            parts.each { node, row in
                let columns = subjects.columns(of: node)
                row.each { column, cell in
                    if let number = columns[column] { sums[number].add(cell) }
                }
            }
            var heaviest = sums.indices.filter { sums[$0].isThere }.map { (number: $0, total: sums[$0].traffic.total) }
            heaviest.sort { $0.total == $1.total ? $0.number < $1.number : $0.total > $1.total }
            // Those beyond the limit are never made: a node may have thousands.
            var loads: [Load] = []
            var places: [Int32] = []
            loads.reserveCapacity(min(limit, heaviest.count))
            for (number, _) in heaviest.prefix(limit) {
                places.put(Int32(loads.count), at: number)
                let sum = sums[number]
                loads.append(
                    Load(
                        subject: subjects[number], traffic: sum.traffic, hasGap: sum.hasGap, peak: sum.peak, byNode: [])
                )
            }
            parts.each { node, row in
                guard let name = reader.nodes[node] else { return }
                let columns = subjects.columns(of: node)
                row.each { column, cell in
                    guard let number = columns[column], number < places.count, places[number] >= 0 else { return }
                    loads[Int(places[number])].add(cell.traffic, on: name)
                }
            }
            return Loads(
                start: span.startTime, end: span.endTime, grain: span.grain, loads: loads,
                sum: sums.reduce(into: .zero) { $0 += $1.traffic })
        }
    }

    /// Likewise of groups of keys: no key is told apart, which a month of thousands would take most of the time for.
    ///
    /// - Parameter group: of a key. Nil: it is in none.
    package func loads(
        from: UnixTime, to: UnixTime, of selection: Selection = .all, by group: (PublicKey) -> String?
    ) throws(StoreError) -> GroupedLoads {
        try read("read loads", of: selection) { reader in
            let known = try keys.keys(reader.db)
            let span = Span(from: from, to: to, finest: .fiveMinutes, reader.horizons)
            var places: [String?: Int] = [:]
            var found: [(group: String?, load: GroupedLoads.Load)] = []
            try reader.sums(span, byCounter: true).each { node, row in
                guard let name = reader.nodes[node], let seats = known.places[node] else { return }
                // By place.
                var parts = Array(repeating: GroupedLoads.Part(), count: found.count)
                row.each { seat, cell in
                    guard !cell.traffic.isZero, seat < seats.count, seats[seat] >= 0 else { return }
                    let group = group(known.all[Int(seats[seat])])
                    let place = places[group] ?? found.count
                    if place == found.count {
                        places[group] = place
                        found.append((group, .init()))
                        parts.append(.init())
                    }
                    parts[place].traffic += cell.traffic
                    parts[place].counters += 1
                    if cell.hasGap { found[place].load.hasGap = true }
                }
                for (place, part) in parts.enumerated() where part.counters > 0 {
                    found[place].load.byNode[name] = part
                    found[place].load.traffic += part.traffic
                }
            }
            return GroupedLoads(
                start: span.startTime, end: span.endTime, grain: span.grain,
                loads: Dictionary(found.map { ($0.group, $0.load) }) { first, _ in first })
        }
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

extension Load {
    /// A node's come one after the other: a key may be on two of its interfaces.
    fileprivate mutating func add(_ more: Traffic, on node: NodeID) {
        if let last = byNode.last, last.node == node {
            byNode[byNode.count - 1].traffic += more
        } else {
            byNode.append(.init(node: node, traffic: more))
        }
    }
}
