import Accounting
import ArgumentParser
import Fleet
import Foundation
import Nodes
import Roster
import Store
import WireGuard

/// `vpn-web roster`: who the bot's files say owns which key.
struct ShowRoster: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roster",
        abstract: "Who the bot's files say owns which key, and where they disagree with the nodes.",
        discussion: """
            Example: vpn-web roster --json
            Example: vpn-web roster --dump eu1=/tmp/eu1.dump

            Orphans are keys on a node that the bot does not know; lost keys are the other way round. They are told from
            the last samples stored, or from the dumps given.
            """)

    @Flag(help: "For programs.")
    var json = false

    @Option(help: "NODE=FILE: what `wg show all dump` printed there. May be given for several nodes.")
    var dump: [String] = []

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        let configuration = try configuration.load()
        // Dumps may be where only root reads.
        if dump.isEmpty, let answer = try ServiceUser.answer(for: configuration) { throw answer }
        var watcher = RosterWatcher(
            configuration.rosterFiles, nodes: configuration.fleetNodes,
            lastGood: RosterCopies(folder: configuration.data).all)
        _ = watcher.look(at: .now)
        let roster = watcher.roster
        let drift = Drift(roster, shown: try shown(configuration), own: configuration.panelKeys)
        printOut(json ? try object(roster, drift, configuration.rosterWords) : text(roster, drift))
    }

    private func shown(_ configuration: Configuration) throws -> [NodeID: [PublicKey: Bool]] {
        guard dump.isEmpty else { return try Dictionary(dump.map(dumped)) { $1 } }
        // Without a database nothing was ever seen; it is not made for this.
        guard FileManager.default.fileExists(atPath: configuration.databasePath) else { return [:] }
        let known = Set(configuration.fleetNodes.map(\.id))
        do {
            return try self.configuration.store(configuration).ledgers().filter { known.contains($0.key) }
                .mapValues(\.shown)
        } catch let error as StoreError {
            throw CommandFailure(error)
        }
    }

    private func dumped(_ option: String) throws(CommandFailure) -> (NodeID, [PublicKey: Bool]) {
        guard let mark = option.firstIndex(of: "=") else {
            throw CommandFailure(what: "roster --dump \(option)", why: "NODE=FILE is expected")
        }
        let file = String(option[option.index(after: mark)...])
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(what: "roster --dump \(option)", why: "\(file) cannot be read")
        }
        let node = NodeID(String(option[..<mark]))
        var bytes = [UInt8](data)
        let dump = Dump.parse(&bytes)
        return (node, Drift.shown(by: Sample(node: node, takenAt: .now, interfaces: dump.interfaces)))
    }

    /// - Parameter words: paths as the configuration has them, by the paths that were read.
    private func object(_ roster: Fleet.Roster, _ drift: Drift, _ words: [String: String]) throws -> String {
        func orNull(_ value: Any?) -> Any { value ?? NSNull() }
        let object: [String: Any] = [
            "readable": Dictionary(roster.sources.map { (words[$0.path] ?? $0.path, $0.isReadable) }) { $0 && $1 },
            "users": roster.users.map {
                [
                    "telegram_id": $0.telegramID, "username": orNull($0.username), "role": $0.role,
                    "active": $0.isActive,
                ] as [String: Any]
            },
            "peers": roster.devices.map {
                [
                    "telegram_id": $0.telegramID, "server_id": $0.node.name, "device": orNull($0.name),
                    "public_key": $0.publicKeyText, "wg_ip": $0.wgIP, "active": $0.isActive,
                ] as [String: Any]
            },
            "skipped": roster.skipped.map { ["file": words[$0.file] ?? $0.file, "record": $0.record, "why": $0.why] },
            "conflicts": roster.conflicts.map {
                ["public_key": $0.publicKeyText, "owners": $0.owners] as [String: Any]
            },
            "orphans_live": drift.orphansLive, "orphans_unused": drift.orphansUnused, "lost": drift.lost,
        ]
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    private func text(_ roster: Fleet.Roster, _ drift: Drift) -> String {
        var lines: [String] = []
        for source in roster.sources {
            lines.append("\(source.path): \(source.isReadable ? "read" : source.problem ?? "cannot be read")")
        }
        for user in roster.users {
            let name = user.username.map { "@\(StandardErrorLog.quoted($0))" } ?? "no name"
            lines.append("user \(user.telegramID) \(name), \(user.role)\(user.isActive ? "" : ", inactive")")
            for device in roster.devices where device.telegramID == user.telegramID {
                let key = StandardErrorLog.quoted(device.publicKeyText)
                lines.append(
                    "  \(device.node) \(StandardErrorLog.quoted(device.name ?? "-")) \(key) \(StandardErrorLog.quoted(device.wgIP))\(device.isActive ? "" : ", inactive")"
                )
            }
        }
        lines += roster.skipped.map { "skipped: \($0.file), record \(StandardErrorLog.quoted($0.record)): \($0.why)" }
        lines += roster.conflicts.map {
            "conflict: \(StandardErrorLog.quoted($0.publicKeyText)) is said to be of \($0.owners.map(String.init).joined(separator: ", "))"
        }
        lines += drift.orphansLive.map { "orphan, in use, do not touch: \($0)" }
        lines += drift.orphansUnused.map { "orphan, never used: \($0)" }
        lines += drift.lost.map { "lost, the bot says it is on a node: \(StandardErrorLog.quoted($0))" }
        return lines.joined(separator: "\n")
    }
}

extension Ledger {
    /// The keys that the last complete sample showed, and whether there was a sign of life.
    fileprivate var shown: [PublicKey: Bool] {
        var keys: [PublicKey: Bool] = [:]
        for interface in interfaces.values {
            for (key, counter) in interface.counters where counter.isOpen {
                let isLive = counter.reading.latestHandshake != nil || !counter.reading.traffic.isZero
                keys[key] = (keys[key] ?? false) || isLive
            }
        }
        return keys
    }
}
