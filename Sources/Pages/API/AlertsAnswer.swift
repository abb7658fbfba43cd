package import Fleet

/// `/api/alerts`: incidents, newest first, those that last before all others.
package struct AlertsAnswer: Sendable {
    let incidents: [Incident]

    /// Of all that are kept.
    let count: Int
    let offset: Int
    let silences: [Silence]
    let letters: [Letter]
    let language: Language

    package init(
        incidents: [Incident], count: Int, offset: Int, silences: [Silence], letters: [Letter], language: Language
    ) {
        self.incidents = incidents
        self.count = count
        self.offset = offset
        self.silences = silences
        self.letters = letters
        self.language = language
    }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 512 * (incidents.count + letters.count) + 256)
        json.object { json in
            json.list("alerts") { json in
                for incident in incidents { json.object { Self.write(incident, language, &$0) } }
            }
            json.member("count", count)
            json.member("offset", offset)
            json.list("silences") { json in for silence in silences { json.object { Self.write(silence, &$0) } } }
            json.list("messages") { json in for letter in letters { json.object { Self.write(letter, &$0) } } }
        }
        return json.bytes
    }

    static func write(_ incident: Incident, _ language: Language, _ json: inout JSONWriter) {
        json.member("id", id: incident.id)
        json.member("rule", incident.rule.rawValue)
        json.member("subject", incident.subject.word)
        json.member("server_id", incident.subject.node?.name)
        json.member("severity", incident.severity.rawValue)
        json.member("title", incident.title(language))
        json.member("what", incident.what(language))
        json.member("detail", incident.evidence.detail.isEmpty ? nil : incident.evidence.detail)
        json.member("seen", id: incident.evidence.seen)
        json.member("limit", id: incident.evidence.bound)
        json.member("open", incident.ended == nil)
        json.member("began", incident.began)
        json.member("opened", incident.opened)
        json.member("ended", incident.ended)
        json.member("dropped", incident.isDropped)
        json.member("cause", id: incident.cause)
        json.member("children", incident.children)
        json.member("told", incident.told)
        json.member("held", incident.told == nil ? incident.hold?.rawValue : nil)
        json.member("acknowledged", incident.acknowledged)
    }

    private static func write(_ silence: Silence, _ json: inout JSONWriter) {
        json.member("id", id: silence.id)
        json.member("rule", silence.rule?.rawValue)
        json.member("subject", silence.subject?.word)
        json.member("from", silence.from)
        json.member("until", silence.until)
        json.member("maintenance", silence.isMaintenance)
        json.member("reason", silence.reason)
    }

    private static func write(_ letter: Letter, _ json: inout JSONWriter) {
        json.member("id", id: letter.id)
        json.member("channel", letter.channel.rawValue)
        json.member("kind", letter.kind.rawValue)
        json.list("alerts") { json in for id in letter.incidents { json.integer(id) } }
        json.member("state", letter.state.rawValue)
        json.member("created", letter.created)
        json.member("sent", letter.sentAt)
        json.member("attempts", letter.attempts)
        json.member("problem", letter.problem)
    }
}
