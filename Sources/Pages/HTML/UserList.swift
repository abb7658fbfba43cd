import Fleet
import WireGuard

/// What the query of the users' page asks for.
struct UserList {
    let order: UserOrder
    let words: String
    let state: Presence?

    /// Only those who used up their allowance.
    let isOver: Bool
    let tab: Tab

    /// Those that the words fit, in order; and how many of them are in each state, and over their allowance.
    let found: [UserRow]
    let counts: [Presence: Int]
    let over: Int
    let all: Int

    enum Tab: String, CaseIterable {
        case everyone = ""
        case withoutDevices = "nodevices"
        case keys
    }

    /// The states that can be asked for: of the fifth nobody asks.
    static let states: [(presence: Presence, word: String)] = [
        (.online, "online"), (.recent, "recent"), (.offline, "offline"), (.never, "never"), (.unknown, "unknown"),
    ]

    init(_ snapshot: Snapshot, _ periods: [Int64: PeriodsAnswer.Row], _ context: PageContext) {
        order = UserOrder(context.query("sort"))
        words = Page.cut(context.query("q") ?? "", 100)
        let asked = context.query("state")
        state = Self.states.first { $0.word == asked }?.presence
        isOver = context.query("limit") == "over"
        tab = context.query("show").flatMap(Tab.init) ?? .everyone
        let wanted = Self.needle(words)
        var fitting = snapshot.users
        if tab == .withoutDevices { fitting = fitting.filter { $0.peersCount == 0 } }
        if !wanted.isEmpty { fitting = fitting.filter { $0.fits(wanted) } }
        let clock = OwnerClock(now: context.now, zone: context.zone, language: context.language)
        var counts: [Presence: Int] = [:]
        var over = 0
        var found: [UserRow] = []
        for row in fitting {
            let presence = Presence(isOnline: row.isOnline, age: row.latestHandshake.map(clock.age))
            counts[presence, default: 0] += 1
            let isOver = periods[row.user.telegramID]?.allowance?.isUsedUp == true
            if isOver { over += 1 }
            if state == nil || state == presence, !self.isOver || isOver { found.append(row) }
        }
        all = fitting.count
        self.counts = counts
        self.over = over
        self.found = order.sorted(found)
    }

    /// Without the `@` that people write before a name.
    private static func needle(_ words: String) -> String {
        let words = words.lowercased().drop { $0 == " " || $0 == "@" }
        return String(words)
    }

    /// The address of this list with one word of it another one; the page begins anew. Empty words are left out.
    func link(
        sort: String? = nil, state: String? = nil, over: Bool? = nil, page: Int? = nil, format: String? = nil
    ) -> Link {
        Link.here([
            ("show", tab.rawValue), ("q", words), ("state", state ?? stateWord),
            ("limit", over ?? isOver ? "over" : nil),
            ("sort", sort ?? (order == UserOrder(nil) ? nil : order.current)), ("page", page.map { "\($0)" }),
            ("format", format),
        ])
    }

    var stateWord: String? { Self.states.first { $0.presence == state }?.word }
}

extension PeriodsAnswer.Allowance {
    var isUsedUp: Bool { used >= bytes }
}

extension UserRow {
    fileprivate func fits(_ wanted: String) -> Bool {
        user.username?.lowercased().contains(wanted) == true || "\(user.telegramID)".contains(wanted)
    }
}
