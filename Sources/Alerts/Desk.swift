package import Fleet
package import WireGuard

/// Where it comes together: a snapshot goes in, incidents and letters come out, kept before they go.
///
/// Lives on the watch's thread; couriers share its outbox.
package struct Desk: Sendable {
    package var rules: RuleBook
    package let outbox: Outbox
    private var book: IncidentBook
    private var teller: Teller
    private var memory = Memory()

    /// What the database held when the program started.
    package struct Stored: Sendable {
        package var incidents: [Incident] = []
        package var nextIncident: Int64 = 1
        package var letters: [Letter] = []
        package var nextLetter: Int64 = 1
        package var lastRemoteID: Int64?

        /// Peers that each node had in its last sample, if that was not long ago.
        package var usualPeers: [NodeID: Int] = [:]

        package init() {}
    }

    package init(
        _ stored: Stored, rules: RuleBook, settings: Teller.Settings, words: Teller.Words, at now: Moment,
        keep: @escaping @Sendable ([Letter], [Incident]) throws -> Void
    ) {
        self.rules = rules
        outbox = Outbox(
            stored.letters, next: stored.nextLetter, lastRemoteID: stored.lastRemoteID, keep: keep)
        book = IncidentBook(stored.incidents, next: stored.nextIncident, at: now)
        teller = Teller(settings, words, book: book, outbox: outbox, at: now)
        for (node, count) in stored.usualPeers { memory.resume(usualPeers: count, of: node) }
        for incident in stored.incidents where incident.ended == nil {
            guard let node = incident.subject.node else { continue }
            switch (incident.rule, incident.evidence.seen, incident.evidence.bound) {
            case (.peersHalved, _, let usual?):
                memory.resume(usualPeers: Int(clamping: usual), of: node, fewerSince: incident.began)
            case (.trafficStopped, let minutes?, _): memory.resume(lifeless: minutes * 60, of: node)
            default: break
            }
        }
    }

    /// Another configuration, from the next look on.
    package mutating func change(_ rules: RuleBook, _ settings: Teller.Settings, _ words: Teller.Words) {
        self.rules = rules
        teller.settings = settings
        teller.words = words
    }

    package var incidents: [Incident] { book.incidents }

    /// Once a second or so. False: the database took nothing of it.
    @discardableResult
    package mutating func look(
        _ snapshot: Snapshot, _ facts: Facts, silences: [Silence], acknowledged: [Int64: UnixTime], at now: Moment
    ) -> Bool {
        let losses = incidents.filter { $0.rule == .peersHalved && $0.ended == nil }
        memory.look(
            at: snapshot,
            losses: Dictionary(losses.compactMap { loss in loss.subject.node.map { ($0, loss) } }) { $1 })
        let view = View(snapshot: snapshot, now: now.wall, facts: facts, memory: memory)
        let sight = Sight(view)
        return enter(
            Rule.judge(view, by: rules), silences: silences, acknowledged: acknowledged, at: now, sight: sight.verdict)
    }

    @discardableResult
    mutating func enter(
        _ judgements: [Judgement], silences: [Silence] = [], acknowledged: [Int64: UnixTime] = [:], at now: Moment,
        sight: (Matter) -> Sight.Verdict = { _ in .seen }
    ) -> Bool {
        book.enter(judgements, by: rules, at: now, sight: sight)
        for (id, time) in acknowledged { book.change(id) { $0.acknowledged = time } }
        teller.tick(&book, silences, at: now)
        return outbox.commit(book.takeChanged())
    }

    /// A letter of the owner's own wish, on every channel: a test, the day's summary.
    package func send(_ kind: Letter.Kind, at now: UnixTime, body: (Letter.Channel, Int64) -> String?) {
        for channel in teller.settings.channels.sorted(by: { $0.rawValue < $1.rawValue }) {
            if body(channel, 0) == nil { continue }
            outbox.put(channel, kind, at: now) { body(channel, $0) ?? "" }
        }
        outbox.commit([])
    }
}
