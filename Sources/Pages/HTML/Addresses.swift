import Fleet
import WireGuard

extension Link {
    static let usersPage = Link("/users")
    static let nodesPage = Link("/nodes")

    static func user(_ id: Int64) -> Link { usersPage.appending(segment: "\(id)") }
    static func node(_ id: NodeID) -> Link { nodesPage.appending(segment: id.name) }

    /// This page with these words of its query, the empty ones left out. An empty address would keep the query.
    static func here(_ words: [(name: String, value: String?)]) -> Link {
        let said = words.compactMap { word in word.value.map { (word.name, $0) } }.filter { !$0.1.isEmpty }
        guard !said.isEmpty else { return Link("?") }
        return said.reduce(Link.here) { $0.query($1.0, $1.1) }
    }
}

extension Page {
    /// One of several views of a page: the present one is marked, the others lead there.
    mutating func choice(_ phrase: Phrase, count: Int? = nil, isChosen: Bool, _ link: Link) {
        let content: (inout Page) -> Void = { page in
            page.words(phrase)
            guard let count else { return }
            page.raw(" ")
            page.element("span", .class("count")) { $0.number(count) }
        }
        if isChosen {
            element("a", .href(link), .fixed("aria-current", "true"), content: content)
        } else {
            element("a", .href(link), content: content)
        }
    }

    mutating func pager(_ paging: Paging, _ link: (Int) -> Link) {
        guard paging.pages > 1 else { return }
        element("nav", .class("pager"), .label(string(.pages))) { page in
            if paging.page > 1 {
                page.element("a", .class("button"), .href(link(paging.page - 1)), .fixed("rel", "prev")) {
                    $0.words(.previousPage)
                }
            }
            page.element("span") { page in
                page.words(.pageOf, { $0.number(paging.page) }, { $0.number(paging.pages) })
            }
            if paging.page < paging.pages {
                page.element("a", .class("button"), .href(link(paging.page + 1)), .fixed("rel", "next")) {
                    $0.words(.nextPage)
                }
            }
        }
    }

    /// A fact of a page's list: name and value.
    mutating func fact(_ phrase: Phrase, _ value: (inout Page) -> Void) {
        figure(phrase, value)
    }

    /// The page's heading: a name and a state beside it.
    mutating func heading(_ name: (inout Page) -> Void, state: (inout Page) -> Void) {
        element("div", .class("heading")) { page in
            page.element("h1", content: name)
            state(&page)
        }
    }

    /// A page's heading that needs no state.
    mutating func heading(_ phrase: Phrase) {
        element("h1", .class("plain")) { $0.words(phrase) }
    }

    /// What was asked of the database and not answered: the rest of the page is as usual.
    mutating func unreadable() {
        element("p", .class("refusal"), .fixed("role", "status")) { $0.words(.historyUnreadable) }
    }

    /// A node's name, leading to its page where it is still configured.
    mutating func node(_ id: NodeID, _ names: [NodeID: String]) {
        guard let known = names[id] else { return name(id.name) }
        element("a", .href(.node(id))) { $0.name(known) }
    }

    /// Who a user is, leading to their page.
    mutating func who(_ user: User) {
        element("a", .href(.user(user.telegramID))) { $0.userName(user) }
        if user.role == "owner" { element("em") { $0.words(.owner) } }
        if !user.isActive { element("em") { $0.words(.disabled) } }
    }

    mutating func userName(_ user: User) {
        if let username = user.username {
            name(username)
        } else {
            words(.nameless, { $0.text(String(user.telegramID)) })
        }
    }

    /// The mark of a user's state; the word is for those who do not see it.
    mutating func presence(_ row: UserRow) {
        presence(row.isOnline, row.latestHandshake)
    }

    mutating func presence(_ isOnline: Bool?, _ handshake: UnixTime?) {
        let presence = Presence(isOnline: isOnline, age: handshake.map(clock.age))
        let words = string(presence.phrase)
        element("span", .class("sign"), .fixed("role", "img"), .label(words), .title(words)) { $0.mark(presence.mark) }
    }

    mutating func handshake(_ time: UnixTime?, _ isOnline: Bool?) {
        if let time {
            ago(time)
        } else if isOnline == nil {
            dash()
        } else {
            words(.never)
        }
    }

    func title(_ phrase: Phrase) -> String { "\(string(phrase)) · \(string(.panel))" }
}

extension Snapshot {
    /// What people call each node.
    var nodeNames: [NodeID: String] {
        Dictionary(
            nodes.map { ($0.status.node.id, $0.status.node.name) }, uniquingKeysWith: { first, _ in first })
    }
}
