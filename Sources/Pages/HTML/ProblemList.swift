import Fleet
import WireGuard

extension Page {
    /// Each by its title; what it means and what to do is behind it, unless it is what the page is about.
    mutating func problems(_ problems: [Problem], isOpen: Bool = false) {
        guard !problems.isEmpty else { return }
        element("section", .class("problems"), .label(string(.openProblems))) { page in
            page.hint(.problems)
            page.element("ul") { page in
                for problem in problems {
                    page.element("li", .class(problem.mark.name)) { page in
                        let content: (inout Page) -> Void = { page in page.problem(problem) }
                        if isOpen {
                            page.element("details", .key(problem.key), .fixed("open", ""), content: content)
                        } else {
                            page.element("details", .key(problem.key), content: content)
                        }
                    }
                }
            }
        }
    }

    private mutating func problem(_ problem: Problem) {
        switch problem {
        case .storeFailing(let failure):
            title(problem.mark, since: failure.since) { $0.words(ProblemWords.store.title) }
            say(ProblemWords.store.what)
            element("p") { $0.waiting(failure) }
            say(ProblemWords.store.mend, .class("mend"))
            seen(failure.words)
        case .allAway(let nodes):
            title(problem.mark, since: nodes.compactMap(\.since).min()) { $0.words(ProblemWords.allAway.title) }
            say(ProblemWords.allAway.what)
            say(ProblemWords.allAway.mend, .class("mend"))
            more(problem.key) { page in
                page.element("ul") { page in
                    for node in nodes { page.element("li") { $0.nodeAndFailure(node) } }
                }
            }
        case .pollFailed(let status, let failure):
            let words = FailureWords(failure.kind)
            title(problem.mark, since: status.since, polls: status.failures) { $0.nodeTitle(status, words.state) }
            say(words.what)
            say(words.mend, .class("mend"), [{ $0.text(status.node.id.name) }])
            seen(failure.detail)
        case .stale(let status, let sample):
            title(problem.mark, since: sample.takenAt) { $0.nodeTitle(status, ProblemWords.stale.title) }
            say(ProblemWords.stale.what)
            say(ProblemWords.stale.mend, .class("mend"), [{ $0.text(status.node.id.name) }])
        case .incomplete(let status, let sample):
            let id = status.node.id.name
            title(problem.mark, since: nil) { $0.nodeTitle(status, ProblemWords.incomplete.title) }
            say(ProblemWords.incomplete.what, nil, [{ $0.text(id) }, { $0.refused(sample) }])
            say(ProblemWords.incomplete.mend, .class("mend"), [{ $0.text(id) }])
            seen(
                sample.rejected.prefix(3).map { rejection in
                    "line \(rejection.line)\(rejection.field.map { ", field \($0)" } ?? ""): \(rejection.reason.rawValue)"
                }.joined(separator: "; "))
        case .clocksDiffer(let status, let offset):
            title(problem.mark, since: nil) { $0.nodeTitle(status, ProblemWords.clock.title) }
            say(
                ProblemWords.clock.what, nil,
                [{ $0.text(status.node.id.name) }, { $0.text(OwnerClock.span(offset, $0.language)) }])
            say(ProblemWords.clock.mend, .class("mend"))
        case .serviceFailing(let service, let name):
            let words = RuleWords(service.status == .blocked ? .serviceBlocked : .serviceDown)
            title(problem.mark, since: service.since) { page in page.words(words.title, [{ $0.name(name) }]) }
            element("p") { $0.grounds(of: service) }
            say(words.mend, .class("mend"))
            seen(service.detail ?? "")
            element("p") { page in page.element("a", .href(Link("/services"))) { $0.words(.services) } }
        case .alert(let incident):
            title(problem.mark, since: incident.began) { $0.title(of: incident, hasLink: false) }
            account(of: incident)
            element("p") { page in page.element("a", .href(Link("/alerts"))) { $0.words(.alerts) } }
        case .sourceUnreadable, .sourceOdd, .conflicts, .skipped: rosterProblem(problem)
        }
    }

    /// What is booked in memory and not on the disk.
    mutating func waiting(_ failure: PanelState.StoreFailure) {
        words(failure.isFull ? .samplesWaitFull : .samplesWait, { $0.text($0.count(failure.waiting, .samples)) })
    }

    private mutating func rosterProblem(_ problem: Problem) {
        switch problem {
        case .sourceUnreadable(let source):
            let words = source.asOf == nil ? ProblemWords.sourceNever : ProblemWords.sourceGone
            title(problem.mark, since: nil) { page in
                page.words(words.title)
                page.raw(": ")
                page.code(source.path)
            }
            say(words.what, nil, [{ page in if let read = source.asOf { page.ago(read) } }])
            say(words.mend, .class("mend"))
            seen(source.problem ?? "")
        case .sourceOdd(let source):
            title(problem.mark, since: nil) { page in
                page.words(ProblemWords.sourceOdd.title)
                page.raw(": ")
                page.code(source.path)
            }
            say(ProblemWords.sourceOdd.what)
            say(ProblemWords.sourceOdd.mend, .class("mend"))
            seen(source.notice ?? "")
        case .conflicts(let conflicts):
            title(problem.mark, since: nil) { $0.words(ProblemWords.conflicts.title) }
            say(ProblemWords.conflicts.what, nil, [{ $0.number(conflicts.count) }])
            say(ProblemWords.conflicts.mend, .class("mend"))
            more(problem.key) { page in
                page.list(conflicts) { page, conflict in
                    page.code(conflict.publicKeyText)
                    page.text(": " + conflict.owners.prefix(10).map(String.init).joined(separator: ", "))
                }
            }
        case .skipped(let skipped):
            title(problem.mark, since: nil) { $0.words(ProblemWords.skipped.title) }
            say(ProblemWords.skipped.what, nil, [{ $0.text($0.count(skipped.count, .records)) }])
            say(ProblemWords.skipped.mend, .class("mend"))
            more(problem.key) { page in
                page.list(skipped) { page, record in
                    page.code(record.file)
                    page.text(" ")
                    page.name(record.record)
                    page.text(": ")
                    page.name(record.why)
                }
            }
        default: break
        }
    }

    /// What a rule saw, what it is about, and what to do.
    mutating func account(of incident: Incident) {
        element("p") { page in
            page.text(incident.what(page.language))
            guard let grounds = incident.grounds(page.language) else { return }
            page.text(" " + grounds)
        }
        if let page = incident.page { element("p") { $0.name(of: incident, linkedTo: page) } }
        say(RuleWords(incident.rule).mend, .class("mend"), [{ $0.text(incident.subject.node?.name ?? "") }])
        seen(incident.seenWords)
    }

    private mutating func title(
        _ mark: Mark, since: UnixTime?, polls: Int = 0, _ content: (inout Page) -> Void
    ) {
        element("summary") { page in
            page.mark(mark)
            page.element("h2", content: content)
            guard since != nil || polls > 1 else { return }
            page.element("span", .class("since")) { page in
                if let since { page.words(.lasting, { $0.text($0.since(since)) }) }
                if since != nil, polls > 1 { page.text(", ") }
                if polls > 1 { page.words(.sawOnce, { $0.text($0.count(polls, .polls)) }) }
            }
        }
    }

    private mutating func nodeTitle(_ status: NodeStatus, _ state: Wording) {
        name(status.node.name)
        raw(": ")
        words(state)
    }

    private mutating func nodeAndFailure(_ status: NodeStatus) {
        name(status.node.name)
        guard let failure = status.failure else { return }
        raw(": ")
        words(FailureWords(failure.kind).state)
        guard !failure.detail.isEmpty else { return }
        raw(" ")
        code(failure.detail)
    }

    private mutating func refused(_ sample: Sample) {
        text(count(sample.rejected.count, .lines))
    }

    private mutating func say(
        _ wording: Wording, _ attribute: Attribute? = nil, _ holes: [(inout Page) -> Void] = []
    ) {
        if let attribute {
            element("p", attribute) { $0.words(wording, holes) }
        } else {
            element("p") { $0.words(wording, holes) }
        }
    }

    /// What the program saw, in its own words.
    private mutating func seen(_ detail: String) {
        guard !detail.isEmpty else { return }
        element("p", .class("seen")) { $0.code(detail) }
    }

    private mutating func more(_ key: String, _ content: (inout Page) -> Void) {
        element("details", .key(key + "-more")) { page in
            page.element("summary") { $0.words(.details) }
            content(&page)
        }
    }

    /// The first twenty: who has more mends them by the command that the problem names.
    private mutating func list<Item>(_ items: [Item], _ content: (inout Page, Item) -> Void) {
        element("ul") { page in
            for item in items.prefix(20) { page.element("li") { content(&$0, item) } }
            if items.count > 20 { page.element("li") { $0.text("… +\(items.count - 20)") } }
        }
    }
}
