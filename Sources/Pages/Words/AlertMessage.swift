package import Fleet
package import Foundation
package import WireGuard

/// An incident as Telegram shows it (Bot API, parse mode HTML) and as programs read it. Names come from outside: all of
/// it is escaped.
package struct AlertMessage: Sendable {
    package var language: Language
    package var zone: TimeZone

    /// The panel's own address. Empty: not told.
    package var url: String

    /// Telegram takes 4096 characters; of more incidents than this the first are shown.
    private static let mostRows = 20

    package init(language: Language, zone: TimeZone, url: String) {
        self.language = language
        self.zone = zone
        self.url = url
    }

    /// What opened together, as it stands at `now`.
    package func message(_ letter: Int64, _ incidents: [Incident], at now: UnixTime) -> String {
        var text = HTMLWriter()
        // What lasts before what is over, the worst first.
        let ordered = incidents.sorted {
            ($0.ended == nil ? 0 : 1, $1.severity, $0.id) < ($1.ended == nil ? 0 : 1, $0.severity, $1.id)
        }
        for (index, incident) in ordered.prefix(Self.mostRows).enumerated() {
            if index > 0 { text.raw(incidents.count > 3 ? "\n" : "\n\n") }
            entry(incident, isShort: incidents.count > 3, now, &text)
        }
        if incidents.count > Self.mostRows {
            text.raw("\n")
            text.text(AlertPhrase.andMore.wording.filled(language, "\(incidents.count - Self.mostRows)"))
        }
        end(letter, &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private func entry(_ incident: Incident, isShort: Bool, _ now: UnixTime, _ text: inout HTMLWriter) {
        text.raw(incident.isTakenOver ? "➡️ " : incident.ended != nil ? "✅ " : incident.severity.sign)
        text.open("b")
        text.text(incident.title(language))
        text.close("b")
        text.raw(isShort ? " · " : "\n")
        text.text(duration(incident, now))
        if incident.acknowledged != nil, incident.ended == nil {
            text.raw(" · ")
            text.text(AlertPhrase.known.wording.plain(language))
        }
        guard !isShort else { return }
        text.raw("\n")
        text.text(incident.what(language))
        if let grounds = incident.grounds(language) {
            text.raw(" ")
            text.text(grounds)
        }
        let words = Page.cut(incident.seenWords, 300)
        if !words.isEmpty {
            text.raw("\n")
            text.open("code")
            text.text(words)
            text.close("code")
        }
        if incident.children > 0 {
            text.raw("\n")
            text.text(AlertPhrase.explains.wording.filled(language, "\(incident.children)"))
        }
        if incident.ended == nil {
            text.raw("\n")
            text.text(incident.mend(language))
        }
    }

    /// `с 14:05, уже 12 мин`; `14:05 – 14:17, 12 мин`.
    private func duration(_ incident: Incident, _ now: UnixTime) -> String {
        var clock = OwnerClock(now: now, zone: zone, language: language)
        let length = OwnerClock.span(incident.length(at: now), language)
        let began = clock.dateAndClock(incident.began)
        guard let ended = incident.ended else { return AlertPhrase.sinceFor.wording.filled(language, began, length) }
        if incident.isTakenOver { return AlertPhrase.takenOver.wording.filled(language, began) }
        if incident.isDropped { return AlertPhrase.dropped.wording.filled(language, began) }
        return AlertPhrase.fromTo.wording.filled(language, began, clock.dateAndClock(ended), length)
    }

    package func reminder(_ letter: Int64, _ incidents: [Incident], at now: UnixTime) -> String {
        var text = HTMLWriter()
        text.raw("🔁 ")
        text.text(AlertPhrase.stillLasts.wording.plain(language))
        for incident in incidents.prefix(Self.mostRows) {
            text.raw("\n")
            entry(incident, isShort: true, now, &text)
        }
        end(letter, &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    package func test(_ letter: Int64) -> String {
        var text = HTMLWriter()
        text.raw("🔔 ")
        text.text(AlertPhrase.testMessage.wording.plain(language))
        end(letter, &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// The day in five lines.
    package func summary(
        _ letter: Int64, _ snapshot: Snapshot, yesterday: Traffic, units: Units, opened: Int, lasting: Int,
        at now: UnixTime
    ) -> String {
        var text = HTMLWriter()
        let up = snapshot.nodes.count { $0.status.state == .online && !$0.status.isStale(at: now) }
        let lines: [(AlertPhrase, [String])] = [
            (.summaryTitle, []),
            (.summaryNodes, ["\(up)", "\(snapshot.nodes.count)"]),
            (.summaryUsers, ["\(snapshot.users.count { $0.isOnline == true })", "\(snapshot.users.count)"]),
            (.summaryTraffic, [units.volume(yesterday.tx, language), units.volume(yesterday.rx, language)]),
            (.summaryIncidents, ["\(opened)", "\(lasting)"]),
        ]
        for (index, line) in lines.enumerated() {
            if index > 0 { text.raw("\n") }
            let words = line.0.wording
            text.text(line.1.count == 2 ? words.filled(language, line.1[0], line.1[1]) : words.plain(language))
        }
        end(letter, &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private func end(_ letter: Int64, _ text: inout HTMLWriter) {
        text.raw("\n")
        text.text("№\u{A0}\(letter)")
        guard !url.isEmpty else { return }
        text.raw(" · ")
        text.text("\(url)/alerts")
    }

    // MARK: For programs

    /// One change of one incident, as a webhook gets it.
    package func event(_ letter: Int64, _ incident: Incident, change: String) -> String {
        var json = JSONWriter(capacity: 1024)
        json.object { json in
            json.member("event", change)
            json.member("id", id: letter)
            json.member("incident") { AlertsAnswer.write(incident, language, &$0) }
            json.member("url", url.isEmpty ? nil : "\(url)/alerts")
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// A webhook's letter that is about no incident.
    package func event(_ letter: Int64, change: String) -> String {
        var json = JSONWriter(capacity: 128)
        json.object { json in
            json.member("event", change)
            json.member("id", id: letter)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension Severity {
    fileprivate var sign: StaticString {
        switch self {
        case .critical: "🔴 "
        case .warning: "🟠 "
        case .notice: "🔵 "
        }
    }
}

/// Short words of messages.
enum AlertPhrase: CaseIterable, Sendable {
    case andMore, explains, known, sinceFor, fromTo, takenOver, dropped, stillLasts, testMessage
    case summaryTitle, summaryNodes, summaryUsers, summaryTraffic, summaryIncidents

    var wording: Wording {
        switch self {
        case .andMore: Wording("… и ещё {1}", "… and {1} more")
        case .explains: Wording("Этим объясняется ещё: {1}", "It explains {1} more")
        case .known: Wording("принято", "acknowledged")
        case .sinceFor: Wording("с {1}, уже {2}", "since {1}, for {2}")
        case .fromTo: Wording("{1} – {2}, {3}", "{1} – {2}, {3}")
        case .takenOver:
            Wording("с {1}; дальше отдельной тревогой, более серьёзной", "since {1}; a graver alert took over")
        case .dropped: Wording("с {1}; больше не проверяется", "since {1}; no longer looked at")
        case .stillLasts: Wording("Всё ещё продолжается:", "It still lasts:")
        case .testMessage:
            Wording("Проверка: сообщения панели доходят сюда.", "Test: the panel's messages arrive here.")
        case .summaryTitle: Wording("📋 Сводка за сутки", "📋 The day")
        case .summaryNodes: Wording("Ноды на связи: {1} из {2}", "Nodes up: {1} of {2}")
        case .summaryUsers: Wording("Пользователи на связи: {1} из {2}", "Users online: {1} of {2}")
        case .summaryTraffic: Wording("За вчера: скачано {1}, отдано {2}", "Yesterday: {1} down, {2} up")
        case .summaryIncidents:
            Wording("Тревог за сутки: {1}, продолжается: {2}", "Incidents of the day: {1}, lasting: {2}")
        }
    }
}
