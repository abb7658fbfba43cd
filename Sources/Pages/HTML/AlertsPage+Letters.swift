import Fleet

extension Page {
    mutating func letters(_ letters: [Letter], _ channels: Set<Letter.Channel>) {
        block("messages", .messages, .messages) { page in
            if channels.isEmpty {
                page.empty(.noChannels)
            } else {
                page.element("div", .class("actions")) { $0.button(.sendTest, posting: Link("/alerts/test")) }
            }
            guard !letters.isEmpty else { return }
            page.table(
                .messages,
                head: {
                    $0.heads([(.message, false), (.messageMade, true), (.state, false), (.sentAt, true)])
                },
                rows: { page in
                    for letter in letters.prefix(20) { page.element("tr") { $0.letter(letter) } }
                })
        }
    }

    private mutating func letter(_ letter: Letter) {
        rowHead(.message) { page in
            page.text("№\u{A0}\(letter.id) · \(letter.channel == .telegram ? "Telegram" : "Webhook") · ")
            page.words(letter.kind.phrase)
        }
        numberCell(.messageMade) { $0.exactly(letter.created) }
        cell(.state) { page in
            page.state(letter.mark, letter.phrase)
            if let problem = letter.problem { page.element("small") { $0.code(problem) } }
        }
        numberCell(.sentAt) { page in
            if let sent = letter.sentAt { page.ago(sent) } else { page.dash() }
        }
    }

    mutating func delivery(_ letter: Letter) {
        element("span", .class("delivery"), .fixed("data-mark", letter.mark.name)) { page in
            page.text(letter.channel == .telegram ? "Telegram: " : "Webhook: ")
            page.words(letter.phrase)
            if letter.isDue || letter.state == .refused, let problem = letter.problem {
                page.raw(" ")
                page.code(problem)
            }
        }
    }
}

extension Letter {
    var phrase: Phrase {
        switch state {
        case .refused: sent > 0 ? .letterFinal : .letterRefused
        case .sending: .letterSending
        case .sent where isDue: attempts > 0 ? .letterWaits : .letterChanging
        case .sent: .letterSent
        case .queued: attempts > 0 ? .letterWaits : .letterQueued
        }
    }

    var mark: Mark {
        switch state {
        case .refused: sent > 0 ? .quiet : .bad
        case .sent where !isDue: .good
        default: attempts > 0 ? .warning : .unknown
        }
    }
}

extension Letter.Kind {
    var phrase: Phrase {
        switch self {
        case .incidents: .letterOfAlerts
        case .reminder: .letterReminder
        case .summary: .letterSummary
        case .test: .letterTest
        case .event: .letterEvent
        }
    }
}
