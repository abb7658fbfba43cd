import Fleet
import WireGuard

/// The order of the users' table, as the query names it: `sort=month`, `sort=-name`. A minus turns it around.
struct UserOrder: Equatable {
    var column: Column
    var isReversed: Bool

    enum Column: String, CaseIterable {
        case name
        case devices
        case down
        case up
        case total
        case today
        case month
        case handshake

        var phrase: Phrase {
            switch self {
            case .name: .user
            case .devices: .devices
            case .down: .downloaded
            case .up: .uploaded
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
        users.sorted { a, b in
            let (first, second) = isReversed ? (b, a) : (a, b)
            switch column {
            case .name:
                let names = (first.user.sortName, second.user.sortName)
                if names.0 != names.1 { return names.0 < names.1 }
            case .devices where first.peersCount != second.peersCount: return first.peersCount > second.peersCount
            case .down where first.lifetime.tx != second.lifetime.tx: return first.lifetime.tx > second.lifetime.tx
            case .up where first.lifetime.rx != second.lifetime.rx: return first.lifetime.rx > second.lifetime.rx
            case .total where first.lifetime.total != second.lifetime.total:
                return first.lifetime.total > second.lifetime.total
            case .today where first.today.total != second.today.total: return first.today.total > second.today.total
            case .month where first.month.total != second.month.total: return first.month.total > second.month.total
            case .handshake where first.latestHandshake != second.latestHandshake:
                return (first.latestHandshake?.seconds ?? .min) > (second.latestHandshake?.seconds ?? .min)
            default: break
            }
            return a.user.telegramID < b.user.telegramID
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
