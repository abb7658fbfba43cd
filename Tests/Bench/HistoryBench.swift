import Accounting
import Fleet
import Foundation
import Store
import WireGuard

/// Questions to years of history while samples come in.
func benchHistory() throws {
    try Limit.withFolder { folder in try benchQuestions(JournalLimit(folder), folder) }
}

/// Three years of two thousand users with a key on each of ten nodes, half of the keys in use on a day.
private func benchQuestions(_ limit: JournalLimit, _ folder: URL) throws {
    let path = folder.appending(path: "years.db").path
    // An hour before midnight of UTC: the day that is not over is at its longest.
    let now = Int64(Date().timeIntervalSince1970) / 86_400 * 86_400 - 3600
    let (nodes, users) = (10, 2_000)
    let crowds = (0..<nodes).map { Crowd(node: "node\($0)", peers: users, at: now) }
    var store = try TrafficStore(path: path, role: .daemon)
    for place in crowds.indices {
        let booking = crowds[place].booking(at: now - 1096 * 86_400, owners: users)
        try store.book(booking)
    }
    try store.close()
    let begin = ContinuousClock.now
    limit.fill(path, Int32(nodes), Int32(users), now, 1_095, 395, 14, 48, 15)
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    print(
        "store, three years of \(users) users on \(nodes) nodes: \(size / 1_000_000) MB (made in \(digits((ContinuousClock.now - begin) / .seconds(1), 0)) s), target < 2,000"
    )
    store = try TrafficStore(path: path, role: .daemon)

    // Meanwhile each node is read every five seconds: three times as often as what is stored was.
    let collector = Collector(store, crowds, at: now)
    collector.start()
    func at(_ seconds: Int64) -> UnixTime { UnixTime(now - seconds) }
    let day: Int64 = 86_400
    // Until now, whatever the collector makes of it.
    let end = at(-day)
    // Midnights of a zone three hours before UTC.
    let midnight = now / day * day - 3 * 3600
    func user() -> Selection { Selection(user: .telegramID(.random(in: 1...Int64(users)))) }
    func node() -> NodeID { NodeID("node\(Int.random(in: 0..<nodes))") }
    func hour(_ days: Int64) -> Int64 { now - 3600 * Int64.random(in: 1...days * 24) }
    /// Of the three years, from five minutes to all of them.
    func window() -> (from: UnixTime, to: UnixTime) {
        let ends = [Int64.random(in: 0...1_095 * day), .random(in: 0...1_095 * day)].sorted()
        return (UnixTime(now - ends[1]), UnixTime(now - ends[0]))
    }
    let profiles = Dictionary(
        uniqueKeysWithValues: crowds.flatMap(\.keys).enumerated().map { ($1, ["phone", "laptop", "router"][$0 % 3]) })
    let questions: [(String, () throws -> Int)] = [
        (
            "a user's days of a month, by node",
            {
                let first = midnight - 31 * day * .random(in: 1...11)
                return try store.usage(by: .node, cuts: (0...31).map { UnixTime(first + $0 * day) }, of: user()).count
            }
        ),
        (
            "a user's days of a year",
            {
                try store.usage(by: .user, cuts: (0...365).map { UnixTime(midnight - (365 - $0) * day) }, of: user())
                    .count
            }
        ),
        (
            "who loaded a node for an hour, of 14 days",
            {
                let start = hour(13)
                return try store.loads(
                    from: UnixTime(start), to: UnixTime(start + 3600), of: Selection(node: node()), limit: 20
                ).loads.count
            }
        ),
        (
            "who loaded all for an hour, of a year",
            {
                let start = hour(390)
                return try store.loads(from: UnixTime(start), to: UnixTime(start + 3600), limit: 20).loads.count
            }
        ),
        (
            "top users of this month, with peaks",
            {
                try store.loads(from: UnixTime(midnight - 30 * day), to: end, limit: 20).loads.count
            }
        ),
        (
            "top keys of this month, with peaks",
            {
                try store.loads(from: UnixTime(midnight - 30 * day), to: end, by: .peer, limit: 1000).loads.count
            }
        ),
        (
            "top users of any window, with peaks",
            {
                let (from, to) = window()
                return try store.loads(from: from, to: to, limit: 20).loads.count
            }
        ),
        (
            "top users of a node, any window",
            {
                let (from, to) = window()
                return try store.loads(from: from, to: to, of: Selection(node: node()), limit: 20).loads.count
            }
        ),
        (
            "top keys of any window, with peaks",
            {
                let (from, to) = window()
                return try store.loads(from: from, to: to, by: .peer, limit: 1000).loads.count
            }
        ),
        (
            "by profile type, a month",
            {
                try store.loads(from: UnixTime(midnight - 30 * day), to: end, by: { profiles[$0] }).loads.count
            }
        ),
        (
            "by profile type, any window",
            {
                let (from, to) = window()
                return try store.loads(from: from, to: to, by: { profiles[$0] }).loads.count
            }
        ),
        (
            "by node, any window",
            {
                let (from, to) = window()
                return try store.loads(from: from, to: to, by: .node).loads.count
            }
        ),
        (
            "month to date and the one before, by node",
            {
                try store.loads(from: UnixTime(midnight - 20 * day), to: end, by: .node).loads.count
                    + store.loads(from: UnixTime(midnight - 50 * day), to: at(30 * day - 60), by: .node).loads.count
            }
        ),
        (
            "this month's totals, by user and node",
            { try store.totals(since: UnixTime(midnight - 30 * day)).byOwner.count }
        ),
        (
            "a user's samples on a node, of a day",
            {
                let key = crowds[3].ledger.node
                return try store.steps(
                    of: Selection(user: .telegramID(5), node: key), since: at(24 * 3600), limit: 10_000
                ).count
            }
        ),
        (
            "samples of a node, 6 h",
            { try store.samples(of: Selection(node: node()), from: at(6 * 3600), to: at(-60)).count }
        ),
        ("a user's sessions of 30 days", { try store.peerSessions(of: user(), from: at(30 * day), to: at(-60)).count }),
        ("active peers, 14 days", { try store.activePeers(from: at(14 * day), to: at(-60), step: 12).all.count }),
        ("active peers, a year", { try store.activePeers(from: at(365 * day), to: at(-60), step: 288).all.count }),
    ]
    // By C alone, out of the same pages; of windows their whole days.
    let reader = limit.read(path, Int32(nodes), Int32(users))
    let today = now / day
    func seat() -> UInt32 { .random(in: 0..<UInt32(users)) }
    func anyDays() -> Int32 {
        let (from, to) = window()
        return limit.everybody(reader, from.seconds / day + 1, max(from.seconds / day + 1, to.seconds / day))
    }
    let limits: [String: () -> Int32] = [
        "a user's days of a month, by node": {
            let first = today - 31 * .random(in: 1...11)
            return limit.one(reader, seat(), first, first + 31)
        },
        "a user's days of a year": { limit.one(reader, seat(), today - 365, today) },
        "top users of any window, with peaks": anyDays,
        "top keys of any window, with peaks": anyDays,
        "by node, any window": anyDays,
    ]
    var rows = [["question", "p50 ms", "p99 ms", "C's p50", "p99", "answers", ""]]
    for (name, ask) in questions {
        var (ours, theirs): ([Double], [Double]) = ([], [])
        var answers = 0
        for _ in 0..<200 {
            var begin = ContinuousClock.now
            answers = try ask()
            ours.append((ContinuousClock.now - begin) / .milliseconds(1))
            guard let limit = limits[name] else { continue }
            begin = .now
            guard limit() >= 0 else { throw Limit.Failure(description: "\(name): C found nothing") }
            theirs.append((ContinuousClock.now - begin) / .milliseconds(1))
        }
        let p99 = percentile(ours, 99)
        rows.append([
            name, digits(median(ours), 1), digits(p99, 1), theirs.isEmpty ? "" : digits(median(theirs), 1),
            theirs.isEmpty ? "" : digits(percentile(theirs, 99), 1), "\(answers)", p99 < 50 ? "ok" : "MISSED",
        ])
    }
    let booked = try collector.stop()
    printTable(rows)
    print(
        "meanwhile: \(booked.count) samples of \(users) peers booked, p50 \(digits(median(booked), 0)) us, p99 \(digits(percentile(booked, 99), 0)) us"
    )
    try store.close()
}

/// Books on a thread of its own until it is stopped; what it shares is `isStopped`, under a lock, so it may be `@unchecked Sendable`.
private final class Collector: @unchecked Sendable {
    private let store: TrafficStore
    // Touched by the thread alone, and after it ended.
    private var crowds: [Crowd]
    private var times: [Double] = []
    private var failure: (any Error)?
    private var now: Int64
    // Guards `isStopped`; signalled when the thread has ended.
    private let lock = NSLock()
    private let ended = DispatchSemaphore(value: 0)
    private var isStopped = false

    init(_ store: TrafficStore, _ crowds: [Crowd], at now: Int64) {
        self.store = store
        self.crowds = crowds
        self.now = now
    }

    func start() {
        Thread { [self] in
            do { try run() } catch { failure = error }
            ended.signal()
        }.start()
    }

    func stop() throws -> [Double] {
        lock.withLock { isStopped = true }
        ended.wait()
        if let failure { throw failure }
        return times
    }

    private func run() throws {
        for place in crowds.indices { crowds[place].ledger = try store.ledger(of: crowds[place].node) }
        while !lock.withLock({ isStopped }) {
            now += 15
            for place in crowds.indices {
                _ = crowds[place].move(crowds[place].entries.count / 6, at: now)
                let booking = crowds[place].booking(at: now, owners: 2_000)
                let begin = ContinuousClock.now
                try store.book(booking)
                times.append((ContinuousClock.now - begin) / .microseconds(1))
                crowds[place].ledger.apply(booking)
                // The pace that is measured beside: ten nodes, each every five seconds.
                usleep(500_000)
            }
        }
    }
}
