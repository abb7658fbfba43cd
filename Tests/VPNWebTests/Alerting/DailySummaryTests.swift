import Pages
import Testing
import WireGuard

@testable import VPNWeb

/// A clock that is turned minute by minute over days whose clocks are moved.
struct DailySummaryTests {
    /// Every moment at which a summary goes out, looked for each minute, and the day that it tells of.
    private func walk(
        _ minute: Int, _ zone: OwnerZone, from: String, to: String, stepping step: Int64 = 60
    ) throws -> [(at: UnixTime, day: Range<UnixTime>)] {
        let summary = DailySummary(minute: minute, zone: zone)
        var now = try #require(zone.parse(from))
        let end = try #require(zone.parse(to))
        // As of the day before.
        var last: UnixTime? = now
        var sent: [(UnixTime, Range<UnixTime>)] = []
        while now < end {
            if let day = summary.due(at: now, last: last) {
                sent.append((now, day))
                last = now
            }
            now = now.advanced(by: step)
        }
        return sent
    }

    @Test(
        arguments: [
            ("Europe/Berlin", "2026-03-27", "2026-04-01"), ("Europe/Berlin", "2026-10-23", "2026-10-28"),
            ("America/New_York", "2026-03-06", "2026-03-11"), ("Europe/Moscow", "2026-11-23", "2026-11-28"),
            // Midnight itself is skipped there.
            ("America/Asuncion", "2023-09-29", "2023-10-04"), ("Australia/Lord_Howe", "2026-04-03", "2026-04-08"),
        ], [0, 9 * 60, 23 * 60 + 59])
    func `once a day at the minute that the owner's clock shows, of the whole day before`(
        place: (zone: String, from: String, to: String), minute: Int
    ) throws {
        let zone = try #require(OwnerZone(place.zone))
        let sent = try walk(minute, zone, from: place.from, to: place.to)
        // The first midnight is the moment from which it is looked.
        #expect(sent.count == (minute == 0 ? 4 : 5))
        for (at, day) in sent {
            let isSkipped = zone.start(of: .day, holding: at) == at && zone.minuteOfDay(at) > minute
            #expect(zone.minuteOfDay(at) == minute || isSkipped, "\(at.rfc3339)")
            #expect(day.upperBound == zone.start(of: .day, holding: at))
            #expect(day.lowerBound == zone.start(of: .day, holding: day.upperBound, movedBy: -1))
        }
    }

    @Test func `an hour that comes twice has one, an hour that is skipped has it at the next minute there is`() throws {
        let zone = try #require(OwnerZone("Europe/Berlin"))
        let twice = try walk(2 * 60 + 30, zone, from: "2026-10-25", to: "2026-10-26")
        #expect(twice.map(\.at.rfc3339) == ["2026-10-25T00:30:00Z"])
        let skipped = try walk(2 * 60 + 30, zone, from: "2026-03-29", to: "2026-03-30")
        #expect(skipped.count == 1 && skipped[0].at.rfc3339.hasPrefix("2026-03-29T01:"))
        // Of 23 hours, and told the day after.
        let after = try walk(9 * 60, zone, from: "2026-03-30", to: "2026-03-31")
        #expect(after.map { $0.day.upperBound.seconds(since: $0.day.lowerBound) } == [23 * 3600])
    }

    @Test func `a panel that was away makes up for it within the hour, over midnight too, and not later`() throws {
        let zone = try #require(OwnerZone("Europe/Moscow"))
        let summary = DailySummary(minute: 23 * 60 + 50, zone: zone)
        func due(_ text: String, last: String? = nil) -> Range<UnixTime>? {
            summary.due(at: zone.parse(text)!, last: last.flatMap { zone.parse($0) })
        }
        #expect(due("2026-11-23T23:49:59+03:00") == nil)
        #expect(due("2026-11-24T00:20:00+03:00")?.upperBound == zone.parse("2026-11-23"))
        #expect(due("2026-11-24T00:20:00+03:00", last: "2026-11-23T23:50:00+03:00") == nil)
        #expect(due("2026-11-24T00:50:00+03:00") == nil)
    }
}
