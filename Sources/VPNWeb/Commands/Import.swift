import Accounting
import ArgumentParser
import Fleet
import Foundation
import Nodes
import Roster
import Store
import WireGuard

/// `vpn-web import ENV_VARS_TXT`: the predecessor's settings as a configuration. `--totals VPN_DB`: what it had counted.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take over the predecessor's settings, or what it had counted.",
        discussion: """
            Example: vpn-web import /opt/vpnservice/env_vars.txt > /etc/vpn-web/config.yaml
            Example: systemctl stop vpn-web.socket vpn-web.service && vpn-web import --totals /opt/vpnservice/vpn.db

            Settings go to standard output. Totals become opening balances, once each key: to be done when the panel has
            read every node, and while it is stopped. Another time changes nothing.
            """)

    @Argument(help: "The predecessor's env_vars.txt.", completion: .file())
    var file: String?

    @Option(help: "The predecessor's vpn.db; it is only read.", completion: .file(extensions: ["db"]))
    var totals: String?

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        switch (file, totals) {
        case (let file?, nil): try importSettings(file)
        case (nil, let totals?): try importTotals(totals)
        default: throw ValidationError("Name either env_vars.txt or --totals vpn.db.")
        }
    }

    private func importSettings(_ file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(what: "import \(file)", why: "the file cannot be read")
        }
        let result = EnvImport(text: String(decoding: data, as: UTF8.self), path: file)
        printOut(result.yaml)
        for note in result.notes { writeAll("note: \(note)\n", to: 2) }
    }

    private func importTotals(_ path: String) throws {
        let settings = try configuration.load()
        let totals: [BotTotal]
        do { totals = try BotTotal.all(in: path) } catch { throw CommandFailure(what: error.path, why: error.why) }
        do {
            let store = try TrafficStore(path: settings.databasePath, role: .daemon)
            printOut(try Self.take(totals, into: store, nodes: settings.fleetNodes.map(\.id), at: .now))
            try store.close()
        } catch let error as StoreError {
            throw CommandFailure(error)
        }
    }

    /// What was done, in words.
    static func take(
        _ totals: [BotTotal], into store: TrafficStore, nodes: [NodeID], at now: UnixTime
    ) throws -> String {
        let ledgers = try store.ledgers()
        guard !nodes.contains(TotalsImport.node) else {
            throw CommandFailure(what: "import", why: "a node is named \(TotalsImport.node)", mend: "name it otherwise")
        }
        // A key that a node shows for the first time later would bring the same bytes again, as its own opening balance.
        let unread = nodes.filter { node in
            !(ledgers[node]?.interfaces.values.contains { $0.standing.lastComplete != nil } ?? false)
        }
        guard unread.isEmpty else {
            throw CommandFailure(
                what: "import", why: "never read yet: " + unread.map(\.name).joined(separator: ", "),
                mend: "start vpn-web, wait for a poll of each node, stop it, import then")
        }
        var dated: [UnixTime: [PublicKey: Traffic]] = [:]
        let plan = try TotalsImport(totals, onto: ledgers, asOf: now) { (key, moment) throws(StoreError) in
            let end = Hour(number: Hour(containing: moment).number + 1).start
            if dated[end] == nil { dated[end] = try Self.dated(until: end, store) }
            return dated[end]?[key] ?? .zero
        }
        let rest = "\(plan.before) were imported before, \(plan.skipped) skipped (no keys, or there twice)."
        guard !plan.lines.isEmpty else { return "Nothing to import: \(rest)" }
        try store.book(plan.booking(onto: ledgers[TotalsImport.node], at: now))
        let words = "\(plan.lines.count) keys, \(plan.sum.rx) bytes received and \(plan.sum.tx) sent"
        try store.audit(AuditEntry(at: now, who: "command line", what: "totals imported: \(words)"))
        return "Imported \(words), as opening balances; \(rest)"
    }

    private static func dated(until end: UnixTime, _ store: TrafficStore) throws(StoreError) -> [PublicKey: Traffic] {
        var found: [PublicKey: Traffic] = [:]
        for usage in try store.usage(by: .peer, cuts: [UnixTime(0), end]) {
            if case .peer(let key) = usage.subject { found[key] = usage.traffic }
        }
        return found
    }
}
