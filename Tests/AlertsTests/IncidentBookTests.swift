import Fleet
import Testing
import WireGuard

@testable import Alerts

/// Judgements and a clock that the test turns.
struct Bench {
    var time: Int64 = 0
    var book = IncidentBook(at: Moment(wall: UnixTime(Bench.start), steady: .zero))
    var rules = RuleBook()
    static let start: Int64 = 1_800_000_000

    var now: Moment { Moment(wall: UnixTime(Self.start + time), steady: .seconds(time)) }

    /// Says this every second for so long.
    mutating func say(_ judgements: [Judgement], for seconds: Int64 = 1) {
        for _ in 0..<seconds {
            time += 1
            book.enter(judgements, by: rules, at: now)
        }
    }

    var open: [Rule] { book.incidents.filter { $0.ended == nil }.map(\.rule) }
}

extension Judgement {
    static func wrong(_ rule: Rule, _ node: String = "eu1", seen: Int64? = nil) -> Judgement {
        .wrong(rule, .node(NodeID(node)), Evidence(name: node, seen: seen))
    }

    static func undecided(_ rule: Rule, _ node: String = "eu1") -> Judgement { .undecided(rule, .node(NodeID(node))) }
}

struct IncidentBookTests {
    @Test func `what does not last long enough never opens`() {
        var bench = Bench()
        bench.rules[.nodeStale].after = .seconds(60)
        bench.say([.wrong(.nodeStale)], for: 59)
        bench.say([])
        bench.say([.wrong(.nodeStale)], for: 59)
        #expect(bench.open.isEmpty)
        bench.say([.wrong(.nodeStale)], for: 2)
        #expect(bench.open == [.nodeStale])
        #expect(bench.book.incidents[0].began == UnixTime(Bench.start + 61))
    }

    @Test func `it ends when all was well for long enough, and as of when that began`() {
        var bench = Bench()
        bench.rules[.nodeDisk] = RuleSettings(.warning, limit: 85, calm: .seconds(30))
        bench.say([.wrong(.nodeDisk)], for: 10)
        bench.say([], for: 29)
        bench.say([.wrong(.nodeDisk)])
        bench.say([], for: 30)
        #expect(bench.open == [.nodeDisk])
        bench.say([])
        #expect(bench.open.isEmpty)
        #expect(bench.book.incidents[0].ended == UnixTime(Bench.start + 41))
    }

    @Test func `time that nobody can judge ends nothing and opens nothing`() {
        var bench = Bench()
        bench.rules[.nodeMemory] = RuleSettings(.warning, after: .seconds(10), calm: .seconds(5))
        bench.say([.wrong(.nodeMemory)], for: 5)
        bench.say([.undecided(.nodeMemory)], for: 1000)
        #expect(bench.open.isEmpty)
        bench.say([.wrong(.nodeMemory)], for: 11)
        bench.say([.undecided(.nodeMemory)], for: 1000)
        #expect(bench.open == [.nodeMemory])
    }

    @Test func `what keeps coming back within the hour ends later each time`() {
        var bench = Bench()
        bench.rules[.serviceDown] = RuleSettings(.critical, calm: .seconds(10))
        var ends: [Int64] = []
        for _ in 0..<6 {
            bench.say([.wrong(.serviceDown)])
            let begun = bench.time
            while !bench.open.isEmpty { bench.say([]) }
            ends.append(bench.time - begun - 1)
        }
        #expect(ends == [10, 10, 10, 20, 40, 80])
        bench.say([], for: 3700)
        bench.say([.wrong(.serviceDown)])
        bench.say([], for: 11)
        #expect(bench.open.isEmpty)
    }

    @Test func `a rule that is turned off ends what it opened, and says so`() {
        var bench = Bench()
        bench.say([.wrong(.nodeUnreachable)])
        bench.rules[.nodeUnreachable].isOn = false
        bench.say([.wrong(.nodeUnreachable)])
        #expect(bench.book.incidents.map(\.isDropped) == [true])
    }

    @Test func `after a restart an incident goes on under its number`() {
        var bench = Bench()
        bench.say([.wrong(.nodeUnreachable)])
        let stored = bench.book.takeChanged()
        bench.book = IncidentBook(stored, next: 2, at: bench.now)
        bench.say([.wrong(.nodeUnreachable), .wrong(.nodeUnreachable, "eu2")])
        #expect(bench.book.incidents.map(\.id) == [1, 2])
        bench.say([], for: 31)
        #expect(bench.open.isEmpty)
    }

    @Test func `a clock that jumps neither opens nor ends anything`() {
        var bench = Bench()
        bench.rules[.nodeStale].after = .seconds(60)
        bench.say([.wrong(.nodeStale)], for: 30)
        let jumped = Moment(wall: UnixTime(Bench.start + 86_400), steady: bench.now.steady + .seconds(1))
        bench.book.enter([.wrong(.nodeStale)], by: bench.rules, at: jumped)
        #expect(bench.open.isEmpty)
    }
}
