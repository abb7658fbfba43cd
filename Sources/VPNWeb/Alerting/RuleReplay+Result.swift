import Accounting
import Fleet
import Pages
import WireGuard

extension RuleReplay.Result {
    func text(_ zone: OwnerZone) -> String {
        var clock = OwnerClock(now: to, zone: zone.timeZone, language: .english)
        var lines = ["\(rule.rawValue): \(clock.dateAndClock(from)) – \(clock.dateAndClock(to))"]
        guard let basis else {
            return
                (lines + [
                    "Cannot be tried: \(limits).",
                    opened == 0 ? "No alert of it was opened then." : "Alerts opened then: \(opened).",
                ])
                .joined(separator: "\n")
        }
        for one in found {
            let end = one.until.map { clock.dateAndClock($0) } ?? "now"
            let length = OwnerClock.span((one.until ?? to).seconds(since: one.since), .english)
            lines.append("\(clock.dateAndClock(one.since)) – \(end)  \(length)  \(one.subject.word)  \(one.note)")
        }
        lines.append("It would have opened \(found.count). Alerts opened then: \(opened).")
        lines.append("By \(basis); \(limits).")
        return lines.joined(separator: "\n")
    }

    func json() -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("rule", rule.rawValue)
            json.member("from", from)
            json.member("to", to)
            json.member("can_be_tried", basis != nil)
            json.member("basis", basis)
            json.member("limits", limits)
            json.member("opened_then", opened)
            json.list("would_have_opened") { json in
                for one in found {
                    json.object { json in
                        json.member("subject", one.subject.word)
                        json.member("since", one.since)
                        json.member("until", one.until)
                        json.member("note", one.note)
                    }
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
