import Alerts
import ArgumentParser
import Fleet
import Nodes
import Store
import WireGuard

/// `vpn-web alerts`: rules tried against the recorded past.
struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "Try alert rules against the recorded past.",
        discussion: "Example: vpn-web alerts test node_unreachable --since 30d",
        subcommands: [TryRule.self])

    struct TryRule: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "When a rule would have opened an alert, by what was recorded.",
            discussion: """
                Example: vpn-web alerts test traffic_stopped --since 30d
                Example: vpn-web alerts test allowance_near --since 90d --json

                Nothing is sent and nothing is stored. Rules whose grounds are not recorded say so.
                """)

        @Argument(help: "The rule, as in alerts.rules of the configuration.")
        var rule: String

        @Option(help: "How far back, as in 12h, 30d.")
        var since = "30d"

        @Flag(help: "For programs.")
        var json = false

        @OptionGroup var configuration: ConfigurationOption

        func run() throws {
            let configuration = try configuration.load()
            guard let rule = Rule(rawValue: rule) else {
                let names = Rule.allCases.map(\.rawValue)
                let hint = Spelling.nearest(to: self.rule, among: names)
                throw CommandFailure(
                    what: "alerts test", why: "there is no rule “\(self.rule)”",
                    mend: hint.map { "did you mean \($0)?" } ?? "one of: " + names.joined(separator: ", "))
            }
            guard let span = Duration(word: since), span > .zero else {
                throw CommandFailure(what: "alerts test", why: "\(since) is no span of time", mend: "30d, 12h")
            }
            let store = try self.configuration.store(configuration)
            let now = UnixTime.now
            do {
                let replay = RuleReplay(configuration, store, from: now.advanced(by: -span.components.seconds), to: now)
                let result = try replay.run(rule)
                printOut(json ? result.json() : result.text(configuration.zone))
            } catch {
                throw CommandFailure(error)
            }
        }
    }
}
