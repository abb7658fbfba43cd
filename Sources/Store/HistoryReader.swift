import Accounting
import Fleet
import GRDB
import WireGuard

/// Sums of history and of the journal's tails, inside one read: what is not folded yet is added.
struct HistoryReader {
    let horizons: Horizons

    /// Those that are selected.
    let nodes: [Int64: NodeID]
    let db: Database
    let tails: [Int64: Tail]

    /// Bytes of the tails by counter, owner and five minutes, in that order.
    let deposits: [Int64: [Deposit]]

    /// Nil: everybody's.
    private let owner: UInt32?

    /// Of each node the seats that are selected. Nil: all.
    private let seats: [Int64: Seats]?

    /// Likewise by the chunks of hours and days that have any.
    private let chunks: [Place]

    private struct Place {
        var node: Int64
        var chunk: UInt32
        var seats: Seats
    }

    /// The last five minutes that have anything. Nil: nothing has.
    private let newest: Int64?
    private let memory = Memory()

    private final class Memory {
        /// Whose items were just read: days of the owner's zone and periods of hours ask for the same again and again.
        var page: Span.Part?
        var items: [(node: Int64, item: HistoryItem)] = []

        /// Made for the first sum: who does not sum needs none.
        var unfolded: Unfolded?

        /// From each table's first bucket to its last.
        var ends: [HistoryTable: Range<Int64>] = [:]
    }

    /// What is selected of the tails.
    private struct Unfolded {
        var deposits: [(node: Int64, all: [Deposit])] = []

        /// Five minutes, from the first to the last. Nil: there is nothing.
        var buckets: ClosedRange<Int64>?
    }

    init(_ db: Database, _ selection: Selection, _ shelf: TailShelf) throws {
        self.db = db
        horizons = try Horizons(db)
        var nodes: [Int64: NodeID] = [:]
        var tails: [Int64: Tail] = [:]
        var deposits: [Int64: [Deposit]] = [:]
        let rows = try RawStatement(db, "SELECT id, name, samples FROM nodes")
        while try rows.step() {
            guard let name = rows.text(1), selection.node == nil || selection.node == NodeID(name) else { continue }
            nodes[rows.int(0)] = NodeID(name)
            (tails[rows.int(0)], deposits[rows.int(0)]) = try shelf.tail(db, node: rows.int(0), after: rows.int(2))
        }
        self.nodes = nodes
        self.tails = tails
        self.deposits = deposits
        var seats: [Int64: Seats]?
        var owned: Int?
        switch selection.user {
        case .telegramID(let id):
            // No row is 0 but the one of nobody.
            let row = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM owners WHERE telegram_id = ?"), arguments: [id])
            owner = row.flatMap { UInt32(exactly: $0) } ?? .max
        case .unmatched: owner = 0
        case nil: owner = nil
        }
        if let owner, owner != 0 {
            seats = try HistoryReader.seats(
                db.cachedStatement(
                    sql: """
                        SELECT i.node, c.seat FROM totals t JOIN counters c ON c.id = t.counter
                        JOIN interfaces i ON i.id = c.interface WHERE t.owner = ?
                        """), [owner])
            owned = seats?.values.reduce(0) { $0 + $1.count }
            for (node, deposits) in deposits {
                for one in deposits where one.owner == owner { seats?[node, default: Seats()].insert(one.seat) }
            }
        }
        if let peer = selection.peer {
            let found = try HistoryReader.seats(
                db.cachedStatement(
                    sql: """
                        SELECT i.node, c.seat FROM counters c JOIN interfaces i ON i.id = c.interface
                        WHERE c.public_key = ?
                        """), [peer.blob])
            seats =
                seats.map { owned in
                    Dictionary(uniqueKeysWithValues: found.map { ($0, $1.intersection(owned[$0] ?? Seats())) })
                } ?? found
        }
        let isInTotals = owner != nil && owner != 0 && owned == seats.map { $0.values.reduce(0) { $0 + $1.count } }
        narrowing =
            if let peer = selection.peer { " WHERE c.public_key = \(peer.literal)" } else if isInTotals, let owner {
                " WHERE c.id IN (SELECT counter FROM totals WHERE owner = \(owner))"
            } else { "" }
        seats = seats?.filter { nodes[$0.key] != nil && !$0.value.isEmpty }
        self.seats = seats
        chunks = (seats ?? [:]).flatMap { node, seats in
            Dictionary(grouping: seats.all, by: HistoryTable.days.chunk).map { chunk, seats in
                Place(node: node, chunk: chunk, seats: Seats(seats))
            }
        }
        let last = try RawStatement(db, "SELECT max(id) FROM five_minutes")
        defer { last.reset() }
        newest = try last.step() ? last.optional(0).map { HistoryTable.Key(value: $0).bucket } : nil
    }

    private static func seats(_ statement: Statement, _ arguments: StatementArguments) throws -> [Int64: Seats] {
        try Row.fetchAll(statement, arguments: arguments).reduce(into: [:]) { seats, row in
            seats[row[0], default: Seats()].insert(row[1])
        }
    }

    private var unfolded: Unfolded {
        if let made = memory.unfolded { return made }
        var unfolded = Unfolded()
        for (node, deposits) in deposits where hasSome(node) {
            let wanted = seats(of: node)
            unfolded.deposits.append(
                (
                    node,
                    owner == nil && wanted == nil
                        ? deposits : deposits.filter { takes($0.owner) && wanted?.contains($0.seat) != false }
                ))
        }
        let buckets = unfolded.deposits.lazy.flatMap(\.all).map(\.bucket)
        unfolded.buckets = buckets.min().flatMap { first in buckets.max().map { first...$0 } }
        memory.unfolded = unfolded
        return unfolded
    }

    /// - Parameters:
    ///   - byCounter: columns are seats; else owners.
    ///   - isOneOfMany: other spans of the same days are asked for next.
    ///   - isByNode: columns do not matter.
    func sums(
        _ span: Span, byCounter: Bool, hasPeaks: Bool = false, isOneOfMany: Bool = false, isByNode: Bool = false
    ) throws -> Sums {
        var sums = Sums()
        var parts = span.parts(hasPeaks: hasPeaks, newest: newest)
        if isByNode, owner == nil, seats == nil { parts = parts.flatMap(ofNodes) }
        for part in parts.flatMap(\.widest) {
            try each(part, isOneOfMany, hasPeaks) { node, item in
                sums.add(
                    item, node: node, column: Int(byCounter ? item.seat : item.owner),
                    peak: part.table.peak(of: item))
            }
        }
        // A tail is of minutes: nearly every period is before it.
        let unfolded = unfolded
        guard let buckets = unfolded.buckets, buckets.overlaps(span.start..<span.end) else { return sums }
        for (node, deposits) in unfolded.deposits {
            var folded: [Int64: FoldedPart] = [:]
            for one in deposits where (span.start..<span.end).contains(one.bucket) {
                let item = HistoryItem(seat: one.seat, owner: one.owner, hasGap: one.hasGap, traffic: one.traffic)
                var peak: UInt64 = 0
                if hasPeaks {
                    if folded[one.bucket] == nil { folded[one.bucket] = try FoldedPart(db, node, one.bucket) }
                    peak = (one.traffic + (folded[one.bucket]?.traffic(beside: item) ?? .zero)).total
                }
                sums.add(item, node: node, column: Int(byCounter ? one.seat : one.owner), peak: peak)
            }
        }
        return sums
    }

    /// Five minutes whose samples are folded but for the last ones.
    private struct FoldedPart {
        private let items: [HistoryItem]
        private var place = 0

        init(_ db: Database, _ node: Int64, _ bucket: Int64) throws {
            items = try HistoryPages(db, .fiveMinutes).items(HistoryTable.Key(bucket, node: node))
        }

        /// - Parameter item: not before the one that was asked for last.
        mutating func traffic(beside item: HistoryItem) -> Traffic {
            while place < items.count, HistoryItem.precedes(items[place], item) { place += 1 }
            return place < items.count && items[place].isBeside(item) ? items[place].traffic : .zero
        }
    }

    /// A condition in SQL that keeps the counters that are selected, and perhaps more.
    let narrowing: String

    func hasSeat(_ seat: UInt32, _ node: Int64) -> Bool { seats.map { $0[node]?.contains(seat) == true } ?? true }

    /// False: nothing on the node is selected.
    func hasSome(_ node: Int64) -> Bool { seats.map { $0[node] != nil } ?? true }

    /// Of a node, those that are selected. Nil: all.
    func seats(of node: Int64) -> Seats? { seats.map { $0[node] ?? Seats() } }

    @inline(__always)
    func takes(_ owner: UInt32) -> Bool { self.owner == nil || self.owner == owner }

    /// Also what nobody owned when it was booked, in the journal: the bot may have named the key since.
    func mayTake(_ owner: UInt32) -> Bool { owner == 0 || takes(owner) }

    // MARK: Pages

    /// The same of nodes as a whole, a page instead of one for every sixty-four counters.
    private func ofNodes(_ part: Span.Part) -> [Span.Part] {
        switch part.table {
        case .hours: [.init(table: .nodeHours, buckets: part.buckets, slots: part.slots)]
        case .days: part.slots(of: .nodeDays)
        case .fiveMinutes, .nodeHours, .nodeDays, .eightDays, .sixtyFourDays: [part]
        }
    }

    @inline(__always)
    private func each(
        _ part: Span.Part, _ isOneOfMany: Bool, _ hasPeaks: Bool, _ body: (Int64, HistoryItem) -> Void
    ) throws {
        guard part.slots != nil, isOneOfMany else { return try eachItem(part, hasPeaks, body) }
        for bucket in part.buckets {
            let page = Span.Part(table: part.table, buckets: bucket..<bucket + 1)
            if memory.page != page {
                memory.items.removeAll(keepingCapacity: true)
                try eachItem(page, hasPeaks) { memory.items.append(($0, $1)) }
                memory.page = page
            }
            for (node, item) in memory.items where part.slots?.contains(item.slot) != false { body(node, item) }
        }
    }

    @inline(__always)
    private func eachItem(_ part: Span.Part, _ hasPeaks: Bool, _ body: (Int64, HistoryItem) -> Void) throws {
        var part = part
        part.buckets = try kept(part.table, part.buckets)
        if let seats {
            try eachChosen(part, hasPeaks, seats, body)
        } else {
            try eachPage(part, hasPeaks, body)
        }
    }

    /// All pages in their order; of one node, by its own keys.
    @inline(__always)
    private func eachPage(_ part: Span.Part, _ hasPeaks: Bool, _ body: (Int64, HistoryItem) -> Void) throws {
        let (table, buckets) = (part.table, part.buckets)
        let select = try RawStatement(db, "SELECT id, body FROM \(table.rawValue) WHERE id >= ? AND id < ? ORDER BY id")
        defer { select.reset() }
        func read(_ first: HistoryTable.Key, _ last: HistoryTable.Key) throws {
            select.bind(1, first.value)
            select.bind(2, last.value)
            var known: Int64?
            while try select.step() {
                let key = HistoryTable.Key(value: select.int(0))
                // A node's pages of a day are neighbours.
                if key.node != known {
                    guard nodes[key.node] != nil else { continue }
                    known = key.node
                }
                try HistoryPage.each(
                    select.bytes(1), base: table.base(of: key.chunk), hasPeak: table.hasPeak, in: part.slots,
                    wantsPeak: hasPeaks
                ) { item in
                    if takes(item.owner) { body(key.node, item) }
                }
            }
        }
        if nodes.count == 1, let node = nodes.keys.first {
            for bucket in buckets {
                try read(HistoryTable.Key(bucket, node: node), HistoryTable.Key(bucket, node: node + 1))
            }
        } else {
            try read(HistoryTable.Key(buckets.lowerBound), HistoryTable.Key(buckets.upperBound))
        }
    }

    @inline(__always)
    private func eachChosen(
        _ part: Span.Part, _ hasPeaks: Bool, _ seats: [Int64: Seats], _ body: (Int64, HistoryItem) -> Void
    ) throws {
        let (table, buckets) = (part.table, part.buckets)
        let select = try RawStatement(db, "SELECT body FROM \(table.rawValue) WHERE id = ?")
        let places =
            table == .fiveMinutes ? seats.map { Place(node: $0, chunk: 0, seats: $1) } : chunks
        for bucket in buckets {
            for place in places {
                select.bind(1, HistoryTable.Key(bucket, node: place.node, chunk: place.chunk).value)
                defer { select.reset() }
                guard try select.step() else { continue }
                try HistoryPage.each(
                    select.bytes(0), base: table.base(of: place.chunk), hasPeak: table.hasPeak, of: place.seats,
                    in: part.slots, wantsPeak: hasPeaks
                ) { item in
                    if takes(item.owner) { body(place.node, item) }
                }
            }
        }
    }

    /// Five minutes, of those from `first` on, in which any of the node's seats has bytes, whoever's.
    func eachFive(of node: Int64, _ seats: Seats, from first: Int64, _ body: (Int64) -> Void) throws {
        let select = try RawStatement(db, "SELECT body FROM five_minutes WHERE id = ?")
        for bucket in try kept(.fiveMinutes, min(first, 1 << 30)..<1 << 30) {
            select.bind(1, HistoryTable.Key(bucket, node: node).value)
            defer { select.reset() }
            guard try select.step() else { continue }
            var isIn = false
            try HistoryPage.each(select.bytes(0), base: 0, hasPeak: false, of: seats) { _ in isIn = true }
            if isIn { body(bucket) }
        }
    }

    /// Of the buckets asked for, those between the table's first and last.
    private func kept(_ table: HistoryTable, _ buckets: Range<Int64>) throws -> Range<Int64> {
        if let ends = memory.ends[table] { return buckets.clamped(to: ends) }
        let rows = try RawStatement(
            db, "SELECT (SELECT min(id) FROM \(table.rawValue)), (SELECT max(id) FROM \(table.rawValue))")
        defer { rows.reset() }
        var ends: Range<Int64> = 0..<0
        if try rows.step(), !rows.isNull(0) {
            ends = HistoryTable.Key(value: rows.int(0)).bucket..<HistoryTable.Key(value: rows.int(1)).bucket + 1
        }
        memory.ends[table] = ends
        return buckets.clamped(to: ends)
    }

    func people() throws -> [UInt32: Int64?] { try Owners(db).people }
}

extension HistoryTable {
    /// The busiest five minutes, or where these are not kept an hour's even pace.
    fileprivate func peak(of item: HistoryItem) -> UInt64 {
        switch self {
        case .fiveMinutes: item.traffic.total
        case .hours, .nodeHours, .nodeDays: item.traffic.total / 12
        case .days, .eightDays, .sixtyFourDays: item.peak
        }
    }
}
