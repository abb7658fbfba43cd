import Accounting
import Fleet
import Foundation
import Pages
import Store
import Testing
import WireGuard

@testable import VPNWeb

/// A story told sample by sample: whatever a node showed can be read back, each byte with the two readings it lies between.
struct PollStoriesTests {
    private static let nodes = [NodeID("main"), NodeID("eu1")]
    private static let keys = (1...5).map { QuestionBooks.key(UInt8($0)) }
    private static let zone = OwnerZone("Europe/Moscow")!

    private struct Place: Hashable {
        var node: NodeID
        var key: PublicKey
    }

    /// What nodes showed, at each time.
    private struct Town {
        let books: QuestionBooks
        var shown: [Place: [UnixTime: Traffic]] = [:]
        var end: Int64 = 1_790_000_000 / 3600 * 3600

        init(_ random: inout Dice, polls: Int) throws {
            books = try QuestionBooks()
            var counters: [NodeID: [PublicKey: Traffic]] = [:]
            for _ in 0..<polls {
                end += random.pick([15, 15, 15, 15, 600])
                // The clock is set back, less than a poll's way from the hour's end or further.
                if random.chance(1) { end -= 40 }
                let node = random.pick(nodes)
                for key in keys where random.chance(60) {
                    let old = counters[node]?[key] ?? .zero
                    counters[node, default: [:]][key] = Traffic(
                        rx: old.rx + random.number(0...5_000), tx: old.tx + random.number(0...90_000))
                }
                if random.chance(3) {
                    let anew = random.chance(50) ? Traffic.zero : Traffic(rx: 7, tx: 9)
                    counters[node] = counters[node]?.mapValues { _ in anew }
                }
                if random.chance(3) { counters[node]?[random.pick(keys)] = nil }
                if random.chance(5) { books.owners[random.pick(keys)] = random.pick([1, 2]) }
                if random.chance(2) { books.owners[random.pick(keys)] = nil }
                if random.chance(10) { try books.name(at: end) }
                // Two answers of one second are not told apart below.
                guard shown.allSatisfy({ $0.key.node != node || $0.value[UnixTime(end)] == nil }) else { continue }
                try books.poll(node, at: end, (counters[node] ?? [:]).map { ($0.key, $0.value.rx, $0.value.tx) })
                for (key, traffic) in counters[node] ?? [:] {
                    shown[Place(node: node, key: key), default: [:]][UnixTime(end)] = traffic
                }
            }
        }

        func story(_ selection: Selection, from: Int64 = 1_790_000_000 - 7200) throws -> LedgerAnswer {
            let questions = Questions(books.store)
            let window = try Window(UnixTime(from), UnixTime(end + 1), .hour, zone, Window.mostSteps)
            return try questions.story(
                questions.whole(window, zone), of: selection, byPoll: true, zone: zone)
        }
    }

    @Test(arguments: 1...12)
    func `every line has the readings that the node showed, and they are the whole sum`(seed: UInt64) throws {
        var random = Dice(state: seed)
        let town = try Town(&random, polls: 400)
        for key in Self.keys {
            let story = try town.story(Selection(peer: key))
            #expect(story.step == "poll")
            for node in Self.nodes {
                var last: Traffic?
                let showings = town.shown[Place(node: node, key: key)] ?? [:]
                for entry in story.entries.sorted(by: { ($0.sample ?? 0) < ($1.sample ?? 0) })
                where entry.node == node && entry.publicKey == key {
                    // One that began again at nought adds nothing, and the next line begins there.
                    guard entry.counts else {
                        last = entry.after ?? last
                        continue
                    }
                    try #require(entry.until == nil && entry.sample != nil, "\(entry)")
                    try #require(entry.after == showings[entry.at], "\(entry)")
                    if entry.kind == "growth" {
                        try #require(entry.before == last, "\(entry) after \(last as Any)")
                        let (before, after) = (try #require(entry.before), try #require(entry.after))
                        #expect(entry.booked == Traffic(rx: after.rx - before.rx, tx: after.tx - before.tx))
                    }
                    last = entry.after
                }
            }
            let told = story.entries.filter { $0.counts && !$0.isOpening }
            #expect(told.reduce(into: .zero) { $0 += $1.booked ?? .zero } == story.dated)
            #expect(Set(told.map(\.owner)) == Set(story.byUser.filter { !$0.dated.isZero }.map(\.subject)))
        }
    }

    @Test(arguments: 1...4)
    func `a user's lines are those of their keys, and nobody's are told too`(seed: UInt64) throws {
        var random = Dice(state: seed)
        let town = try Town(&random, polls: 300)
        for owner in [Selection.Owner.telegramID(1), .telegramID(2), .unmatched] {
            let story = try town.story(Selection(user: owner))
            let told = story.entries.filter { $0.counts && !$0.isOpening }
            #expect(told.reduce(into: .zero) { $0 += $1.booked ?? .zero } == story.dated)
            #expect(told.allSatisfy { $0.until == nil })
            let ofKeys = try Self.keys.flatMap { try town.story(Selection(peer: $0)).entries }.filter { entry in
                let id: Int64? = if case .telegramID(let id) = owner { id } else { nil }
                return entry.kind == "growth" && entry.owner == id
            }
            let own = told.filter { $0.kind == "growth" }
            func order(_ entry: LedgerAnswer.Entry) -> String {
                "\(entry.node) \(entry.sample ?? 0) \(entry.publicKey?.base64 ?? "")"
            }
            #expect(own.sorted { order($0) < order($1) } == ofKeys.sorted { order($0) < order($1) })
        }
    }

    @Test func `what is older than the samples is told by the hour, and no byte is missing`() throws {
        var random = Dice(state: 5)
        let town = try Town(&random, polls: 600)
        let retention = Retention(
            samples: .seconds(3 * 3600), fiveMinutes: .seconds(86_400), hours: .seconds(30 * 86_400),
            sessions: .seconds(86_400))
        while try town.books.store.prune(retention, at: UnixTime(town.end), rows: 50) {}
        let story = try town.story(Selection(peer: Self.keys[0]))
        let told = story.entries.filter { $0.counts && !$0.isOpening }
        #expect(told.reduce(into: .zero) { $0 += $1.booked ?? .zero } == story.dated)
        let (hours, polls) = (told.filter { $0.until != nil }, told.filter { $0.kind == "growth" && $0.until == nil })
        #expect(!hours.isEmpty && !polls.isEmpty)
        let first = try #require(polls.map(\.at).min())
        #expect(hours.allSatisfy { $0.at < first } && first.seconds >= town.end - 3 * 3600)
        #expect(hours.allSatisfy { $0.until.map { $0.seconds(since: UnixTime(0)) % 3600 == 0 } == true })
    }

    @Test func `samples that are kept for longer than five minutes are told all the same`() throws {
        var random = Dice(state: 6)
        let town = try Town(&random, polls: 600)
        let before = try town.story(Selection(peer: Self.keys[0]))
        let retention = Retention(
            samples: .seconds(86_400 * 9), fiveMinutes: .seconds(3600), hours: .seconds(30 * 86_400),
            sessions: .seconds(86_400))
        while try town.books.store.prune(retention, at: UnixTime(town.end), rows: 50) {}
        #expect(before.entries.filter { $0.kind == "growth" && $0.until == nil }.count > 50)
        #expect(try town.story(Selection(peer: Self.keys[0])).entries == before.entries)
    }
}
