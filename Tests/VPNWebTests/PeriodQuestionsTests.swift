import Accounting
import Fleet
import Foundation
import Pages
import Roster
import Store
import Testing
import WireGuard

@testable import VPNWeb

struct PeriodCutsTests {
    private func cuts(_ zone: String, _ startDay: Int, at now: String) throws -> [String] {
        let zone = try #require(OwnerZone(zone))
        return PeriodCuts(startDay: startDay, zone: zone, now: try #require(zone.parse(now))).all.map(\.rfc3339)
    }

    @Test func `a period is cut in the owner's zone, over a change of the clocks too`() throws {
        #expect(
            try cuts("Europe/Berlin", 15, at: "2026-04-02T10:10:00Z") == [
                "2026-02-14T23:00:00Z", "2026-03-05T11:00:00Z", "2026-03-14T23:00:00Z", "2026-04-01T22:00:00Z",
                "2026-04-14T22:00:00Z",
            ])
        #expect(
            try cuts("Asia/Kathmandu", 1, at: "2026-11-23T12:00:00Z") == [
                "2026-09-30T18:15:00Z", "2026-10-23T12:00:00Z", "2026-10-31T18:15:00Z", "2026-11-22T18:15:00Z",
                "2026-11-30T18:15:00Z",
            ])
    }

    @Test func `a moment that the shorter month before has not is its end`() throws {
        let all = try cuts("UTC", 1, at: "2026-03-31T12:00:00Z")
        #expect(all[1] == "2026-03-01T00:00:00Z" && all[1] == all[2])
    }

    @Test func `used, left and the forecast are of the period alone`() throws {
        let books = try QuestionBooks()
        let zone = try #require(OwnerZone("UTC"))
        let key = QuestionBooks.key(1)
        let node = NodeID("n")
        books.owners[key] = 5
        // A megabyte a day, half of it each way, from the 20th of October to the 11th of November.
        let first = try #require(zone.parse("2026-10-20T12:00:00Z")).seconds
        for day in 0...22 {
            let bytes = UInt64(day) * 500_000
            try books.poll(node, at: first + Int64(day) * 86_400, [(key, 7 + bytes, bytes)])
        }
        let now = try #require(zone.parse("2026-11-11T18:00:00Z"))
        func row(_ limit: UInt64, seen: Int64 = first) throws -> PeriodsAnswer.Row {
            let account = Questions.Account(
                subject: .user(5), id: "5", name: nil, firstSeen: UnixTime(seen), startDay: 1,
                allowance: PeriodAllowance(bytes: limit, startDay: 1))
            return try #require(
                try Questions(books.store).periods(of: [account], selection: .all, zone: zone, now: now).first)
        }
        let period = try row(20_000_000)
        #expect(period.used == Traffic(rx: 5_500_000, tx: 5_500_000))
        #expect(period.previous == Traffic(rx: 5_500_000, tx: 5_500_000))
        #expect(period.atSameMoment == .zero)
        // Ten completed days of a megabyte; 19.25 are left.
        #expect(period.forecast == Traffic(rx: 15_125_000, tx: 15_125_000))
        #expect(period.allowance?.used == 11_000_000 && period.allowance?.left == 9_000_000)
        #expect(period.allowance?.forecast == 30_250_000)
        #expect(period.allowance?.usedUpAt == now.advanced(by: 9 * 86_400))
        #expect(try row(40_000_000).allowance?.usedUpAt == nil)
        #expect(try row(11_000_000).allowance?.left == 0)
        // Seen since the day before yesterday: two days tell nothing.
        #expect(try row(20_000_000, seen: now.seconds - 2 * 86_400).forecast == nil)
    }
}

/// Forecasts of what the panel itself knows of its users.
struct ForecastTests {
    private let books: QuestionBooks
    private let zone = OwnerZone("UTC")!
    private let node = NodeID("n")
    private let day: Int64 = 86_400

    /// The 1st of November 2026, at noon.
    private let noon: Int64

    init() throws {
        books = try QuestionBooks()
        noon = try #require(zone.parse("2026-11-01T12:00:00Z")).seconds
    }

    private func period(_ user: Int64, on days: Int64) throws -> PeriodsAnswer.Row {
        let roster = Fleet.Roster(
            users: [User(telegramID: user, username: nil)],
            devices: books.owners.map { key, owner in
                Device(telegramID: owner, node: node, name: nil, publicKeyText: key.base64, publicKey: key, wgIP: "")
            })
        let now = UnixTime(noon + days * day)
        let snapshot = SnapshotMaker.snapshot(
            of: Books(
                statuses: [], ledgers: books.ledgers, roster: roster, ownership: Ownership(roster),
                today: PeriodTotals(start: now), month: PeriodTotals(start: now),
                panel: PanelState(version: "t", startedAt: now), services: []), at: now, generation: 1)
        let accounts = Accounts.users(snapshot, .init(), only: .telegramID(user))
        return try #require(
            try Questions(books.store).periods(of: accounts, selection: .all, zone: zone, now: now).first)
    }

    @Test func `a key that was replaced makes no month of a few days`() throws {
        let (old, new) = (QuestionBooks.key(1), QuestionBooks.key(2))
        books.owners = [old: 5]
        try books.poll(node, at: noon - day, [(old, 0, 0)])
        // A megabyte a day; on the 19th with another key, whose predecessor the bot forgets.
        for count in Int64(0)..<19 {
            try books.poll(node, at: noon + count * day, [(old, 0, UInt64(count + 1) * 1_000_000)])
        }
        books.owners = [new: 5]
        for count in Int64(19)..<23 {
            try books.poll(node, at: noon + count * day, [(new, 0, UInt64(count - 18) * 1_000_000)])
        }
        let period = try period(5, on: 22)
        #expect(period.used.tx == 23_000_000 && period.forecast?.tx == 30_500_000)
    }

    @Test func `a key that was handed over counts since its new owner's first bytes`() throws {
        let key = QuestionBooks.key(1)
        books.owners = [key: 6]
        for count in Int64(0)..<19 {
            try books.poll(node, at: noon + count * day, [(key, 0, UInt64(count + 1) * 9_000_000)])
        }
        books.owners = [key: 5]
        for count in Int64(19)..<23 {
            try books.poll(node, at: noon + count * day, [(key, 0, 171_000_000 + UInt64(count - 18) * 1_000_000)])
        }
        // Three completed days, the 20th to the 22nd, of a megabyte; 7.5 are left, and today's is used.
        let period = try period(5, on: 22)
        #expect(period.used.tx == 4_000_000 && period.forecast?.tx == 11_500_000)
    }
}

struct BillingConfigurationTests {
    @Test func `billing days and allowances are read`() throws {
        let configuration = try ConfigurationFolder().load(
            """
            billing: { day: 10 }
            nodes:
              - { id: a, local: true, allowance: { gb: 1000 } }
              - { id: b, local: true, allowance: { gb: 5, day: 31, count: tx } }
              - { id: c, local: true }
            users:
              - { telegram_id: -7, allowance: { gb: 1, count: both } }
            """)
        #expect(
            configuration.billing
                == Configuration.Billing(
                    day: 10,
                    nodes: [
                        NodeID("a"): PeriodAllowance(bytes: 1_000_000_000_000, startDay: 10),
                        NodeID("b"): PeriodAllowance(bytes: 5_000_000_000, startDay: 31, count: .tx),
                    ], users: [-7: PeriodAllowance(bytes: 1_000_000_000, startDay: 10)]))
        #expect(configuration.site.billing == configuration.billing)
    }

    @Test(arguments: [
        ("billing: { day: 0 }", "day"), ("billing: { day: 32 }", "day"), ("billing: { date: 1 }", "date"),
        ("users: [{ telegram_id: 1 }]", "allowance"), ("users: [{ allowance: { gb: 1 } }]", "telegram_id"),
        ("users: [{ telegram_id: 1, allowance: { gb: 0 } }]", "gb"),
        ("users: [{ telegram_id: 1, allowance: { gb: 1, count: all } }]", "count"),
        ("users: [{ telegram_id: 1, allowance: { day: 1 } }]", "gb"),
        ("users: [{ telegram_id: 1, allowance: { gb: 1 } }, { telegram_id: 1, allowance: { gb: 2 } }]", "already"),
        ("nodes: [{ id: a, local: true, allowance: 1000 }]", "allowance"),
    ])
    func `what cannot be is refused by place`(text: String, word: String) throws {
        let problems = try ConfigurationFolder().problems(text)
        #expect(problems.count == 1 && problems[0].contains(word), "\(problems)")
    }
}

struct WindowTests {
    /// In a zone of half or quarter hours, too, the hour that began before the first reading is asked for.
    @Test(
        arguments: ["UTC", "Asia/Kathmandu"], ["2026-11-23T10:05:00Z", "2026-11-23T10:20:00Z", "2026-11-23T10:59:59Z"])
    func `a window since the first reading holds its hour`(zone: String, first: String) throws {
        let zone = try #require(OwnerZone(zone))
        let first = try #require(zone.parse(first))
        let window = try Window(
            from: nil, to: nil, step: nil, since: first, zone: zone, now: first.advanced(by: 1), limit: 100)
        #expect(Questions.whole(window.counted(nil)).contains(first))
    }

    @Test(arguments: [
        (
            "Europe/Moscow", "2026-11-19T17:15:00Z", "2026-11-19T17:45:00Z", "2026-11-19T17:00:00Z",
            "2026-11-19T18:00:00Z"
        ),
        (
            "Europe/Moscow", "2026-11-19T17:00:00Z", "2026-11-19T18:00:01Z", "2026-11-19T17:00:00Z",
            "2026-11-19T19:00:00Z"
        ),
        (
            "Europe/Moscow", "2026-11-19T17:00:00Z", "2026-11-19T18:00:00Z", "2026-11-19T17:00:00Z",
            "2026-11-19T18:00:00Z"
        ),
        // 20:00 to 20:45, and a whole day, as its sums are everywhere.
        (
            "Asia/Kathmandu", "2026-11-19T14:15:00Z", "2026-11-19T15:00:00Z", "2026-11-19T14:00:00Z",
            "2026-11-19T15:00:00Z"
        ),
        (
            "Asia/Kathmandu", "2026-11-18T18:15:00Z", "2026-11-19T18:15:00Z", "2026-11-18T19:00:00Z",
            "2026-11-19T19:00:00Z"
        ),
        // Of days alone: an hour, and midnights.
        (
            "Europe/Moscow", "2025-03-02T17:00:00Z", "2025-03-02T18:00:00Z", "2025-03-02T00:00:00Z",
            "2025-03-03T00:00:00Z"
        ),
        (
            "Europe/Moscow", "2025-03-02T21:00:00Z", "2025-03-03T21:00:00Z", "2025-03-03T00:00:00Z",
            "2025-03-04T00:00:00Z"
        ),
    ])
    func `a window that cannot be cut is told as it is counted`(
        zone: String, from: String, to: String, first: String, last: String
    ) throws {
        let zone = try #require(OwnerZone(zone))
        let hours = zone.parse("2026-01-01T00:00:00Z")
        let window = try Window(from: from, to: to, step: "hour", zone: zone, now: UnixTime(0), limit: 100)
            .widened(hours, zone)
        let counted = Questions.whole(window.counted(hours))
        #expect(counted.lowerBound.rfc3339 == first && counted.upperBound.rfc3339 == last)
        #expect(window.cuts.first == window.from && window.cuts.last == window.to)
        #expect(window.widened(hours, zone) == window)
    }
}

/// What is not watched, in every part of an answer.
struct UnseenTests {
    @Test func `rows and periods are marked where nobody looked at what is theirs, and nowhere else`() throws {
        let books = try QuestionBooks()
        let (a, b) = (NodeID("a"), NodeID("b"))
        let (one, two) = (QuestionBooks.key(1), QuestionBooks.key(2))
        books.owners = [one: 1, two: 2]
        let zone = try #require(OwnerZone("UTC"))
        let hour = try #require(zone.parse("2026-11-01T00:00:00Z")).seconds
        // Nobody looks at a for a quarter of an hour, in which nothing flows.
        for second in stride(from: Int64(-15), through: 1800, by: 15) {
            let bytes = UInt64(max(0, min(second, 300)))
            if !(301..<1200).contains(second) { try books.poll(a, at: hour + second, [(one, bytes, bytes)]) }
            try books.poll(b, at: hour + second, [(two, bytes, bytes)])
        }
        let now = UnixTime(hour + 1801)
        let watched = [a: Duration.seconds(15), b: .seconds(15)]
        let questions = Questions(books.store)
        let window = try Window(UnixTime(hour), UnixTime(hour + 3600), .hour, zone, 10)
        for grouping in Usage.Grouping.allCases {
            let rows = try questions.rows(
                by: grouping, window, of: .all, names: Names(Fleet.Roster(), []), watched: watched, now: now)
            #expect(rows.rows.map(\.traffic) == [Traffic(rx: 300, tx: 300), Traffic(rx: 300, tx: 300)])
            #expect(rows.rows.map(\.hasGap) == [true, false], "\(grouping)")
        }
        let accounts = [Int64(1), 2].map { (id: Int64) in
            Questions.Account(subject: .user(id), id: "\(id)", name: nil, firstSeen: nil, startDay: 1)
        }
        let periods = try questions.periods(of: accounts, selection: .all, zone: zone, watched: watched, now: now)
        #expect(periods.map(\.hasGap) == [true, false])
        let all = try questions.history(window, of: .all, zone: zone, watched: watched, now: now)
        let sound = try questions.history(window, of: Selection(node: b), zone: zone, watched: watched, now: now)
        #expect(all.buckets.map(\.hasGap) == [true] && sound.buckets.map(\.hasGap) == [false])
    }
}

struct HorizonTests {
    @Test func `where hours are gone a day of UTC belongs to where it begins`() throws {
        let moscow = try #require(OwnerZone("Europe/Moscow"))
        let window = try Window(
            from: "2026-03-01", to: "2026-03-04", step: "day", zone: moscow, now: UnixTime(0), limit: 10)
        func days(_ horizon: String?) -> [String] { window.counted(horizon.flatMap(moscow.parse)).map(\.rfc3339) }
        #expect(days(nil).first == "2026-02-28T21:00:00Z")
        #expect(
            days("2026-03-02T00:00:00Z") == [
                "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-02T21:00:00Z", "2026-03-03T21:00:00Z",
            ])
    }

    /// After hours were thinned to days, lines and sums are still one.
    @Test func `a story of old days adds up`() throws {
        let books = try QuestionBooks()
        let key = QuestionBooks.key(1)
        let start: Int64 = 1_700_000_000
        for hour in Int64(0)..<72 {
            let rx = UInt64(hour % 10) * 100
            try books.poll(NodeID("n"), at: start + hour * 3600, [(key, rx, rx)])
        }
        while try books.store.prune(Retention(), at: UnixTime(start + 800 * 86_400)) {}
        let horizon = try #require(try books.store.horizons().hours)
        #expect(horizon > UnixTime(start + 72 * 3600))
        let zone = try #require(OwnerZone("Asia/Kathmandu"))
        let questions = Questions(books.store)
        let hours = try questions.whole(
            Window(UnixTime(start + 20 * 3600), UnixTime(start + 24 * 3600), .hour, zone, 100), zone)
        let unknown = try questions.history(
            hours, of: Selection(peer: key), zone: zone, watched: [:], now: UnixTime(start + 800 * 86_400))
        #expect(!unknown.dated.isZero && unknown.to.seconds(since: unknown.from) == 86_400)
        #expect(!unknown.buckets.contains { $0.traffic.isZero && !$0.hasGap })
        for (from, to) in [(0, 72), (5, 31), (23, 50), (40, 41)] {
            let window = try questions.whole(
                Window(UnixTime(start + Int64(from) * 3600), UnixTime(start + Int64(to) * 3600), .day, zone, 100),
                zone)
            let story = try questions.story(window, of: Selection(peer: key), zone: zone)
            let history = try questions.history(
                window, of: Selection(peer: key), zone: zone, watched: [:], now: UnixTime(start + 800 * 86_400))
            let told = story.entries.filter { $0.counts && !$0.isOpening }.reduce(into: Traffic.zero) {
                $0 += $1.booked ?? .zero
            }
            #expect(story.dated == history.dated && told == story.dated && history.opening == story.opening)
        }
    }
}
