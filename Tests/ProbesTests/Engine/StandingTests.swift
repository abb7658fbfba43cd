import Fleet
import Testing
import WireGuard

@testable import Probes

struct StandingTests {
    private func standing(_ outcomes: [ProbeResult.Outcome]) -> Standing {
        var standing = Standing()
        for (index, outcome) in outcomes.enumerated() {
            standing.enter(ProbeResult(probe: "a", at: UnixTime(Int64(1000 + index)), outcome: outcome))
        }
        return standing
    }

    private let good = ProbeResult.Outcome.proven(.init(latency: .milliseconds(5)))
    private let bad = ProbeResult.Outcome.failed(ProbeFailure(.silent))
    private let blank = ProbeResult.Outcome.failed(ProbeFailure(.lookupFailed))

    @Test func `of what was never seen the first success is believed, and three failures`() {
        #expect(standing([]).state == .unknown)
        #expect(standing([good]).state == .up)
        #expect(standing([bad, bad]).state == .unknown)
        #expect(standing([bad, bad, bad]).state == .down)
    }

    @Test func `three failures take it down, two successes bring it back`() {
        #expect(standing([good, bad, bad]).state == .up)
        #expect(standing([good, bad, bad, good, bad, bad]).state == .up)
        #expect(standing([good, bad, bad, bad]).state == .down)
        #expect(standing([good, bad, bad, bad, good]).state == .down)
        #expect(standing([good, bad, bad, bad, good, bad, good]).state == .down)
        #expect(standing([good, bad, bad, bad, good, good]).state == .up)
    }

    @Test func `probes that could not be made take nothing down, and after three nobody knows`() {
        #expect(standing([good, blank, blank]).state == .up)
        #expect(standing([good, blank, blank, blank]).state == .unknown)
        #expect(standing([good, bad, bad, blank, bad]).state == .down)
        #expect(standing([bad, bad, bad, blank, blank, blank, good]).state == .up)
    }

    @Test func `what was seen in blindness is forgiven`() {
        var standing = standing([good, bad, bad])
        standing.forgive()
        standing.enter(ProbeResult(probe: "a", at: UnixTime(2000), outcome: bad))
        #expect(standing.state == .up)
    }

    /// Acceptance: within three intervals, at the worst of chances and with every probe as long as it may take.
    @Test func `a fall and a rise are known within three intervals`() {
        let (interval, timeout) = (Duration.seconds(60), Duration.seconds(10))
        for chance in [0, 0.5, 1] {
            let start = ContinuousClock.now
            // The last good probe ended as the service died, a whole interval before the next one.
            var (table, now) = (Timetable(interval: interval, from: start, chance: 1), start)
            table.turn(true, began: now, interval: interval, chance: 1)
            for _ in 0..<Standing.failuresToFall {
                let began = max(now, table.next)
                now = began + timeout
                table.turn(false, began: began, interval: interval, chance: chance)
            }
            #expect(now - start < interval * 3)
            // It came back just after the probe that took it down.
            let back = now
            for _ in 0..<Standing.successesToRise {
                now = max(now, table.next)
                table.turn(true, began: now, interval: interval, chance: chance)
            }
            #expect(now - back < interval * 3)
        }
    }

    @Test func `a turn comes after the interval, sooner while it is unclear, and never at the same moment for all`() {
        let now = ContinuousClock.now
        func next(_ results: [Bool], chance: Double) -> Duration {
            var table = Timetable(interval: .seconds(60), from: now, chance: 0)
            for result in results { table.turn(result, began: now, interval: .seconds(60), chance: chance) }
            return table.next - now
        }
        #expect(next([true], chance: 0.5) == .seconds(60))
        #expect(next([true], chance: 0) < .seconds(55) && next([true], chance: 1) > .seconds(65))
        #expect(next([false], chance: 0.5) == .seconds(15))
        #expect(next([false, false], chance: 0.5) == .seconds(15))
        #expect(next([false, false, false], chance: 0.5) == .seconds(60))
        #expect(next([false, true], chance: 0.5) == .seconds(60))
        #expect(Timetable(interval: .seconds(60), from: now, chance: 1).next - now == .seconds(10))
        #expect(Timetable(interval: .seconds(4), from: now, chance: 1).next - now == .seconds(4))
    }
}
