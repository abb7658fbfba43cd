import Fleet
import SSH
import Testing

@testable import Nodes

struct NodeSetupJumpTests {
    private let hop = SSHSettings.Hop(
        address: Address(host: "gate.example.org"), user: "gate", key: "/etc/vpn-web/gate.key", hostKeys: [])

    @Test func `a host on the way lets the key through to the next hosts and nowhere else`() throws {
        let text = NodeSetup.text(
            forJump: "gate", hop: hop, publicKey: "ssh-ed25519 AAAA vpn-web",
            onwards: [Address(host: "10.0.0.2"), Address(host: "fd00::2", port: 2022)])
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("restrict") })
        #expect(
            line.hasPrefix(
                #"restrict,port-forwarding,permitopen="10.0.0.2:22",permitopen="[fd00::2]:2022",command="false" ssh-ed25519"#
            ))
    }

    @Test func `a node that nothing lies behind forwards nothing`() throws {
        let node = Node(id: NodeID("eu1"), name: "")
        let text = NodeSetup.text(for: node, ssh: SSHSettings(host: hop), publicKey: "ssh-ed25519 AAAA")
        #expect(!text.contains("port-forwarding") && text.contains("restrict,command="))
    }
}
