import Fleet
import Foundation
import Glibc
import Nodes
import SSH
import Testing
import WireGuard

struct NodeSetupTests {
    private let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFmh3YJ9rbVkXUHnXf6eJ3hHkNTaVnDxFMOwzBzLZMtr"

    private func text(user: String = "vpn-web", command: String = "wg show all dump", from: String? = nil) -> String {
        let address = Address(host: "203.0.113.7")
        return NodeSetup.text(
            for: Fleet.Node(id: NodeID("eu1"), name: "Европа"),
            ssh: SSHSettings(host: .init(address: address, user: user, key: "/k", hostKeys: []), command: command),
            publicKey: key, from: from)
    }

    @Test func `a plain user reaches root for the one command alone`() {
        let text = text(from: "198.51.100.1")
        let line =
            "restrict,from=\"198.51.100.1\",command=\"sudo -n /usr/local/lib/vpn-web/vpn-web-node-eu1\" \(key) vpn-web"
        #expect(text.contains("\n\(line)\n"))
        #expect(text.contains("\nvpn-web ALL=(root) NOPASSWD: /usr/local/lib/vpn-web/vpn-web-node-eu1 \"\"\n"))
        #expect(text.contains("\nCOMMANDS='\nwg show all dump\n'\n"))
    }

    @Test func `root needs no sudo and keeps its other keys`() {
        let text = text(user: "root")
        #expect(text.contains("\nrestrict,command=\"/usr/local/lib/vpn-web/vpn-web-node-eu1\" \(key) vpn-web\n"))
        #expect(!text.contains("sudo -n") && !text.contains("visudo") && !text.contains("useradd"))
        #expect(text.contains("keys=/root/.ssh/authorized_keys"))
    }

    @Test(arguments: [
        ("wg show all dump", "wg show all dump"),
        ("sudo -n awg show all dump", "awg show all dump"),
        ("sudo docker exec amnezia-awg2 awg show awg0 dump", "docker exec amnezia-awg2 awg show all dump"),
        ("/usr/bin/wg show wg0 dump", "/usr/bin/wg show all dump"),
        ("wg show all dump; rm -rf /", "wg show all dump"),
        ("cat '/etc/shadow' show all dump", "wg show all dump"),
        ("", "wg show all dump"),
    ]) func `the script asks what the configuration asks, of all interfaces`(command: String, asked: String) {
        #expect(NodeSetup.commands(command) == [asked])
    }

    /// What the probe's part does, with a `wg` that notes what it is told, and wg-quick's files in `folder`.
    private func added(_ shell: [String], port: UInt16, to folder: Folder) throws -> (said: String, error: String) {
        let probe = ProbePeer(publicKey: try #require(PublicKey(bytes: [UInt8](repeating: 7, count: 32))), port: port)
        let wg = try folder.write(
            "wg",
            """
            #!/bin/sh
            case "$*" in
            'show interfaces') echo 'wg0 wg1' ;;
            'show wg0 listen-port') echo 51820 ;;
            'show wg1 listen-port') echo 51821 ;;
            *) echo "$*" >> \(folder.path)/said ;;
            esac
            """, mode: 0o755)
        let text = NodeSetup.text(forLocal: [probe], tool: wg).replacingOccurrences(
            of: "/etc/", with: folder.path + "/")
        let result = try run(shell, input: text)
        #expect(result.status == 0)
        return (try String(contentsOfFile: folder.path + "/said", encoding: .utf8), NodesTests.text(result.err))
    }

    @Test(arguments: ScriptTests.shells) func `the probe's key becomes a peer that reaches nothing, once`(
        shell: [String]
    )
        throws
    {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.path + "/wireguard", withIntermediateDirectories: false)
        let file = try folder.write("wireguard/wg1.conf", "[Interface]\nPrivateKey = x\n")
        let key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
        for round in 1...2 {
            let (said, error) = try added(shell, port: 51_821, to: folder)
            #expect(said == String(repeating: "set wg1 peer \(key)\n", count: round))
            #expect(error.isEmpty)
            #expect(
                try String(contentsOfFile: file, encoding: .utf8)
                    == "[Interface]\nPrivateKey = x\n\n[Peer]\n# vpn-web probe\nPublicKey = \(key)\n")
        }
        try folder.write("said", "")
        let (said, error) = try added(shell, port: 4_000, to: folder)
        #expect(said.isEmpty && error.hasPrefix("No interface listens on 4000; add the peer by hand:"))
    }

    @Test func `a node in a container gets its probe by the container's own tool`() throws {
        let address = Address(host: "203.0.113.7")
        let probe = ProbePeer(publicKey: try #require(PublicKey(bytes: [UInt8](repeating: 7, count: 32))), port: 39_580)
        let text = NodeSetup.text(
            for: Fleet.Node(id: NodeID("eu1"), name: "eu1"),
            ssh: SSHSettings(
                host: .init(address: address, user: "root", key: "/k", hostKeys: []),
                command: "docker exec amnezia-awg2 awg show all dump"),
            publicKey: key, probes: [probe])
        #expect(text.contains("\n    docker exec amnezia-awg2 awg set \"$interface\" peer \"$probe\"\n"))
        #expect(!self.text().contains("peer"))
    }

    @Test func `names cannot break out of the text`() {
        let text = text(user: "a'; reboot #", command: "wg show $(reboot) dump", from: "1.2.3.4\",command=\"sh")
        #expect(!text.contains("$(reboot)"))
        #expect(!text.contains("a'; reboot"))
        #expect(!text.contains("1.2.3.4\",command=\"sh"))
    }

    @Test(arguments: ["vpn-web", "root"].flatMap { user in ScriptTests.shells.map { (user, $0) } })
    func `every shell can read it`(user: String, shell: [String]) throws {
        let whole = text(user: user)
        let parts = whole.components(separatedBy: "VPN_WEB_NODE_SETUP")
        #expect(parts.count == 3)
        for text in [whole, String(parts[1].dropFirst())] {
            let result = try run(shell + ["-n"], input: text)
            #expect(result.status == 0, "\(NodesTests.text(result.err))")
        }
    }

    @Test(.enabled(if: getuid() == 0 && has("visudo") && has("unshare"), "needs root, sudo and unshare"))
    func `pasted on a node, it makes exactly these files`() throws {
        let folder = try Folder()
        let setup = try folder.write("setup", text())
        // A private copy of what it writes to, seen by this shell alone.
        let script = """
            set -e
            mkdir \(folder.path)/etc
            cp -a /etc/. \(folder.path)/etc/
            mount --bind \(folder.path)/etc /etc
            mount -t tmpfs none /usr/local/lib
            mount -t tmpfs none /var/lib
            set +e
            sh < \(setup) >&2
            sh < \(setup) >&2
            set -e
            stat -c '%n %a %U' /usr/local/lib/vpn-web/vpn-web-node-eu1 /etc/sudoers.d/vpn-web-node-eu1 \
                /var/lib/vpn-web-node/.ssh/authorized_keys
            cmp /usr/local/lib/vpn-web/vpn-web-node-eu1 \(try folder.write("expected", NodeSetup.script(["wg show all dump"])))
            getent passwd vpn-web | cut -d: -f1,6,7
            wc -l < /var/lib/vpn-web-node/.ssh/authorized_keys
            sudo -l -U vpn-web | grep NOPASSWD
            """
        let result = try run(["unshare", "-m", "sh", "-c", script])
        #expect(result.status == 0, "\(NodesTests.text(result.err))")
        let lines = NodesTests.text(result.out).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(
            lines == [
                "/usr/local/lib/vpn-web/vpn-web-node-eu1 755 root", "/etc/sudoers.d/vpn-web-node-eu1 440 root",
                "/var/lib/vpn-web-node/.ssh/authorized_keys 644 root", "vpn-web:/var/lib/vpn-web-node:/bin/sh", "1",
                "(root) NOPASSWD: /usr/local/lib/vpn-web/vpn-web-node-eu1 \"\"",
            ])
    }
}
