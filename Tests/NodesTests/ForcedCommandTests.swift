import Fleet
import Foundation
import Glibc
import Nodes
import SSH
import TestBed
import Testing
import WireGuard

/// A node as `node-setup` makes it, with real sshd, sudo and ssh: whatever the panel's key asks for, it gets the dump. Each
/// try is made with an unrestricted key too, which shows that it would do something.
@Suite(
    .enabled(
        if: getuid() == 0 && ["sshd", "ssh", "sudo", "visudo", "unshare", "useradd"].allSatisfy(has),
        "needs root, OpenSSH, sudo and unshare"), .timeLimit(.minutes(5)))
struct ForcedCommandTests {
    private static let dump = "wg0\tAAAA\txTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\t51820\toff\n"

    /// A command line that gives itself away by a sum that stands in none of its words.
    private static let commands = [
        "echo canary-$((40+2))", "; echo canary-$((40+2))", "x; echo canary-$((40+2)) >&2 #",
        "$(echo canary-$((40+2)) >&2)", "`echo canary-$((40+2)) >&2`", "x\necho canary-$((40+2))\n",
        "true && echo canary-$((40+2))", "false || echo canary-$((40+2))", "true | echo canary-$((40+2))",
        "' ; echo canary-$((40+2)) ; '", "\" ; echo canary-$((40+2)) ; \"", "sh -c 'echo canary-$((40+2))'",
        "exec echo canary-$((40+2))", "/usr/local/lib/vpn-web/vpn-web-node-eu1 'echo canary-42'",
        "sudo -n sh -c 'echo canary-$((40+2))'", "bash -i -c 'echo canary-$((40+2))'",
        "\u{1}\u{1b}echo canary-$((40+2))",
    ]

    @Test(arguments: ["wg show all dump", "docker exec amnezia-awg2 awg show all dump"])
    func `what node-setup makes is well in every step, for a user without rights and real sudo`(command: String) throws
    {
        let node = try SetUpHost(asks: command, dump: Self.dump)
        let inspection = Inspection(
            NodeSettings(
                node: Fleet.Node(id: NodeID("eu1"), name: ""), reach: .ssh(try node.settings(command)),
                deadline: .seconds(30)))
        #expect(inspection.isWell, "\(inspection.findings)")
        #expect(inspection.interfaces.map(\.name) == ["wg0"])
    }

    @Test func `another command, however it is written, is the same dump`() throws {
        let node = try SetUpHost(dump: Self.dump)
        #expect(try node.ssh(as: .anybody, Self.commands[0]).out == "canary-42\n")
        for command in Self.commands {
            let answer = try node.ssh(as: .panel, command)
            #expect(answer.status == 0, "\(command.debugDescription): \(answer.err)")
            #expect(answer.isDump, "\(command.debugDescription): \(answer.out)")
            #expect(!(answer.out + answer.err).contains("canary-42"), "\(command.debugDescription)")
        }
    }

    @Test func `there is no terminal, no subsystem, and no file goes over`() throws {
        let node = try SetUpHost(dump: Self.dump)
        let file = try node.folder.write("file", "canary-42\n")
        for (user, isPanel) in [(SetUpHost.User.anybody, false), (.panel, true)] {
            let terminal = try node.ssh(as: user, options: ["-tt"], "tty")
            #expect(terminal.out.contains("/dev/pts/") != isPanel)
            #expect(terminal.err.contains("PTY allocation request failed") == isPanel, "\(terminal.err)")
            let subsystem = try node.ssh(as: user, options: ["-s"], "sftp")
            #expect(subsystem.isDump == isPanel, "\(subsystem.out)")
            for (program, options) in [("scp", ["-O"]), ("scp", ["-s"]), ("sftp", ["-b", "/dev/null"])] {
                let words =
                    program == "scp" ? [file, "\(user.rawValue)@127.0.0.1:taken"] : ["\(user.rawValue)@127.0.0.1"]
                let copy = try NodesTests.run([program] + options + node.options(as: user, portFlag: "-P") + words)
                #expect((copy.status != 0) == isPanel, "\(program) \(options): \(text(copy.err))")
            }
            #expect(FileManager.default.fileExists(atPath: node.home(of: user) + "/taken") != isPanel)
        }
    }

    @Test func `nothing is forwarded, in either direction, for hosts, sockets, agents, X11 and tunnels`() throws {
        let node = try SetUpHost(dump: Self.dump)
        for (user, isPanel) in [(SetUpHost.User.anybody, false), (.panel, true)] {
            // -L and -D ask for this one channel.
            let onwards = try node.ssh(as: user, options: ["-W", "127.0.0.1:\(node.port)"])
            #expect(onwards.out.hasPrefix("SSH-2.0-") != isPanel)
            #expect(onwards.err.contains("administratively prohibited") == isPanel, "\(onwards.err)")
            let exits = ["-o", "ExitOnForwardFailure=yes"]
            for forward in ["0:127.0.0.1:1", "\(node.open)/\(user.rawValue):127.0.0.1:1"] {
                let back = try node.ssh(as: user, options: exits + ["-R", forward], "true")
                #expect((back.status != 0) == isPanel, "-R \(forward): \(back.err)")
            }
            // What sshd itself says the key may.
            let said = try node.ssh(as: user, options: ["-v", "-A", "-X"], "env")
            let rights = said.err.split(whereSeparator: \.isNewline).first { $0.contains("key options:") } ?? ""
            #expect(
                rights.contains("agent-forwarding port-forwarding pty user-rc x11-forwarding") != isPanel, "\(rights)")
            #expect(
                rights.trimmingCharacters(in: .whitespaces).hasSuffix("key options: command") == isPanel, "\(rights)")
        }
        guard access("/dev/net/tun", R_OK | W_OK) == 0 else { return }
        let tunnel = try node.ssh(as: .panel, options: ["-o", "ExitOnForwardFailure=yes", "-w", "any:any"], "true")
        #expect(tunnel.status != 0 && !tunnel.isDump, "\(tunnel.err)")
    }

    @Test func `no socket of the node can be reached`() throws {
        let node = try SetUpHost(dump: Self.dump)
        let local = node.folder.path + "/local"
        let client = try Child(
            ["ssh", "-N", "-L", "\(local):/run/docker.sock"] + node.options(as: .panel)
                + ["\(SetUpHost.User.panel.rawValue)@127.0.0.1"])
        defer { client.stop() }
        #expect(wait { access(local, F_OK) == 0 })
        let asked = try NodesTests.run(["curl", "-sS", "-m", "10", "--unix-socket", local, "http://node/version"])
        #expect(asked.status != 0)
        #expect(wait { node.log.contains("refused streamlocal port forward") }, "\(node.log)")
    }

    @Test func `the client's environment has no say`() throws {
        let node = try SetUpHost(dump: Self.dump)
        try node.folder.write("evil", "echo canary-42\n")
        let values = [
            "ENV=\(node.folder.path)/evil", "BASH_ENV=\(node.folder.path)/evil", "IFS=/", "CDPATH=/",
            "LC_ALL=$(echo canary-42 >&2)", "LC_COMMANDS=id", "COMMANDS=id", "SHELLOPTS=xtrace", "PS4=canary-42",
        ]
        // OpenSSH takes the first SetEnv alone, with all of its values.
        let set = ["-o", "SetEnv=" + values.map { "\"\($0)\"" }.joined(separator: " ")]
        #expect(try node.ssh(as: .anybody, options: set, "echo $LC_COMMANDS").out == "id\n")
        let answer = try node.ssh(as: .panel, options: set, "x")
        #expect(answer.isDump && answer.status == 0, "\(answer.out) \(answer.err)")
        #expect(!(answer.out + answer.err).contains("canary-42"), "\(answer.err)")
    }

    @Test func `somebody else's user is left as it is`() throws {
        let folder = try Folder()
        let setup = try folder.write("setup", SetUpHost.text(key: "ssh-ed25519 AAAA", command: "wg show all dump"))
        let result = try NodesTests.run([
            "unshare", "-m", "sh", "-c",
            """
            set -e
            mkdir \(folder.path)/etc && cp -a /etc/. \(folder.path)/etc/ && mount --bind \(folder.path)/etc /etc
            mount -t tmpfs none /usr/local/lib && mount -t tmpfs none /var/lib
            useradd --system --home-dir /var/lib/vpn-web --shell /usr/sbin/nologin vpn-web
            getent passwd vpn-web
            sh < \(setup) && exit 1
            getent passwd vpn-web
            ls -A /usr/local/lib /var/lib /etc/sudoers.d | grep vpn-web && exit 1
            exit 0
            """,
        ])
        #expect(result.status == 0, "\(text(result.out)) \(text(result.err))")
        let users = Set(text(result.out).split(separator: "\n"))
        #expect(users.count == 1 && users.first?.contains(":/var/lib/vpn-web:/usr/sbin/nologin") == true)
        #expect(text(result.err).contains("there is a user vpn-web already, and not of node-setup's making"))
    }
}

/// A machine of its own as far as files go: set up by what `node-setup` prints, with sshd that would allow everything.
private final class SetUpHost {
    enum User: String {
        case panel = "vpn-web"

        /// Whose key may do anything.
        case anybody = "vpn-web-anybody"
    }

    struct Answer {
        var status: Int32
        var out: String
        var err: String
        var isDump: Bool { out.hasPrefix("#vpn-web 1\n") && out.hasSuffix("\n#vpn-web end 0\n") }
    }

    let folder: Folder
    private(set) var port: UInt16 = 0
    private let process: Child

    static func text(key: String, command: String) -> String {
        NodeSetup.text(
            for: Fleet.Node(id: NodeID("eu1"), name: ""),
            ssh: SSHSettings(
                host: .init(address: Address(host: "127.0.0.1"), user: User.panel.rawValue, key: "/k", hostKeys: []),
                command: command), publicKey: key)
    }

    init(asks command: String = "wg show all dump", dump: String) throws {
        folder = try Folder()
        let path = folder.path
        chmod(path, 0o755)
        try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        for name in ["host", "key"] {
            #expect(
                try NodesTests.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(path)/\(name)"]).status == 0
            )
        }
        let key = try String(contentsOfFile: path + "/key.pub", encoding: .utf8)
        try folder.write("setup", Self.text(key: key.trimmingCharacters(in: .newlines), command: command))
        try folder.write("dump", dump, mode: 0o644)
        let tool = try #require(command.split(separator: " ").first)
        try folder.write(
            "tool",
            "#!/bin/sh\n[ \"$(id -u)\" = 0 ] || exit 3\n[ \"\(tool) $*\" = '\(command)' ] || exit 4\ncat \(path)/dump\n",
            mode: 0o755)
        port = try SSHD.freePort()
        try folder.write(
            "config",
            """
            ListenAddress 127.0.0.1:\(port)
            HostKey \(path)/host
            PidFile none
            UsePAM no
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            AllowTcpForwarding yes
            AllowStreamLocalForwarding yes
            AllowAgentForwarding yes
            GatewayPorts yes
            X11Forwarding yes
            PermitTunnel yes
            PermitTTY yes
            PermitUserEnvironment yes
            PermitUserRC yes
            AcceptEnv LANG LC_* ENV BASH_ENV IFS CDPATH COMMANDS SHELLOPTS PS4
            Subsystem sftp internal-sftp
            """ + "\n")
        let free = "/var/lib/\(User.anybody.rawValue)"
        try folder.write(
            "start",
            """
            set -e
            mkdir -m 1777 \(path)/open
            mkdir \(path)/etc
            cp -a /etc/. \(path)/etc/
            mount --bind \(path)/etc /etc
            mkdir \(path)/lib
            mount --bind \(path)/lib /var/lib
            mount -t tmpfs none /usr/local/lib
            mount -t tmpfs none /usr/local/bin
            cp \(path)/tool /usr/local/bin/\(tool)
            sh < \(path)/setup
            useradd --system --home-dir \(free) --shell /bin/sh \(User.anybody.rawValue)
            usermod --password '*' \(User.anybody.rawValue)
            install -d -o \(User.anybody.rawValue) \(free) \(free)/.ssh
            cp \(path)/key.pub \(free)/.ssh/authorized_keys
            exec /usr/sbin/sshd -D -e -f \(path)/config
            """)
        // By its path: what is started is sshd itself in the end, and no child of it.
        process = try Child(["/usr/bin/unshare", "-m", "sh", path + "/start"], output: path + "/log")
        let isUp = wait { process.status != nil || self.log.contains("Server listening") }
        try #require(isUp && process.status == nil, "\(self.log)")
    }

    deinit {
        process.stop()
    }

    var log: String { (try? String(contentsOfFile: folder.path + "/log", encoding: .utf8)) ?? "" }

    /// Where anybody may make a file or a socket.
    var open: String { folder.path + "/open" }

    /// As seen from outside of it.
    func home(of user: User) -> String {
        folder.path + "/lib/" + (user == .panel ? "vpn-web-node" : user.rawValue)
    }

    func options(as user: User, portFlag: String = "-p") -> [String] {
        [
            "-F", "none", "-i", folder.path + "/key", portFlag, "\(port)", "-o", "IdentitiesOnly=yes", "-o",
            "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
        ]
    }

    func ssh(as user: User, options: [String] = [], _ command: String? = nil) throws -> Answer {
        let words = options + self.options(as: user) + ["\(user.rawValue)@127.0.0.1"] + [command].compactMap(\.self)
        let result = try NodesTests.run(["timeout", "20", "ssh"] + words)
        return Answer(status: result.status, out: NodesTests.text(result.out), err: NodesTests.text(result.err))
    }

    func settings(_ command: String) throws -> SSHSettings {
        let line = try String(contentsOfFile: folder.path + "/host.pub", encoding: .utf8)
        let address = Address(host: "127.0.0.1", port: port)
        let hosts = KnownHosts(parsing: Array("[127.0.0.1]:\(port) \(line)".utf8))
        return SSHSettings(
            host: .init(
                address: address, user: User.panel.rawValue, key: folder.path + "/key",
                hostKeys: hosts.keys(for: address)), command: command)
    }
}
