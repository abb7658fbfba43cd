import ArgumentParser
import Foundation
import Glibc

/// `vpn-web setup`: from an installed package to a panel that answers.
struct SetUp: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Make configuration, keys, password and nginx's site, and start the panel.",
        discussion: """
            Example: vpn-web setup
            Example: vpn-web setup --yes --url https://vpn.example.org --node eu1=203.0.113.7 --password-stdin < password.txt

            Asks what no flag says, with an answer that is right for most. What is there already is kept, so it may be run
            again; what it made is listed in setup.list beside the configuration, and --undo removes that and nothing else.
            """)

    @Option(help: "The panel's own address, https://NAME.")
    var url: String?

    @Option(help: "The predecessor's env_vars.txt; “none” for none.", completion: .file(extensions: ["txt"]))
    var envVars: String?

    @Option(help: "The bot's users.json.", completion: .file(extensions: ["json"]))
    var users: String?

    @Option(help: "The bot's peers.json.", completion: .file(extensions: ["json"]))
    var peers: String?

    @Option(help: "The bot's vpn.db.", completion: .file(extensions: ["db"]))
    var database: String?

    @Option(help: "ID=local for this machine, or ID=[USER@]HOST[:PORT]; once for each node.")
    var node: [String] = []

    @Option(help: "ID=COMMAND that shows a node's dump, where it is not “wg show all dump”.")
    var command: [String] = []

    @Option(help: "ID=SHA256:… of a node's host key, which is pinned without asking if the node shows it.")
    var fingerprint: [String] = []

    @Option(help: "Of pages and alerts: ru or en.")
    var language: String?

    @Option(help: "Where days are cut: Europe/Moscow.")
    var timezone: String?

    @Flag(help: "A certificate of its own, also where certbot has one for this name.")
    var selfSigned = false

    @Flag(help: "The owner's password is the first line of standard input.")
    var passwordStdin = false

    @Flag(name: .shortAndLong, help: "Ask nothing: what no flag says is as it would be offered.")
    var yes = false

    @Flag(help: "Remove what setup made and nobody changed since.")
    var undo = false

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        guard geteuid() == 0 else {
            throw CommandFailure(what: "setup", why: "only root may write what it writes", mend: "sudo vpn-web setup")
        }
        let path = configuration.path.hasPrefix("/") ? configuration.path : "\(cwd)/\(configuration.path)"
        let asks = !yes && isatty(STDIN_FILENO) == 1
        var setup = Setup(configuration: path, folder: path.folder, asks: asks, readsPassword: passwordStdin)
        if undo { return try setup.undo() }
        var pins: [String: String] = [:]
        for text in fingerprint {
            let (id, value) = try Self.pair(text, "--fingerprint")
            pins[id] = value
        }
        let isThere = access(path, F_OK) == 0
        let wishes = isThere && !hasWishes ? nil : try wishes(asks: asks && !isThere)
        try setup.run(wishes, pins: pins, selfSigned: selfSigned)
    }

    /// A flag says something about the configuration.
    private var hasWishes: Bool {
        ![url, envVars, users, peers, database, language, timezone].compactMap(\.self).isEmpty || !node.isEmpty
            || !command.isEmpty
    }

    private var cwd: String { FileManager.default.currentDirectoryPath }

    /// Flags, then answers, then what was found.
    private func wishes(asks: Bool) throws -> SetupWishes {
        func answer(_ question: String, _ flag: String?, _ found: String?) -> String? {
            if let flag { return flag == "none" ? nil : flag }
            guard asks else { return found }
            let typed = Terminal.line("\(question)\(found.map { " [\($0)]" } ?? " [none]"): ")
            return typed.isEmpty ? found : typed == "none" ? nil : typed
        }
        var wishes = SetupWishes(url: answer("The panel's address", url, Surroundings.url) ?? Surroundings.url)
        while wishes.url.hasSuffix("/") { wishes.url.removeLast() }
        if !wishes.url.contains("://") { wishes.url = "https://" + wishes.url }
        guard SiteFile.host(of: wishes.url).flatMap(HostName.plain) != nil else {
            throw CommandFailure(
                what: "setup", why: "\(wishes.url) is no address", mend: "--url https://vpn.example.org")
        }
        if let language { wishes.language = try Self.language(language) }
        wishes.zone = timezone ?? Surroundings.zone.flatMap { $0.hasPrefix("Etc/") ? nil : $0 } ?? wishes.zone
        let isBare = node.isEmpty && users == nil && peers == nil && database == nil
        if isBare || envVars != nil {
            wishes.envVars = answer("The predecessor's settings", envVars, Surroundings.envVars)
            if wishes.envVars != nil { return wishes }
        }
        wishes.users = answer("The bot's users.json", users, Surroundings.botFile("users.json"))
        wishes.peers = answer("The bot's peers.json", peers, Surroundings.botFile("peers.json"))
        wishes.database = answer("The bot's vpn.db", database, Surroundings.botFile("vpn.db"))
        for text in node {
            guard let one = SetupWishes.Node(text) else {
                throw CommandFailure(
                    what: "setup", why: "--node \(text) is no node", mend: "ID=local or ID=[USER@]HOST[:PORT]")
            }
            wishes.nodes.append(one)
        }
        if node.isEmpty {
            let found = Surroundings.hasWireGuard ? ["main=local"].compactMap(SetupWishes.Node.init) : []
            wishes.nodes = asks ? Self.askedNodes() : found
        }
        for text in command {
            let (id, value) = try Self.pair(text, "--command")
            guard let index = wishes.nodes.firstIndex(where: { $0.id == id }) else {
                throw CommandFailure(what: "setup", why: "--command names \(id), which is no --node")
            }
            wishes.nodes[index].command = value
        }
        return wishes
    }

    private static func askedNodes() -> [SetupWishes.Node] {
        var nodes: [SetupWishes.Node] = []
        let question = "WireGuard is up on this machine. Is it a node?"
        if Surroundings.hasWireGuard, Terminal.confirms(question, yesIsDefault: true) {
            nodes += [SetupWishes.Node("main=local")].compactMap(\.self)
        }
        while true {
            let typed = Terminal.line("A node as ID=HOST, for instance eu1=203.0.113.7 [no more]: ")
            if typed.isEmpty { return nodes }
            guard var node = SetupWishes.Node(typed), !nodes.contains(where: { $0.id == node.id }) else {
                writeAll("That is no node, or its id is taken.\n", to: STDERR_FILENO)
                continue
            }
            if case .ssh = node.way {
                let command = Terminal.line("What shows its peers [\(node.command)]: ")
                if !command.isEmpty { node.command = command }
            }
            nodes.append(node)
        }
    }

    private static func language(_ text: String) throws -> Configuration.Language {
        guard let language = Configuration.Language(rawValue: text) else {
            throw CommandFailure(what: "setup", why: "--language \(text) is none that is spoken", mend: "ru or en")
        }
        return language
    }

    private static func pair(_ text: String, _ flag: String) throws -> (String, String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw CommandFailure(what: "setup", why: "\(flag) \(text) names no node", mend: "\(flag) ID=…")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}

extension String {
    /// The folder that this path is in.
    fileprivate var folder: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
