import Accounting
import Fleet
import Pages
import Store
import WireGuard

extension Questions {
    /// Whose billing period is asked.
    struct Account {
        var subject: Usage.Subject
        var id: String
        var name: String?

        /// When the first reading of theirs was booked. Nil: none was.
        var firstSeen: UnixTime?

        /// An earlier one, of what may have been somebody else's then: see `UserRow`.
        var takenOver: UnixTime?
        var startDay: Int
        var allowance: PeriodAllowance?
    }

    /// The billing period of each, and the one before.
    ///
    /// - Parameter watched: nil: whoever asks does not want to know when nobody looked.
    func periods(
        of accounts: [Account], selection: Selection, zone: OwnerZone, watched: Sight.Watched? = nil, now: UnixTime
    ) throws(StoreError) -> [PeriodsAnswer.Row] {
        var sums: [Sums] = []
        for startDay in Set(accounts.map(\.startDay)).sorted() {
            let cuts = PeriodCuts(startDay: startDay, zone: zone, now: now)
            for grouping in Set(accounts.filter { $0.startDay == startDay }.map(\.grouping)) {
                sums.append(try Sums(cuts, grouping, selection, store))
            }
        }
        var rows: [PeriodsAnswer.Row] = []
        for account in accounts {
            let sum = sums.first { $0.cuts.startDay == account.startDay && $0.grouping == account.grouping }
            guard let sum else { continue }
            var account = account
            if case .user(let id?) = account.subject {
                account.firstSeen = try countedSince(
                    account.firstSeen, account.takenOver, of: id, zone: zone, now: now)
            }
            rows.append(sum.row(account))
        }
        guard let watched, let first = rows.map(\.start).min(), first < now else { return rows }
        let sight = try Sight(
            of: selection, in: first..<now, ledgers: ledgers(selection, firstSeen: first..<now), store: store,
            watched: watched, now: now)
        let isUnseen = Dictionary(
            Set(rows.map(\.start)).map { ($0, sight.hasGapEverywhere($0..<now)) }
        ) { first, _ in first }
        var places: [Usage.Subject: Set<Sight.Place>] = [:]
        if isUnseen.values.contains(where: { $0 == nil }) {
            let ledgers = try ledgers(selection)
            for grouping in Set(accounts.map(\.grouping)) {
                places.merge(Sight.places(grouping, ledgers)) { first, _ in first }
            }
        }
        for (index, account) in accounts.enumerated() where rows.indices.contains(index) {
            let start = rows[index].start
            if (isUnseen[start] ?? nil) ?? sight.hasGap(start..<now, at: places[account.subject] ?? []) {
                rows[index].hasGap = true
            }
        }
        return rows
    }

    /// Since when a user's bytes are counted. Nil: none is.
    func countedSince(_ user: UserRow, zone: OwnerZone, now: UnixTime) throws(StoreError) -> UnixTime? {
        try countedSince(user.countedSince, user.takenOver, of: user.user.telegramID, zone: zone, now: now)
    }

    /// - Parameter takenOver: on keys that were somebody else's before their first bytes are looked for, to the day.
    private func countedSince(
        _ known: UnixTime?, _ takenOver: UnixTime?, of user: Int64, zone: OwnerZone, now: UnixTime
    ) throws(StoreError) -> UnixTime? {
        guard let takenOver, takenOver < known ?? now else { return known }
        var (from, to) = (zone.start(of: .day, holding: takenOver), known ?? now.advanced(by: 1))
        for step in [OwnerZone.Step.month, .day] {
            guard let cuts = zone.cuts(step, from: from, to: to, limit: .max) else { return known }
            let first = try store.usage(by: .user, cuts: cuts, of: Selection(user: .telegramID(user))).first?.start
            guard let first, let end = cuts.first(where: { $0 > first }) else { return known }
            (from, to) = (first, end)
        }
        return max(from, takenOver)
    }

    /// Usage of all subjects of a kind whose periods begin on one day.
    private struct Sums {
        var cuts: PeriodCuts
        var grouping: Usage.Grouping

        /// A few of each subject.
        private var pieces: [Usage.Subject: [Usage]] = [:]

        init(
            _ cuts: PeriodCuts, _ grouping: Usage.Grouping, _ selection: Selection, _ store: TrafficStore
        ) throws(StoreError) {
            self.cuts = cuts
            self.grouping = grouping
            for usage in try store.usage(by: grouping, cuts: cuts.all, of: selection) {
                pieces[usage.subject, default: []].append(usage)
            }
        }

        func row(_ account: Account) -> PeriodsAnswer.Row {
            let pieces = pieces[account.subject] ?? []
            func sum(_ starts: UnixTime...) -> Traffic {
                pieces.reduce(into: .zero) { if starts.contains($1.start) { $0 += $1.traffic } }
            }
            let completed = sum(cuts.start)
            let used = sum(cuts.start, cuts.today)
            let atSameMoment = cuts.sameMoment == cuts.previous ? .zero : sum(cuts.previous)
            var row = PeriodsAnswer.Row(
                id: account.id, name: account.name, startDay: cuts.startDay, start: cuts.start, end: cuts.end,
                used: used, hasGap: pieces.contains { $0.start >= cuts.start && $0.hasGap },
                previousStart: cuts.previous,
                previous: cuts.sameMoment == cuts.start ? sum(cuts.previous) : sum(cuts.previous, cuts.sameMoment),
                sameMoment: cuts.sameMoment, atSameMoment: atSameMoment)
            // Where the period began today, nothing of it is completed.
            let before = cuts.start == cuts.today ? .zero : completed
            let rx = cuts.forecast(before.rx, used.rx, since: account.firstSeen)
            let tx = cuts.forecast(before.tx, used.tx, since: account.firstSeen)
            if let rx, let tx { row.forecast = Traffic(rx: rx.atEnd, tx: tx.atEnd) }
            if let allowance = account.allowance {
                let count = allowance.count
                let forecast = cuts.forecast(
                    count.bytes(of: before), count.bytes(of: used), since: account.firstSeen)
                row.allowance = .init(
                    bytes: allowance.bytes, count: count.rawValue, used: count.bytes(of: used),
                    left: allowance.left(after: count.bytes(of: used)), forecast: forecast?.atEnd,
                    usedUpAt: forecast?.reaches(allowance.bytes))
            }
            return row
        }
    }
}

extension Questions.Account {
    fileprivate var grouping: Usage.Grouping {
        switch subject {
        case .user: .user
        case .peer: .peer
        case .node: .node
        }
    }
}

/// Where a billing period, and the one before it, are cut in the owner's zone.
struct PeriodCuts: Equatable {
    let startDay: Int
    let previous: UnixTime

    /// As far into the previous period as now is into this one, to the nearest hour; its end where it has no such moment.
    let sameMoment: UnixTime
    let start: UnixTime
    let today: UnixTime
    let end: UnixTime
    private let now: UnixTime
    private let zone: OwnerZone

    /// Of the period.
    private let completedDays: Int

    init(startDay: Int, zone: OwnerZone, now: UnixTime) {
        let day = zone.day(of: now)
        let period = Period(startDay: startDay, holding: day)
        self.startDay = period.startDay
        self.now = now
        self.zone = zone
        previous = zone.start(of: period.previous.start)
        start = zone.start(of: period.start)
        end = zone.start(of: period.end)
        today = zone.start(of: day)
        completedDays = day.number - period.start.number
        let moment = zone.moment(on: period.sameDayBefore(day), atClockOf: now)
        sameMoment = min(max(Hour(containing: moment.advanced(by: Hour.seconds / 2)).start, previous), start)
    }

    /// Neighbours may be the same: the piece between them is empty.
    var all: [UnixTime] { [previous, sameMoment, start, today, end] }

    /// Nil: too little data.
    func forecast(_ completed: UInt64, _ used: UInt64, since firstSeen: UnixTime?) -> Forecast? {
        guard let firstSeen else { return nil }
        let since = max(start, firstSeen)
        // Nearly everybody's: calendars are slow, and there are thousands.
        var days = completedDays
        if since > start {
            let first = zone.day(of: since)
            days = zone.day(of: today).number - first.number - (zone.start(of: first) < since ? 1 : 0)
        }
        return Forecast(
            completed: completed, days: days, since: since, today: today, used: used, now: now, end: end)
    }

    static func == (a: PeriodCuts, b: PeriodCuts) -> Bool { a.all == b.all && a.startDay == b.startDay }
}
