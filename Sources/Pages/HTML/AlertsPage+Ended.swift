import Fleet

extension Page {
    mutating func ended(_ records: AlertsPage.Records) {
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
}
