import Accounting
import ArgumentParser
import Fleet
import Foundation
import Nodes
import Probes
import Roster
import SSH
import Store
import Synchronization
import WireGuard

/// `vpn-web check`: everything that can be wrong, one line each with the mend.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at everything that can be wrong: configuration, files, nodes, database.",
        discussion: """
            Example: vpn-web check
            Example: vpn-web check eu1 --json

            Run by root, it looks with the rights of the service.

            Exit status: 0 all is well, 1 something is wrong, 2 the configuration is refused.
            """)

    @Flag(help: "An array of {subject, step, state, what, mend}.")
    var json = false

    @Argument(help: "Nodes to look at; all of them without a name.")
    var nodes: [String] = []

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        let configuration = try configuration.load()
        if let answer = try ServiceUser.answer(for: configuration) { throw answer }
        let settings =
            try nodes.isEmpty ? configuration.nodeSettings() : nodes.map { try configuration.settings(of: $0) }
        var report = CheckReport()
        if nodes.isEmpty {
            report.add(configuration.warnings)
            report.addRoster(configuration)
            report.addDatabase(configuration)
        }
        report.addKnownHosts(configuration)
        let inspections = Self.inspect(settings)
        report.add(inspections)
        if nodes.isEmpty { report.add(try ProbeRound(configuration, inspections).results) }
        if nodes.isEmpty {
            report.addAlerts(configuration)
            report.addSignIn(configuration)
        }
        printOut(json ? try report.json() : report.text())
        if !report.isWell { throw ExitCode(1) }
    }

    /// Nodes beside each other: a dead one holds nobody up.
    private static func inspect(_ settings: [NodeSettings]) -> [(NodeID, Inspection)] {
        let found = Mutex<[Int: Inspection]>([:])
        DispatchQueue.concurrentPerform(iterations: settings.count) { index in
            let inspection = Inspection(settings[index])
            found.withLock { $0[index] = inspection }
        }
        return found.withLock { found in
            settings.indices.compactMap { index in found[index].map { (settings[index].node.id, $0) } }
        }
    }
}

/// What `check` found.
struct CheckReport {
    struct Line: Equatable {
        enum State: String {
            case well = "ok"
            case note
            case warning
            case failure = "wrong"
        }

        var subject: String
        var step: String
        var state: State
        var what: String
        var mend: String?

        init(_ subject: String, _ step: String, _ state: State, _ what: String, mend: String? = nil) {
            self.subject = subject
            self.step = step
            self.state = state
            self.what = what
            self.mend = mend
        }

        var text: String {
            let place = step.isEmpty ? subject : "\(subject): \(step)"
            return "\(state.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)) \(place): \(what)"
                + (mend.map { " → \($0)" } ?? "")
        }
    }

    var lines: [Line] = []

    /// A warning is something that is wrong and that an owner may live with for a while.
    var isWell: Bool { lines.allSatisfy { $0.state == .well || $0.state == .note } }

    func text() -> String {
        let wrong = lines.count { $0.state == .failure || $0.state == .warning }
        let verdict = wrong == 0 ? "All is well." : "\(wrong) to mend."
        return (lines.map(\.text) + [verdict]).joined(separator: "\n")
    }

    func json() throws -> String {
        let objects = lines.map { line -> [String: Any] in
            [
                "subject": line.subject, "step": line.step, "state": line.state.rawValue, "what": line.what,
                "mend": line.mend as Any? ?? NSNull(),
            ]
        }
        let data = try JSONSerialization.data(withJSONObject: objects, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    mutating func add(_ warnings: [String]) {
        lines.append(.init("configuration", "", .well, "read"))
        lines += warnings.map { .init("configuration", "", .warning, $0) }
    }

    mutating func addRoster(_ configuration: Configuration) {
        var watcher = RosterWatcher(configuration.rosterFiles, nodes: configuration.fleetNodes)
        _ = watcher.look(at: .now)
        let roster = watcher.roster
        for source in roster.sources {
            let subject = "roster \(source.path)"
            if let problem = source.problem {
                lines.append(
                    .init(
                        subject, "", source.isReadable ? .warning : .failure, problem,
                        mend: "let the user that runs vpn-web read it, and the bot write it whole"))
            } else {
                lines.append(.init(subject, "", .well, "read"))
            }
        }
        guard !roster.sources.isEmpty else {
            lines.append(
                .init(
                    "roster", "", .warning, "no file is named, so nobody owns a key",
                    mend: "roster: in the configuration"))
            return
        }
        lines.append(.init("roster", "", .well, "\(roster.users.count) users, \(roster.devices.count) devices"))
        lines += roster.skipped.prefix(20).map {
            .init(
                "roster \($0.file)", "record \(StandardErrorLog.quoted($0.record))", .warning, $0.why,
                mend: "mend the record in the bot")
        }
        lines += roster.conflicts.prefix(20).map { conflict in
            .init(
                "roster", "conflict", .warning,
                "\(StandardErrorLog.quoted(conflict.publicKeyText)) is said to be of \(conflict.owners.map(String.init).joined(separator: ", "))",
                mend: "let the bot give each user a key of their own")
        }
        let known = Set(configuration.fleetNodes.map(\.id))
        for node in Set(roster.devices.map(\.node)).subtracting(known).sorted() {
            lines.append(
                .init(
                    "roster", "", .warning,
                    "records name the server \(StandardErrorLog.quoted(node.name)), which is no node here",
                    mend: "add the node, or name it in a node's aliases"))
        }
    }

    mutating func addKnownHosts(_ configuration: Configuration) {
        do {
            let file = try KnownHostsFile(path: configuration.knownHosts)
            lines += file.problems.map {
                .init(
                    "known_hosts", "line \($0.line)", .warning, $0.reason,
                    mend: "mend or remove the line in \(file.path)")
            }
        } catch {
            lines.append(.init("known_hosts", "", .failure, error.why, mend: error.mend))
        }
    }

    mutating func addDatabase(_ configuration: Configuration) {
        let subject = "database"
        guard FileManager.default.fileExists(atPath: configuration.databasePath) else {
            lines.append(
                .init(subject, "", .note, "\(configuration.databasePath) is not there yet; the daemon makes it"))
            lines.append(.init("password", "", .warning, "none is set", mend: "vpn-web password"))
            return
        }
        do {
            let store = try TrafficStore(path: configuration.databasePath, role: .command)
            let problems = try store.problems(isThorough: false)
            lines += problems.map {
                .init(subject, "", .failure, $0, mend: "stop vpn-web and restore a backup: vpn-web restore FILE")
            }
            if problems.isEmpty { lines.append(.init(subject, "", .well, "whole")) }
            if try store.password() == nil {
                lines.append(.init("password", "", .warning, "none is set", mend: "vpn-web password"))
            } else {
                lines.append(.init("password", "", .well, "set"))
            }
        } catch {
            lines.append(.init(subject, error.operation, .failure, error.reason, mend: error.remedy))
        }
    }

    /// Each service, asked once.
    mutating func add(_ results: [(service: ServiceState, result: ProbeResult?)]) {
        for (service, result) in results {
            let subject = "service \(service.kind.rawValue)" + (service.node.map { " on \($0)" } ?? "")
            let target = service.target ?? ""
            switch result?.outcome {
            case .proven(let proof):
                let milliseconds = Int((proof.latency / .milliseconds(1)).rounded())
                let end = proof.certificateEnd.map { end in
                    ", certificate ends in \(end.seconds(since: .now) / 86_400) days"
                }
                lines.append(.init(subject, target, .well, "works, \(milliseconds) ms\(end ?? "")"))
            case .failed(let failure):
                let state: Line.State = failure.isOfService ? .failure : .warning
                lines.append(.init(subject, target, state, "\(failure)", mend: failure.mend))
            case nil where service.isActive:
                lines.append(.init(subject, target, .warning, "the probe did not end in time"))
            case nil:
                lines.append(
                    .init(
                        subject, target, .note, "no probe: it is known by the node's handshakes alone",
                        mend: "probe_key_file makes it certain"))
            }
        }
    }

    mutating func add(_ inspections: [(NodeID, Inspection)]) {
        for (node, inspection) in inspections {
            for finding in inspection.findings {
                let state: Line.State =
                    switch finding.severity {
                    case .well: .well
                    case .warning: .warning
                    case .failure: .failure
                    }
                lines.append(.init("node \(node)", finding.step.rawValue, state, finding.what, mend: finding.mend))
            }
        }
    }
}
