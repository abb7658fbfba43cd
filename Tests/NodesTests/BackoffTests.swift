import Fleet
import Nodes
import Testing

struct BackoffTests {
    @Test func `a refused login is never tried again within 15 seconds, and ever later`() {
        var backoff = Backoff()
        let waits = (0..<8).map { _ in backoff.failed(.authentication, chance: 0) }
        #expect(waits == [15, 30, 60, 120, 240, 300, 300, 300].map { .seconds($0) })
    }

    @Test func `a host that is away is tried again within 38 seconds at most`() {
        var backoff = Backoff()
        let waits = (0..<8).map { _ in backoff.failed(.unreachable, chance: 0.999) }
        #expect(waits[0] < .seconds(1.25))
        #expect(waits[7] > .seconds(30) && waits[7] < .seconds(37.5))
    }

    @Test func `a good poll forgets`() {
        var backoff = Backoff()
        for _ in 0..<100 { _ = backoff.failed(.refused, chance: 0.5) }
        backoff.succeeded()
        #expect(backoff.failed(.refused, chance: 0) == .seconds(1))
    }

    @Test(arguments: PollFailure.Kind.allCases) func `every kind waits at least a second`(kind: PollFailure.Kind) {
        var backoff = Backoff()
        #expect(backoff.failed(kind, chance: 0) >= .seconds(1))
    }
}
