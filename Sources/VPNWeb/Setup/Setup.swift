import Fleet
import Foundation
import Glibc
import Roster

/// What `vpn-web setup` does, step by step. Each step looks first, and does only what is missing.
struct Setup {
    let configurationPath: String

    /// Of the configuration.
    let folder: String

    /// Somebody sits at the terminal.
    let asks: Bool
    var made: MadeFiles

    /// SSH keys that were made in this run: no node lets them in yet.
    var madeKeys: Set<String> = []

    init(configuration: String, folder: String, asks: Bool) {
        configurationPath = configuration
        self.folder = folder
        self.asks = asks
        made = MadeFiles(path: folder + "/setup.list")
    }

    /// `wishes` nil: the configuration that is there is what the owner wants. `password` nil: one is set. `pins` are
    /// fingerprints by node.
    mutating func run(
        _ wishes: SetupWishes?, password: OwnersPassword?, pins: [String: String], selfSigned: Bool
    ) throws {
        let configuration = try configuration(wishes)
        for warning in configuration.warnings { note(warning) }
        let service = ServiceUser(configuration)
        try dropIns(configuration, service)
        try set(password, service)
        let hasSite = try site(configuration, selfSigned)
        let runs = start(configuration)
        if try nodes(configuration, pins), runs { reload(configuration) }
        check(service)
        printOut("")
        if let password, password.isMade { printOut("The owner's password, shown this once: \(password.text)") }
        if let url = configuration.url { printOut(hasSite ? "The panel: \(url)" : "The panel will be at \(url)") }
    }

    // MARK: Configuration, keys

    /// What is wished and cannot be leaves nothing behind.
    private mutating func configuration(_ wishes: SetupWishes?) throws -> Configuration {
        let before = made.paths
        do {
            if let wishes, let user = Surroundings.user { try configure(wishes, user) }
            return try ConfigurationOption.load(configurationPath)
        } catch {
            for path in made.paths where !before.contains(path) && unlink(path) == 0 {
                try? made.forget(path)
                printOut("gone   \(path)")
            }
            throw error
        }
    }

    private mutating func configure(_ wishes: SetupWishes, _ user: (uid: uid_t, gid: gid_t)) throws {
        let wanted = try SetupConfiguration(wishes, folder: folder) { MadeFiles.text($0) }
        if let text = MadeFiles.text(configurationPath) {
            let difference = LineDiff.text(from: text, to: wanted.yaml)
            printOut("kept   \(configurationPath)")
            guard !difference.isEmpty else { return }
            printOut(
                "       These flags alone would have made it otherwise (- as it is, + as it would be):\n\(difference)")
            return note("to change it, edit it and run vpn-web setup again: it makes the keys that are missing")
        }
        for note in wanted.notes { self.note(note) }
        if let token = wanted.botToken {
            try place(folder + "/telegram-token", token + "\n", 0o600, user)
        }
        for key in wanted.keys where access(key, F_OK) != 0 { try make(key: key, user) }
        try place(configurationPath, wanted.yaml, 0o640, (0, user.gid))
    }

    // MARK: Password

    private func set(_ password: OwnersPassword?, _ service: ServiceUser) throws {
        guard let password else { return printOut("kept   the password (vpn-web password sets another)") }
        let outcome = try service.run(
            [Self.program, "password", "--config", configurationPath], input: password.text + "\n")
        guard outcome.status == 0 else {
            throw CommandFailure(what: "setup", why: outcome.complaint, mend: "then run it again")
        }
        printOut("made   the password")
    }

    // MARK: Undoing

    /// Removes what setup made, where nobody changed it since.
    mutating func undo() throws {
        guard !made.paths.isEmpty else { return printOut("Nothing to undo: \(made.path) names nothing.") }
        if Surroundings.hasSystemd { _ = try? Program.run(["systemctl", "stop"] + Self.units) }
        for path in made.paths.reversed() {
            let isThere = (try? FileManager.default.attributesOfItem(atPath: path)) != nil
            if !isThere {
                try made.forget(path)
            } else if made.isOurs(path) {
                guard unlink(path) == 0 else { throw CommandFailure(what: "undo", why: "\(path) cannot be removed") }
                try made.forget(path)
                printOut("gone   \(path)")
            } else {
                printOut("kept   \(path): it was changed since")
            }
        }
        for folder in [folder + "/tls", "/etc/systemd/system/vpn-web.service.d"] { rmdir(folder) }
        if Program.isThere("nginx") { try? reloadNginx() }
        if Surroundings.hasSystemd {
            _ = try? Program.run(["systemctl", "daemon-reload"])
            // Without a configuration they do not start. With one that lost its keys they would, in vain, for ever.
            if access(configurationPath, F_OK) == 0,
                (try? Program.run(["systemctl", "disable"] + Self.units))?.status == 0
            {
                printOut("off    \(Self.units.joined(separator: ", ")); vpn-web setup switches them on again")
            }
        }
        printOut("What was counted, and the password, stay in the data folder; apt purge vpn-web removes them too.")
    }

    // MARK: Pieces

    static let units = ["vpn-web.service", "vpn-web.socket", "vpn-web-backup.timer"]
    static let program = "/proc/self/exe".resolved

    func note(_ text: String) { printOut("note   \(text)") }

    /// A file that setup did not make is never overwritten; one that it made, and nobody changed, is brought up to date.
    mutating func place(
        _ path: String, _ text: String, _ mode: mode_t, _ owner: (uid: uid_t, gid: gid_t)? = nil
    ) throws {
        if let old = MadeFiles.text(path) {
            guard old != text else { return printOut("kept   \(path)") }
            guard made.isOurs(path) else {
                return printOut(
                    "kept   \(path), which is not as setup left it (- as it is, + as it would be):\n"
                        + LineDiff.text(from: old, to: text))
            }
        }
        try PlacedFile(path: path, text: text, mode: mode, owner: owner).place()
        try enter(path)
    }

    mutating func enter(_ path: String) throws {
        try made.note(path)
        printOut("made   \(path)")
    }

    func run(_ words: [String]) throws {
        let outcome = try Program.run(words)
        guard outcome.status == 0 else { throw CommandFailure(what: "setup: \(words[0])", why: outcome.words) }
    }
}

extension String {
    fileprivate var resolved: String { (try? FileManager.default.destinationOfSymbolicLink(atPath: self)) ?? self }
}
