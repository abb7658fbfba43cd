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
            let names = try SubjectNames(reader, grouping)
            var usage: [Usage] = []
            let isOneOfMany = TrafficStore.areWithinDays(cuts)
            for (start, end) in zip(cuts, cuts.dropFirst()) {
                let span = Span(from: start, to: end, finest: .hour, reader.horizons)
                var period: [Usage.Subject: Usage] = [:]
                try reader.sums(
                    span, byCounter: grouping == .peer, isOneOfMany: isOneOfMany, isByNode: grouping == .node
                ).each {
                    node, column, sum in
                    guard let subject = names.subject(node, column) else { return }
                    var one =
                        period[subject] ?? Usage(start: start, subject: subject, traffic: .zero, hasGap: false)
                    one.traffic += sum.traffic
                    one.hasGap = one.hasGap || sum.hasGap
                    period[subject] = one
                }
                usage += period.values.sorted { $0.subject < $1.subject }
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
            try reader.sums(span, byCounter: false).each { node, owner, sum in
                byOwner[people[owner] ?? nil, default: .zero] += sum.traffic
                if let node = reader.nodes[node] { byNode[node, default: .zero] += sum.traffic }
            }
            return PeriodTotals(start: start, byNode: byNode, byOwner: byOwner)
        }
    }

    /// How far back each grain goes. Where hours are gone `usage` counts days of UTC, each where it begins.
    package func horizons() throws(StoreError) -> Horizons {
        try read("read the horizons") { try Horizons($0) }
    }
}

/// Whose the columns of sums are.
struct SubjectNames {
    private let grouping: Usage.Grouping
    private let nodes: [Int64: NodeID]
    private var people: [UInt32: Int64?] = [:]
    private var keys: [Int64: [PublicKey?]] = [:]

    init(_ reader: HistoryReader, _ grouping: Usage.Grouping) throws {
        self.grouping = grouping
        nodes = reader.nodes
        switch grouping {
        case .user: people = try reader.people()
        case .peer: keys = try reader.keys()
        case .node: break
        }
    }

    /// About as many subjects there are.
    var count: Int {
        switch grouping {
        case .user: people.count
        case .peer: keys.values.reduce(0) { $0 + $1.count }
        case .node: nodes.count
        }
    }

    func subject(_ node: Int64, _ column: UInt32) -> Usage.Subject? {
        switch grouping {
        case .user: people[column].map { .user($0) }
        case .peer: key(node, Int(column)).map { .peer($0) }
        case .node: nodes[node].map { .node($0) }
        }
    }
}

extension SubjectNames {
    func key(_ node: Int64, _ seat: Int) -> PublicKey? {
        guard let keys = keys[node], seat < keys.count else { return nil }
        return keys[seat]
    }
}

extension Usage.Subject: Comparable {
    /// Unmatched first, then users by number; keys and nodes by themselves.
    package static func < (a: Usage.Subject, b: Usage.Subject) -> Bool {
        switch (a, b) {
        case (.user(let a), .user(let b)): b.map { b in a.map { $0 < b } ?? true } ?? false
        case (.peer(let a), .peer(let b)): a < b
        case (.node(let a), .node(let b)): a < b
        case (.user, _), (.peer, .node): true
        default: false
        }
    }
}
