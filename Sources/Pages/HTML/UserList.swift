import Fleet
import WireGuard

/// What the query of the users' page asks for.
struct UserList {
    let order: UserOrder
    let words: String
    let state: Presence?
    let tab: Tab

    /// Those that the words fit, in order; and how many of them are in each state.
    let found: [UserRow]
    let counts: [Presence: Int]
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

    init(_ snapshot: Snapshot, _ context: PageContext) {
        order = UserOrder(context.query("sort"))
        words = Page.cut(context.query("q") ?? "", 100)
        let asked = context.query("state")
        state = Self.states.first { $0.word == asked }?.presence
        tab = context.query("show").flatMap(Tab.init) ?? .everyone
        let wanted = Self.needle(words)
        var fitting = snapshot.users
        if tab == .withoutDevices { fitting = fitting.filter { $0.peersCount == 0 } }
        if !wanted.isEmpty { fitting = fitting.filter { $0.fits(wanted) } }
        let clock = OwnerClock(now: context.now, zone: context.zone, language: context.language)
        var counts: [Presence: Int] = [:]
        var found: [UserRow] = []
        for row in fitting {
            let presence = Presence(isOnline: row.isOnline, age: row.latestHandshake.map(clock.age))
            counts[presence, default: 0] += 1
            if state == nil || state == presence { found.append(row) }
        }
        all = fitting.count
        self.counts = counts
        self.found = order.sorted(found)
    }

    /// Without the `@` that people write before a name.
    private static func needle(_ words: String) -> String {
        let words = words.lowercased().drop { $0 == " " || $0 == "@" }
        return String(words)
    }

    /// The address of this list with one word of it another one; the page begins anew.
    func link(sort: String? = nil, state: String? = nil, tab: Tab? = nil, page: Int? = nil) -> Link {
        let now = Self.states.first { $0.presence == self.state }?.word
        return Link.here([
            ("show", (tab ?? self.tab).rawValue), ("q", words), ("state", state ?? now),
            ("sort", sort ?? (order == UserOrder(nil) ? nil : order.current)), ("page", page.map { "\($0)" }),
        ])
    }
}

extension UserRow {
    fileprivate func fits(_ wanted: String) -> Bool {
        user.username?.lowercased().contains(wanted) == true || "\(user.telegramID)".contains(wanted)
    }
}
