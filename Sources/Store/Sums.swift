import Fleet

/// Sums by node and by column: an owner's row, or a seat. Both are small numbers, so that places are found without a search.
struct Sums {
    struct Cell {
        var traffic = Traffic.zero
        var peak: UInt64 = 0
        var hasGap = false
        var isThere = false

        @inline(__always)
        mutating func add(_ item: HistoryItem, peak: UInt64) {
            traffic += item.traffic
            hasGap = hasGap || item.hasGap
            self.peak = max(self.peak, peak)
            isThere = true
        }

        mutating func add(_ other: Cell) {
            traffic += other.traffic
            hasGap = hasGap || other.hasGap
            peak = max(peak, other.peak)
            isThere = isThere || other.isThere
        }
    }

    /// A node's cells, from its lowest column on: of one user it is a single one.
    struct Row {
        private var base = 0
        private var cells: [Cell] = []

        @inline(__always)
        fileprivate mutating func add(_ item: HistoryItem, column: Int, peak: UInt64) {
            if column < base || column - base >= cells.count { grow(to: column) }
            cells[column - base].add(item, peak: peak)
        }

        private mutating func grow(to column: Int) {
            if cells.isEmpty { base = column }
            if column < base {
                let more = max(base - column, min(base, cells.count))
                cells.insert(contentsOf: repeatElement(Cell(), count: more), at: 0)
                base -= more
            } else {
                let size = max(column - base + 1, cells.count * 2)
                cells += repeatElement(Cell(), count: size - cells.count)
            }
        }

        /// Those that something was added to, by column.
        @inline(__always)
        func each(_ body: (_ column: Int, Cell) -> Void) {
            for place in cells.indices where cells[place].isThere { body(base + place, cells[place]) }
        }
    }

    /// History comes node by node: the row of the one that is added to now lies ready.
    private var node: Int64 = -1
    private var row = Row()
    private var others: [Int64: Row] = [:]

    @inline(__always)
    mutating func add(_ item: HistoryItem, node: Int64, column: Int, peak: UInt64) {
        if node != self.node { turn(to: node) }
        row.add(item, column: column, peak: peak)
    }

    private mutating func turn(to next: Int64) {
        if node >= 0 { others[node] = row }
        row = others.removeValue(forKey: next) ?? Row()
        node = next
    }

    /// Of each node that something was added to.
    func each(_ body: (_ node: Int64, Row) -> Void) {
        if node >= 0 { body(node, row) }
        for (node, row) in others { body(node, row) }
    }
}
