import Fleet
import WireGuard

extension TrafficPage.Window {
    func link(
        name: Name? = nil, by grouping: Grouping? = nil, step: Series.Grain? = nil, of whom: Whom? = nil,
        page: Int? = nil
    ) -> Link {
        // Another window begins with the step that suits it.
        let step = step ?? (name == nil ? self.step : nil)
        let name = name ?? self.name
        let whom = whom ?? Whom(node: node, user: user)
        let isCustom = name == .custom
        return Link.here([
            ("window", isCustom ? nil : name.rawValue), ("from", isCustom ? from.rfc3339 : nil),
            ("to", isCustom ? to.rfc3339 : nil), ("by", (grouping ?? self.grouping).rawValue),
            ("step", step?.rawValue), ("node", whom.node?.name), ("user", whom.user.map { "\($0)" }),
            ("page", page.map { "\($0)" }),
        ])
    }

    struct Whom {
        var node: NodeID?
        var user: Int64?
    }

    /// A bar of the chart in itself: by whom it was used.
    var narrower: Link {
        let by: Grouping = grouping == .time ? user == nil ? .user : .node : grouping
        return whose(Link("/traffic")).query("by", by.rawValue)
    }

    /// The API's answer to the same question.
    func api(_ format: StaticString) -> Link {
        let link = whose(Link("/api/history")).query("from", from.rfc3339).query("to", to.rfc3339)
            .query("step", step.rawValue)
        return (grouping == .time ? link : link.query("by", grouping.rawValue)).query("format", format.description)
    }

    private func whose(_ link: Link) -> Link {
        var link = link
        if let node { link = link.query("node", node.name) }
        if let user { link = link.query("user", "\(user)") }
        return link
    }
}

extension TrafficPage.Window.Name {
    var phrase: Phrase {
        switch self {
        case .today: .today
        case .yesterday: .yesterday
        case .week: .days7
        case .thirtyDays: .days30
        case .month: .month
        case .lastMonth: .lastMonth
        case .custom: .customDates
        }
    }
}

extension TrafficPage.Window.Grouping {
    var phrase: Phrase {
        switch self {
        case .user: .byUser
        case .node: .byNode
        case .peer: .byKey
        case .time: .byTime
        }
    }

    var heading: Phrase {
        switch self {
        case .user: .user
        case .node: .node
        case .peer: .publicKey
        case .time: .when
        }
    }
}

extension Series.Grain {
    var phrase: Phrase {
        switch self {
        case .hour: .byHour
        case .day: .byDay
        case .month: .byMonth
        }
    }
}

extension Page {
    mutating func windows(_ window: TrafficPage.Window, _ snapshot: Snapshot) {
        element("section", .class("block"), .label(string(.window))) { page in
            page.hint(.traffic)
            page.element("nav", .class("tabs"), .label(page.string(.window))) { page in
                for name in TrafficPage.Window.Name.allCases where name != .custom {
                    page.choice(name.phrase, isChosen: name == window.name, window.link(name: name))
                }
            }
            page.moments(window, snapshot)
            page.element("div", .class("rows")) { page in
                page.element("nav", .class("tabs small"), .label(page.string(.views))) { page in
                    for grouping in TrafficPage.Window.Grouping.allCases {
                        page.choice(grouping.phrase, isChosen: grouping == window.grouping, window.link(by: grouping))
                    }
                }
                page.element("nav", .class("tabs small"), .label(page.string(.step))) { page in
                    for grain in Series.Grain.allCases {
                        page.choice(grain.phrase, isChosen: grain == window.step, window.link(step: grain))
                    }
                }
            }
            page.whose(window, snapshot)
        }
    }

    /// Open where it says what the page shows.
    private mutating func moments(_ window: TrafficPage.Window, _ snapshot: Snapshot) {
        let content: (inout Page) -> Void = { page in
            page.element("summary") { $0.words(.byMoments) }
            page.form(window, snapshot)
        }
        if window.name == .custom || window.node != nil {
            element("details", .class("moments"), .key("moments"), .fixed("open", ""), content: content)
        } else {
            element("details", .class("moments"), .key("moments"), content: content)
        }
    }

    private mutating func form(_ window: TrafficPage.Window, _ snapshot: Snapshot) {
        element("form", .class("search"), .fixed("method", "get")) { page in
            page.moment("from", .fromDay, window.formFrom)
            page.moment("to", .toDay, window.formTo)
            page.element("label", .fixed("for", "node")) { $0.words(.node) }
            page.element("select", .id("node"), .fixed("name", "node")) { page in
                page.element("option", .fixed("value", "")) { $0.words(.allNodes) }
                if let id = window.node, snapshot.nodeNames[id] == nil {
                    page.element("option", .value(id.name), .fixed("selected", "")) { $0.text(Page.cut(id.name, 100)) }
                }
                for row in snapshot.nodes {
                    let node = row.status.node
                    let name = Page.cut(node.name, 100)
                    if node.id == window.node {
                        page.element("option", .value(node.id.name), .fixed("selected", "")) { $0.text(name) }
                    } else {
                        page.element("option", .value(node.id.name)) { $0.text(name) }
                    }
                }
            }
            page.void("input", .fixed("type", "hidden"), .fixed("name", "by"), .value(window.grouping.rawValue))
            if let user = window.user {
                page.void("input", .fixed("type", "hidden"), .fixed("name", "user"), .value("\(user)"))
            }
            page.element("button", .fixed("type", "submit")) { $0.words(.show) }
        }
    }

    private mutating func moment(_ name: StaticString, _ phrase: Phrase, _ value: String) {
        element("label", .fixed("for", name)) { $0.words(phrase) }
        void("input", .id(name), .fixed("type", "datetime-local"), .fixed("name", name), .value(value))
    }

    /// Of whom alone, and the way back to all.
    private mutating func whose(_ window: TrafficPage.Window, _ snapshot: Snapshot) {
        guard window.node != nil || window.user != nil else { return }
        element("p", .class("only")) { page in
            if let id = window.node {
                page.element("span") { page in
                    page.words(.node)
                    page.text(": ")
                    page.node(id, snapshot.nodeNames)
                    page.raw(" ")
                    page.element("a", .href(window.link(of: .init(node: nil, user: window.user)))) {
                        $0.words(.allNodes)
                    }
                }
            }
            if let id = window.user {
                page.element("span") { page in
                    page.words(.user)
                    page.text(": ")
                    if let row = snapshot.users.first(where: { $0.user.telegramID == id }) { page.who(row.user) }
                    page.raw(" ")
                    page.element("a", .href(window.link(of: .init(node: window.node, user: nil)))) {
                        $0.words(.allUsers)
                    }
                }
            }
        }
    }
}
