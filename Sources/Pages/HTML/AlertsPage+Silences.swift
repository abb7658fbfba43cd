import Fleet
import WireGuard

extension Page {
    mutating func silences(_ silences: [Silence], _ snapshot: Snapshot) {
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
}
