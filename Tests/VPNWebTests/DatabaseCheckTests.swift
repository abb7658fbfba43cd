import Fleet
import Foundation
import Store
import Synchronization
import Testing
import WireGuard

@testable import VPNWeb

struct DatabaseCheckTests {
    private let folder = NSTemporaryDirectory() + "vpn-web-check-\(UUID().uuidString)"

    /// What was reported, when it is.
    private final class Reports: Sendable {
        private let seen = Mutex<[PanelState.DatabaseCheck]>([])
        private let bell = DispatchSemaphore(value: 0)

        func put(_ check: PanelState.DatabaseCheck) {
            seen.withLock { $0.append(check) }
            bell.signal()
        }

        func next() -> PanelState.DatabaseCheck? {
            guard bell.wait(timeout: .now() + 30) == .success else { return nil }
            return seen.withLock { $0.removeFirst() }
        }

        var count: Int { seen.withLock { $0.count } }
    }

    @Test(arguments: [false, true])
    func `a whole database is said to be whole, and may be looked at again`(isThorough: Bool) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try TrafficStore(path: folder + "/vpn-web.db", role: .daemon)
        let reports = Reports()
        let check = DatabaseCheck(store) { reports.put($0) }
        for _ in 0..<2 {
            check.begin(isThorough: isThorough)
            let result = try #require(reports.next())
            #expect(result.problems == [] && result.isThorough == isThorough)
        }
        check.stop()
        check.begin(isThorough: true)
        #expect(reports.count == 0)
    }

    @Test func `what cannot be read is a problem`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try TrafficStore(path: folder + "/vpn-web.db", role: .daemon)
        try store.close()
        let reports = Reports()
        let check = DatabaseCheck(store) { reports.put($0) }
        check.begin(isThorough: false)
        #expect(reports.next()?.problems.count == 1)
    }

    @Test(arguments: ["Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"])
    func `the quiet minute comes once a day, early in the morning`(name: String) throws {
        let zone = try #require(OwnerZone(name))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone.timeZone
        var now = UnixTime(1_774_000_000)
        var days: Set<DateComponents> = []
        for _ in 0..<400 {
            let next = zone.quietMinute(after: now)
            #expect(next > now && next.seconds(since: now) <= 26 * 3600)
            #expect((3...5).contains(calendar.component(.hour, from: next.date)))
            #expect(days.insert(calendar.dateComponents([.year, .month, .day], from: next.date)).inserted)
            now = next
        }
    }
}
