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

    /// History comes node by node: the cells of the one that is added to now lie ready.
    private var node: Int64 = -1
    private var cells: [Cell] = []
    private var others: [Int64: [Cell]] = [:]

    @inline(__always)
    mutating func add(_ item: HistoryItem, node: Int64, column: Int, peak: UInt64) {
        if node != self.node { turn(to: node) }
        if column >= cells.count { grow(to: column) }
        cells[column].add(item, peak: peak)
    }

    private mutating func turn(to next: Int64) {
        others[node] = cells
        cells = others.removeValue(forKey: next) ?? []
        node = next
    }

    private mutating func grow(to column: Int) {
        let size = max(column + 1, cells.count * 2, 64)
        cells += Array(repeating: Cell(), count: size - cells.count)
    }

    /// - Parameter body: of each node, its cells by column.
    func each(_ body: (_ node: Int64, [Cell]) -> Void) {
        if node >= 0 { body(node, cells) }
        for (node, cells) in others where node >= 0 { body(node, cells) }
    }
}
