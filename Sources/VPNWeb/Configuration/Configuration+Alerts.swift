import Alerts
import Fleet
import Transfer

// alerts: where messages go, when, and what is worth one.
extension Configuration {
    struct Alerts: Sendable, Equatable {
        var telegram: Telegram?
        var webhook: Webhook?
        var heartbeat: Heartbeat?

        /// Nil: the panel's.
        var language: Language?
        var digest: Duration = .seconds(30)

        /// Nil: never.
        var reminder: Duration?
        var quiet: Teller.QuietHours?

        /// Minutes after the owner's midnight. Nil: none is sent.
        var summary: Int?
        var rules = RuleBook()

        struct Telegram: Sendable, Equatable {
            var tokenFile: String

            /// A number (negative for a group) or `@channel`.
            var chat: String
            var api = "https://api.telegram.org"

            /// Another program writes with the same bot.
            var isShared = false
        }

        struct Webhook: Sendable, Equatable {
            var url: String

            /// Nil: what is sent is not signed.
            var secretFile: String?
        }

        struct Heartbeat: Sendable, Equatable {
            var url: String
            var every: Duration = .seconds(300)
        }

        var channels: Set<Letter.Channel> {
            Set((telegram == nil ? [] : [.telegram]) + (webhook == nil ? [] : [.webhook]))
        }
    }

    mutating func readAlerts(_ value: ConfigurationValue?) {
        guard
            let section = value?.section([
                "telegram", "webhook", "heartbeat", "language", "digest", "reminder", "quiet", "summary", "rules",
            ])
        else { return }
        if let telegram = section["telegram"]?.section(["token_file", "chat", "api", "shared"]) {
            let token = telegram.needed("token_file")?.secret()
            let chat = telegram.needed("chat").flatMap(Self.chat)
            let api = telegram["api"].map { $0.outwards(pathAllowed: true) } ?? "https://api.telegram.org"
            let isShared = telegram["shared"].map { $0.bool() } ?? false
            if let token, let chat, let api, let isShared {
                alerts.telegram = .init(tokenFile: token, chat: chat, api: api, isShared: isShared)
            }
        }
        if let webhook = section["webhook"]?.section(["url", "secret_file"]) {
            let url = webhook.needed("url")?.outwards(pathAllowed: true)
            let secret = webhook["secret_file"]?.secret()
            if let url { alerts.webhook = .init(url: url, secretFile: secret) }
        }
        if let heartbeat = section["heartbeat"]?.section(["url", "every"]) {
            let url = heartbeat.needed("url")?.outwards(pathAllowed: true)
            let every = heartbeat["every"]?.duration(.seconds(30)...(.seconds(86_400))) ?? .seconds(300)
            if let url { alerts.heartbeat = .init(url: url, every: every) }
        }
        alerts.language = section["language"]?.choice(Language.self)
        alerts.digest = section["digest"]?.duration(.zero...(.seconds(300))) ?? alerts.digest
        alerts.reminder = section["reminder"]?.duration(.seconds(3600)...(.seconds(30 * 86_400)))
        alerts.summary = section["summary"]?.minuteOfDay()
        readQuiet(section["quiet"])
        readRules(section["rules"])
    }

    private mutating func readQuiet(_ value: ConfigurationValue?) {
        guard let section = value?.section(["from", "until", "least"]) else { return }
        let from = section.needed("from")?.minuteOfDay()
        let until = section.needed("until")?.minuteOfDay()
        let least = section["least"].map { $0.choice(Severity.self) } ?? .critical
        guard let from, let until, let least else { return }
        guard from != until else { return section.refuse("from and until are the same") }
        alerts.quiet = Teller.QuietHours(from: from, until: until, least: least)
    }

    private mutating func readRules(_ value: ConfigurationValue?) {
        guard let section = value?.section(Rule.allCases.map(\.rawValue)) else { return }
        for rule in Rule.allCases {
            guard let value = section[rule.rawValue] else { continue }
            let keys = ["on", "severity", "after"] + (rule.limits == nil ? [] : ["limit"])
            guard let one = value.section(keys) else { continue }
            var settings = rule.standard
            settings.isOn = one["on"]?.bool() ?? settings.isOn
            settings.severity = one["severity"]?.choice(Severity.self) ?? settings.severity
            settings.after = one["after"]?.duration(.zero...(.seconds(86_400))) ?? settings.after
            if let limits = rule.limits, let limit = one["limit"]?.integer(limits) { settings.limit = Int64(limit) }
            alerts.rules[rule] = settings
        }
    }

    private static func chat(_ value: ConfigurationValue) -> String? {
        guard let text = value.textOrInteger() else { return nil }
        if Int64(text) != nil || text.hasPrefix("@") && text.utf8.count > 1 { return text }
        value.refuse("a chat is a number, or @name of a channel")
        return nil
    }
}

extension ConfigurationValue {
    /// A URL that we call: https, or anything on this machine itself.
    func outwards(pathAllowed: Bool) -> String? {
        guard let text = url(pathAllowed: pathAllowed) else { return nil }
        guard text.lowercased().hasPrefix("https:") || HTTPRequest.isLoopback(text) else {
            refuse("“\(text)” is not https: what is sent could be read on the way")
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// `"08:30"`, as minutes after midnight.
    fileprivate func minuteOfDay() -> Int? {
        guard let text = text() else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        {
            return hour * 60 + minute
        }
        refuse("“\(text)” is not a time of day: \"08:30\", in quotes")
        return nil
    }
}
