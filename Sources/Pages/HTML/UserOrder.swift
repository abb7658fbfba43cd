import Fleet
import WireGuard

/// The order of the users' table, as the query names it: `sort=month`, `sort=-name`. A minus turns it around.
struct UserOrder: Equatable {
    var column: Column
    var isReversed: Bool

    enum Column: String, CaseIterable {
        case name
        case today
        case month
        case total
        case devices
        case nodes
        case handshake

        var phrase: Phrase {
            switch self {
            case .name: .user
            case .devices: .devices
            case .nodes: .nodes
            case .total: .total
            case .today: .today
            case .month: .month
            case .handshake: .lastHandshake
            }
        }

        /// Names begin with the first letter, amounts and times with the largest.
        var isAscending: Bool { self == .name }
    }

    /// Unknown words give the usual order: who used most, first.
    init(_ word: String?) {
        let word = word ?? ""
        isReversed = word.hasPrefix("-")
        if let column = Column(rawValue: isReversed ? String(word.dropFirst()) : word) {
            self.column = column
        } else {
            (column, isReversed) = (.total, false)
        }
    }

    var current: String { (isReversed ? "-" : "") + column.rawValue }

    /// What the column's heading leads to: itself, or itself turned around.
    func word(for column: Column) -> String {
        column == self.column && !isReversed ? "-" + column.rawValue : column.rawValue
    }

    /// Equal ones stand by their id, so that a page's rows are the same at every request.
    func sorted(_ users: [UserRow]) -> [UserRow] {
        guard column != .name else {
            return Self.sorted(users.map { ($0.user.sortName, $0) }) { isReversed ? $0 > $1 : $0 < $1 }
        }
        return Self.sorted(users.map { (amount(of: $0), $0) }) { isReversed ? $0 < $1 : $0 > $1 }
    }

    /// What is compared is made once a row.
    private static func sorted<Key: Equatable>(
        _ users: [(key: Key, row: UserRow)], _ comesFirst: (Key, Key) -> Bool
    ) -> [UserRow] {
        users.sorted { a, b in
            a.key == b.key ? a.row.user.telegramID < b.row.user.telegramID : comesFirst(a.key, b.key)
        }.map(\.row)
    }

    private func amount(of row: UserRow) -> UInt64 {
        switch column {
        case .name: 0
        case .today: row.today.total
        case .month: row.month.total
        case .total: row.lifetime.total
        case .devices: UInt64(row.peersCount)
        case .nodes: UInt64(Set(row.activeNodes).count)
        case .handshake: UInt64(max(0, row.latestHandshake?.seconds ?? 0))
        }
    }
}

extension User {
    /// Nameless ones come last.
    fileprivate var sortName: String { username?.lowercased() ?? "\u{10FFFF}" }
}

/// A cut of a long list, as the query names it: `page=3`, from 1.
struct Paging: Equatable {
    static let size = 100
    let page: Int
    let pages: Int
    let range: Range<Int>

    init(_ word: String?, of count: Int) {
        pages = max(1, (count + Self.size - 1) / Self.size)
        page = min(max(1, word.flatMap(Int.init) ?? 1), pages)
        let start = min((page - 1) * Self.size, count)
        range = start..<min(start + Self.size, count)
    }
}
