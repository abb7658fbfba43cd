package import Fleet
import WireGuard

/// The owner's first page, for four seconds on a phone: is all well, who is connected, who used how much. Then the rest.
package struct OverviewPage: Sendable {
    let snapshot: Snapshot
    let history: History?
    let context: PageContext

    /// What the database knows of the fleet.
    package struct History: Sendable {
        /// 24 hours, the last one now.
        package var hours: Series
        package var active: ActivitySeries?

        /// What the last month had at this moment. Nil: nobody counted then.
        package var monthBefore: Traffic?

        /// Bits a second of the last minutes, where they are known.
        package var speeds: [NodeID: Traffic]

        /// Incidents that last, and of which the owner wants to hear.
        package var alerts: [Incident]

        package init(
            hours: Series, active: ActivitySeries?, monthBefore: Traffic?, speeds: [NodeID: Traffic] = [:],
            alerts: [Incident] = []
        ) {
            self.hours = hours
            self.active = active
            self.monthBefore = monthBefore
            self.speeds = speeds
            self.alerts = alerts
        }
    }

    /// `history` nil: it could not be read.
    package init(snapshot: Snapshot, history: History?, context: PageContext) {
        self.snapshot = snapshot
        self.history = history
        self.context = context
    }

    package func html() -> [UInt8] {
        let problems = Problem.all(in: snapshot, alerts: history?.alerts ?? [], now: context.now)
        return Page.framed(
            context, title: Page(context).title(.overview), asOf: snapshot.newestSample, refreshes: true
        ) { page in
            page.standing(snapshot, problems, isWhole: history != nil)
            page.problems(problems)
            page.numbers(snapshot, history?.monthBefore)
            page.element("div", .class("pair")) { page in
                page.element("div") { page in
                    page.connected(snapshot)
                    page.topToday(snapshot)
                }
                page.element("div") { page in
                    if let history { page.lastDay(history) } else { page.unreadable() }
                }
            }
            page.nodes(snapshot, history?.speeds ?? [:])
            page.serviceStrip(snapshot)
            page.strangers(snapshot)
            page.collector(snapshot)
        }
    }
}

extension Snapshot {
    /// When the newest sample of any node was taken. Nil: none yet.
    var newestSample: UnixTime? {
        nodes.compactMap { $0.status.lastSample?.takenAt }.max()
    }
}

extension Page {
    /// The one sentence that is read when there are four seconds. It is green where all is known to be well.
    ///
    /// - Parameter isWhole: false: nobody knows what lasts of the alerts.
    fileprivate mutating func standing(_ snapshot: Snapshot, _ problems: [Problem], isWhole: Bool) {
        let (mark, sentence): (Mark, Phrase?) =
            if !problems.isEmpty {
                (problems.contains { $0.mark == .bad } ? .bad : .warning, nil)
            } else if snapshot.newestSample == nil || !snapshot.panel.isFirstCycleOver {
                (.unknown, .nothingToShow)
            } else if !isWhole {
                (.unknown, .alertsUnreadable)
            } else {
                snapshot.services.contains { $0.status == .online && $0.kind.carriesUsers }
                    ? (.good, .allWell) : (.unknown, .noProblemSeen)
            }
        element("h1", .class("standing"), .fixed("data-mark", mark.name)) { page in
            page.mark(mark)
            page.element("span") { page in
                guard let sentence else {
                    return page.words(.problemsFound, { $0.text($0.count(problems.count, .problems)) })
                }
                page.words(sentence)
                let unproven = snapshot.services.count { $0.status == .unknown }
                guard snapshot.panel.isFirstCycleOver, unproven > 0 else { return }
                page.raw(" ")
                page.element("small") { page in page.words(.unproven, { $0.text($0.count(unproven, .services)) }) }
            }
        }
    }

    fileprivate mutating func numbers(_ snapshot: Snapshot, _ monthBefore: Traffic?) {
        let up = snapshot.nodes.filter { $0.status.state == .online && !$0.status.isStale(at: context.now) }.count
        let known = snapshot.users.compactMap(\.isOnline)
        let online = known.filter { $0 }.count
        element("section", .class("numbers"), .label(string(.numbers))) { page in
            page.hint(.numbers)
            page.element("dl") { page in
                page.figure(.nodesUp) { page in
                    page.ofTotal(up, snapshot.nodes.count)
                }
                page.figure(.usersOnline) { page in
                    if known.isEmpty, !snapshot.users.isEmpty || snapshot.newestSample == nil {
                        page.dash()
                    } else {
                        page.ofTotal(online, snapshot.users.count)
                    }
                    page.peersOnline(snapshot)
                }
                page.figure(.today) { $0.downUp(snapshot.today) }
                page.figure(.month) { page in
                    page.downUp(snapshot.month)
                    if let monthBefore {
                        page.element("small") { page in page.words(.monthBefore, { $0.volume(monthBefore.total) }) }
                    }
                }
            }
        }
    }

    mutating func figure(_ phrase: Phrase, _ value: (inout Page) -> Void) {
        element("div") { page in
            page.element("dt") { $0.words(phrase) }
            page.element("dd", content: value)
        }
    }

    private mutating func ofTotal(_ part: Int, _ total: Int) {
        words(.ofTotal, { page in page.element("b") { $0.number(part) } }, { $0.number(total) })
    }

    private mutating func peersOnline(_ snapshot: Snapshot) {
        let fresh = snapshot.nodes.filter { !$0.status.isStale(at: context.now) }
        let counts = fresh.compactMap { row in row.peers.map { (row.peersOnline ?? 0, $0) } }
        guard !counts.isEmpty else { return }
        let online = counts.reduce(0) { $0 + $1.0 }
        let total = counts.reduce(0) { $0 + $1.1 }
        element("small") { page in page.words(.devicesOnline, { $0.number(online) }, { $0.number(total) }) }
    }

    // MARK: Who, and how much

    private static let mostNames = 12
    private static let mostRanks = 10

    /// Those who are connected, the heaviest of today first: a few names, and where the others are.
    fileprivate mutating func connected(_ snapshot: Snapshot) {
        let online = snapshot.users.filter { $0.isOnline == true }.sorted {
            ($0.today.total, $1.user.telegramID) > ($1.today.total, $0.user.telegramID)
        }
        // Of nobody is known whether they are: that is not nobody.
        let isKnown = snapshot.users.isEmpty || snapshot.users.contains { $0.isOnline != nil }
        block("connected", .onlineNow, count: isKnown ? online.count : nil, .connected) { page in
            guard !online.isEmpty else {
                return page.element("p", .class("none")) { $0.words(isKnown ? .nobodyOnline : .onlineUnknown) }
            }
            page.element("ul", .class("chips")) { page in
                for row in online.prefix(Self.mostNames) {
                    page.element("li") { page in
                        page.element("a", .href(.user(row.user.telegramID))) { $0.userName(row.user) }
                    }
                }
                guard online.count > Self.mostNames else { return }
                page.element("li") { page in
                    page.element("a", .class("rest"), .href(Link("/users").query("state", "online"))) { page in
                        page.words(.more, { $0.number(online.count - Self.mostNames) })
                    }
                }
            }
        }
    }

    fileprivate mutating func topToday(_ snapshot: Snapshot) {
        let users = snapshot.users.filter { !$0.today.isZero }.sorted {
            ($0.today.total, $1.user.telegramID) > ($1.today.total, $0.user.telegramID)
        }
        let most = users.first?.today.total ?? 0
        block("top", .topToday, .topToday) { page in
            if users.isEmpty {
                page.element("p", .class("none")) { $0.words(snapshot.users.isEmpty ? .noUsersYet : .noTrafficToday) }
            } else {
                page.element("ol", .class("ranks")) { page in
                    for row in users.prefix(Self.mostRanks) {
                        page.element("li") { page in
                            page.presence(row)
                            page.element("a", .href(.user(row.user.telegramID))) { $0.userName(row.user) }
                            page.element("span", .class("n")) { $0.downUp(row.today) }
                            page.share(row.today, of: most)
                        }
                    }
                }
            }
            page.element("p", .class("onward")) { page in
                page.element("a", .href(Link("/users").query("sort", "today"))) { $0.words(.allUsers) }
                page.raw(" · ")
                page.element("a", .href(Link("/traffic").query("window", "today").query("by", "user"))) {
                    $0.words(.trafficToday)
                }
            }
        }
    }

    fileprivate mutating func lastDay(_ history: OverviewPage.History) {
        block("usage", .lastDay, .chart) { page in
            page.chart(Chart(.hours, .traffic, history.hours, narrower: Link("/traffic")))
            if let active = history.active { page.chart(active) }
        }
    }

    /// Keys on nodes that the bot does not know: a line that leads to them.
    fileprivate mutating func strangers(_ snapshot: Snapshot) {
        let keys = snapshot.peers.rows { $0[$1].isUnmatched }
        guard !keys.isEmpty else { return }
        let live = keys.count { $0.isOnline == true }
        block("unmatched", .unmatchedKeys, count: keys.count, .unmatched) { page in
            page.element("p", .class("onward")) { page in
                if live > 0 {
                    page.state(.warning, .liveKeys)
                    page.raw(" ")
                    page.element("b") { $0.number(live) }
                    page.raw(" · ")
                }
                page.element("a", .href(Link("/users").query("show", "keys"))) { $0.words(.showKeys) }
            }
        }
    }

    /// How the panel itself does: in one row, and where more of it is.
    fileprivate mutating func collector(_ snapshot: Snapshot) {
        let statuses = snapshot.nodes.map(\.status)
        block("collector", .collector, .collector) { page in
            page.element("dl", .class("facts")) { page in
                page.fact(.lastStored) { page in
                    if let stored = snapshot.panel.lastStored { page.ago(stored) } else { page.dash() }
                }
                page.fact(.slowestPoll) { page in
                    let took = statuses.filter { $0.failure == nil }.compactMap { $0.lastSample?.took }.max()
                    if let took { page.milliseconds(took) } else { page.dash() }
                }
                page.fact(.pollsFailing) { $0.ofTotal(statuses.count { $0.failure != nil }, statuses.count) }
                page.fact(.runningSince) { $0.exactly(snapshot.panel.startedAt) }
            }
            page.element("p", .class("onward")) { page in
                page.element("a", .href(Link("/diagnostics"))) { $0.words(.diagnostics) }
            }
        }
    }
}
