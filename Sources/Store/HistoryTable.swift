import Accounting

/// The tables of history. A row is a page: its key holds when, which node, and which of its counters.
enum HistoryTable: String {
    /// A page is one bucket of one node, with all its counters: written for five minutes, then at rest.
    case fiveMinutes = "five_minutes"
    /// A page is the 24 hours of a day of UTC of sixty-four counters: a user's month is a few hundred of them.
    case hours
    /// A page is a day of UTC of sixty-four counters.
    case days
    /// Likewise of eight days, and of eight times eight: a year is a dozen pages.
    case eightDays = "eight_days"
    case sixtyFourDays = "sixty_four_days"
    /// A page is the 24 hours of a day of UTC of one node as a whole: one item each, of no counter and no owner. Kept as long
    /// as hours, whose sums they are.
    case nodeHours = "node_hours"
    /// Likewise of sixty-four days of UTC of a node. Kept for ever.
    case nodeDays = "node_days"

    /// Those whose items are a counter's and an owner's.
    static let ofCounters: [HistoryTable] = [.fiveMinutes, .hours, .days, .eightDays, .sixtyFourDays]

    var grain: Grain {
        switch self {
        case .fiveMinutes: .fiveMinutes
        case .hours, .nodeHours: .hour
        case .days, .nodeDays: .day
        case .eightDays: .eightDays
        case .sixtyFourDays: .sixtyFourDays
        }
    }

    /// What a page spans: its bucket in the key.
    var span: Grain {
        switch self {
        case .hours, .nodeHours: .day
        case .nodeDays: .sixtyFourDays
        case .fiveMinutes, .days, .eightDays, .sixtyFourDays: grain
        }
    }

    /// Where eight pages are one. Nil: nowhere.
    var wider: HistoryTable? {
        switch self {
        case .days: .eightDays
        case .eightDays: .sixtyFourDays
        case .fiveMinutes, .hours, .nodeHours, .nodeDays, .sixtyFourDays: nil
        }
    }

    /// Counters' days and wider: five minutes are forgotten before.
    var hasPeak: Bool { self == .days || self == .eightDays || self == .sixtyFourDays }

    func chunk(of seat: UInt32) -> UInt32 { self == .hours || hasPeak ? seat >> 6 : 0 }

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
