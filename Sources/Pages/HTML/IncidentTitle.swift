import Fleet

extension Page {
    mutating func title(of incident: Incident, hasLink: Bool = true) {
        words(
            RuleWords(incident.rule).title,
            [
                { page in
                    if hasLink, let link = incident.page {
                        page.name(of: incident, linkedTo: link)
                    } else if case .file = incident.subject {
                        page.code(incident.evidence.name)
                    } else {
                        page.name(incident.evidence.name)
                    }
                }
            ])
    }

    mutating func name(of incident: Incident, linkedTo page: Link) {
        element("a", .href(page)) { $0.name(incident.evidence.name) }
    }

    /// What of it went out, or why nothing did.
    mutating func told(_ incident: Incident, _ records: AlertsPage.Records) {
        if let acknowledged = incident.acknowledged { words(.acknowledgedAt, { $0.ago(acknowledged) }) }
        if incident.acknowledged != nil { text(" ") }
        if incident.told == nil {
            switch incident.hold {
            case .cause:
                let cause = (records.lasting + records.ended).first { $0.id == incident.cause }
                words(
                    .heldByCause,
                    { page in
                        if let cause { page.title(of: cause) } else { page.text("№\u{A0}\(incident.cause ?? 0)") }
                    })
            case .silence: words(.heldBySilence)
            case .maintenance: words(.heldByMaintenance)
            case .quietHours: words(.heldByQuietHours)
            case .noChannel: words(.heldByNoChannel)
            case nil: words(.heldByDigest)
            }
        } else {
            let letters = records.letters.filter { $0.incidents.contains(incident.id) && $0.kind != .reminder }
            for (index, letter) in letters.prefix(3).enumerated() {
                if index > 0 { text(" · ") }
                delivery(letter)
            }
        }
        guard incident.children > 0 else { return }
        text(" ")
        words(.explainsOthers, { $0.number(incident.children) })
    }
}

extension Incident {
    var mark: Mark {
        if ended != nil { return .quiet }
        return switch severity {
        case .critical: .bad
        case .warning: .warning
        case .notice: .idle
        }
    }

    /// Of what it is about. Nil: that has none.
    var page: Link? {
        switch subject {
        case .user(let id): .user(id)
        case .node(let node): .node(node)
        default: nil
        }
    }
}
