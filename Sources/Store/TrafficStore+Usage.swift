package import Accounting
import Fleet
import GRDB
package import WireGuard

extension TrafficStore {
    /// Usage in each period between two neighbouring cuts, by period, then in the subjects' order. A subject that used
    /// nothing in a period is not there.
    ///
    /// The caller cuts days and months in the owner's zone. An hour of UTC belongs to the period it begins in.
    package func usage(
        by grouping: Usage.Grouping, cuts: [UnixTime], of selection: Selection = .all
    ) throws(StoreError) -> [Usage] {
        try read("read usage", of: selection) { reader in
            let subjects = try Subjects(reader, grouping, keys)
            var usage: [Usage] = []
            var sums = Array(repeating: Sums.Cell(), count: subjects.count)
            let isOneOfMany = TrafficStore.areWithinDays(cuts)
            for (start, end) in zip(cuts, cuts.dropFirst()) {
                let span = Span(from: start, to: end, finest: .hour, reader.horizons)
                var found: [Int] = []
                try reader.sums(
                    span, byCounter: grouping == .peer, isOneOfMany: isOneOfMany, isByNode: grouping == .node
                ).each { node, row in
                    let columns = subjects.columns(of: node)
                    row.each { column, cell in
                        guard let number = columns[column] else { return }
                        if !sums[number].isThere { found.append(number) }
                        sums[number].add(cell)
                    }
                }
                found.sort()
                usage.reserveCapacity(usage.count + found.count)
                for number in found {
                    usage.append(
                        Usage(
                            start: start, subject: subjects[number], traffic: sums[number].traffic,
                            hasGap: sums[number].hasGap))
                    sums[number] = Sums.Cell()
                }
            }
            return usage
        }
    }

    /// Whether most days are cut by several of them.
    private static func areWithinDays(_ cuts: [UnixTime]) -> Bool {
        guard cuts.count > 2, let first = cuts.first, let last = cuts.last else { return false }
        return last.seconds(since: first) / Int64(cuts.count - 1) < 2 * 86_400
    }

    /// Dated bytes since `start`, by node and by user, to be carried on by bookings.
    package func totals(since start: UnixTime) throws(StoreError) -> PeriodTotals {
        try read("read usage", of: .all) { reader in
            let people = try reader.people()
            var byNode: [NodeID: Traffic] = [:]
            var byOwner: [Int64?: Traffic] = [:]
            let span = Span(from: start, to: UnixTime(.max), finest: .hour, reader.horizons)
            try reader.sums(span, byCounter: false).each { node, row in
                var whole = Traffic.zero
                row.each { owner, cell in
                    byOwner[people[UInt32(owner)] ?? nil, default: .zero] += cell.traffic
                    whole += cell.traffic
                }
                if let node = reader.nodes[node] { byNode[node, default: .zero] += whole }
            }
            return PeriodTotals(start: start, byNode: byNode, byOwner: byOwner)
        }
    }

    /// How far back each grain goes. Where hours are gone `usage` counts days of UTC, each where it begins.
    package func horizons() throws(StoreError) -> Horizons {
        try read("read the horizons") { try Horizons($0) }
    }
}
