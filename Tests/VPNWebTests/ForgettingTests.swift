import Accounting
import Fleet
import Foundation
import Store
import Testing
import WireGuard

@testable import VPNWeb

struct ForgettingTests {
    private static let day: Int64 = 86_400
    private static let start: Int64 = 1_700_000_000
    private let node = NodeID("main")

    /// Thirty days of a poll every two hours.
    private func books() throws -> (QuestionBooks, now: UnixTime) {
        let books = try QuestionBooks()
        for hour in 0..<360 {
            try books.poll(
                node, at: Self.start + 7200 * Int64(hour), [(QuestionBooks.key(1), UInt64(hour) * 7, UInt64(hour))],
                poll: .seconds(7200))
        }
        return (books, UnixTime(Self.start + 360 * 7200))
    }

    @Test func `what is older than it is kept goes by itself, and no sum changes`() throws {
        let (books, now) = try books()
        let all = [UnixTime(0), now]
        let before = try books.store.usage(by: .user, cuts: all)
        let began = ContinuousClock.now
        var forgetting = Forgetting(at: now, instant: began)
        // Not at once: a clock may still be wrong.
        try forgetting.forget(Retention(), in: books.store, at: now, instant: began + .seconds(500))
        #expect(try books.store.horizons().samples == nil)
        for second in 600..<700 {
            try forgetting.forget(
                Retention(), in: books.store, at: now.advanced(by: Int64(second)), instant: began + .seconds(second))
        }
        let horizons = try books.store.horizons()
        #expect(try #require(horizons.samples) > now.advanced(by: -3 * Self.day))
        #expect(try #require(horizons.fiveMinutes) > now.advanced(by: -15 * Self.day))
        #expect(horizons.hours == nil)
        let left = try books.store.samples(of: .all, from: UnixTime(0), to: now)
        #expect((1...50).contains(left.count))
        #expect(try books.store.usage(by: .user, cuts: all) == before)
        #expect(try books.store.problems(isThorough: true) == [])
    }

    @Test func `a clock that jumps a year ahead forgets nothing more`() throws {
        let (books, now) = try books()
        let began = ContinuousClock.now
        var forgetting = Forgetting(at: now, instant: began)
        for second in 600..<640 {
            try forgetting.forget(
                Retention(), in: books.store, at: now.advanced(by: 600 * Self.day), instant: began + .seconds(second))
        }
        let horizons = try books.store.horizons()
        #expect(horizons.hours == nil && horizons.sessions == nil)
        #expect(try #require(horizons.samples) < now)
    }
}
