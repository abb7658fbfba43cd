package import Fleet
package import WireGuard

/// A line of what happened to counters, interfaces and keys: whatever is not plain growth.
package struct StoryLine: Sendable, Equatable {
    package var at: UnixTime

    /// When the interval began that the line is about. Nil: nobody knows.
    package var since: UnixTime?
    package var node: NodeID
    package var interface: String

    /// Nil: the interface as a whole.
    package var publicKey: String?
    package var kind: Kind

    /// Nil: the kind says it all.
    package var cause: Cause?

    /// What was booked, or moved. Nil: nothing.
    package var traffic: Traffic?

    /// The words are those that are stored.
    package enum Kind: String, Sendable, CaseIterable {
        case epoch, gone, resumed, reset, gap, named
    }

    package enum Cause: String, Sendable, CaseIterable {
        case opening, appeared, growth, reboot, recreated, returned, resumed
        case peerReset = "peer_reset"
        case interfaceReset = "interface_reset"
    }

    package init(
        at: UnixTime, since: UnixTime? = nil, node: NodeID, interface: String, publicKey: String? = nil, kind: Kind,
        cause: Cause? = nil, traffic: Traffic? = nil
    ) {
        self.at = at
        self.since = since
        self.node = node
        self.interface = interface
        self.publicKey = publicKey
        self.kind = kind
        self.cause = cause
        self.traffic = traffic
    }
}

extension StoryLine.Kind {
    var wording: Wording {
        switch self {
        case .epoch: Wording("Счётчик ключа начат заново", "The key's counter began anew")
        case .gone: Wording("Ключ пропал с ноды", "The key is no longer on the node")
        case .resumed: Wording("Ключ вернулся с прежним счётчиком", "The key is back with the counter it had")
        case .reset: Wording("Счётчики интерфейса начаты заново", "The interface's counters began anew")
        case .gap: Wording("Нода была вне наблюдения", "Nobody looked at the node")
        case .named: Wording("Бот назвал владельца ключа", "The bot named the key's owner")
        }
    }

    var mark: Mark {
        switch self {
        case .reset, .gap: .warning
        case .epoch, .gone: .idle
        case .resumed, .named: .quiet
        }
    }
}

extension StoryLine.Cause {
    /// Nil: it adds nothing to the kind.
    var wording: Wording? {
        switch self {
        case .growth, .resumed: nil
        case .opening: Wording("первое наблюдение", "first sight")
        case .appeared: Wording("ключ появился", "the key appeared")
        case .peerReset: Wording("ключ добавлен на ноде заново", "the key was added on the node again")
        case .interfaceReset: Wording("интерфейс перезапущен", "the interface was restarted")
        case .reboot: Wording("нода перезагружена", "the node rebooted")
        case .recreated: Wording("интерфейс создан заново", "the interface was made again")
        case .returned: Wording("ключ вернулся как новый", "the key came back as a new one")
        }
    }
}

extension Page {
    /// Newest first; `isWhole` false: older ones are left out.
    mutating func story(_ lines: [StoryLine], _ names: [NodeID: String], _ hint: Hint) {
        block("events", .events, hint) { page in
            guard !lines.isEmpty else { return page.empty(.noEvents) }
            page.element("ul", .class("story")) { page in
                for line in lines { page.element("li") { $0.line(line, names) } }
            }
        }
    }

    private mutating func line(_ line: StoryLine, _ names: [NodeID: String]) {
        mark(line.kind.mark)
        element("div") { page in
            page.element("p") { page in
                page.words(line.kind.wording)
                if let cause = line.cause?.wording {
                    page.text(": ")
                    page.words(cause)
                }
            }
            page.element("small") { page in
                page.exactly(line.at)
                page.text(" · ")
                page.name(names[line.node] ?? line.node.name)
                page.text(" · ")
                page.code(line.interface)
                if let key = line.publicKey {
                    page.text(" · ")
                    page.code(key)
                }
                if line.kind == .gap || line.kind == .reset, let since = line.since {
                    page.text(" · ")
                    page.words(.notSeenSince, { $0.exactly(since) })
                }
                if let traffic = line.traffic, !traffic.isZero {
                    page.text(" · ")
                    page.downUp(traffic)
                }
            }
        }
    }
}
