/// Some of a node's counters: asked of every item of history, so a mark for each seat and no hash.
struct Seats {
    private var marks: [Bool] = []
    private(set) var count = 0

    init(_ seats: some Sequence<UInt32> = []) {
        for seat in seats { insert(seat) }
    }

    /// The highest. Of none: 0.
    var last: UInt32 { UInt32(max(1, marks.count) - 1) }
    var isEmpty: Bool { count == 0 }

    @inline(__always)
    func contains(_ seat: UInt32) -> Bool { Int(seat) < marks.count && marks[Int(seat)] }

    /// In their order.
    var all: [UInt32] { marks.indices.compactMap { marks[$0] ? UInt32($0) : nil } }

    /// A page's key has room for 2^22 seats: a number beyond that is damage, and no counter's.
    mutating func insert(_ seat: UInt32) {
        guard !contains(seat), seat < 1 << 22 else { return }
        if Int(seat) >= marks.count { marks += Array(repeating: false, count: Int(seat) + 1 - marks.count) }
        marks[Int(seat)] = true
        count += 1
    }

    func intersection(_ other: Seats) -> Seats {
        var both = Seats()
        for seat in all where other.contains(seat) { both.insert(seat) }
        return both
    }
}
