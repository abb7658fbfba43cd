import Fleet
import WireGuard

/// The public page for programs: `/status.json` and `/status.rss`, made of a `PublicSummary` and nothing else.
extension PublicSummary {
    package func statusJSON(_ language: Language) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("state", overall.word)
            json.member("message", overall.sentence(language))
            json.member("as_of", dataAsOf)
            json.list("services") { json in
                for service in histories {
                    json.object { json in
                        json.member("service", service.kind.rawValue)
                        json.member("status", service.status.rawValue)
                        json.member("uptime_24h", share: service.last24h)
                        json.member("uptime_30d", share: ServiceHistory.uptime(service.days.suffix(30)))
                        json.member("uptime_90d", share: ServiceHistory.uptime(service.days))
                    }
                }
            }
            json.list("incidents") { json in
                for one in outages {
                    json.object { json in
                        json.member("service", one.kind.rawValue)
                        json.member("place", one.place)
                        json.member("status", one.outage.status.rawValue)
                        json.member("since", one.outage.since)
                        json.member("until", one.outage.until)
                        json.member("cause", one.outage.evidence.sentence(language))
                    }
                }
            }
        }
        return json.bytes
    }

    /// RSS 2.0: an item an outage, newest first; its guid stays when it ends.
    package func statusFeed(_ language: Language, url: String) -> [UInt8] {
        var xml = HTMLWriter()
        xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        xml.open("rss", [.fixed("version", "2.0")])
        xml.open("channel")
        func element(_ name: StaticString, _ text: String) {
            xml.open(name)
            xml.text(text)
            xml.close(name)
        }
        element("title", Phrase.publicTitle.wording.plain(language))
        element("link", url + "/")
        element("description", overall.sentence(language))
        element("language", language.rawValue)
        var seen: [String: Int] = [:]
        for one in outages {
            let moment = "\(one.outage.since.seconds)-\(one.kind)"
            seen[moment, default: 0] += 1
            xml.open("item")
            let name = one.place.map { "\(one.kind.rawValue) · \($0)" } ?? one.kind.rawValue
            let state = one.outage.status.phrase.wording.plain(language)
            element("title", "\(name): \(state)")
            let end = one.outage.until.map { until in
                OwnerClock.span(until.seconds(since: one.outage.since), language)
            }
            let goesOn = Phrase.goesOn.wording.plain(language)
            element("description", "\(one.outage.evidence.sentence(language)) (\(end ?? goesOn))")
            element("pubDate", one.outage.since.rfc822)
            xml.open("guid", [.fixed("isPermaLink", "false")])
            xml.text("\(moment)-\(seen[moment, default: 1])")
            xml.close("guid")
            xml.close("item")
        }
        xml.close("channel")
        xml.close("rss")
        return xml.bytes
    }
}

extension PublicSummary.Overall {
    /// For programs.
    var word: String {
        switch self {
        case .starting, .unproven, .stale: "unknown"
        case .up: "up"
        case .partlyDown: "partly_down"
        case .down: "down"
        }
    }

    func sentence(_ language: Language) -> String { phrase.wording.plain(language) }
}

extension UnixTime {
    /// `Thu, 19 Nov 2026 11:05:02 GMT`: RFC 822's, as RSS wants it.
    var rfc822: String {
        guard let civil = CivilTime(self) else { return "" }
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = Int((seconds / 86_400 % 7 + 7) % 7)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(days[weekday]), \(two(civil.day)) \(months[civil.month - 1]) \(civil.year)"
            + " \(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) GMT"
    }
}
