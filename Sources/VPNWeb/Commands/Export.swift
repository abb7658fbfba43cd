import ArgumentParser
import Fleet
import Foundation
import Nodes
import Pages
import Roster
import Store
import WireGuard

/// `vpn-web export`: usage, to standard output.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Usage by user, peer or node, in hours, days or months.",
        discussion: """
            Example: vpn-web export --by user --step day --from 2026-11-01 --to 2026-12-01 > november.csv

            T is RFC 3339 or a date in the owner's zone; --to is exclusive. Columns: start, telegram_id (or public_key, or
            node), name, rx_bytes, tx_bytes, gap. rx is what the node received: the user's upload. Bytes of keys that
            nobody owns have an empty telegram_id. Opening balances are in no period.
            """)

    @Option(help: "user, peer or node.")
    var by: String

    @Option(help: "hour, day or month.")
    var step: String

    @Option(help: "The first moment.")
    var from: String

    @Option(help: "The first moment after the window.")
    var to: String

    @Option(help: "csv or json.")
    var format = "csv"

    @OptionGroup var configuration: ConfigurationOption

    /// Three years of hours.
    private static let mostPeriods = 27_000

    func run() throws {
        guard let grouping = Usage.Grouping(rawValue: by) else { throw refusal("--by", by, "user, peer or node") }
        guard let step = OwnerZone.Step(rawValue: step) else { throw refusal("--step", step, "hour, day or month") }
        guard ["csv", "json"].contains(format) else { throw refusal("--format", format, "csv or json") }
        let configuration = try configuration.load()
        let zone = configuration.zone
        let form = "RFC 3339 as in 2026-11-23T10:00:00Z, or a date as in 2026-11-23"
        guard let start = zone.parse(from) else { throw refusal("--from", from, form) }
        guard let end = zone.parse(to) else { throw refusal("--to", to, form) }
        guard start <= end else { throw refusal("--to", to, "a moment after --from") }
        guard let cuts = zone.cuts(step, from: start, to: end, limit: Self.mostPeriods) else {
            throw CommandFailure(
                what: "export", why: "the window has too many periods", mend: "a shorter one, or a longer step")
        }
        let rows = try rows(configuration, grouping, cuts)
        printOut(format == "csv" ? csv(rows, grouping) : try json(rows, grouping))
    }

    private struct Row {
        var start: UnixTime
        var id: String?
        var name: String
        var usage: Usage
    }

    private func rows(
        _ configuration: Configuration, _ grouping: Usage.Grouping, _ cuts: [UnixTime]
    ) throws -> [Row] {
        guard cuts.count > 1 else { return [] }
        let usages: [Usage]
        do {
            usages = try self.configuration.store(configuration).usage(by: grouping, cuts: cuts)
        } catch let error as StoreError {
            throw CommandFailure(error)
        }
        var watcher = RosterWatcher(
            configuration.rosterFiles, nodes: configuration.fleetNodes,
            lastGood: RosterCopies(folder: configuration.data).all)
        _ = watcher.look(at: .now)
        let names = Dictionary(watcher.roster.users.map { ($0.telegramID, $0.username ?? "") }) { first, _ in first }
        let nodes = Dictionary(configuration.fleetNodes.map { ($0.id, $0.name) }) { first, _ in first }
        let devices = Dictionary(
            watcher.roster.devices.compactMap { device in device.publicKey.map { ($0, device) } }
        ) { first, _ in first }
        return usages.map { usage in
            let (id, name): (String?, String) =
                switch usage.subject {
                case .user(let id): (id.map(String.init), id.flatMap { names[$0] } ?? "")
                case .peer(let key): (key.base64, devices[key].flatMap { names[$0.telegramID] } ?? "")
                case .node(let node): (node.name, nodes[node] ?? "")
                }
            return Row(start: usage.start, id: id, name: name, usage: usage)
        }
    }

    private func heading(_ grouping: Usage.Grouping) -> String {
        switch grouping {
        case .user: "telegram_id"
        case .peer: "public_key"
        case .node: "node"
        }
    }

    /// RFC 4180, but with the line ends of this system, as every tool here makes and takes them.
    private func csv(_ rows: [Row], _ grouping: Usage.Grouping) -> String {
        var lines = ["start,\(heading(grouping)),name,rx_bytes,tx_bytes,gap"]
        for row in rows {
            let traffic = row.usage.traffic
            lines.append(
                "\(row.start.rfc3339),\(CSV.field(row.id ?? "", isOurs: true)),\(CSV.field(row.name)),\(traffic.rx),\(traffic.tx),\(row.usage.hasGap)"
            )
        }
        return lines.joined(separator: "\n")
    }

    private func json(_ rows: [Row], _ grouping: Usage.Grouping) throws -> String {
        let objects = rows.map { row -> [String: Any] in
            let id: Any = row.id.map { grouping == .user ? Int64($0) ?? 0 : $0 as Any } ?? NSNull()
            return [
                "start": row.start.rfc3339, heading(grouping): id, "name": row.name,
                "rx_bytes": row.usage.traffic.rx, "tx_bytes": row.usage.traffic.tx, "gap": row.usage.hasGap,
            ]
        }
        let data = try JSONSerialization.data(withJSONObject: objects, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    private func refusal(_ option: String, _ value: String, _ form: String) -> CommandFailure {
        CommandFailure(what: "export \(option)", why: "\"\(value)\" is not possible", mend: form)
    }
}

/// Fields of comma-separated values.
enum CSV {
    /// Quoted where RFC 4180 asks for it; and a stranger's text that a spreadsheet would take for a formula gets an
    /// apostrophe before it.
    static func field(_ text: String, isOurs: Bool = false) -> String {
        var text = text
        if !isOurs, let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
            text = "'" + text
        }
        let needsQuotes = text.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        guard needsQuotes else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
