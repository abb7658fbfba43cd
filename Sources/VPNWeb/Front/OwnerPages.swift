import Accounting
import FastCGI
import Fleet
import Foundation
import Pages
import Roster
import Store
import Synchronization
import WireGuard

/// The owner's pages beyond the overview. Only the owner comes here: the table of routes says so.
final class OwnerPages: Sendable {
    private let door: Door
    private let questions: Questions
    private let press = Press()
    private let shelf = HistoryShelf()

    init(door: Door, questions: Questions) {
        self.door = door
        self.questions = questions
    }

    func users(_ visit: Visit) -> Response {
        page(visit) { UsersPage(snapshot: visit.snapshot, context: visit.owner).html() }
    }

    func nodes(_ visit: Visit) -> Response {
        page(visit) { NodesPage(snapshot: visit.snapshot, context: visit.owner).html() }
    }

    func services(_ visit: Visit) -> Response {
        page(visit) { ServicesPage(snapshot: visit.snapshot, context: visit.owner).html() }
    }

    func user(_ visit: Visit) -> Response { page(visit) { self.user(visit.value, visit) } }
    func node(_ visit: Visit) -> Response { page(visit) { self.node(visit.value, visit) } }
    func traffic(_ visit: Visit) -> Response { page(visit) { self.trafficPage(visit) } }
    func diagnostics(_ visit: Visit) -> Response { page(visit) { self.diagnosticsPage(visit) } }
    func settings(_ visit: Visit) -> Response { shown(settingsPage(visit), visit) }

    func endSession(_ visit: Visit) -> Response {
        end(visit) { session, form in Self.name(session) == form["session"] }
    }

    func endOtherSessions(_ visit: Visit) -> Response { end(visit) { _, _ in true } }

    /// Nil: there is no such thing.
    private func page(_ visit: Visit, encode: () -> [UInt8]?) -> Response {
        let key = "\(visit.language.rawValue) \(visit.request.path) \(visit.request.rawQuery)"
        let sheet = press.sheet(key, generation: visit.snapshot.generation) { encode() ?? [] }
        guard !sheet.plain.isEmpty else { return visit.error(.notFound) }
        return shown(sheet, visit)
    }

    private func shown(_ sheet: Press.Sheet, _ visit: Visit) -> Response {
        var response = visit.answer(sheet, as: .html)
        response.setHeader("Cache-Control", "private, no-cache")
        response.setHeader("Vary", "Accept-Encoding, Accept-Language, Authorization, Cookie")
        return response
    }

    // MARK: Pages that ask the store

    private func user(_ text: String, _ visit: Visit) -> [UInt8]? {
        guard let id = Int64(text), String(id) == text else { return nil }
        guard visit.snapshot.users.contains(where: { $0.user.telegramID == id }) else { return nil }
        let selection = Selection(user: .telegramID(id))
        let history = try? userHistory(selection, visit)
        return UserPage(id, snapshot: visit.snapshot, history: history, context: visit.owner)?.html()
    }

    private func userHistory(_ selection: Selection, _ visit: Visit) throws -> UserPage.History {
        let days = try series(.day, 35, selection, visit)
        let hours = try series(.hour, 168, selection, visit)
        let tomorrow = visit.zone.start(of: .day, holding: visit.now, movedBy: 1)
        let start = visit.zone.start(of: .day, holding: visit.now, movedBy: -34)
        let month = visit.zone.start(of: .month, holding: visit.now)
        var nodes: [NodeID: (days: Traffic, month: Traffic)] = [:]
        for usage in try questions.store.usage(by: .node, cuts: [start, tomorrow], of: selection) {
            if case .node(let node) = usage.subject { nodes[node, default: (.zero, .zero)].days = usage.traffic }
        }
        for usage in try questions.store.usage(by: .node, cuts: [month, tomorrow], of: selection) {
            if case .node(let node) = usage.subject { nodes[node, default: (.zero, .zero)].month = usage.traffic }
        }
        return UserPage.History(
            days: days, hours: hours, byNode: nodes.map { (node: $0.key, days: $0.value.days, month: $0.value.month) },
            sessions: try sessions(selection, since: start, now: visit.now),
            story: try story(selection, since: start))
    }

    private func node(_ text: String, _ visit: Visit) -> [UInt8]? {
        let id = NodeID(text)
        guard visit.snapshot.nodes.contains(where: { $0.status.node.id == id }) else { return nil }
        let history = try? nodeHistory(Selection(node: id), visit)
        return NodePage(id, snapshot: visit.snapshot, history: history, context: visit.owner)?.html()
    }

    private func nodeHistory(_ selection: Selection, _ visit: Visit) throws -> NodePage.History {
        NodePage.History(
            hours: try series(.hour, 24, selection, visit), days: try series(.day, 35, selection, visit),
            story: try story(
                selection, since: visit.zone.start(of: .day, holding: visit.now, movedBy: -34)))
    }

    private func trafficPage(_ visit: Visit) -> [UInt8]? {
        guard let window = TrafficWindow(visit) else { return nil }
        let usage = try? shelf.kept("\(window.shown)", at: visit.now) { () throws -> TrafficPage.Usage in
            TrafficPage.Usage(
                series: try self.series(window.asked, .all, visit), rows: try self.rows(window.shown))
        }
        return TrafficPage(window: window.shown, usage: usage, snapshot: visit.snapshot, context: visit.owner).html()
    }

    private func rows(_ window: TrafficPage.Window) throws -> [TrafficPage.Row] {
        let grouping = Usage.Grouping(rawValue: window.grouping.rawValue) ?? .user
        return try questions.store.usage(by: grouping, cuts: [window.from, window.to], of: .all).map { usage in
            let subject: TrafficPage.Row.Subject =
                switch usage.subject {
                case .user(let id): .user(id)
                case .node(let id): .node(id)
                case .peer(let key): .peer(key.base64)
                }
            return TrafficPage.Row(subject: subject, traffic: usage.traffic, hasGap: usage.hasGap)
        }
    }

    /// So many steps, the last one under way.
    private func series(
        _ step: OwnerZone.Step, _ count: Int, _ selection: Selection, _ visit: Visit
    ) throws -> Series {
        let end = visit.zone.start(of: step, holding: visit.now, movedBy: 1)
        let start = visit.zone.start(of: step, holding: visit.now, movedBy: 1 - count)
        let window = try Window(start, end, step, visit.zone, Window.mostSteps)
        return try shelf.kept("\(step) \(count) \(end.seconds) \(selection)", at: visit.now) {
            try self.series(window, selection, visit)
        }
    }

    private func series(_ window: Window, _ selection: Selection, _ visit: Visit) throws -> Series {
        let answer = try questions.history(
            window, of: selection, zone: visit.zone, watched: visit.watched, now: visit.now)
        var buckets = answer.buckets.map {
            Series.Bucket(start: $0.start, traffic: $0.traffic, hasGap: $0.hasGap && $0.start <= visit.now)
        }
        for reset in answer.resets {
            guard let index = buckets.lastIndex(where: { $0.start <= reset.at }) else { continue }
            buckets[index].resets += 1
        }
        return Series(Series.Grain(rawValue: window.step.rawValue) ?? .day, buckets)
    }

    private static let mostSessions = 40

    private func sessions(_ selection: Selection, since: UnixTime, now: UnixTime) throws -> [SessionLine] {
        try questions.store.peerSessions(
            of: selection, from: since, to: UnixTime(.max), limit: Self.mostSessions
        ).reversed().map { one in
            let session = one.session
            return SessionLine(
                node: one.counter.node, publicKey: one.counter.publicKey.base64, from: session.from,
                until: !one.isOver && session.isOpen(at: now) ? nil : session.until, traffic: session.traffic,
                network: session.network?.description)
        }
    }

    private static let mostLines = 60

    private func story(_ selection: Selection, since: UnixTime) throws -> [StoryLine] {
        try questions.store.events(
            from: since, to: UnixTime(.max), of: selection, limit: Self.mostLines
        ).reversed().compactMap { event in
            StoryLine.Kind(rawValue: event.kind.rawValue).map { kind in
                StoryLine(
                    at: event.at, since: event.since, node: event.node, interface: event.interface,
                    publicKey: event.publicKey?.base64, kind: kind,
                    cause: event.cause.flatMap { StoryLine.Cause(rawValue: $0.rawValue) }, traffic: event.traffic)
            }
        }
    }

    private func diagnosticsPage(_ visit: Visit) -> [UInt8] {
        let snapshot = visit.snapshot
        var shown: [NodeID: [PublicKey: Bool]] = [:]
        for status in snapshot.nodes.map(\.status) where !status.isStale(at: visit.now) {
            guard let sample = status.lastSample, sample.isComplete else { continue }
            shown[status.node.id] = Drift.shown(by: sample)
        }
        let drift = Drift(snapshot.roster, shown: shown)
        func size(_ path: String) -> UInt64? {
            (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? UInt64
        }
        let path = questions.store.path
        let findings = DiagnosticsPage.Findings(
            databasePath: path, databaseSize: size(path), journalSize: size(path + "-wal"), live: drift.orphansLive,
            unused: drift.orphansUnused, lost: drift.lost)
        return DiagnosticsPage(findings: findings, snapshot: snapshot, context: visit.owner).html()
    }

    // MARK: Settings

    /// Names a session in a form; from it nobody learns the cookie.
    private static func name(_ session: StoredSession) -> String {
        session.hash.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func settingsPage(_ visit: Visit) -> Press.Sheet {
        let notice = visit.request.query["done"].flatMap(SettingsPage.Notice.init)
        return Press.press(
            SettingsPage(access: try? access(visit), notice: notice, context: visit.owner).html())
    }

    private func access(_ visit: Visit) throws -> SettingsPage.Access {
        let own = door.ownSession(visit.request)
        let sessions = try questions.store.sessions().filter { $0.expires > visit.now }
        return SettingsPage.Access(
            sessions: sessions.map { session in
                SettingsPage.Session(
                    id: Self.name(session), created: session.created, lastSeen: session.lastSeen,
                    address: session.address, userAgent: session.userAgent, isThisOne: session.hash == own)
            },
            tokens: try questions.store.tokens().map { token in
                SettingsPage.Token(
                    name: token.name, mayReadAll: token.scope == .read, created: token.created,
                    expires: token.expires, lastUsed: token.lastUsed, revoked: token.revoked)
            })
    }

    /// Of the sessions that are not the visitor's own.
    private func end(_ visit: Visit, which: (StoredSession, Fields) -> Bool) -> Response {
        guard let form = try? visit.request.form() else { return visit.error(.badRequest) }
        do {
            let own = door.ownSession(visit.request)
            try door.end(try questions.store.sessions().filter { $0.hash != own && which($0, form) })
            return .redirect(to: "/settings?done=ended")
        } catch {
            return .redirect(to: "/settings?done=failed")
        }
    }
}

extension Visit {
    fileprivate var owner: PageContext { context(isSignedIn: true) }
}

/// What was read of the past, for a minute: the newest numbers of every page are the snapshot's.
private final class HistoryShelf: Sendable {
    private struct Kept: Sendable {
        var value: any Sendable
        var at: UnixTime
    }

    private let kept = Mutex<[String: Kept]>([:])
    private static let lifetime: Int64 = 60
    private static let bound = 256

    func kept<Value: Sendable>(_ key: String, at now: UnixTime, read: () throws -> Value) throws -> Value {
        if let found = kept.withLock({ $0[key] }), (0..<Self.lifetime).contains(now.seconds(since: found.at)),
            let value = found.value as? Value
        {
            return value
        }
        let value = try read()
        kept.withLock { kept in
            if kept.count >= Self.bound { kept = kept.filter { now.seconds(since: $0.value.at) < Self.lifetime } }
            if kept.count < Self.bound { kept[key] = Kept(value: value, at: now) }
        }
        return value
    }
}
