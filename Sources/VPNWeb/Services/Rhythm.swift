import Fleet
import Store
import WireGuard

/// How many people are on a node now, and how many at this hour of other weeks.
///
/// A node that is nearly empty while it never is at this hour, and while other nodes are as full as ever, is blocked
/// rather than asleep. Where there is no other node to compare with, nothing is claimed.
struct Rhythm {
    struct Level: Equatable {
        /// The most in any five minutes of the last half hour.
        var now: Int

        /// The least of what other weeks had. Nil: no other week was recorded.
        var usual: Int?
    }

    /// Fewer than this come and go by chance.
    static let least = 5
    static let weeks = 4

    /// - Parameter online: people with a fresh handshake now, as the newest samples show them.
    static func deserted(_ levels: [NodeID: Level], online: [NodeID: Int]) -> [NodeID: ServiceState.Comparison] {
        let judged = levels.compactMapValues { level in
            level.usual.flatMap { $0 >= least ? ServiceState.Comparison(now: level.now, usual: $0) : nil }
        }
        let full = Set(judged.filter { $0.value.now * 2 >= $0.value.usual }.keys)
        return judged.reduce(into: [:]) { found, one in
            let (node, level) = one
            let now = max(level.now, online[node] ?? level.now)
            guard now * 5 <= level.usual else { return }
            let others = judged.keys.filter { $0 != node }
            // Most of the others, and at least one, are as ever.
            let asEver = others.count { full.contains($0) }
            guard asEver >= 1, asEver * 2 > others.count else { return }
            found[node] = .init(now: now, usual: level.usual)
        }
    }

    /// - Parameter weeks: of each week back, the counts of the day's five minutes, and which of them are around this
    ///   hour. A day without anybody at all was not recorded, or nobody could come.
    static func usual(_ weeks: [(day: [Int], window: ArraySlice<Int>)]) -> Int? {
        weeks.filter { $0.day.contains { $0 > 0 } && !$0.window.isEmpty }.map { median($0.window) }.min()
    }

    private static func median(_ counts: ArraySlice<Int>) -> Int {
        counts.sorted()[counts.count / 2]
    }

    /// People connected as the newest samples show it. A node that was away in the last half hour is left out: how many it
    /// had says nothing. `own`: keys of the panel's probes, who are no people.
    static func online(_ statuses: [NodeStatus], besides own: Set<PublicKey>, at now: UnixTime) -> [NodeID: Int] {
        statuses.reduce(into: [:]) { online, status in
            guard status.state == .online, !status.isStale(at: now), let sample = status.lastSample else { return }
            if let since = status.since, now.seconds(since: since) < 2400 { return }
            let nodeTime = sample.takenAt.advanced(by: sample.clockOffset?.components.seconds ?? 0)
            online[status.node.id] = sample.interfaces.reduce(0) { sum, interface in
                sum + interface.peers.count { $0.isOnline(at: nodeTime) && !own.contains($0.publicKey) }
            }
        }
    }

    /// Asks the store: some thousand small numbers. `own`: as above.
    static func levels(
        _ store: TrafficStore, besides own: Set<PublicKey>, at now: UnixTime
    ) throws(StoreError) -> [NodeID: Level] {
        let recent = try store.activePeers(from: now.advanced(by: -1800), to: now)
        var people = recent.byNode
        // In each five minutes of its own: a probe may ask seldom, or may just have begun.
        for slot in recent.all.indices where !own.isEmpty {
            let start = recent.start.advanced(by: Int64(slot) * recent.step)
            for (node, count) in try probes(own, store, from: start, to: start.advanced(by: recent.step)) {
                people[node]?[slot] -= count
            }
        }
        var usual: [NodeID: [(day: [Int], window: ArraySlice<Int>)]] = [:]
        for week in 1...weeks {
            let then = now.advanced(by: Int64(-week) * 604_800)
            let (from, to) = (then.advanced(by: -43_200), then.advanced(by: 43_200))
            let probes = own.isEmpty ? [:] : try probes(own, store, from: from, to: to)
            for (node, counts) in try store.activePeers(from: from, to: to).byNode {
                // Too few rather than too many, on the day when the probe was added.
                let people = counts.map { max(0, $0 - (probes[node] ?? 0)) }
                let middle = people.count / 2
                usual[node, default: []].append((people, people[max(0, middle - 9)..<min(people.count, middle + 9)]))
            }
        }
        return people.reduce(into: [:]) { levels, one in
            levels[one.key] = Level(now: max(0, one.value.max() ?? 0), usual: Self.usual(usual[one.key] ?? []))
        }
    }

    /// How many of the keys moved bytes, by node.
    private static func probes(
        _ keys: Set<PublicKey>, _ store: TrafficStore, from: UnixTime, to: UnixTime
    ) throws(StoreError) -> [NodeID: Int] {
        try store.loads(from: from, to: to) { keys.contains($0) ? "probe" : nil }
            .loads["probe"]?.byNode.mapValues(\.counters) ?? [:]
    }
}
