import Fleet

extension Page {
    mutating func lasting(_ records: AlertsPage.Records, _ snapshot: Snapshot) {
        block("lasting", .openAlerts, count: records.lasting.count, .openAlerts) { page in
            guard !records.lasting.isEmpty else {
                page.empty(.noAlerts)
                // What is too young for an alert, or no rule's: this page must not seem to say that all is well.
                let problems = Problem.all(in: snapshot, now: page.context.now).count
                if problems > 0 {
                    page.element("p") { page in
                        page.element("a", .href(Link("/"))) { page in
                            page.words(.problemsFound, { $0.text($0.count(problems, .problems)) })
                        }
                    }
                }
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
        account(of: incident)
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

    private mutating func spans() {
        element("select", .fixed("name", "for"), .label(string(.silenceFor))) { page in
            for (word, seconds) in AlertsPage.spans {
                page.element("option", .value(word)) { $0.text(OwnerClock.span(seconds, $0.language)) }
            }
        }
    }
}
