import Glibc
import Logging
import Synchronization
import Testing

@testable import VPNWeb

struct WatchdogTests {
    private static func environment(_ values: [String: String]) -> (String) -> String? { { values[$0] } }
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func eventually(_ condition: () -> Bool) -> Bool {
        let until = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < until {
            if condition() { return true }
            usleep(2_000)
        }
        return false
    }

    @Test func `while all loops turn it is told, when one stands still it is not, when it turns again it is`() throws {
        let told = Count()
        let asked = Count()
        let stands = Count()
        let made = Watchdog(
            [
                .init(name: "one") { true },
                .init(name: "other") {
                    asked.add()
                    return stands.value == 0
                },
            ], log: Self.quiet, environment: Self.environment(["WATCHDOG_USEC": "40000"]),
            tell: { if $0 == "WATCHDOG=1" { told.add() } })
        let watchdog = try #require(made)
        #expect(Self.eventually { told.value > 3 })
        stands.add()
        // The look under way may still have seen it turn.
        let now = asked.value
        #expect(Self.eventually { asked.value > now + 1 })
        let count = told.value
        #expect(Self.eventually { asked.value > now + 8 })
        #expect(told.value == count)
        stands.clear()
        #expect(Self.eventually { told.value > count })
        watchdog.stop()
    }

    private final class Count: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func add() { number.withLock { $0 += 1 } }
        func clear() { number.withLock { $0 = 0 } }
    }

    @Test(arguments: [
        [:], ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "x"], ["WATCHDOG_USEC": "40000", "WATCHDOG_PID": "1"],
    ])
    func `nothing is told where systemd does not ask, or asks another process`(values: [String: String]) {
        #expect(Watchdog([], log: Self.quiet, environment: Self.environment(values), tell: { _ in }) == nil)
    }

    @Test func `a loop that has not turned by the time it named stands still`() {
        let pulse = Pulse()
        #expect(!pulse.isDue)
        pulse.back(within: .zero)
        #expect(Self.eventually { pulse.isDue })
        pulse.end()
        #expect(!pulse.isDue)
    }
}
