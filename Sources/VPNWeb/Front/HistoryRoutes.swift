import Accounting
import FastCGI
import Fleet
import Pages
import Store
import WireGuard

/// Answers that the store is asked for, beside the snapshot: history, a key's ledger, billing periods.
///
/// They are read anew for every request, on the worker that has it.
struct HistoryRoutes: Sendable {
    let questions: Questions

    func history(_ visit: Visit) -> Response { answered(visit, historyAnswer) }
    func ledger(_ visit: Visit) -> Response { answered(visit, ledgerAnswer) }
    func periods(_ visit: Visit) -> Response { answered(visit, periodsAnswer) }
    func top(_ visit: Visit) -> Response { answered(visit, topAnswer) }
    func sessions(_ visit: Visit) -> Response { answered(visit, sessionsAnswer) }
    func active(_ visit: Visit) -> Response { answered(visit, activeAnswer) }

    private func answered(_ visit: Visit, _ question: (Visit) throws(Failure) -> Response) -> Response {
        visit.answered { () throws(Failure) in try question(visit) }
    }

    enum Failure: Error {
        case bad(QuestionWords)
        case missing(QuestionWords)
        case store(StoreError)
    }

    private func historyAnswer(_ visit: Visit) throws(Failure) -> Response {
        let query = visit.query
        let selection = try selection(visit)
        let window = try whole(visit.window(), visit)
        let grouping = query["by"].flatMap(Usage.Grouping.init)
        let isCSV = query["format"] == "csv"
        var answer = try ask { () throws(StoreError) in
            try questions.history(window, of: selection, zone: visit.zone, watched: visit.watched, now: visit.now)
        }
        if let grouping {
            let names = Names(visit.snapshot)
            answer.rows = try ask { () throws(StoreError) in
                try questions.rows(
                    by: grouping, window, of: selection, names: names, watched: visit.watched, now: visit.now)
            }
        }
        guard isCSV else { return visit.fresh(answer.json(), as: .json) }
        var response = visit.fresh(answer.csv(), as: .csv)
        let name = FileName.usage(selection, grouping, window, visit.zone)
        response.setHeader("Content-Disposition", "attachment; filename=\"\(name)\"")
        return response
    }

    private func ledgerAnswer(_ visit: Visit) throws(Failure) -> Response {
        guard let key = PublicKey(pathSegment: visit.value[...]) else { throw .bad(.key) }
        let selection = Selection(peer: key)
        let first = try sight(of: key, visit)
        let isByPoll = visit.query["step"] == Questions.poll
        let window = try whole(isByPoll ? visit.window(step: .hour) : visit.window(since: first), visit)
        let story = try ask { () throws(StoreError) in
            try questions.story(window, of: selection, byPoll: isByPoll, zone: visit.zone)
        }
        return visit.fresh(story.json(), as: .json)
    }

    /// When its first reading was booked. Nil: none was, and the bot knows the key or a node shows it.
    private func sight(of key: PublicKey, _ visit: Visit) throws(Failure) -> UnixTime? {
        let first = try ask { () throws(StoreError) in try questions.firstSight(of: Selection(peer: key)) }
        guard first != nil || visit.snapshot.peers.contains(where: { $0.publicKey == key.base64 }) else {
            throw .missing(.noKey)
        }
        return first
    }

    /// What `user`, `node` and `peer` choose; all of them are known.
    private func selection(_ visit: Visit) throws(Failure) -> Selection {
        let selection = try visit.selection()
        if let key = selection.peer { _ = try sight(of: key, visit) }
        return selection
    }

    private func whole(_ window: Window, _ visit: Visit) throws(Failure) -> Window {
        try ask { () throws(StoreError) in try questions.whole(window, visit.zone) }
    }

    private func topAnswer(_ visit: Visit) throws(Failure) -> Response {
        let query = visit.query
        let selection = try selection(visit)
        let window = try visit.window()
        let subject = query["by"].flatMap(LoadsAnswer.Subject.init) ?? .user
        let limit = query.number("limit") ?? 20
        let answer = try ask { () throws(StoreError) in
            try questions.loads(
                by: subject, window.from..<window.to, of: selection, names: Names(visit.snapshot),
                ownership: visit.snapshot.ownership, limit: limit)
        }
        return visit.fresh(answer.json(), as: .json)
    }

    private func sessionsAnswer(_ visit: Visit) throws(Failure) -> Response {
        let query = visit.query
        let selection = try selection(visit)
        let window = try visit.window()
        let limit = query.number("limit") ?? 100
        let answer = try ask { () throws(StoreError) in
            try questions.sessions(of: selection, from: window.from, to: window.to, now: visit.now, limit: limit)
        }
        return visit.fresh(answer.json(), as: .json)
    }

    private func activeAnswer(_ visit: Visit) throws(Failure) -> Response {
        let node = try selection(visit).node
        let window = try visit.window()
        let answer = try ask { () throws(StoreError) in
            try questions.active(
                from: window.from, to: min(window.to, visit.now), on: node, watched: visit.watched, now: visit.now)
        }
        return visit.fresh(answer.json(), as: .json)
    }

    private func ask<Answer>(_ question: () throws(StoreError) -> Answer) throws(Failure) -> Answer {
        do { return try question() } catch { throw .store(error) }
    }

    private func periodsAnswer(_ visit: Visit) throws(Failure) -> Response {
        let selection = try selection(visit)
        let billing = visit.settings.billing
        let snapshot = visit.snapshot
        var answer = PeriodsAnswer(timezone: visit.zone.name)
        if selection.user == nil {
            let nodes = Accounts.nodes(snapshot, billing, only: selection.node)
            answer.nodes = try ask { () throws(StoreError) in
                try questions.periods(
                    of: nodes, selection: selection, zone: visit.zone, watched: visit.watched, now: visit.now)
            }
        }
        if selection.node == nil {
            let users = Accounts.users(snapshot, billing, only: selection.user)
            answer.users = try ask { () throws(StoreError) in
                try questions.periods(
                    of: users, selection: selection, zone: visit.zone, watched: visit.watched, now: visit.now)
            }
        }
        return visit.fresh(answer.json(), as: .json)
    }
}

/// Whose periods are shown.
enum Accounts {
    static func nodes(
        _ snapshot: Snapshot, _ billing: Configuration.Billing, only node: NodeID?
    ) -> [Questions.Account] {
        var firstSeen: [NodeID: UnixTime] = [:]
        // By place: a row that is taken out is copied, and there are thousands.
        let peers = snapshot.peers
        for place in peers.indices where node == nil || peers[place].node == node {
            guard let since = peers[place].countedSince else { continue }
            let known = firstSeen[peers[place].node]
            if known.map({ since < $0 }) != false { firstSeen[peers[place].node] = since }
        }
        return snapshot.nodes.map(\.status.node).filter { node == nil || node == $0.id }.map { node in
            let allowance = billing.nodes[node.id]
            return Questions.Account(
                subject: .node(node.id), id: node.id.name, name: node.name, firstSeen: firstSeen[node.id],
                startDay: allowance?.startDay ?? billing.day, allowance: allowance)
        }
    }

    /// Who has bytes, or an allowance.
    static func users(
        _ snapshot: Snapshot, _ billing: Configuration.Billing, only user: Selection.Owner?
    ) -> [Questions.Account] {
        var accounts: [Questions.Account] = []
        for row in snapshot.users {
            let id = row.user.telegramID
            guard user == nil || user == .telegramID(id) else { continue }
            let allowance = billing.users[id]
            guard user != nil || allowance != nil || !row.lifetime.isZero else { continue }
            accounts.append(
                Questions.Account(
                    subject: .user(id), id: "\(id)", name: row.user.username, firstSeen: row.countedSince,
                    takenOver: row.takenOver, startDay: allowance?.startDay ?? billing.day, allowance: allowance))
        }
        return accounts
    }
}

extension Visit {
    /// The answer, or in words why there is none.
    func answered(_ question: () throws(HistoryRoutes.Failure) -> Response) -> Response {
        do {
            return try question()
        } catch {
            switch error {
            case .bad(let wording): return refusal(.badRequest, wording.text(language))
            case .missing(let wording): return refusal(.notFound, wording.text(language))
            case .store: return self.error(.unavailable)
            }
        }
    }
}

extension PublicKey {
    /// As wg prints it, percent-encoded or not, or in the base64 of URLs (RFC 4648, section 5), with or without its end.
    init?(pathSegment text: Substring) {
        guard text.utf8.count <= 140, var plain = PercentCoding.decode(text.utf8, plusIsSpace: false) else {
            return nil
        }
        plain = String(plain.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        if plain.utf8.count == 43 { plain += "=" }
        self.init(base64: plain)
    }
}
