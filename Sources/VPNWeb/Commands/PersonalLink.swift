import Access
import ArgumentParser
import Fleet
import Nodes
import Pages
import Roster
import Store
import WireGuard

/// `vpn-web link`: links that show one user their own usage, shown once, kept as hashes.
struct PersonalLink: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Make, list and revoke links that show users their own usage.",
        discussion: "Example: vpn-web link @alice --expires 30d",
        subcommands: [Create.self, List.self, Revoke.self], defaultSubcommand: Create.self)

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a link for one user; it is shown once.",
            discussion: """
                Example: vpn-web link 123456789
                Example: vpn-web link create @alice --expires 90d
                """)

        @Argument(help: "The user's Telegram number, or their name in the bot's files.")
        var user: String

        @Option(help: "For how long it holds, as in 30d or 12h; a year at most.")
        var expires = "30d"

        @OptionGroup var configuration: ConfigurationOption

        func run() throws {
            let settings = try configuration.load()
            guard let span = Duration(word: expires), span > .zero else {
                throw CommandFailure(
                    what: "link create", why: "\(expires) is no span of time", mend: "30d, 12h, 90d")
            }
            guard let url = settings.url else {
                throw CommandFailure(
                    what: "link create", why: "the configuration does not say the panel's address", mend: "set url")
            }
            let id = try user(settings)
            try PersonalLink.with(configuration, settings) { store in
                let made = try Door.makeLink(for: id, lasting: span.components.seconds, in: store)
                try store.audit(AuditEntry(at: .now, who: "command line", .linkMade, subject: "\(id)"))
                printOut(Door.address(of: made.ticket, url))
            }
        }

        private func user(_ settings: Configuration) throws(CommandFailure) -> Int64 {
            var watcher = RosterWatcher(
                settings.rosterFiles, nodes: settings.fleetNodes, lastGood: RosterCopies(folder: settings.data).all)
            _ = watcher.look(at: .now)
            guard let found = watcher.roster.user(called: user) else {
                throw CommandFailure(
                    what: "link create", why: "the bot's files know no user \(user), or several", mend: "vpn-web roster"
                )
            }
            return found.telegramID
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the links, without their secrets.", discussion: "Example: vpn-web link list")

        @OptionGroup var configuration: ConfigurationOption

        func run() throws {
            let now = UnixTime.now
            try PersonalLink.with(configuration, try configuration.load()) { store in
                for link in try store.personalLinks() {
                    let state =
                        if let revoked = link.revoked {
                            "revoked \(revoked.rfc3339)"
                        } else {
                            (link.expires <= now ? "expired " : "until ") + link.expires.rfc3339
                        }
                    let used = link.lastUsed.map { "last opened \($0.rfc3339)" } ?? "never opened"
                    printOut("\(link.id)\t\(link.user)\t\(state)\t\(used)")
                }
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a link: it opens nothing any more.", discussion: "Example: vpn-web link revoke 7")

        @Argument(help: "The link's number, as listed.")
        var number: Int64

        @OptionGroup var configuration: ConfigurationOption

        func run() throws {
            try PersonalLink.with(configuration, try configuration.load()) { store in
                guard let user = try store.revokeLink(number, at: .now) else {
                    throw CommandFailure(
                        what: "link revoke", why: "no link of number \(number) is in force", mend: "vpn-web link list")
                }
                try store.audit(AuditEntry(at: .now, who: "command line", .linkRevoked, subject: "\(user)"))
            }
            printOut("Revoked.")
        }
    }

    private static func with(
        _ option: ConfigurationOption, _ settings: Configuration, _ work: (TrafficStore) throws -> Void
    ) throws {
        do {
            try work(try option.store(settings))
        } catch let error as StoreError {
            throw CommandFailure(error)
        }
    }
}
