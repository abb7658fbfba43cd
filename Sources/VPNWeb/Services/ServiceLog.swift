import Fleet
import Store
import WireGuard

/// How services were in the last ninety days, and what of it is not stored yet.
struct ServiceLog {
    private var spans: [String: [ServiceSpan]] = [:]

    /// By service, the `since` of those that the store does not have as they are: new ones, and those that only grew.
    private var new: [String: Set<Int64>] = [:]
    private var grown: Set<String> = []

    private var histories: [String: ServiceHistory] = [:]
    private var madeAt: UnixTime?
    private var cuts: [UnixTime] = []

    static let days = 90

    /// Between two looks there may be a restart, or a store that waits: longer, and nobody knows.
    private static let patience: Int64 = 90

    /// Ages grow, and nobody reads them by the second.
    private static let historyAge: Int64 = 15

    /// Of one service in memory: a change every half an hour of ninety days.
    private static let bound = 4096
    private static let mostOutages = 50

    init(_ stored: [ServiceSpan]) {
        for span in stored { spans[span.service, default: []].append(span) }
        for (id, all) in spans where all.count > Self.bound { spans[id] = Array(all.suffix(Self.bound)) }
    }

    /// What is so now. True: something changed.
    mutating func enter(_ states: [ServiceState], at now: UnixTime) -> Bool {
        var isChanged = false
        for state in states where state.status != .unknown {
            var all = spans[state.id] ?? []
            if let last = all.last, last.status == state.status, now.seconds(since: last.until) <= Self.patience {
                // A clock that was set back adds nothing until it is where it was.
                guard now > last.until else { continue }
                all[all.count - 1].until = now
                grown.insert(state.id)
            } else {
                let since = max(now, all.last?.until ?? now)
                all.append(
                    ServiceSpan(
                        service: state.id, since: since, until: since.advanced(by: 1), status: state.status,
                        evidence: state.evidence, detail: state.detail))
                if all.count > Self.bound { all.removeFirst() }
                new[state.id, default: []].insert(since.seconds)
                isChanged = true
            }
            spans[state.id] = all
        }
        if isChanged { madeAt = nil }
        return isChanged
    }

    /// Since when it is so. For `unknown`: since it is no longer known. Nil: nothing ever was.
    func since(_ state: ServiceState) -> UnixTime? {
        guard let last = spans[state.id]?.last else { return nil }
        if state.status == .unknown { return last.until }
        guard last.status == state.status else { return nil }
        // A restart in between is no change.
        var since = last.since
        for span in (spans[state.id] ?? []).dropLast().reversed() {
            guard span.status == last.status, since.seconds(since: span.until) <= Self.patience else { break }
            since = span.since
        }
        return since
    }

    /// When it did what it is for last. Nil: never, as far as is remembered. `proof`: by this alone, as it began.
    func lastWorked(_ id: String, by proof: ServiceState.Evidence? = nil) -> UnixTime? {
        spans[id]?.last { $0.status == .online && (proof ?? $0.evidence) == $0.evidence }?.until
    }

    // MARK: The store

    /// What the store lacks; all of it, or what is new alone.
    func unsaved(isAll: Bool) -> [ServiceSpan] {
        spans.flatMap { id, all in
            all.enumerated().filter { index, span in
                new[id]?.contains(span.since.seconds) ?? false
                    || isAll && grown.contains(id) && index >= all.count - 1
                    // The one before a new one ends where it ended.
                    || grown.contains(id) && new[id] != nil && index == all.count - 2
            }.map(\.element)
        }
    }

    mutating func wereSaved(isAll: Bool) {
        if isAll { grown = [] } else { grown.subtract(new.keys) }
        new = [:]
    }

    // MARK: What pages show

    mutating func history(of id: String, zone: OwnerZone, at now: UnixTime) -> ServiceHistory? {
        if madeAt.map({ abs(now.seconds(since: $0)) > Self.historyAge }) ?? true {
            madeAt = now
            histories = [:]
            cut(zone, now)
        }
        if let made = histories[id] { return made }
        guard let all = spans[id], !all.isEmpty else { return nil }
        let history = Self.history(all, cuts: cuts, now: now)
        histories[id] = history
        return history
    }

    /// Each day's start, and now.
    private mutating func cut(_ zone: OwnerZone, _ now: UnixTime) {
        let today = zone.start(of: .day, holding: now)
        let first = zone.start(of: .day, holding: now, movedBy: 1 - Self.days)
        if cuts.count == Self.days + 1, cuts.first == first, cuts[Self.days - 1] == today {
            cuts[Self.days] = max(now, today.advanced(by: 1))
        } else {
            cuts = zone.cuts(.day, from: first, to: max(now, today.advanced(by: 1)), limit: Self.days + 2) ?? []
        }
    }

    static func history(_ spans: [ServiceSpan], cuts: [UnixTime], now: UnixTime) -> ServiceHistory {
        var days = zip(cuts, cuts.dropFirst()).map {
            ServiceHistory.Day(start: $0, seconds: $1.seconds(since: $0))
        }
        var last24h = ServiceHistory.Sum()
        var outages: [ServiceHistory.Outage] = []
        var first = 0
        var before: ServiceState.Status?
        for span in spans {
            defer { before = span.status }
            let dayAgo = max(span.since, now.advanced(by: -86_400))
            last24h.add(span.status, max(0, min(span.until, now).seconds(since: dayAgo)))
            while first < days.count, cuts[first + 1] <= span.since { first += 1 }
            var index = first
            while index < days.count, cuts[index] < span.until {
                let seconds = min(span.until, cuts[index + 1]).seconds(since: max(span.since, cuts[index]))
                days[index].sum.add(span.status, max(0, seconds))
                index += 1
            }
            guard let start = cuts.first, span.until > start else { continue }
            enter(span, after: before, &outages)
        }
        // What was seen a moment ago goes on.
        if let last = spans.last, last.status != .online, now.seconds(since: last.until) <= patience {
            outages[outages.count - 1].until = nil
        }
        return ServiceHistory(days: days, last24h: last24h, outages: outages.suffix(mostOutages).reversed())
    }

    /// Down, blocked and down again without an online moment between is one outage: it has one cause.
    private static func enter(
        _ span: ServiceSpan, after before: ServiceState.Status?, _ outages: inout [ServiceHistory.Outage]
    ) {
        guard span.status != .online else {
            // Closes it: the next one is another.
            if let last = outages.last, last.until != nil {
                outages[outages.count - 1].until = min(last.until!, span.since)
            }
            return
        }
        if before != .online, let last = outages.last, let until = last.until,
            span.since.seconds(since: until) <= patience
        {
            outages[outages.count - 1].until = span.until
            // Blocked says more than down.
            if span.status == .blocked, last.status == .offline {
                outages[outages.count - 1].status = .blocked
                outages[outages.count - 1].evidence = span.evidence
                outages[outages.count - 1].detail = span.detail
            }
            return
        }
        outages.append(
            ServiceHistory.Outage(
                since: span.since, until: span.until, status: span.status, evidence: span.evidence,
                detail: span.detail))
    }
}

extension ServiceHistory.Sum {
    fileprivate mutating func add(_ status: ServiceState.Status, _ seconds: Int64) {
        switch status {
        case .online: online += seconds
        case .offline: offline += seconds
        case .blocked: blocked += seconds
        case .unknown: break
        }
    }
}
