import Fleet
import Nodes
import Testing

struct ScheduleTests {
    private let interval = Duration.seconds(15)

    @Test func `nodes are spread over the interval, each at the same place every time`() {
        let phases = (0..<200).map { Schedule(node: NodeID("node\($0)"), interval: interval).phase }
        #expect(Set(phases).count == 200)
        for fifth in 0..<5 {
            let part = interval / 5 * fifth..<interval / 5 * (fifth + 1)
            #expect((15...70).contains(phases.count { part.contains($0) }))
        }
        #expect(Schedule(node: NodeID("node7"), interval: interval).phase == phases[7])
    }

    @Test func `the first poll of any node comes within a second`() {
        for number in 0..<100 {
            let schedule = Schedule(node: NodeID("node\(number)"), interval: .seconds(300))
            #expect(schedule.first >= .zero && schedule.first < .seconds(1))
        }
    }

    @Test func `a thousand quick polls do not drift`() {
        let schedule = Schedule(node: NodeID("eu1"), interval: interval)
        var elapsed = schedule.first
        var last = elapsed
        for number in 0..<1000 {
            elapsed = schedule.next(after: elapsed + .milliseconds(200), chance: Double(number % 10) / 10)
            #expect(elapsed > last)
            last = elapsed
        }
        let skew = elapsed - schedule.phase - interval * 999
        #expect(skew >= .zero - interval && skew <= interval + interval / 20)
    }

    @Test func `what was missed is skipped, not caught up with`() {
        let schedule = Schedule(node: NodeID("eu1"), interval: interval)
        let next = schedule.next(after: interval * 100, chance: 0)
        #expect(next > interval * 100 && next <= interval * 102)
        #expect(schedule.next(after: next, chance: 0) == next + interval)
    }

    @Test func `after a poll out of turn the next is not right behind it`() {
        let schedule = Schedule(node: NodeID("eu1"), interval: interval)
        let turn = schedule.phase + interval * 10
        #expect(schedule.next(after: turn - .seconds(1), chance: 0) == turn + interval)
        #expect(schedule.next(after: turn - .seconds(8), chance: 0) == turn)
    }
}
