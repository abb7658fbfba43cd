import Testing

@testable import Probes

struct StampClockTests {
    private func at(_ seconds: UInt64, _ nanoseconds: UInt32 = 0) -> TAI64N {
        TAI64N(seconds: seconds, nanoseconds: nanoseconds)
    }

    @Test func `stamps grow when the clock stands still or is set back`() {
        let clock = StampClock(stored: nil)
        let stamps = [at(1000, 5), at(1000, 5), at(900), at(1000, 999_999_999), at(1001)].map { clock.next(now: $0) }
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
        #expect(stamps[0] == at(1000, 5) && stamps[4] == at(1001))
    }

    @Test func `stamps grow across a crash, whatever the clock says then`() {
        let before = StampClock(stored: nil)
        var stored: UInt64?
        var last = at(0)
        // As the bookkeeper does it: a promise whenever one is due, then the stamps.
        for second in stride(from: UInt64(50_000), to: 60_000, by: 60) {
            if let due = before.due(now: second) {
                stored = due
                before.wasStored(due)
            }
            last = before.next(now: at(second))
        }
        let after = StampClock(stored: stored)
        #expect(last < after.next(now: at(10)))
    }

    @Test func `it is stored once in five minutes, not with every probe`() {
        let clock = StampClock(stored: nil)
        var stores = 0
        for second in stride(from: UInt64(50_000), to: 53_600, by: 15) {
            if let due = clock.due(now: second) {
                stores += 1
                clock.wasStored(due)
            }
            _ = clock.next(now: at(second))
        }
        #expect((10...14).contains(stores))
    }

    @Test func `a good end moves nothing ahead`() {
        let clock = StampClock(stored: nil)
        #expect(clock.ceilingAtEnd == nil)
        _ = clock.next(now: at(1000))
        #expect(StampClock(stored: clock.ceilingAtEnd).next(now: at(5000)) == at(5000))
    }
}
