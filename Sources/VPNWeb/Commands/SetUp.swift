import Access
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
        let path = SetupWishes.absolute(configuration.path)
        let asks = !yes && isatty(STDIN_FILENO) == 1
        var setup = Setup(configuration: path, folder: path.folder, asks: asks)
        if undo { return try setup.undo() }
        guard let user = Surroundings.user else {
            throw CommandFailure(
                what: "setup", why: "there is no user vpn-web", mend: "install the package: apt install ./vpn-web_*.deb"
            )
        }
        var pins: [String: String] = [:]
        for text in fingerprint {
            let (id, value) = try Self.pair(text, "--fingerprint")
            pins[id] = value
        }
        let present = try setup.present(owner: user)
        let wishes = present != nil && !hasWishes ? nil : try wishes(asks: asks && present == nil)
        let password = try password(
            asks: asks, database: present?.databasePath ?? Configuration.databasePath(in: Configuration.usualData),
            url: present?.url ?? wishes?.url ?? "")
        try setup.run(wishes, password: password, pins: pins, selfSigned: selfSigned)
    }

    /// Nil: the one that is set stays.
    private func password(asks: Bool, database: String, url: String) throws(CommandFailure) -> OwnersPassword? {
        if try ConfigurationOption.hasPassword(database) { return nil }
        let context = Door.context(url)
        guard passwordStdin else { return asks ? try SetupDialogue.password(context) : .made }
        let typed = readLine(strippingNewline: true) ?? ""
        do throws(PasswordRefusal) {
            try PasswordRules.check(typed, context: context)
        } catch {
            throw CommandFailure(
                what: "setup: password", why: typed.isEmpty ? "standard input is empty" : SetPassword.words(error),
                mend: "four random words make a good one; nothing is changed")
        }
        return OwnersPassword(text: typed)
    }

    /// A flag says something about the configuration.
    private var hasWishes: Bool {
        ![url, envVars, users, peers, database, language, timezone].compactMap(\.self).isEmpty || !node.isEmpty
            || !command.isEmpty
    }

    /// Flags, then answers, then what was found.
    private func wishes(asks: Bool) throws(CommandFailure) -> SetupWishes {
        func file(_ question: String, _ flag: String?, _ found: String?) throws(CommandFailure) -> String? {
            if let flag { return flag == "none" ? nil : SetupWishes.absolute(flag) }
            return asks ? try SetupDialogue.file(question, found) : found
        }
        var wishes = SetupWishes(url: try address(asks))
        if let language { wishes.language = try Self.language(language) }
        wishes.zone = timezone ?? Surroundings.zone.flatMap { $0.hasPrefix("Etc/") ? nil : $0 } ?? wishes.zone
        let isBare = node.isEmpty && users == nil && peers == nil && database == nil
        if isBare || envVars != nil {
            wishes.envVars = try file("The predecessor's env_vars.txt", envVars, Surroundings.envVars)
            if wishes.envVars != nil { return wishes }
        }
        wishes.users = try file("The bot's users.json", users, Surroundings.botFile("users.json"))
        wishes.peers = try file("The bot's peers.json", peers, Surroundings.botFile("peers.json"))
        wishes.database = try file("The bot's vpn.db", database, Surroundings.botFile("vpn.db"))
        for text in node {
            guard let one = SetupWishes.Node(text) else {
                throw CommandFailure(
                    what: "setup", why: "--node \(text) is no node", mend: "ID=local or ID=[USER@]HOST[:PORT]")
            }
            wishes.nodes.append(one)
        }
        if node.isEmpty {
            let found = Surroundings.hasWireGuard ? ["main=local"].compactMap(SetupWishes.Node.init) : []
            wishes.nodes = asks ? try SetupDialogue.nodes() : found
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

    private func address(_ asks: Bool) throws(CommandFailure) -> String {
        guard let url else { return asks ? try SetupDialogue.url(Surroundings.url) : Surroundings.url }
        guard let address = SetupWishes.address(url) else {
            throw CommandFailure(what: "setup", why: "\(url) is no address", mend: "--url https://vpn.example.org")
        }
        return address
    }

    private static func language(_ text: String) throws(CommandFailure) -> Configuration.Language {
        guard let language = Configuration.Language(rawValue: text) else {
            throw CommandFailure(what: "setup", why: "--language \(text) is none that is spoken", mend: "ru or en")
        }
        return language
    }

    private static func pair(_ text: String, _ flag: String) throws(CommandFailure) -> (String, String) {
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
