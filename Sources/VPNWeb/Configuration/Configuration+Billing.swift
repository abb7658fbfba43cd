import Accounting
import Fleet

// billing, a node's allowance, users: on which day a month begins, and what it may hold.
extension Configuration {
    /// What is measured against billing periods.
    struct Billing: Sendable, Equatable {
        /// On which day of the month periods begin, 1 to 31, where nothing says otherwise.
        var day = 1
        var nodes: [NodeID: PeriodAllowance] = [:]

        /// By telegram id.
        var users: [Int64: PeriodAllowance] = [:]
    }

    private static let days = 1...31

    /// An exabyte: more is a slip.
    private static let gigabytes = 1...1_000_000_000

    /// Before nodes, whose allowances begin on this day unless they say otherwise.
    mutating func readBilling(_ top: ConfigurationSection) {
        if let section = top["billing"]?.section(["day"]) {
            billing.day = section["day"]?.integer(Self.days) ?? billing.day
        }
        var lines: [Int64: Int] = [:]
        for value in top["users"]?.list() ?? [] {
            guard let section = value.section(["telegram_id", "allowance"]) else { continue }
            let id = section.needed("telegram_id").flatMap(Self.telegramID)
            let allowance = section.needed("allowance").flatMap(allowance)
            guard let id else { continue }
            if let line = lines[id] {
                value.refuse("\(id) is there already in line \(line)")
            } else {
                lines[id] = value.line
                billing.users[id] = allowance
            }
        }
    }

    /// `{ gb: 1000, day: 5, count: both }`. A GB is 10^9 bytes, as providers count.
    func allowance(_ value: ConfigurationValue) -> PeriodAllowance? {
        guard let section = value.section(["gb", "day", "count"]) else { return nil }
        let gigabytes = section.needed("gb")?.integer(Self.gigabytes)
        let day = section["day"].map { $0.integer(Self.days) } ?? billing.day
        let count = section["count"].map { $0.choice(PeriodAllowance.Count.self) } ?? .both
        guard let gigabytes, let day, let count else { return nil }
        return PeriodAllowance(bytes: UInt64(gigabytes) * 1_000_000_000, startDay: day, count: count)
    }

    private static func telegramID(_ value: ConfigurationValue) -> Int64? {
        value.integer(Int.min...Int.max).map(Int64.init)
    }
}
