import Foundation

/// Ours and the limit by turns, so that a machine that is busy with other things is so for both.
struct Rounds {
    /// Cost of one unit of work, by round.
    private(set) var ours: [Double] = []
    private(set) var limit: [Double] = []

    mutating func add(ours: Double, limit: Double) {
        self.ours.append(ours)
        self.limit.append(limit)
    }

    var oursMedian: Double { median(ours) }
    var limitMedian: Double { median(limit) }

    /// The middle of the rounds' own ratios, and not the ratio of the middles.
    var ratio: Double { median(zip(ours, limit).map { $0 / $1 }) }
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let middle = sorted.indices.last.map({ $0 / 2 }) else { return .nan }
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle] + sorted[middle + 1]) / 2
}

/// Nanoseconds of processor time that this thread has used.
func threadCPU() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// Lines of a table, columns as wide as their widest cell; the first is text, the others are numbers.
func printTable(_ rows: [[String]]) {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
        let cells = zip(row, widths).enumerated().map { index, cell in
            let space = String(repeating: " ", count: cell.1 - cell.0.count)
            return index == 0 ? cell.0 + space : space + cell.0
        }
        print(cells.joined(separator: "  "))
    }
}

func digits(_ value: Double, _ places: Int) -> String {
    String(format: "%.\(places)f", value)
}
