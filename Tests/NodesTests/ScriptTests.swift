import Foundation
import Nodes
import Testing

/// The forced command, run by the shells that nodes have.
struct ScriptTests {
    static let shells = [["dash"], ["busybox", "sh"], ["bash", "--posix"], ["mksh"]].filter { has($0[0]) }

    private static let script =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Sources/Nodes/Resources/vpn-web-node.sh"

    private static let privateKey = "YJ7TnSHTSUe5iXHQeZSsqJ+NhsMnPkAgfM9QBRM1FGg="
    private static let sharedKey = "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE="
    private static let publicKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="

    /// A `wg` of our own: prints a file, says something on standard error, ends with a status.
    private func fake(
        _ folder: Folder, _ answer: String, says words: String = "", status: Int = 0, name: String = "wg"
    ) throws -> String {
        let file = try folder.write("\(name).answer", answer)
        return try folder.write(
            name, "#!/bin/sh\ncat \(file)\nprintf '%s' '\(words)' >&2\nexit \(status)\n", mode: 0o755)
    }

    private func ask(_ shell: [String], _ commands: [String]) throws -> (status: Int32, lines: [String], err: String) {
        let result = try run(
            shell + [Self.script] + commands,
            environment: ["PATH": "/nowhere", "SSH_ORIGINAL_COMMAND": "echo vpn-web-probe", "LC_ALL": "ru_RU.UTF-8"]
                .merging(["PATH": "/usr/bin:/bin"]) { $1 })
        return (result.status, text(result.out).split(separator: "\n").map(String.init), text(result.err))
    }

    @Test(arguments: shells) func `secrets stay on the node, all else passes as it is`(shell: [String]) throws {
        let folder = try Folder()
        let peer =
            "\(Self.publicKey)\t%@\t[2001:db8::1]:1\t10.0.0.2/32,fd00::2/128\t1700000000\t5\t18446744073709551615\toff"
        let wg = try fake(
            folder,
            "wg0\t\(Self.privateKey)\t\(Self.publicKey)\t51820\t0x1f\n"
                + "wg0\t\(peer.replacingOccurrences(of: "%@", with: Self.sharedKey))\n"
                + "wg0\t\(peer.replacingOccurrences(of: "%@", with: "(none)"))\n"
                + "wg1\t(none)\t(none)\t0\toff\n")
        let (status, lines, _) = try ask(shell, ["\(wg) show all dump"])
        #expect(status == 0)
        #expect(lines.first == "#vpn-web 1")
        #expect(lines.last == "#vpn-web end 0")
        #expect(
            lines.filter { !$0.hasPrefix("#") } == [
                "wg0\t(hidden)\t\(Self.publicKey)\t51820\t0x1f",
                "wg0\t\(peer.replacingOccurrences(of: "%@", with: "(hidden)"))",
                "wg0\t\(peer.replacingOccurrences(of: "%@", with: "(none)"))",
                "wg1\t(none)\t(none)\t0\toff",
            ])
    }

    @Test(arguments: shells) func `a peer of more or fewer columns than are known keeps its preshared key too`(
        shell: [String]
    ) throws {
        let folder = try Folder()
        let columns = [Self.publicKey, Self.sharedKey, "192.0.2.1:5", "10.0.0.2/32", "0", "5", "6", "off", "new", "x"]
        let peers = [5, 7, 9, 10].map { "wg0\t" + columns.prefix($0).joined(separator: "\t") + "\n" }
        let interface = "wg0\t\(Self.privateKey)\t\(Self.publicKey)\t51820\t0x1f\n"
        let none = "wg0\t\(Self.publicKey)\t(none)\t(none)\t10.0.0.2/32\t0\t5\t6\toff\tnew\n"
        let wg = try fake(folder, interface + peers.joined() + none)
        let lines = try ask(shell, ["\(wg) show all dump"]).lines.filter { !$0.hasPrefix("#") }
        #expect(lines.count == peers.count + 2)
        #expect(!lines.joined().contains(Self.sharedKey))
        #expect(lines.first == "wg0\t(hidden)\t\(Self.publicKey)\t51820\t0x1f")
        #expect(lines.last == "wg0\t(hidden)\t(none)\t(none)\t10.0.0.2/32\t0\t5\t6\toff\tnew")
    }

    @Test(arguments: shells) func `the host's own facts come in one go`(shell: [String]) throws {
        let (_, lines, _) = try ask(shell, ["true"])
        let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        #expect(lines.contains("#vpn-web boot_id \(boot.trimmingCharacters(in: .newlines))"))
        for key in ["uptime", "load", "memory", "swap", "disk", "time"] {
            #expect(lines.count { $0.hasPrefix("#vpn-web \(key) ") } == 1, "\(key)")
        }
        #expect(lines.contains { $0.hasPrefix("#vpn-web link lo 1 ") })
        #expect(!lines.contains { $0.contains("vpn-web-probe") })
    }

    @Test(arguments: shells) func `AmneziaWG's parameters come, and its third key stays`(shell: [String]) throws {
        let folder = try Folder()
        let middle = "4\t40\t70\t0\t0\t0\t0\t1\t2\t3\t4\t<b 0x01><r 8>\t(null)\t(null)\t(null)\t(null)"
        let awg = try fake(
            folder,
            "awg0\t\(Self.privateKey)\t\(Self.publicKey)\t39580\t\(middle)\t\(Self.sharedKey)\t0\t120\t5\t180\t10\t18\toff\n"
        )
        let (_, lines, _) = try ask(shell, ["\(awg) show all dump"])
        #expect(
            lines.filter { !$0.hasPrefix("#") } == [
                "awg0\t(hidden)\t\(Self.publicKey)\t39580\t\(middle)\t(hidden)\t0\t120\t5\t180\t10\t18\toff"
            ])
    }

    @Test(arguments: shells) func `several commands, one of which fails, are one answer with its status`(
        shell: [String]
    ) throws {
        let folder = try Folder()
        let wg = try fake(folder, "wg0\t\(Self.privateKey)\t\(Self.publicKey)\t1\toff\n")
        let awg = try fake(folder, "", says: "Cannot connect to the Docker daemon", status: 3, name: "awg")
        let (status, lines, err) = try ask(shell, ["\(awg) show all dump", "\(wg) show all dump"])
        #expect(status == 3)
        #expect(lines.last == "#vpn-web end 3")
        #expect(lines.contains("wg0\t(hidden)\t\(Self.publicKey)\t1\toff"))
        #expect(err.contains("Docker"))
    }

    @Test(arguments: shells) func `a line cut anywhere is kept back, and no key of it leaks`(shell: [String]) throws {
        let folder = try Folder()
        let first = "wg0\t\(Self.privateKey)\t\(Self.publicKey)\t1\toff\n"
        let second = "wg0\t\(Self.publicKey)\t\(Self.sharedKey)\t(none)\t(none)\t0\t5\t6\toff\n"
        for end in stride(from: 1, to: second.utf8.count, by: 9) {
            let wg = try fake(folder, first + second.prefix(end), status: 1)
            let (_, lines, _) = try ask(shell, ["\(wg) show all dump"])
            #expect(!lines.joined().contains(Self.sharedKey.prefix(8)))
            #expect(lines.count { !$0.hasPrefix("#") } == 1)
            #expect(lines.suffix(2) == ["#vpn-web torn 1", "#vpn-web end 1"])
        }
    }

    @Test(arguments: shells) func `rubbish is counted, not passed on`(shell: [String]) throws {
        let folder = try Folder()
        let wg = try fake(folder, "Welcome \(Self.privateKey)\n")
        let (_, lines, _) = try ask(shell, ["\(wg) show all dump"])
        #expect(lines.suffix(2) == ["#vpn-web odd 1", "#vpn-web end 0"])
        #expect(!lines.joined().contains(Self.privateKey))
    }

    @Test(arguments: shells) func `a command that is not there is an answer with status 127`(shell: [String]) throws {
        let (status, lines, err) = try ask(shell, ["/nowhere/wg show all dump"])
        #expect(status == 127)
        #expect(lines.last == "#vpn-web end 127")
        #expect(err.contains("not found") || err.contains("No such file"))
    }

    @Test(arguments: shells) func `in a container's network the host's indexes mean nothing`(shell: [String]) throws {
        let folder = try Folder()
        let docker = try fake(folder, "wg0\t\(Self.privateKey)\t\(Self.publicKey)\t1\toff\n", name: "docker")
        let (_, lines, _) = try ask(shell, ["\(docker) exec amnezia-awg2 awg show all dump"])
        #expect(lines.contains { $0.hasPrefix("#vpn-web link lo - ") })
    }

    @Test(.enabled(if: has("shellcheck"), "needs shellcheck")) func `shellcheck finds nothing`() throws {
        let result = try run(["shellcheck", Self.script])
        #expect(result.status == 0, "\(text(result.out))")
    }

    @Test func `the installed script is the shipped one with its own commands`() throws {
        let shipped = try String(contentsOfFile: Self.script, encoding: .utf8)
        #expect(NodeSetup.script(["wg show all dump"]) == shipped)
        let changed = NodeSetup.script(["awg show all dump", "docker exec a awg show all dump"])
        #expect(changed.contains("COMMANDS='\nawg show all dump\ndocker exec a awg show all dump\n'\n"))
        #expect(changed.count > shipped.count)
    }
}
