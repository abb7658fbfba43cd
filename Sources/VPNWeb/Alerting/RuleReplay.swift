import Accounting
import Alerts
import Fleet
import Foundation
import Pages
import Store
import WireGuard

/// What a rule would have said of the past. Only what the store recorded can be asked: gaps in polling, bytes by hour,
/// periods' sums, keys that went, how services were, and incidents that were opened then.
struct RuleReplay {
    let configuration: Configuration
    let store: TrafficStore
    let from: UnixTime
    let to: UnixTime

    init(_ configuration: Configuration, _ store: TrafficStore, from: UnixTime, to: UnixTime) {
        self.configuration = configuration
        self.store = store
        self.from = from
        self.to = to
    }

    struct Found: Equatable {
        var subject: Subject
        var since: UnixTime

        /// Nil: it still lasts.
        var until: UnixTime?
        var note: String
    }

    struct Result {
        var rule: Rule
        var from: UnixTime
        var to: UnixTime

        /// On what it stands; nil: nothing of the rule's grounds is recorded.
        var basis: String?

        /// Why not, or what cannot be told.
        var limits: String
        var found: [Found]

        /// Alerts of this rule that were opened then, by the rules in force then.
        var opened: Int
    }

    func run(_ rule: Rule) throws(StoreError) -> Result {
        let settings = configuration.alerts.rules[rule]
        var result = Result(
            rule: rule, from: from, to: to, basis: nil, limits: "", found: [], opened: try opened(rule))
        switch rule {
        case .nodeUnreachable, .nodeStale, .panelBlind:
            result.basis = "gaps in what was booked of each node"
            result.limits = "why a node was not read is not recorded: the panel's own stops look the same"
            let gaps = try gaps(settings)
            result.found = rule == .panelBlind ? blind(gaps, settings) : gaps
        case .trafficStopped:
            result.basis = "bytes by the hour, and the same hour of the seven days before"
            result.limits = "to whole hours: shorter stops are not seen"
            result.found = try stopped()
        case .allowanceNear, .allowanceUsedUp:
            result.basis = "sums of the billing periods, by the day"
            result.limits = "by the allowances of today's configuration"
            result.found = try allowances(settings.limit ?? 100)
        case .peersHalved:
            result.basis = "keys that complete samples no longer showed"
            result.limits = "by keys that were counted: peers that never had a byte are not among them"
            result.found = try halved(settings.limit ?? 50)
        case .unknownKey:
            result.basis = "counters that began, of keys that nobody owns now"
            result.limits = "who was known to the bot then is not recorded"
            result.found = try unknown()
        case .panelBackup:
            result.limits = "only the last backup is recorded"
        case .nodeDisk, .nodeMemory, .nodeSwap, .nodeConntrack:
            result.limits = "a node's vitals are shown and not recorded"
        case .hostKeyChanged: result.limits = "why a poll failed is not recorded"
        case .serviceDown, .serviceBlocked:
            result.basis = "how services were, as it was recorded"
            result.limits = "what a node that was away explained was not told by itself"
            result.found = try outages(rule == .serviceDown ? .offline : .blocked, settings)
        case .certificate: result.limits = "certificates' ends are not recorded"
        case .keyTwice, .endpointHops: result.limits = "addresses and handshakes of every poll are not recorded"
        case .panelStore, .panelDatabase, .panelDisk, .rosterUnreadable:
            result.limits = "the panel's own state is not recorded"
        }
        return result
    }

    private func opened(_ rule: Rule) throws(StoreError) -> Int {
        try store.incidents(areLasting: nil, limit: 100_000).count { $0.rule == rule && $0.opened >= from }
    }

    // MARK: Gaps

    /// A gap is an interface's; a node's is where all of its interfaces have one.
    private func gaps(_ settings: RuleSettings) throws(StoreError) -> [Found] {
        var found: [Found] = []
        for node in configuration.fleetNodes {
            let events = try store.events(from: from, to: to, of: Selection(node: node.id), kinds: [.gap])
            let least = node.poll.components.seconds * (settings.limit ?? 3) + settings.after.components.seconds
            var spans: Set<Span> = []
            for event in events {
                guard let since = event.since, event.at.seconds(since: since) >= least else { continue }
                spans.insert(Span(since: since, until: event.at))
            }
            found += spans.map {
                Found(subject: .node(node.id), since: $0.since, until: $0.until, note: "nothing was read")
            }
            let last = try store.ledger(of: node.id).interfaces.values.map(\.standing.lastSeen.at).max()
            if let last, to.seconds(since: last) >= least {
                found.append(Found(subject: .node(node.id), since: last, until: nil, note: "nothing was read since"))
            }
        }
        return found.sorted { ($0.since, $0.subject.word) < ($1.since, $1.subject.word) }
    }

    private struct Span: Hashable {
        var since: UnixTime
        var until: UnixTime
    }

    /// Where most remote nodes were not read at one time.
    private func blind(_ gaps: [Found], _ settings: RuleSettings) -> [Found] {
        let remote = Set(configuration.fleetNodes.filter { !$0.isLocal }.map { Subject.node($0.id) })
        guard remote.count >= 2 else { return [] }
        let gaps = gaps.filter { remote.contains($0.subject) }
        let needed = max(2, (remote.count * Int(settings.limit ?? 60) + 99) / 100)
        var steps: [(at: UnixTime, by: Int)] = []
        for gap in gaps {
            steps.append((gap.since, 1))
            steps.append((gap.until ?? to, -1))
        }
        steps.sort { ($0.at, $0.by) < ($1.at, $1.by) }
        var count = 0
        var begun: UnixTime?
        var found: [Found] = []
        for step in steps {
            count += step.by
            if count >= needed, begun == nil { begun = step.at }
            if count < needed, let since = begun {
                begun = nil
                guard step.at > since else { continue }
                found.append(
                    Found(
                        subject: .panel, since: since, until: step.at >= to ? nil : step.at,
                        note: "at least \(needed) of \(remote.count) nodes"))
            }
        }
        return found
    }

    // MARK: Traffic

    /// Whole hours without a byte on a node that was busy at that hour on five of the seven days before.
    private func stopped() throws(StoreError) -> [Found] {
        let zone = configuration.zone
        let start = zone.start(of: .day, holding: from, movedBy: -7)
        guard let cuts = zone.cuts(.hour, from: start, to: to, limit: 40_000), cuts.count > 2 else { return [] }
        var bytes: [NodeID: [UnixTime: (total: UInt64, hasGap: Bool)]] = [:]
        for usage in try store.usage(by: .node, cuts: cuts) {
            guard case .node(let node) = usage.subject else { continue }
            bytes[node, default: [:]][usage.start] = (usage.traffic.total, usage.hasGap)
        }
        let unread = try gaps(RuleSettings(.critical, limit: 1))
        var found: [Found] = []
        for node in configuration.fleetNodes.map(\.id) {
            let hours = bytes[node] ?? [:]
            let away = unread.filter { $0.subject == .node(node) }
            var open: Found?
            for (start, end) in zip(cuts, cuts.dropFirst()) where start >= from && end <= to {
                let isSilent = hours[start].map { $0.total == 0 } ?? true
                let wasRead = !away.contains { $0.since < end && ($0.until ?? to) > start }
                let busy = (1...7).count { day in
                    (hours[start.advanced(by: -86_400 * Int64(day))]?.total ?? 0) >= 1 << 20
                }
                if isSilent, wasRead, busy >= 5 {
                    open = open ?? Found(subject: .node(node), since: start, until: nil, note: "read, and not one byte")
                } else if var one = open, !isSilent || !wasRead {
                    one.until = start
                    found.append(one)
                    open = nil
                }
            }
            if let open { found.append(open) }
        }
        return found.sorted { $0.since < $1.since }
    }

    /// The day on which a period's sum reached the limit.
    private func allowances(_ percent: Int64) throws(StoreError) -> [Found] {
        let billing = configuration.billing
        var found: [Found] = []
        for (node, allowance) in billing.nodes {
            found += try reached(allowance, percent, .node(node), by: .node, Selection(node: node))
        }
        for (user, allowance) in billing.users {
            let selection = Selection(user: .telegramID(user))
            found += try reached(allowance, percent, .user(user), by: .user, selection)
        }
        return found.sorted { ($0.since, $0.subject.word) < ($1.since, $1.subject.word) }
    }

    private func reached(
        _ allowance: PeriodAllowance, _ percent: Int64, _ subject: Subject, by grouping: Usage.Grouping,
        _ selection: Selection
    ) throws(StoreError) -> [Found] {
        let zone = configuration.zone
        var found: [Found] = []
        var period = Period(startDay: allowance.startDay, holding: zone.day(of: from))
        while zone.start(of: period.start) < to {
            let (start, end) = (zone.start(of: period.start), min(zone.start(of: period.end), to))
            if let cuts = zone.cuts(.day, from: start, to: end, limit: 64) {
                var sums: [UnixTime: Traffic] = [:]
                for usage in try store.usage(by: grouping, cuts: cuts, of: selection) {
                    sums[usage.start, default: .zero] += usage.traffic
                }
                var used = Traffic.zero
                let bound = Double(allowance.bytes) * Double(percent) / 100
                for day in cuts.dropLast() {
                    used += sums[day] ?? .zero
                    guard Double(allowance.count.bytes(of: used)) >= bound else { continue }
                    if day >= from || start >= from {
                        found.append(
                            Found(
                                subject: subject, since: day, until: zone.start(of: period.end) <= to ? end : nil,
                                note: "\(percent) % of the allowance reached that day"))
                    }
                    break
                }
            }
            period = period.next
        }
        return found
    }

    // MARK: Keys

    /// Samples with which most of the keys that a node showed went.
    private func halved(_ percent: Int64) throws(StoreError) -> [Found] {
        var found: [Found] = []
        for node in configuration.fleetNodes.map(\.id) {
            let counters = try store.ledger(of: node).interfaces.values.reduce(0) {
                $0 + $1.counters.values.count { $0.isOpen }
            }
            let events = try store.events(
                from: from, to: to, of: Selection(node: node), kinds: [.gone, .resumed, .epoch])
            // Back from what is there now.
            var shown = counters
            for (at, group) in Dictionary(grouping: events, by: \.at).sorted(by: { $0.key > $1.key }) {
                let gone = group.count { $0.kind == .gone }
                let came = group.count { $0.kind == .resumed || $0.kind == .epoch && $0.cause == .appeared }
                let before = shown + gone - came
                if before >= 4, gone * 100 >= before * Int(percent) {
                    found.append(
                        Found(
                            subject: .node(node), since: at, until: nil, note: "\(gone) of \(before) keys went"))
                }
                shown = max(0, before)
            }
        }
        return found.sorted { $0.since < $1.since }
    }

    private func unknown() throws(StoreError) -> [Found] {
        var found: [Found] = []
        for node in configuration.fleetNodes.map(\.id) {
            let ledger = try store.ledger(of: node)
            let counters = ledger.interfaces.values.flatMap(\.counters)
            guard let first = counters.map(\.value.countedSince).min() else { continue }
            for (key, counter) in counters {
                let isOwned = counter.shares.contains { $0.owner != nil }
                guard !isOwned, counter.countedSince >= from, counter.countedSince.seconds(since: first) > 300 else {
                    continue
                }
                found.append(
                    Found(
                        subject: .key(key.base64, on: node), since: counter.countedSince,
                        until: counter.isOpen ? nil : counter.reading.at, note: "counted, and nobody's"))
            }
        }
        return found.sorted { $0.since < $1.since }
    }
}

extension RuleReplay.Result {
    func text(_ zone: OwnerZone) -> String {
        var clock = OwnerClock(now: to, zone: zone.timeZone, language: .english)
        var lines = ["\(rule.rawValue): \(clock.dateAndClock(from)) – \(clock.dateAndClock(to))"]
        guard let basis else {
            return
                (lines + [
                    "Cannot be tried: \(limits).",
                    opened == 0 ? "No alert of it was opened then." : "Alerts opened then: \(opened).",
                ])
                .joined(separator: "\n")
        }
        for one in found {
            let end = one.until.map { clock.dateAndClock($0) } ?? "now"
            let length = OwnerClock.span((one.until ?? to).seconds(since: one.since), .english)
            lines.append("\(clock.dateAndClock(one.since)) – \(end)  \(length)  \(one.subject.word)  \(one.note)")
        }
        lines.append("It would have opened \(found.count). Alerts opened then: \(opened).")
        lines.append("By \(basis); \(limits).")
        return lines.joined(separator: "\n")
    }

    func json() -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("rule", rule.rawValue)
            json.member("from", from)
            json.member("to", to)
            json.member("can_be_tried", basis != nil)
            json.member("basis", basis)
            json.member("limits", limits)
            json.member("opened_then", opened)
            json.list("would_have_opened") { json in
                for one in found {
                    json.object { json in
                        json.member("subject", one.subject.word)
                        json.member("since", one.since)
                        json.member("until", one.until)
                        json.member("note", one.note)
                    }
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
