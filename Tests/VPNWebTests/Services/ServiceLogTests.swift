import Fleet
import Store
import Testing
import WireGuard

@testable import VPNWeb

struct ServiceLogTests {
    private let zone = OwnerZone("UTC")!

    /// 2026-11-19T12:00:00Z.
    private let noon = UnixTime(1_795_089_600)

    private func state(_ status: ServiceState.Status) -> ServiceState {
        ServiceState(
            id: "a", node: nil, kind: .tcp, status: status, evidence: status == .online ? .answered : .silent,
            detail: status == .online ? nil : "no answer")
    }

    /// One look a minute.
    private func log(_ steps: [(ServiceState.Status, minutes: Int)], ending end: UnixTime) -> ServiceLog {
        var log = ServiceLog([])
        var time = end.advanced(by: Int64(-60 * steps.reduce(0) { $0 + $1.minutes }))
        for (status, minutes) in steps {
            for _ in 0..<minutes {
                _ = log.enter([state(status)], at: time)
                time = time.advanced(by: 60)
            }
            // The look that shows the next one.
            if status != .unknown { _ = log.enter([state(status)], at: time) }
        }
        return log
    }

    private func recorded(_ log: ServiceLog, at now: UnixTime) -> ServiceHistory? {
        var log = log
        return log.history(of: "a", zone: zone, at: now)
    }

    @Test func `uptime is of the time that is known, and what is unknown is in no sum`() throws {
        let log = log(
            [(.online, 600), (.unknown, 120), (.offline, 60), (.online, 660)], ending: noon)
        let history = try #require(recorded(log, at: noon))
        #expect(history.last24h.offline == 3600)
        #expect(abs(history.last24h.online - 1260 * 60) <= 120)
        let uptime = try #require(history.last24h.uptime)
        #expect(abs(uptime - 1260.0 / 1320) < 0.01)
        #expect(history.days.count == 90)
        #expect(history.days.last?.start == UnixTime(noon.seconds - 43_200) && history.days.last?.seconds == 43_200)
        #expect(history.uptime(days: 90) == history.uptime(days: 2))
        // The days before were not looked at.
        #expect(history.days[..<87].allSatisfy { $0.sum == ServiceHistory.Sum() })
        #expect(history.uptime(days: 1) ?? 0 > 0.9)
    }

    @Test func `an outage has its beginning, its end and its cause; one that goes on has no end`() throws {
        let ended = log([(.online, 30), (.offline, 20), (.online, 30)], ending: noon)
        let outage = try #require(recorded(ended, at: noon)?.outages.first)
        #expect(outage.since == noon.advanced(by: -50 * 60) && outage.until == noon.advanced(by: -30 * 60))
        #expect(outage.status == .offline && outage.evidence == .silent && outage.detail == "no answer")
        let lasting = log([(.online, 30), (.offline, 5), (.blocked, 10)], ending: noon)
        let outages = try #require(recorded(lasting, at: noon)?.outages)
        // Down and then known to be blocked is one.
        #expect(outages.count == 1 && outages[0].until == nil && outages[0].status == .blocked)
        #expect(lasting.since(state(.blocked)) == noon.advanced(by: -10 * 60))
    }

    @Test func `a short restart makes no hole, a long one does, and a clock set back counts nothing twice`() throws {
        let first = ServiceSpan(
            service: "a", since: noon.advanced(by: -1000), until: noon.advanced(by: -60), status: .online,
            evidence: .answered)
        var short = ServiceLog([first])
        let isChanged = short.enter([state(.online)], at: noon)
        #expect(!isChanged)
        #expect(short.since(state(.online)) == noon.advanced(by: -1000))
        var long = ServiceLog([first])
        let isNew = long.enter([state(.online)], at: noon.advanced(by: 600))
        #expect(isNew)
        #expect(recorded(long, at: noon.advanced(by: 600))?.last24h.online == 940)
        var back = ServiceLog([first])
        _ = back.enter([state(.online)], at: noon.advanced(by: -500))
        #expect(recorded(back, at: noon)?.last24h.online == 940)
    }

    @Test func `what changed is stored at once, what only goes on once a minute`() {
        var log = ServiceLog([])
        _ = log.enter([state(.online)], at: noon)
        #expect(log.unsaved(isAll: false).count == 1)
        log.wereSaved(isAll: false)
        _ = log.enter([state(.online)], at: noon.advanced(by: 30))
        #expect(log.unsaved(isAll: false).isEmpty)
        #expect(log.unsaved(isAll: true).map(\.until) == [noon.advanced(by: 30)])
        _ = log.enter([state(.offline)], at: noon.advanced(by: 40))
        // With the new one, the end of the one before.
        #expect(log.unsaved(isAll: false).map(\.status) == [.online, .offline])
        log.wereSaved(isAll: true)
        #expect(log.unsaved(isAll: true).isEmpty)
    }
}
