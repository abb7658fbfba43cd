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

    /// Nil: everybody's.
    private let owner: UInt32?

    /// Of each node the seats that are selected. Nil: all.
    private let seats: [Int64: Set<UInt32>]?

    /// Hours of a day that were just read: periods of hours ask for them again and again.
    private let memory = Memory()

    private final class Memory {
        var day: Int64?
        var items: [(node: Int64, item: HistoryItem)] = []
    }

    init(_ db: Database, _ selection: Selection) throws {
        self.db = db
        horizons = try Horizons(db)
        var nodes: [Int64: NodeID] = [:]
        var tails: [Int64: Tail] = [:]
        let rows = try RawStatement(db, "SELECT id, name, samples FROM nodes")
        while try rows.step() {
            guard let name = rows.text(1), selection.node == nil || selection.node == NodeID(name) else { continue }
            nodes[rows.int(0)] = NodeID(name)
            tails[rows.int(0)] = try Tail(db, node: rows.int(0), after: rows.int(2))
        }
        self.nodes = nodes
        self.tails = tails
        var seats: [Int64: Set<UInt32>]?
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
            for (node, tail) in tails {
                for step in tail.steps where step.entry.owner == owner {
                    seats?[node, default: []].insert(step.entry.seat)
                }
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
                    Dictionary(uniqueKeysWithValues: found.map { ($0, $1.intersection(owned[$0] ?? [])) })
                } ?? found
        }
        let isInTotals = owner != nil && owner != 0 && owned == seats.map { $0.values.reduce(0) { $0 + $1.count } }
        narrowing =
            if let peer = selection.peer { " WHERE c.public_key = \(peer.literal)" } else if isInTotals, let owner {
                " WHERE c.id IN (SELECT counter FROM totals WHERE owner = \(owner))"
            } else { "" }
        self.seats = seats?.filter { nodes[$0.key] != nil && !$0.value.isEmpty }
    }

    private static func seats(_ statement: Statement, _ arguments: StatementArguments) throws -> [Int64: Set<UInt32>] {
        try Row.fetchAll(statement, arguments: arguments).reduce(into: [:]) { seats, row in
            seats[row[0], default: []].insert(row[1])
        }
    }

    /// - Parameter byCounter: columns are seats; else owners.
    func sums(_ span: Span, byCounter: Bool, hasPeaks: Bool = false) throws -> Sums {
        var sums = Sums()
        for part in span.parts(hasPeaks: hasPeaks) {
            try each(part) { node, item in
                sums.add(
                    item, node: node, column: Int(byCounter ? item.seat : item.owner),
                    peak: part.table.peak(of: item))
            }
        }
        var peaks: [Waiting: UInt64] = [:]
        for (node, tail) in tails {
            for step in tail.steps where span.contains(step.stamp.at) && takes(step.entry.seat, step.entry.owner, node)
            {
                let entry = step.entry
                let item = HistoryItem(
                    seat: entry.seat, owner: entry.owner, hasGap: entry.hasGap, traffic: entry.traffic)
                guard !item.traffic.isZero else { continue }
                var peak: UInt64 = 0
                if hasPeaks {
                    let waiting = Waiting(
                        node: node, counter: item.counter, bucket: Grain.fiveMinutes.bucket(holding: step.stamp.at))
                    peak = peaks[waiting, default: 0] &+ item.traffic.total
                    peaks[waiting] = peak
                }
                sums.add(item, node: node, column: Int(byCounter ? item.seat : item.owner), peak: peak)
            }
        }
        return sums
    }

    private struct Waiting: Hashable {
        var node: Int64
        var counter: UInt64
        var bucket: Int64
    }

    /// A condition in SQL that keeps the counters that are selected, and perhaps more.
    let narrowing: String

    func hasSeat(_ seat: UInt32, _ node: Int64) -> Bool { seats.map { $0[node]?.contains(seat) == true } ?? true }

    /// False: nothing on the node is selected.
    func hasSome(_ node: Int64) -> Bool { seats.map { $0[node] != nil } ?? true }

    @inline(__always)
    func takes(_ seat: UInt32, _ owner: UInt32, _ node: Int64) -> Bool {
        if let wanted = self.owner, wanted != owner { return false }
        guard let seats else { return true }
        return seats[node]?.contains(seat) == true
    }

    // MARK: Pages

    @inline(__always)
    private func each(_ part: Span.Part, _ body: (Int64, HistoryItem) -> Void) throws {
        if seats != nil {
            try eachChosen(part, body)
        } else if part.table == .hours {
            try eachRemembered(part, body)
        } else {
            try eachPage(part) { node, item in
                if owner == nil || item.owner == owner { body(node, item) }
            }
        }
    }

    /// All pages in their order; of one node, by its own keys.
    @inline(__always)
    private func eachPage(_ part: Span.Part, _ body: (Int64, HistoryItem) -> Void) throws {
        let table = part.table
        let select = try RawStatement(db, "SELECT id, body FROM \(table.rawValue) WHERE id >= ? AND id < ? ORDER BY id")
        defer { select.reset() }
        func read(_ first: HistoryTable.Key, _ last: HistoryTable.Key) throws {
            select.bind(1, first.value)
            select.bind(2, last.value)
            while try select.step() {
                let key = HistoryTable.Key(value: select.int(0))
                guard nodes[key.node] != nil else { continue }
                try HistoryPage.each(select.bytes(1), base: table.base(of: key.chunk), hasPeak: table.hasPeak) {
                    body(key.node, $0)
                }
            }
        }
        let buckets = try kept(part)
        if nodes.count == 1, let node = nodes.keys.first {
            for bucket in buckets {
                try read(HistoryTable.Key(bucket, node: node), HistoryTable.Key(bucket, node: node + 1))
            }
        } else {
            try read(HistoryTable.Key(buckets.lowerBound), HistoryTable.Key(buckets.upperBound))
        }
    }

    private func eachRemembered(_ part: Span.Part, _ body: (Int64, HistoryItem) -> Void) throws {
        if memory.day != part.buckets.lowerBound {
            memory.items.removeAll(keepingCapacity: true)
            try eachPage(Span.Part(table: .hours, buckets: part.buckets)) { memory.items.append(($0, $1)) }
            memory.day = part.buckets.lowerBound
        }
        for (node, item) in memory.items where part.slots?.contains(item.slot) != false {
            if owner == nil || item.owner == owner { body(node, item) }
        }
    }

    @inline(__always)
    private func eachChosen(_ part: Span.Part, _ body: (Int64, HistoryItem) -> Void) throws {
        let table = part.table
        let select = try RawStatement(db, "SELECT body FROM \(table.rawValue) WHERE id = ?")
        let places = (seats ?? [:]).flatMap { node, seats in
            Set(seats.map { table.chunk(of: $0) }).map { (node: node, chunk: $0, seats: seats) }
        }
        guard !places.isEmpty else { return }
        for bucket in try kept(part) {
            for place in places {
                select.bind(1, HistoryTable.Key(bucket, node: place.node, chunk: place.chunk).value)
                defer { select.reset() }
                guard try select.step() else { continue }
                try HistoryPage.each(select.bytes(0), base: table.base(of: place.chunk), hasPeak: table.hasPeak) {
                    item in
                    guard place.seats.contains(item.seat), owner == nil || item.owner == owner,
                        part.slots?.contains(item.slot) != false
                    else { return }
                    body(place.node, item)
                }
            }
        }
    }

    /// Of the buckets asked for, those between the table's first and last.
    private func kept(_ part: Span.Part) throws -> Range<Int64> {
        let ends = try RawStatement(
            db, "SELECT (SELECT min(id) FROM \(part.table.rawValue)), (SELECT max(id) FROM \(part.table.rawValue))")
        defer { ends.reset() }
        guard try ends.step(), !ends.isNull(0) else { return 0..<0 }
        let whole = HistoryTable.Key(value: ends.int(0)).bucket..<HistoryTable.Key(value: ends.int(1)).bucket + 1
        return part.buckets.clamped(to: whole)
    }

    // MARK: Names

    /// Keys of those counters of `sums` by node that have any.
    func keys() throws -> [Int64: [UInt32: PublicKey]] {
        var keys: [Int64: [UInt32: PublicKey]] = [:]
        let rows = try RawStatement(
            db, "SELECT i.node, c.seat, c.public_key FROM interfaces i JOIN counters c ON c.interface = i.id")
        defer { rows.reset() }
        while try rows.step() {
            guard nodes[rows.int(0)] != nil else { continue }
            let seat = UInt32(truncatingIfNeeded: rows.int(1))
            guard seats == nil || seats?[rows.int(0)]?.contains(seat) == true else { continue }
            keys[rows.int(0), default: [:]][seat] = try PublicKey(stored: rows.bytes(2))
        }
        return keys
    }

    func people() throws -> [UInt32: Int64?] { try Owners(db).people }
}

extension HistoryTable {
    /// The busiest five minutes, or where these are not kept an hour's even pace.
    fileprivate func peak(of item: HistoryItem) -> UInt64 {
        switch self {
        case .fiveMinutes: item.traffic.total
        case .hours: item.traffic.total / 12
        case .days: item.peak
        }
    }
}

/// Sums by node and by column: an owner's row, or a seat. Both are small numbers, so that places are found without a search.
struct Sums {
    struct Cell {
        var traffic = Traffic.zero
        var peak: UInt64 = 0
        var hasGap = false
        var isThere = false
    }

    private var nodes: [Int64: Int] = [:]
    private var cells: [[Cell]] = []
    private var last: (node: Int64, place: Int) = (-1, 0)

    @inline(__always)
    mutating func add(_ item: HistoryItem, node: Int64, column: Int, peak: UInt64) {
        if last.node != node { find(node) }
        if column >= cells[last.place].count { grow(to: column) }
        cells[last.place][column].traffic += item.traffic
        cells[last.place][column].hasGap = cells[last.place][column].hasGap || item.hasGap
        cells[last.place][column].peak = max(cells[last.place][column].peak, peak)
        cells[last.place][column].isThere = true
    }

    private mutating func find(_ node: Int64) {
        if let place = nodes[node] {
            last = (node, place)
            return
        }
        last = (node, cells.count)
        nodes[node] = cells.count
        cells.append([])
    }

    private mutating func grow(to column: Int) {
        let size = max(column + 1, cells[last.place].count * 2, 64)
        cells[last.place] += Array(repeating: Cell(), count: size - cells[last.place].count)
    }

    func each(_ body: (_ node: Int64, _ column: UInt32, Cell) -> Void) {
        for (node, place) in nodes {
            for (column, cell) in cells[place].enumerated() where cell.isThere { body(node, UInt32(column), cell) }
        }
    }
}
