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

    /// Asks the store: some thousand small numbers.
    static func levels(_ store: TrafficStore, at now: UnixTime) throws(StoreError) -> [NodeID: Level] {
        let recent = try store.activePeers(from: now.advanced(by: -1800), to: now)
        var usual: [NodeID: [(day: [Int], window: ArraySlice<Int>)]] = [:]
        for week in 1...weeks {
            let then = now.advanced(by: Int64(-week) * 604_800)
            let day = try store.activePeers(from: then.advanced(by: -43_200), to: then.advanced(by: 43_200))
            for (node, counts) in day.byNode {
                let middle = counts.count / 2
                usual[node, default: []].append((counts, counts[max(0, middle - 9)..<min(counts.count, middle + 9)]))
            }
        }
        return recent.byNode.reduce(into: [:]) { levels, one in
            levels[one.key] = Level(now: one.value.max() ?? 0, usual: Self.usual(usual[one.key] ?? []))
        }
    }
}
