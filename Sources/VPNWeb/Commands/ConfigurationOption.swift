import ArgumentParser
import Glibc
import Store

/// `--config FILE`, which every command that needs one takes.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .customLong("config"), help: "The configuration.", completion: .file(extensions: ["yaml"]))
    var path = "/etc/vpn-web/config.yaml"

    /// The configuration, or the command ends with exit status 2 and every problem on a line of its own.
    func load() throws(CommandFailure) -> Configuration {
        try Self.load(path)
    }

    static func load(_ path: String) throws(CommandFailure) -> Configuration {
        do {
            return try Configuration.load(path: path)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Whether the owner has a password in this database, which may not be there yet.
    static func hasPassword(_ database: String) throws(CommandFailure) -> Bool {
        guard access(database, F_OK) == 0 else { return false }
        do {
            return try TrafficStore(path: database, role: .command).password() != nil
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The database, for a command beside the daemon.
    func store(_ configuration: Configuration) throws(CommandFailure) -> TrafficStore {
        do {
            return try TrafficStore(path: configuration.databasePath, role: .command)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    /// Every problem, a line each.
    init(_ refusal: ConfigurationRefusal) {
        let problems = refusal.problems.map(\.description)
        self.init(
            what: "configuration", why: problems.joined(separator: "\nvpn-web: configuration: "),
            mend: "docs/configuration.md has every key", status: 2)
    }

    init(_ error: StoreError) {
        self.init(what: error.operation, why: error.reason, mend: error.remedy)
    }
}
