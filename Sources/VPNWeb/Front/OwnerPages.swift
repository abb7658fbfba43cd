import Accounting
import FastCGI
import Fleet
import Foundation
import Pages
import Roster
import Store
import WireGuard

/// The owner's pages beyond the overview. Only the owner comes here: the table of routes says so.
final class OwnerPages: Sendable {
    private let press = Press()
    private let past: PagesPast

    private var questions: Questions { past.questions }

    init(past: PagesPast) {
        self.past = past
    }

    func nodes(_ visit: Visit) -> Response {
        page(visit) {
            NodesPage(snapshot: visit.snapshot, speeds: self.past.speeds(visit), context: visit.owner).html()
        }
    }

    func services(_ visit: Visit) -> Response {
        page(visit) { ServicesPage(snapshot: visit.snapshot, context: visit.owner).html() }
    }

    func user(_ visit: Visit) -> Response { page(visit) { self.past.user(visit.value, visit) } }
    func node(_ visit: Visit) -> Response { page(visit) { self.past.node(visit.value, visit) } }
    func traffic(_ visit: Visit) -> Response { page(visit) { self.past.traffic(visit) } }
    func diagnostics(_ visit: Visit) -> Response { page(visit) { self.diagnosticsPage(visit) } }

    /// Nil: there is no such thing.
    private func page(_ visit: Visit, encode: () -> [UInt8]?) -> Response {
        let sheet = press.sheet(visit.key(.owner), generation: visit.snapshot.generation) {
            Sheet(encode() ?? [], as: .html)
        }
        return sheet.plain.whole.body.isEmpty ? visit.error(.notFound) : visit.answer(sheet)
    }

    /// `GET /` of the owner.
    func overview(_ visit: Visit) -> Response {
        page(visit) {
            OverviewPage(
                snapshot: visit.snapshot, history: try? self.past.overview(visit), context: visit.owner
            ).html()
        }
    }

    func users(_ visit: Visit) -> Response {
        func users() -> UsersPage {
            UsersPage(snapshot: visit.snapshot, periods: past.limits(visit), context: visit.owner)
        }
        guard visit.request.query["format"] == "csv" else { return page(visit) { users().html() } }
        var response = visit.fresh(users().csv(), as: .csv)
        response.setHeader("Content-Disposition", "attachment; filename=\"vpn-web-users.csv\"")
        return response
    }

    // MARK: Diagnostics

    private func diagnosticsPage(_ visit: Visit) -> [UInt8] {
        let snapshot = visit.snapshot
        var shown: [NodeID: [PublicKey: Bool]] = [:]
        for status in snapshot.nodes.map(\.status) where !status.isStale(at: visit.now) {
            guard let sample = status.lastSample, sample.isComplete else { continue }
            shown[status.node.id] = Drift.shown(by: sample)
        }
        let own = snapshot.peers.filter(\.isPanels).compactMap { PublicKey(base64: $0.publicKey) }
        let drift = Drift(snapshot.roster, shown: shown, own: Set(own))
        func size(_ path: String) -> UInt64? {
            (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? UInt64
        }
        let path = questions.store.path
        let findings = DiagnosticsPage.Findings(
            databasePath: path, databaseSize: size(path), journalSize: size(path + "-wal"), live: drift.orphansLive,
            unused: drift.orphansUnused, lost: drift.lost)
        return DiagnosticsPage(findings: findings, snapshot: snapshot, context: visit.owner).html()
    }
}

extension Visit {
    var owner: PageContext { context(isSignedIn: true) }
}
