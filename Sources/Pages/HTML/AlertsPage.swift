package import Fleet
import Foundation
import WireGuard

/// What is wrong, what was, what was told of it, and what the owner does not want to hear.
package struct AlertsPage: Sendable {
    let records: Records?
    let channels: Set<Letter.Channel>
    let notice: Notice?
    let snapshot: Snapshot
    let context: PageContext

    /// What the database knows.
    package struct Records: Sendable {
        package var lasting: [Incident]

        /// Ended ones, newest first, as many as a page holds; and how many there are.
        package var ended: [Incident]
        package var endedCount: Int

        /// Of this page's `ended` the causes and the letters.
        package var letters: [Letter]
        package var silences: [Silence]

        package init(
            lasting: [Incident], ended: [Incident], endedCount: Int, letters: [Letter], silences: [Silence]
        ) {
            self.lasting = lasting
            self.ended = ended
            self.endedCount = endedCount
            self.letters = letters
            self.silences = silences
        }
    }

    /// What was just done.
    package enum Notice: String, Sendable {
        case acknowledged, silenced, planned, unsilenced, tested, failed, wrongTime
    }

    package static let pageSize = Paging.size

    /// The words of how long a silence lasts, in the form.
    package static let spans: [(word: String, seconds: Int64)] = [
        ("1h", 3600), ("8h", 8 * 3600), ("1d", 86_400), ("7d", 7 * 86_400),
    ]

    /// `records` nil: they could not be read.
    package init(
        records: Records?, channels: Set<Letter.Channel>, notice: Notice? = nil, snapshot: Snapshot,
        context: PageContext
    ) {
        self.records = records
        self.channels = channels
        self.notice = notice
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.alerts), asOf: snapshot.newestSample, refreshes: true) {
            page in
            page.heading(.alerts)
            page.done(notice)
            guard let records else { return page.unreadable() }
            page.lasting(records)
            page.ended(records)
            page.silences(records.silences, snapshot)
            page.letters(records.letters, channels)
        }
    }
}

extension Page {
    fileprivate mutating func done(_ notice: AlertsPage.Notice?) {
        guard let notice else { return }
        let isGood = notice != .failed && notice != .wrongTime
        element("p", .class(isGood ? "done" : "refusal"), .fixed("role", "status")) { page in
            switch notice {
            case .acknowledged: page.words(.alertAcknowledged)
            case .silenced: page.words(.alertSilenced)
            case .planned: page.words(.workPlanned)
            case .unsilenced: page.words(.silenceEnded)
            case .tested: page.words(.testQueued)
            case .failed: page.words(.alertNotStored)
            case .wrongTime: page.words(.wrongTimes)
            }
        }
    }

    // MARK: What lasts

    fileprivate mutating func lasting(_ records: AlertsPage.Records) {
        block("lasting", .openAlerts, count: records.lasting.count, .openAlerts) { page in
            guard !records.lasting.isEmpty else {
                page.empty(.noAlerts)
                guard let last = records.ended.first?.ended else { return }
                return page.element("p", .class("hint")) { page in page.words(.lastAlert, { $0.ago(last) }) }
            }
            page.element("div", .class("problems")) { page in
                page.element("ul") { page in
                    for incident in records.lasting {
                        page.element("li", .class(incident.mark.name)) { page in
                            page.element("details", .key("alert-\(incident.id)"), .fixed("open", "")) {
                                $0.incident(incident, records)
                            }
                        }
                    }
                }
            }
        }
    }

    private mutating func incident(_ incident: Incident, _ records: AlertsPage.Records) {
        element("summary") { page in
            page.mark(incident.mark)
            // A link in a summary is two things to press in one.
            page.element("h3") { $0.title(of: incident, hasLink: false) }
            page.element("span", .class("since")) { page in page.words(.lasting, { $0.text($0.since(incident.began)) })
            }
        }
        element("p") { page in
            page.text(incident.what(page.language))
            guard let grounds = incident.grounds(page.language) else { return }
            page.text(" " + grounds)
        }
        if let page = incident.page { element("p") { $0.name(of: incident, linkedTo: page) } }
        element("p", .class("mend")) {
            $0.words(RuleWords(incident.rule).mend, [{ $0.text(incident.subject.node?.name ?? "") }])
        }
        if !incident.seenWords.isEmpty { element("p", .class("seen")) { $0.code(incident.seenWords) } }
        element("p", .class("since")) { page in
            page.words(.fromMoment, { $0.exactly(incident.began) })
            page.text(" ")
            page.told(incident, records)
        }
        element("div", .class("actions")) { page in
            if incident.acknowledged == nil {
                page.element("form", .fixed("method", "post"), .action(Link("/alerts/acknowledge"))) { page in
                    page.hidden("incident", "\(incident.id)")
                    page.element("button", .fixed("type", "submit")) { $0.words(.acknowledge) }
                }
            }
            page.element("form", .fixed("method", "post"), .action(Link("/alerts/silence"))) { page in
                page.hidden("rule", incident.rule.rawValue)
                page.hidden("subject", incident.subject.word)
                page.spans()
                page.element("button", .fixed("type", "submit")) { $0.words(.silenceIt) }
            }
        }
    }

    private mutating func title(of incident: Incident, hasLink: Bool = true) {
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

    private mutating func name(of incident: Incident, linkedTo page: Link) {
        element("a", .href(page)) { $0.name(incident.evidence.name) }
    }

    /// What of it went out, or why nothing did.
    private mutating func told(_ incident: Incident, _ records: AlertsPage.Records) {
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

    private mutating func delivery(_ letter: Letter) {
        element("span", .class("delivery"), .fixed("data-mark", letter.mark.name)) { page in
            page.text(letter.channel == .telegram ? "Telegram: " : "Webhook: ")
            page.words(letter.phrase)
            if letter.isDue || letter.state == .refused, let problem = letter.problem {
                page.raw(" ")
                page.code(problem)
            }
        }
    }

    // MARK: What is over

    fileprivate mutating func ended(_ records: AlertsPage.Records) {
        block("history", .alertHistory, count: records.endedCount, .alertHistory) { page in
            guard !records.ended.isEmpty else { return page.empty(.noHistory) }
            page.table(
                .alertHistory,
                head: {
                    $0.heads([
                        (.alert, false), (.began, true), (.lasted, true), (.delivery, false),
                    ])
                },
                rows: { page in
                    for incident in records.ended { page.element("tr") { $0.row(incident, records) } }
                })
            let query = page.context.query("page")
            page.pager(Paging(query, of: records.endedCount)) { Link.here.query("page", "\($0)") }
        }
    }

    private mutating func row(_ incident: Incident, _ records: AlertsPage.Records) {
        rowHead(.alert) { page in
            page.mark(incident.mark)
            page.raw(" ")
            page.title(of: incident)
            if incident.isDropped { page.element("small") { $0.words(.noLongerWatched) } }
            if incident.isTakenOver { page.element("small") { $0.words(.takenOver) } }
        }
        numberCell(.began) { $0.exactly(incident.began) }
        numberCell(.lasted) { page in
            page.text(OwnerClock.span(incident.length(at: page.context.now), page.language))
        }
        cell(.delivery) { $0.told(incident, records) }
    }

    // MARK: Silences

    fileprivate mutating func silences(_ silences: [Silence], _ snapshot: Snapshot) {
        block("silences", .silences, count: silences.count, .silences) { page in
            if !silences.isEmpty {
                page.table(
                    .silences,
                    head: {
                        $0.heads([
                            (.about, false), (.fromWhen, true), (.untilWhen, true), (.reasonOf, false), (.action, true),
                        ])
                    },
                    rows: { page in
                        for silence in silences { page.element("tr") { $0.silence(silence, snapshot) } }
                    })
            }
            page.element("details", .key("maintenance")) { page in
                page.element("summary") { $0.words(.planWork) }
                page.element("form", .class("fields"), .fixed("method", "post"), .action(Link("/alerts/maintenance"))) {
                    $0.maintenance(snapshot)
                }
            }
        }
    }

    private mutating func silence(_ silence: Silence, _ snapshot: Snapshot) {
        rowHead(.about) { page in
            page.words(silence.isMaintenance ? .maintenanceOf : .silenceOf)
            page.raw(" ")
            if let rule = silence.rule { page.words(RuleWords(rule).name) } else { page.words(.everyRule) }
            page.raw(" · ")
            if let subject = silence.subject {
                let name = subject.node.flatMap { snapshot.nodeNames[$0] }
                if case .node = subject { page.name(name ?? subject.word) } else { page.name(subject.word) }
            } else {
                page.words(.everything)
            }
        }
        numberCell(.fromWhen) { $0.exactly(silence.from) }
        numberCell(.untilWhen) { $0.exactly(silence.until) }
        cell(.reasonOf) { page in
            if silence.reason.isEmpty { page.dash() } else { page.name(silence.reason) }
        }
        numberCell(.action) { page in
            page.element("form", .fixed("method", "post"), .action(Link("/alerts/unsilence"))) { page in
                page.hidden("silence", "\(silence.id)")
                page.element("button", .fixed("type", "submit")) { $0.words(.endNow) }
            }
        }
    }

    private mutating func maintenance(_ snapshot: Snapshot) {
        element("label") { page in
            page.words(.about)
            page.element("select", .fixed("name", "node")) { page in
                page.element("option", .value("")) { $0.words(.everything) }
                for row in snapshot.nodes {
                    page.element("option", .value(row.status.node.id.name)) {
                        $0.text(Page.cut(row.status.node.name, 80))
                    }
                }
            }
        }
        element("label") { page in
            page.words(.fromWhen)
            page.void(
                "input", .fixed("type", "datetime-local"), .fixed("name", "from"), .value(page.local(page.context.now)))
        }
        element("label") { page in
            page.words(.untilWhen)
            let end = page.local(page.context.now.advanced(by: 7200))
            page.void("input", .fixed("type", "datetime-local"), .fixed("name", "until"), .value(end))
        }
        element("label") { page in
            page.words(.reasonOf)
            page.void("input", .fixed("type", "text"), .fixed("name", "reason"), .fixed("maxlength", "200"))
        }
        element("button", .fixed("type", "submit")) { $0.words(.planIt) }
    }

    /// As a browser's field of date and time takes it, in the owner's zone.
    private mutating func local(_ time: UnixTime) -> String {
        guard let civil = civil(time) else { return "" }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(civil.year)-\(two(civil.month))-\(two(civil.day))T\(two(civil.hour)):\(two(civil.minute))"
    }

    private mutating func spans() {
        element("select", .fixed("name", "for"), .label(string(.silenceFor))) { page in
            for (word, seconds) in AlertsPage.spans {
                page.element("option", .value(word)) { $0.text(OwnerClock.span(seconds, $0.language)) }
            }
        }
    }

    // MARK: Messages

    fileprivate mutating func letters(_ letters: [Letter], _ channels: Set<Letter.Channel>) {
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
                    $0.heads([(.message, false), (.made, true), (.state, false), (.sentAt, true)])
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
        numberCell(.made) { $0.exactly(letter.created) }
        cell(.state) { page in
            page.state(letter.mark, letter.phrase)
            if let problem = letter.problem { page.element("small") { $0.code(problem) } }
        }
        numberCell(.sentAt) { page in
            if let sent = letter.sentAt { page.ago(sent) } else { page.dash() }
        }
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

extension Incident {
    /// Of what it is about. Nil: that has none.
    fileprivate var page: Link? {
        switch subject {
        case .user(let id): .user(id)
        case .node(let node): .node(node)
        default: nil
        }
    }
}
