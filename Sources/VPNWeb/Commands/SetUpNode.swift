import ArgumentParser
import Fleet
import Foundation
import Glibc
import Nodes
import SSH

/// `vpn-web node-setup NODE`: what to run on the node.
struct SetUpNode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node-setup", abstract: "Print what to run on a node: user, forced command, authorized_keys line.",
        discussion: """
            Example: vpn-web node-setup eu1
            Example: vpn-web node-setup eu1 --from 198.51.100.4 | ssh root@eu1 sh
            Example: vpn-web node-setup eu1 | ssh ubuntu@eu1 sudo sh
            """)

    @Argument(help: "The node's id, or a jump host's.")
    var node: String

    @Option(help: "Addresses that the panel comes from, as authorized_keys' from= has them.")
    var from: String?

    @OptionGroup var configuration: ConfigurationOption

    func run() throws {
        let configuration = try configuration.load()
        let onwards = configuration.onwards(from: node)
        if let jump = configuration.jumps.first(where: { $0.id == node }) {
            let hop = try configuration.hop(jump)
            return try setUp(hop, isJump: true) { key in
                NodeSetup.text(forJump: node, hop: hop, publicKey: key, from: from, onwards: onwards)
            }
        }
        let settings = try configuration.settings(of: node)
        let probes = configuration.probePeers(on: settings.node.id)
        guard case .ssh(let ssh) = settings.reach else {
            guard !probes.isEmpty else {
                throw CommandFailure(
                    what: "node-setup \(node)", why: "this node is read on this machine",
                    mend: "nothing has to be set up")
            }
            printOut(NodeSetup.text(forLocal: probes, tool: isAmnezia(configuration, settings.node.id) ? "awg" : "wg"))
            return
        }
        try setUp(ssh.host) { key in
            NodeSetup.text(
                for: settings.node, ssh: ssh, publicKey: key, from: from, onwards: onwards, probes: probes)
        }
    }

    private func isAmnezia(_ configuration: Configuration, _ node: NodeID) -> Bool {
        configuration.services.contains { service in
            if case .amneziawg = service.kind { service.node == node } else { false }
        }
    }

    private func setUp(
        _ hop: SSHSettings.Hop, isJump: Bool = false, text: (String) -> String
    ) throws(CommandFailure) {
        do {
            printOut(text(try hop.login().key.publicKey))
            if isatty(STDOUT_FILENO) == 0 { writeAll(NodeSetup.next(node, isJump: isJump) + "\n", to: STDERR_FILENO) }
        } catch {
            let isThere = FileManager.default.fileExists(atPath: hop.key)
            throw CommandFailure(
                what: "node-setup \(node)", why: error.reason,
                mend: isThere
                    ? error.advice : "make a key: ssh-keygen -t ed25519 -N '' -C vpn-web -f \(hop.key)")
        }
    }
}
