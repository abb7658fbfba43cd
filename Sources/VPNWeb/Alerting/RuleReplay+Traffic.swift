import Accounting
import Alerts
import Fleet
import Store
import WireGuard

extension RuleReplay {
    /// Whole hours without a byte on a node that was busy at that hour on five of the seven days before.
    func stopped() throws(StoreError) -> [Found] {
        let zone = configuration.zone
        let start = zone.start(of: .day, holding: from, movedBy: -7)
        guard let cuts = zone.cuts(.hour, from: start, to: to, limit: 40_000), cuts.count > 2 else { return [] }
        var bytes: [NodeID: [UnixTime: UInt64]] = [:]
        for usage in try store.usage(by: .node, cuts: cuts) {
            guard case .node(let node) = usage.subject else { continue }
            bytes[node, default: [:]][usage.start] = usage.traffic.total
        }
        // The probe goes on where nobody else does.
        for key in configuration.panelKeys {
            for usage in try store.usage(by: .node, cuts: cuts, of: Selection(peer: key)) {
                guard case .node(let node) = usage.subject else { continue }
                let all = bytes[node]?[usage.start] ?? 0
                bytes[node, default: [:]][usage.start] = all - min(all, usage.traffic.total)
            }
        }
        let unread = try gaps(RuleSettings(.critical, limit: 1))
        var found: [Found] = []
        for node in configuration.fleetNodes.map(\.id) {
            let hours = bytes[node] ?? [:]
            let away = unread.filter { $0.subject == .node(node) }
            var open: Found?
            for (start, end) in zip(cuts, cuts.dropFirst()) where start >= from && end <= to {
                let isSilent = hours[start, default: 0] == 0
                let wasRead = !away.contains { $0.since < end && ($0.until ?? to) > start }
                let busy = (1...7).count { day in
                    hours[start.advanced(by: -86_400 * Int64(day)), default: 0] >= 1 << 20
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
    func allowances(_ percent: Int64) throws(StoreError) -> [Found] {
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
}
