import Fleet
import WireGuard

extension Page {
    /// The billing period under way: how much of the allowance is used, and where it leads.
    mutating func period(_ row: PeriodsAnswer.Row) {
        block("period", .period, .period) { page in
            if let allowance = row.allowance { page.bar(allowance) }
            page.element("dl", .class("facts")) { page in
                page.fact(.periodDays) { page in
                    page.date(row.start)
                    page.text(" – ")
                    page.date(row.end.advanced(by: -1))
                }
                page.fact(.usedInPeriod) { $0.volume(row.used.total) }
                page.fact(.atSameMoment) { $0.volume(row.atSameMoment.total) }
                page.fact(.previousPeriod) { $0.volume(row.previous.total) }
                page.fact(.forecast) { page in
                    if let forecast = row.forecast { page.volume(forecast.total) } else { page.words(.tooLittleData) }
                }
                if let date = row.allowance?.usedUpAt {
                    page.fact(.usedUpOn) { $0.date(date) }
                }
            }
        }
    }

    private mutating func bar(_ allowance: PeriodsAnswer.Allowance) {
        let percent =
            allowance.bytes == 0 ? 100 : Int(min(999, UInt128(allowance.used) * 100 / UInt128(allowance.bytes)))
        let mark: Mark = percent >= 100 ? .bad : percent >= 80 ? .warning : .good
        element("div", .class("allowance"), .fixed("data-mark", mark.name)) { page in
            page.element("p") { page in
                page.mark(mark)
                page.raw(" ")
                page.words(
                    .allowanceUsed, { page in page.element("b") { $0.volume(allowance.used) } },
                    { $0.volume(allowance.bytes) }, { $0.text("\(percent)") })
                if percent >= 100 {
                    page.text(" · ")
                    page.words(.overLimit)
                }
            }
            page.element(
                "svg", .class("share"), .fixed("viewBox", "0 0 100 4"), .fixed("preserveAspectRatio", "none"),
                .fixed("aria-hidden", "true")
            ) { page in
                page.element("rect", .class("a"), .number("width", min(100, percent)), .fixed("height", "4")) { _ in }
            }
        }
    }
}
