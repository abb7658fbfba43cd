package import Fleet
import WireGuard

/// The owner's first page: what is wrong, four numbers, nodes, services, who used how much.
package struct OverviewPage: Sendable {
    let snapshot: Snapshot
    let context: PageContext

    package init(snapshot: Snapshot, context: PageContext) {
        self.snapshot = snapshot
        self.context = context
    }

    package func html() -> [UInt8] {
        let problems = Problem.all(in: snapshot, now: context.now)
        let title = Phrase.overview.wording.text(context.language).description
        let panel = Phrase.panel.wording.text(context.language).description
        return Page.framed(context, title: "\(title) · \(panel)", asOf: snapshot.newestSample, refreshes: true) {
            page in
            page.standing(snapshot, problems)
            page.problems(problems)
            page.numbers(snapshot)
            page.nodes(snapshot)
            page.services(snapshot)
            page.users(snapshot)
            page.unmatched(snapshot)
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
    /// The one sentence that is read when there are four seconds.
    fileprivate mutating func standing(_ snapshot: Snapshot, _ problems: [Problem]) {
        let mark: Mark =
            problems.contains { $0.mark == .bad }
            ? .bad : !problems.isEmpty ? .warning : snapshot.newestSample == nil ? .unknown : .good
        element("h1", .class("standing"), .fixed("data-mark", mark.name)) { page in
            page.mark(mark)
            page.element("span") { page in
                if !problems.isEmpty {
                    page.words(.problemsFound, { $0.text($0.count(problems.count, .problems)) })
                } else {
                    page.words(snapshot.newestSample == nil ? .nothingToShow : .allWell)
                }
            }
        }
    }

    fileprivate mutating func numbers(_ snapshot: Snapshot) {
        let up = snapshot.nodes.filter { $0.status.state == .online && !$0.status.isStale(at: context.now) }.count
        let known = snapshot.users.compactMap(\.isOnline)
        let online = known.filter { $0 }.count
        element("section", .class("numbers"), .label(string(.numbers))) { page in
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
                page.figure(.today) { $0.downUp(snapshot.nodes.map(\.today).reduce(.zero, +)) }
                page.figure(.month) { $0.downUp(snapshot.nodes.map(\.month).reduce(.zero, +)) }
            }
            page.hint(.numbers)
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
}
