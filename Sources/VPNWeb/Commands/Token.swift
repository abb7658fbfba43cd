import Access
import ArgumentParser
import Fleet
import Nodes
import Pages
import Store
import WireGuard

/// `vpn-web token`: API tokens, shown once, kept as hashes.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke API tokens.",
        discussion: "Example: vpn-web token create grafana --expires 90d",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token; it is shown once.",
            discussion: "Example: vpn-web token create grafana --scope metrics --expires 90d")

        @Argument(help: "A name for it, for you.")
        var name: String

        @Option(help: "read: the API. metrics: /metrics alone. links: makes personal links, and reads nothing.")
        var scope = "read"

        @Option(help: "For how long it holds, as in 90d or 12h; without it, until revoked.")
        var expires: String?

        @OptionGroup var configuration: ConfigurationOption

        func run() throws {
            guard let scope = StoredToken.Scope(rawValue: scope) else {
                throw CommandFailure(
                    what: "token create", why: "there is no scope \(scope)", mend: "read, metrics or links")
            }
            guard StoredToken.isName(name) else {
                throw CommandFailure(what: "token create", why: "a name has 1 to 64 bytes and no control characters")
            }
            var end: UnixTime?
            if let expires {
                guard let span = Duration(word: expires), span > .zero else {
                    throw CommandFailure(
                        what: "token create", why: "\(expires) is no span of time", mend: "90d, 12h, 30m")
                }
                end = UnixTime.now.advanced(by: span.components.seconds)
            }
            let token = SecretToken.random()
            try Token.with(configuration) { store in
                try store.insert(
                    StoredToken(name: name, hash: token.hash.bytes, scope: scope, created: .now, expires: end))
                try store.audit(AuditEntry(at: .now, who: "command line", .tokenMade, subject: name))
            }
            printOut(token.text)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the tokens, without their secrets.", discussion: "Example: vpn-web token list")

        @OptionGroup var configuration: ConfigurationOption

        func run() throws {
            let now = UnixTime.now
            try Token.with(configuration) { store in
                for token in try store.tokens() {
                    let state =
                        if let revoked = token.revoked {
                            "revoked \(revoked.rfc3339)"
                        } else if let expires = token.expires {
                            (expires <= now ? "expired " : "until ") + expires.rfc3339
                        } else {
                            "until revoked"
                        }
                    let used = token.lastUsed.map { "last used \($0.rfc3339)" } ?? "never used"
                    printOut("\(token.name)\t\(token.scope.rawValue)\t\(state)\t\(used)")
                }
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a token: it opens nothing any more.", discussion: "Example: vpn-web token revoke grafana")

        @Argument(help: "The token's name.")
        var name: String

        @OptionGroup var configuration: ConfigurationOption

        func run() throws {
            try Token.with(configuration) { store in
                guard try store.revokeToken(name, at: .now) else {
                    throw CommandFailure(
                        what: "token revoke", why: "no token named \(name) is in force", mend: "vpn-web token list")
                }
                try store.audit(AuditEntry(at: .now, who: "command line", .tokenRevoked, subject: name))
            }
            printOut("Revoked.")
        }
    }

    private static func with(_ option: ConfigurationOption, _ work: (TrafficStore) throws -> Void) throws {
        do {
            try work(try option.store(try option.load()))
        } catch let error as StoreError {
            throw CommandFailure(error)
        }
    }
}
