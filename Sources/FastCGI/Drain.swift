/// Skips the rest of a refused request, so that its sender is done writing before it is answered.
struct Drain {
    private var header: [UInt8] = []
    private var skip = 0
    private var isLast = false

    /// Bytes that may still be thrown away.
    private(set) var budget: Int

    init(budget: Int) { self.budget = budget }

    /// True when the request has ended, its records make no sense, or the budget is spent.
    mutating func consume(_ bytes: UnsafeRawBufferPointer) -> Bool {
        budget -= bytes.count
        var place = 0
        while place < bytes.count {
            if skip > 0 {
                let step = min(skip, bytes.count - place)
                skip -= step
                place += step
            } else {
                header.append(bytes[place])
                place += 1
                guard header.count == Record.headerLength else { continue }
                guard let record = header.withUnsafeBytes({ Record($0, at: 0) }), record.version == 1 else {
                    return true
                }
                isLast = record.type == Record.stdin && record.length == 0
                skip = record.end - Record.headerLength
                header.removeAll(keepingCapacity: true)
            }
            if isLast, skip == 0, header.isEmpty { return true }
        }
        return budget <= 0
    }
}
