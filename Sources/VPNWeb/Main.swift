import ArgumentParser
import Glibc

/// `vpn-web COMMAND`: what each command does is in its own file under Commands/.
@main
struct VPNWeb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vpn-web",
        abstract: "A panel for a small VPN service: what works, who is connected, who used how much.",
        discussion: "Example: vpn-web check --config /etc/vpn-web/config.yaml",
        version: Version.text,
        subcommands: [
            SetUp.self, Serve.self, Check.self, Trust.self, SetUpNode.self, ProbeKey.self, SetPassword.self,
            SetupToken.self, Token.self, PersonalLink.self, Export.self,
            Explain.self, Replay.self, AlertsCommand.self, ShowRoster.self, Backup.self, Restore.self, Import.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as CommandFailure {
            failure.write()
            Glibc.exit(failure.status)
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            let status = exitCode(for: error)
            if status == .success { exit(withError: error) }
            CommandFailure(what: "usage", why: message(for: error), mend: "see vpn-web --help").write()
            Glibc.exit(status.rawValue)
        }
    }
}
