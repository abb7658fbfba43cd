import Accounting

/// The tables of history. A row is a page: its key holds when, which node, and which of its counters.
enum HistoryTable: String {
    /// A page is one bucket of one node, with all its counters: written for five minutes, then at rest.
    case fiveMinutes = "five_minutes"
    /// A page is the 24 hours of a day of UTC of sixty-four counters: a user's month is a few hundred of them.
    case hours
    /// A page is a day of UTC of sixty-four counters.
    case days
    /// A page is the 24 hours of a day of UTC of one node as a whole: one item each, of no counter and no owner. Kept as long
    /// as hours, whose sums they are.
    case nodeHours = "node_hours"

    /// Those whose items are a counter's and an owner's.
    static let ofCounters: [HistoryTable] = [.fiveMinutes, .hours, .days]

    var grain: Grain {
        switch self {
        case .fiveMinutes: .fiveMinutes
        case .hours, .nodeHours: .hour
        case .days: .day
        }
    }

    /// What a page spans: its bucket in the key.
    var span: Grain { self == .fiveMinutes ? .fiveMinutes : .day }
    var hasPeak: Bool { self == .days }

    func chunk(of seat: UInt32) -> UInt32 { self == .hours || self == .days ? seat >> 6 : 0 }

    /// The first seat of a chunk.
    func base(of chunk: UInt32) -> UInt32 { chunk << 6 }

    /// An INTEGER PRIMARY KEY, ordered by time first, so that what is written is at the table's end.
    struct Key: Hashable, Comparable {
        let value: Int64

        init(value: Int64) {
            self.value = value
        }

        /// - Parameter bucket: of the table's span.
        init(_ bucket: Int64, node: Int64 = 0, chunk: UInt32 = 0) {
            value = max(-1 << 30, min(bucket, 1 << 30)) << 32 | (node & 0xffff) << 16 | Int64(chunk & 0xffff)
        }

        var bucket: Int64 { value >> 32 }
        var node: Int64 { value >> 16 & 0xffff }
        var chunk: UInt32 { UInt32(truncatingIfNeeded: value & 0xffff) }

        static func < (a: Key, b: Key) -> Bool { a.value < b.value }
    }
}
