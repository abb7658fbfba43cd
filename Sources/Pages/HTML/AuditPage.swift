package import Fleet
package import WireGuard

/// Who got in, who did not, and what was changed about it: newest first, a hundred a page.
package struct AuditPage: Sendable {
    let lines: [Line]?
    let paging: Paging
    let context: PageContext

    package struct Line: Sendable {
        package var at: UnixTime
        package var who: String

        /// In English, as stored.
        package var what: String

        /// Nil: told in `what` alone.
        package var event: AuditEvent?
        package var subject: String?
        package var address: String?

        package init(
            at: UnixTime, who: String, what: String, event: AuditEvent? = nil, subject: String? = nil,
            address: String? = nil
        ) {
            self.at = at
            self.who = who
            self.what = what
            self.event = event
            self.subject = subject
            self.address = address
        }
    }

    /// `lines`: so many, the newest being number 0. Nil: they could not be read.
    package init(count: Int, context: PageContext, lines: (Range<Int>) -> [Line]?) {
        paging = Paging(context.query("page"), of: count)
        self.lines = lines(paging.range)
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.audit)) { page in
            page.heading(.audit)
            page.hint(.audit)
            guard let lines else { return page.unreadable() }
            guard !lines.isEmpty else { return page.empty(.noAudit) }
            page.table(
                .audit,
                head: { $0.heads([(.when, false), (.auditWho, false), (.auditWhat, false), (.address, false)]) },
                rows: { page in
                    for line in lines { page.element("tr") { $0.line(line) } }
                })
            page.pager(paging) { Link.here([("page", "\($0)")]) }
            page.element("div", .class("actions")) { page in
                page.element("a", .class("button"), .href(Link("/settings/audit.csv"))) { $0.words(.asCSV) }
                page.raw(" ")
                page.element("a", .class("button"), .href(Link("/settings"))) { $0.words(.toSettings) }
            }
        }
    }

    /// For a spreadsheet: names of columns and words in English, times in UTC.
    package static func csv(_ lines: [Line]) -> [UInt8] {
        var csv = CSVWriter("at,who,event,subject,address,what")
        for line in lines {
            csv.line([
                .ours(line.at.rfc3339), .foreign(line.who), .ours(line.event?.rawValue ?? ""),
                .foreign(line.subject ?? ""), .foreign(line.address ?? ""), .foreign(line.what),
            ])
        }
        return csv.bytes
    }
}

extension AuditEvent {
    var wording: Wording {
        switch self {
        case .signedIn: Wording("вход", "signed in")
        case .wrongPassword: Wording("неверный пароль", "wrong password")
        case .wrongCode:
            Wording(
                "первый шаг пройден, код нет: пароль (или Telegram) у кого-то ещё",
                "first step right, wrong code: somebody else has the password (or Telegram)")
        case .wrongSetupToken: Wording("неверный код для нового пароля", "wrong setup token")
        case .signedOut: Wording("выход", "signed out")
        case .sessionsEnded: Wording("сессии завершены", "sessions ended")
        case .setupTokenMade: Wording("выдан код для нового пароля", "setup token made")
        case .passwordSet: Wording("пароль задан", "password set")
        case .secondFactorOn: Wording("второй шаг включён", "second step on")
        case .secondFactorOff: Wording("второй шаг отключён", "second step off")
        case .recoveryCodesMade: Wording("новые запасные коды", "recovery codes made")
        case .recoveryCodeUsed: Wording("использован запасной код, осталось", "recovery code used, left")
        case .tokenMade: Wording("создан токен", "token made")
        case .tokenRevoked: Wording("отозван токен", "token revoked")
        case .linkMade: Wording("создана личная ссылка", "personal link made")
        case .linkOpened: Wording("личная ссылка открыта впервые", "personal link opened for the first time")
        case .linkRevoked: Wording("отозвана личная ссылка", "personal link revoked")
        case .telegramRefused: Wording("вход через Telegram отклонён", "sign-in by Telegram refused")
        case .alertAcknowledged: Wording("тревога принята", "alert acknowledged")
        case .alertSilenced: Wording("о тревоге не сообщать", "alert silenced")
        case .maintenancePlanned: Wording("запланированы работы", "maintenance planned")
        case .silenceEnded: Wording("снова сообщать", "silence ended")
        }
    }

    var mark: Mark? {
        switch self {
        case .wrongPassword, .wrongSetupToken, .telegramRefused: .warning
        case .wrongCode: .bad
        default: nil
        }
    }
}

extension Page {
    fileprivate mutating func line(_ line: AuditPage.Line) {
        rowHead(.when) { $0.exactly(line.at) }
        cell(.auditWho) { page in
            switch line.who {
            case "owner": page.words(.byOwner)
            case "stranger": page.words(.byStranger)
            case "command line": page.words(.byCommandLine)
            default: page.name(line.who)
            }
        }
        cell(.auditWhat) { page in
            guard let event = line.event else { return page.name(line.what) }
            if let mark = event.mark {
                page.mark(mark)
                page.raw(" ")
            }
            page.words(event.wording)
            if let subject = line.subject {
                page.text(": ")
                page.name(subject)
            }
        }
        cell(.address) { page in
            if let address = line.address { page.code(address) } else { page.dash() }
        }
    }
}
