import ArgumentParser
import Fleet
import Glibc
import Nodes
import Pages
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
            nobody owns have an empty telegram_id. Opening balances are in no period. CSV by RFC 4180: lines end with CR LF.
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
        guard let window = try? Window(start, end, step, zone, Self.mostPeriods) else {
            throw CommandFailure(
                what: "export", why: "the window has too many periods", mend: "a shorter one, or a longer step")
        }
        let rows = try rows(configuration, grouping, window)
        writeAll(
            format == "csv"
                ? String(decoding: rows.csv(), as: UTF8.self) : String(decoding: rows.json(), as: UTF8.self) + "\n",
            to: STDOUT_FILENO)
    }

    private func rows(
        _ configuration: Configuration, _ grouping: Usage.Grouping, _ window: Window
    ) throws -> UsageRows {
        guard window.cuts.count > 1 else { return UsageRows(grouping.column) }
        do {
            let questions = Questions(try self.configuration.store(configuration))
            let watched = Dictionary(configuration.fleetNodes.map { ($0.id, $0.poll) }) { first, _ in first }
            return try questions.rows(
                by: grouping, questions.whole(window, configuration.zone), of: .all, names: Names(configuration),
                watched: watched, now: .now)
        } catch let error as StoreError {
            throw CommandFailure(error)
        }
    }

    private func refusal(_ option: String, _ value: String, _ form: String) -> CommandFailure {
        CommandFailure(what: "export \(option)", why: "\"\(value)\" is not possible", mend: form)
    }
}
