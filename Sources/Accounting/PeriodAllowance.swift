package import Fleet

/// What a node's provider, or the owner, allows in a billing period.
package struct PeriodAllowance: Hashable, Sendable {
    package var bytes: UInt64

    /// On which day its periods begin, as in `Period`.
    package var startDay: Int
    package var count: Count

    /// Which direction uses it up.
    package enum Count: String, CaseIterable, Sendable {
        case both
        case rx
        case tx

        package func bytes(of traffic: Traffic) -> UInt64 {
            switch self {
            case .both: traffic.total
            case .rx: traffic.rx
            case .tx: traffic.tx
            }
        }
    }

    package init(bytes: UInt64, startDay: Int, count: Count = .both) {
        self.bytes = bytes
        self.startDay = startDay
        self.count = count
    }

    /// Bytes; 0 where it is used up.
    package func left(after used: UInt64) -> UInt64 { used < bytes ? bytes - used : 0 }
}
