package import Fleet
import WireGuard

/// How the panel itself is, and where the bot's files and the nodes disagree.
package struct DiagnosticsPage: Sendable {
    let findings: Findings
    let snapshot: Snapshot
    let context: PageContext

    /// What is looked up for the page.
    package struct Findings: Sendable {
        package var databasePath: String

        /// Bytes of the file, and of its journal. Nil: nobody knows.
        package var databaseSize: UInt64?
        package var journalSize: UInt64?

        /// Keys on nodes that the bot does not know: with a sign of life, and without; keys that are active in the bot
        /// and not on their node.
        package var live: [String]
        package var unused: [String]
        package var lost: [String]

        package init(
            databasePath: String, databaseSize: UInt64?, journalSize: UInt64?, live: [String], unused: [String],
            lost: [String]
        ) {
            self.databasePath = databasePath
            self.databaseSize = databaseSize
            self.journalSize = journalSize
            self.live = live
            self.unused = unused
            self.lost = lost
        }
    }

    package init(findings: Findings, snapshot: Snapshot, context: PageContext) {
        self.findings = findings
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        Page.framed(context, title: Page(context).title(.diagnostics), asOf: snapshot.newestSample, refreshes: false) {
            page in
            page.heading(.diagnostics)
            page.problems(Problem.all(in: snapshot, now: context.now))
            page.panel(snapshot.panel, findings)
            page.polls(snapshot)
            page.sources(snapshot.roster)
            page.drift(findings)
        }
    }
}

extension Page {
    fileprivate mutating func panel(_ panel: PanelState, _ findings: DiagnosticsPage.Findings) {
        block("panel", .panel, .panel) { page in
            page.element("dl", .class("facts")) { page in
                page.fact(.versionOf) { $0.text(panel.version) }
                page.fact(.runningSince) { page in
                    page.exactly(panel.startedAt)
                    page.text(" (\(page.since(panel.startedAt)))")
                }
                page.fact(.lastStored) { page in
                    if let stored = panel.lastStored { page.ago(stored) } else { page.dash() }
                }
                page.fact(.waiting) { page in
                    guard let failure = panel.storeFailure else { return page.words(.nothingWaits) }
                    page.waiting(failure)
                }
                page.fact(.database) { page in
                    page.code(findings.databasePath)
                    page.element("small") { page in
                        if let size = findings.databaseSize { page.volume(size) } else { page.dash() }
                        if let journal = findings.journalSize, journal > 0 {
                            page.text(" + ")
                            page.words(.journal, { $0.volume(journal) })
                        }
                    }
                }
                page.fact(.databaseCheck) { $0.check(panel.databaseCheck) }
            }
        }
    }

    private mutating func check(_ check: PanelState.DatabaseCheck?) {
        guard let check else { return words(.notCheckedYet) }
        state(check.problems.isEmpty ? .good : .bad, check.problems.isEmpty ? .databaseWell : .databaseIll)
        element("small") { page in page.words(.checkedAt, { $0.ago(check.at) }) }
        guard !check.problems.isEmpty else { return }
        element("ul") { page in
            for problem in check.problems.prefix(20) { page.element("li") { $0.code(problem) } }
        }
    }

    fileprivate mutating func polls(_ snapshot: Snapshot) {
        block("polls", .polls, .polls) { page in
            guard !snapshot.nodes.isEmpty else { return page.empty(.noNodes) }
            page.table(
                .polls,
                head: {
                    $0.heads([
                        (.node, false), (.state, false), (.lastPoll, true), (.latency, true), (.failuresInRow, true),
                        (.sshSession, true), (.logins, true), (.clockOffset, true), (.refusedLines, true),
                    ])
                },
                rows: { page in
                    for row in snapshot.nodes { page.element("tr") { $0.poll(row.status) } }
                })
        }
    }

    private mutating func poll(_ status: NodeStatus) {
        rowHead(.node) { page in
            page.element("a", .href(.node(status.node.id))) { $0.name(status.node.name) }
        }
        cell(.state) { $0.nodeState(status) }
        numberCell(.lastPoll) { page in
            if let poll = status.lastPoll { page.ago(poll) } else { page.dash() }
        }
        numberCell(.latency) { page in
            if let took = status.lastSample?.took { page.milliseconds(took) } else { page.dash() }
        }
        numberCell(.failuresInRow) { $0.number(status.failures) }
        numberCell(.sshSession) { page in
            if let since = status.connectedSince { page.text(page.since(since)) } else { page.dash() }
        }
        numberCell(.logins) { page in
            if status.node.isLocal { page.dash() } else { page.number(status.logins) }
        }
        numberCell(.clockOffset) { page in
            if let offset = status.lastSample?.clockOffset { page.text(page.signed(offset)) } else { page.dash() }
        }
        numberCell(.refusedLines) { page in
            if let sample = status.lastSample { page.number(sample.rejected.count) } else { page.dash() }
        }
    }

    fileprivate mutating func sources(_ roster: Roster) {
        block("sources", .sources, .sources) { page in
            guard !roster.sources.isEmpty else { return page.empty(.noSources) }
            page.table(
                .sources,
                head: { $0.heads([(.file, false), (.state, false), (.asOfWhen, true)]) },
                rows: { page in
                    for source in roster.sources {
                        page.element("tr") { page in
                            page.rowHead(.file) { $0.code(source.path) }
                            page.cell(.state) { page in
                                page.state(
                                    source.isReadable ? .good : .warning,
                                    source.isReadable ? .fileWell : .fileIll)
                                if let words = source.problem ?? source.notice {
                                    page.element("small") { $0.code(words) }
                                }
                            }
                            page.numberCell(.asOfWhen) { page in
                                if let read = source.asOf { page.ago(read) } else { page.words(.never) }
                            }
                        }
                    }
                })
            page.element("p", .class("hint")) { page in
                page.words(
                    .rosterCounts, { $0.number(roster.users.count) }, { $0.number(roster.devices.count) },
                    { $0.number(roster.skipped.count) }, { $0.number(roster.conflicts.count) })
            }
        }
    }

    fileprivate mutating func drift(_ findings: DiagnosticsPage.Findings) {
        block("drift", .drift, .drift) { page in
            page.element("div", .class("columns")) { page in
                page.keys(findings.live, .orphansLive, .orphansLive, .warning)
                page.keys(findings.unused, .orphansUnused, .orphansUnused, .idle)
                page.keys(findings.lost, .lostKeys, .lostKeys, .warning)
            }
        }
    }

    private mutating func keys(_ keys: [String], _ phrase: Phrase, _ hint: Hint, _ mark: Mark) {
        element("div") { page in
            page.element("h3") { page in
                page.mark(keys.isEmpty ? .good : mark)
                page.raw(" ")
                page.words(phrase)
                page.raw(" ")
                page.element("span", .class("count")) { $0.number(keys.count) }
            }
            page.hint(hint)
            guard !keys.isEmpty else { return }
            page.element("details", .key(phrase.wording.english.description)) { page in
                page.element("summary") { $0.words(.details) }
                page.element("ul") { page in
                    for key in keys.prefix(100) { page.element("li") { $0.code(key) } }
                    if keys.count > 100 { page.element("li") { $0.text("… +\(keys.count - 100)") } }
                }
            }
        }
    }
}
