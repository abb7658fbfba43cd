import ArgumentParser
import Nodes
import SSH

/// `vpn-web node-setup NODE`: what to run on the node.
struct SetUpNode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node-setup", abstract: "Print what to run on a node: user, forced command, authorized_keys line.",
        discussion: """
            Example: vpn-web node-setup eu1
            Example: vpn-web node-setup eu1 --from 198.51.100.4 | ssh root@eu1 sh
            """)

    @Argument(help: "The node's id.")
    var node: String

    @Option(help: "Addresses that the panel comes from, as authorized_keys' from= has them.")
    var from: String?

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        let configuration = try configuration.load()
        let settings = try configuration.settings(of: node)
        guard case .ssh(let ssh) = settings.reach else {
            throw CommandFailure(
                what: "node-setup \(node)", why: "this node is read on this machine", mend: "nothing has to be set up")
        }
        do {
            let login = try ssh.host.login()
            printOut(NodeSetup.text(for: settings.node, ssh: ssh, publicKey: login.key.publicKey, from: from))
        } catch {
            throw CommandFailure(
                what: "node-setup \(node)", why: error.reason,
                mend: error.advice ?? "make a key: ssh-keygen -t ed25519 -N '' -C vpn-web -f \(ssh.host.key)")
        }
    }
}
