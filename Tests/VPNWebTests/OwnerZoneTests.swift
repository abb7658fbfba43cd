import Foundation
import Testing
import WireGuard

@testable import VPNWeb

struct OwnerZoneTests {
    let moscow = OwnerZone("Europe/Moscow")!
    let berlin = OwnerZone("Europe/Berlin")!
    let kathmandu = OwnerZone("Asia/Kathmandu")!

    @Test func `a day begins at the owner's midnight`() {
        let noon = moscow.parse("2026-11-23T09:00:00Z")!
        #expect(moscow.start(of: .day, holding: noon) == moscow.parse("2026-11-22T21:00:00Z"))
        #expect(moscow.start(of: .month, holding: noon) == moscow.parse("2026-10-31T21:00:00Z"))
    }

    @Test func `an hour begins where the zone's clock shows it`() {
        let instant = kathmandu.parse("2026-11-23T10:00:00Z")!
        #expect(kathmandu.start(of: .hour, holding: instant) == kathmandu.parse("2026-11-23T09:15:00Z"))
    }

    @Test(arguments: [
        ("2026-03-29", "2026-03-30", 23), ("2026-10-25", "2026-10-26", 25), ("2026-11-23", "2026-11-24", 24),
    ])
    func `a day that changes the clocks has 23 or 25 hours`(from: String, to: String, hours: Int) throws {
        let cuts = try #require(
            berlin.cuts(.hour, from: berlin.parse(from)!, to: berlin.parse(to)!, limit: 100))
        #expect(cuts.count - 1 == hours)
        #expect(zip(cuts, cuts.dropFirst()).allSatisfy { $1.seconds(since: $0) == 3600 })
    }

    @Test func `cuts cover the window without a hole`() throws {
        let from = moscow.parse("2026-01-15T10:30:00Z")!
        let to = moscow.parse("2026-04-02")!
        let cuts = try #require(moscow.cuts(.month, from: from, to: to, limit: 100))
        #expect(
            cuts == [from, moscow.parse("2026-02-01")!, moscow.parse("2026-03-01")!, moscow.parse("2026-04-01")!, to])
    }

    @Test func `a window of too many pieces is refused, not built`() {
        #expect(moscow.cuts(.hour, from: UnixTime(0), to: UnixTime(4_000_000_000), limit: 1000) == nil)
    }

    @Test func `a window that ends before it begins is empty`() {
        #expect(moscow.cuts(.day, from: UnixTime(100), to: UnixTime(100), limit: 10) == [])
    }

    @Test(arguments: [
        ("2026-11-23T10:00:00Z", 1_795_428_000), ("2026-11-23T13:00:00+03:00", 1_795_428_000),
        ("2026-11-23", 1_795_381_200), ("2026-11-23t10:00:00.999z", 1_795_428_000),
        ("2026-11-23T05:30:00-0430", 1_795_428_000), ("2016-12-31T23:59:60Z", 1_483_228_800),
        ("2024-02-29T00:00:00-00:00", 1_709_164_800),
    ])
    func `a time is RFC 3339 or a date in the owner's zone`(text: String, seconds: Int64) {
        #expect(moscow.parse(text) == UnixTime(seconds))
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01", "2026-02-30", "2026-1-1", "2026-11-23T10:00", "1795428000",
        "2026-02-30T10:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z", "2026-11-23T10:00:00",
        "2026-11-23T10:00:00.Z", "2026-11-23T10:00:00+24:00", "2026-11-23T10:00:00+3", "2026-11-23T10:00:00Zx",
        "2026-00-10T10:00:00Z", "２026-11-23T10:00:00Z",
    ])
    func `anything else is no time`(text: String) {
        #expect(moscow.parse(text) == nil)
    }

    @Test func `a name outside the tz database is no zone`() {
        #expect(OwnerZone("Europe/Atlantis") == nil)
    }
}
