import FastCGI
import Fleet
import Nodes
import Pages
import Store
import WireGuard

/// `/alerts` and what the owner does there; `/api/alerts`. Everything shown is the store's; what the owner decides is
/// written there, and the watch is told to look.
final class AlertPages: Sendable {
    /// What the pages may ask of the watch.
    struct Watchman: Sendable {
        /// Something was acknowledged or silenced.
        var ownerActed: @Sendable () -> Void = {}

        /// A test message is wanted.
        var test: @Sendable () -> Void = {}

        /// What waits to go out, and what went wrong, of the channels that are configured.
        var mail: @Sendable () -> [MetricsAnswer.Mail] = { [] }
    }

    private let store: TrafficStore
    let watchman: Watchman

    /// Letters that are looked through for those of the incidents shown.
    private static let mostLetters = 500
    private static let longestReason = 200
    private static let longestSilence: Int64 = 366 * 86_400

    init(store: TrafficStore, watchman: Watchman) {
        self.store = store
        self.watchman = watchman
    }

    // MARK: Shown

    func page(_ visit: Visit) -> Response {
        let context = visit.context(isSignedIn: true)
        let page = AlertsPage(
            records: try? records(visit), channels: visit.settings.channels,
            notice: visit.request.query["done"].flatMap(AlertsPage.Notice.init), snapshot: visit.snapshot,
            context: context)
        return visit.fresh(page.html(), as: .html)
    }

    private func records(_ visit: Visit) throws(StoreError) -> AlertsPage.Records {
        let count = try store.incidentCounts(since: UnixTime(0))
        let size = AlertsPage.pageSize
        let pages = max(1, (count.ended + size - 1) / size)
        let page = min(max(1, visit.request.query["page"].flatMap { Int($0) } ?? 1), pages)
        return AlertsPage.Records(
            lasting: try store.lastingIncidents(),
            ended: try store.incidents(areLasting: false, limit: size, offset: (page - 1) * size),
            endedCount: count.ended, letters: try store.letters(limit: Self.mostLetters),
            silences: try store.silences(at: visit.now))
    }

    // MARK: Done

    func acknowledge(_ visit: Visit) -> Response {
        act(visit) { form throws(StoreError) in
            guard let id = form["incident"].flatMap({ Int64($0) }) else { return .failed }
            guard try store.acknowledge(id, at: visit.now) else { return .acknowledged }
            try audit(.alertAcknowledged, "\(id)", visit)
            watchman.ownerActed()
            return .acknowledged
        }
    }

    func silence(_ visit: Visit) -> Response {
        act(visit) { form throws(StoreError) in
            guard let rule = form["rule"].flatMap({ Rule(rawValue: $0) }),
                let subject = form["subject"].flatMap({ Subject(word: $0) }),
                let span = AlertsPage.spans.first(where: { $0.word == form["for"] })
            else { return .failed }
            let until = visit.now.advanced(by: span.seconds)
            try add(Silence(id: 0, rule: rule, subject: subject, from: visit.now, until: until), visit)
            return .silenced
        }
    }

    func plan(_ visit: Visit) -> Response {
        act(visit) { form throws(StoreError) in try plan(form, visit) }
    }

    func unsilence(_ visit: Visit) -> Response {
        act(visit) { form throws(StoreError) in
            guard let id = form["silence"].flatMap({ Int64($0) }) else { return .failed }
            try store.endSilence(id, at: visit.now)
            try audit(.silenceEnded, "\(id)", visit)
            watchman.ownerActed()
            return .unsilenced
        }
    }

    func test(_ visit: Visit) -> Response {
        watchman.test()
        return .redirect(to: "/alerts?done=\(AlertsPage.Notice.tested.rawValue)")
    }

    private func act(_ visit: Visit, _ act: (Fields) throws(StoreError) -> AlertsPage.Notice) -> Response {
        guard let form = try? visit.request.form() else { return visit.error(.badRequest) }
        let notice: AlertsPage.Notice
        do { notice = try act(form) } catch { notice = .failed }
        return .redirect(to: "/alerts?done=\(notice.rawValue)")
    }

    private func plan(_ form: Fields, _ visit: Visit) throws(StoreError) -> AlertsPage.Notice {
        guard let from = form["from"].flatMap({ visit.zone.moment(local: $0) }),
            let until = form["until"].flatMap({ visit.zone.moment(local: $0) }), until > from, until > visit.now,
            until.seconds(since: from) <= Self.longestSilence
        else { return .wrongTime }
        var subject: Subject?
        if let node = form["node"], !node.isEmpty {
            guard visit.snapshot.nodes.contains(where: { $0.status.node.id.name == node }) else { return .failed }
            subject = .node(NodeID(node))
        }
        let reason = String((form["reason"] ?? "").unicodeScalars.prefix(Self.longestReason).map(Character.init))
        try add(
            Silence(id: 0, subject: subject, from: from, until: until, isMaintenance: true, reason: reason), visit)
        return .planned
    }

    private func add(_ silence: Silence, _ visit: Visit) throws(StoreError) {
        try store.insert(silence)
        let what = [silence.rule?.rawValue, silence.subject?.word].compactMap(\.self)
        let words = (what.isEmpty ? ["*"] : what) + ["until", silence.until.rfc3339]
        try audit(
            silence.isMaintenance ? .maintenancePlanned : .alertSilenced, words.joined(separator: " "), visit)
        watchman.ownerActed()
    }

    private func audit(_ event: AuditEvent, _ subject: String, _ visit: Visit) throws(StoreError) {
        try store.audit(
            AuditEntry(
                at: .now, who: "owner", event, subject: subject, address: visit.request.remoteAddress))
    }

    // MARK: For programs

    func api(_ visit: Visit) -> Response {
        let limit = visit.query.number("limit") ?? 100
        let offset = ((visit.query.number("page") ?? 1) - 1) * limit
        do {
            let incidents = try store.incidents(areLasting: nil, limit: limit, offset: offset)
            let counts = try store.incidentCounts(since: UnixTime(0))
            let answer = AlertsAnswer(
                incidents: incidents, count: counts.ended + counts.lasting, offset: offset,
                silences: try store.silences(at: visit.now), letters: try store.letters(limit: 100),
                language: visit.language)
            return visit.fresh(answer.json(), as: .json)
        } catch {
            return visit.error(.unavailable)
        }
    }
}

extension OwnerZone {
    /// `2026-11-25T10:00`, as a browser's field of date and time sends it, by the clock of this zone. Seconds are let be.
    func moment(local text: String) -> UnixTime? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = parse(String(parts[0])), parts[0].utf8.count == 10 else { return nil }
        let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count >= 2, clock[0].utf8.count == 2, clock[1].utf8.count == 2, let hour = Int(clock[0]),
            let minute = Int(clock[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return moment(on: self.day(of: day), hour: hour, minute: minute)
    }
}
