import Fleet
import Foundation
import Glibc
import Nodes
import SSH
import Testing

/// What node-setup's text leaves on a host that has something already: another node, other keys, what an earlier version made.
@Suite(.enabled(if: getuid() == 0 && has("visudo") && has("unshare"), "needs root, sudo and unshare"))
struct NodeSetupHostTests {
    private static let keys = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFmh3YJ9rbVkXUHnXf6eJ3hHkNTaVnDxFMOwzBzLZMtr",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPo2sYtKqH0vSh6yH2i5jYw5cJ8yqGdS5k1i6f0aXq3C",
    ]
    private static let folder = "/usr/local/lib/vpn-web"
    private static let former = folder + "/vpn-web-node"

    private func setup(
        _ id: String, key: String = keys[0], user: String = "vpn-web", command: String = "wg show all dump",
        from: String? = nil
    ) -> String {
        NodeSetup.text(
            for: Fleet.Node(id: NodeID(id), name: ""),
            ssh: SSHSettings(
                host: .init(address: Address(host: "203.0.113.7"), user: user, key: "/k", hostKeys: []),
                command: command),
            publicKey: key, from: from)
    }

    /// The lines that `script` prints, on a private copy of all that node-setup writes to. `$1`, `$2` …: files with `texts`.
    private func lines(_ texts: [String], _ script: String) throws -> [String] {
        let folder = try Folder()
        let files = try texts.enumerated().map { try folder.write("setup-\($0)", $1) }
        let begin = """
            set -eu
            mkdir \(folder.path)/etc
            cp -a /etc/. \(folder.path)/etc/
            mount --bind \(folder.path)/etc /etc
            for place in /usr/local/lib /usr/local/sbin /var/lib /root /home; do mount -t tmpfs none $place; done
            run() { sh < "$1" >&2; }
            """
        let result = try run(["unshare", "-m", "sh", "-c", begin + "\n" + script, "sh"] + files)
        #expect(result.status == 0, "\(text(result.err))")
        return String(decoding: result.out, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `two nodes on one host have a command each, for a user without rights`() throws {
        let docker = "docker exec amnezia-awg2 awg show all dump"
        let lines = try lines(
            [setup("main"), setup("eu.1", key: Self.keys[1], command: docker)],
            """
            run "$1"; run "$2"; run "$1"
            cat /var/lib/vpn-web-node/.ssh/authorized_keys
            ls \(Self.folder) /var/lib/vpn-web-node/.ssh
            grep -A1 "^COMMANDS='" \(Self.folder)/vpn-web-node-main \(Self.folder)/vpn-web-node-eu+1 | grep show
            sudo -l -U vpn-web | grep NOPASSWD | sed 's/^ *//'
            """)
        func line(_ file: String, _ key: String) -> String {
            "restrict,command=\"sudo -n \(Self.folder)/\(file)\" \(key) vpn-web"
        }
        #expect(
            lines == [
                line("vpn-web-node-eu+1", Self.keys[1]), line("vpn-web-node-main", Self.keys[0]),
                "/usr/local/lib/vpn-web:", "vpn-web-node-eu+1", "vpn-web-node-main", "/var/lib/vpn-web-node/.ssh:",
                "authorized_keys", "\(Self.folder)/vpn-web-node-main-wg show all dump",
                "\(Self.folder)/vpn-web-node-eu+1-\(docker)",
                "(root) NOPASSWD: \(Self.folder)/vpn-web-node-eu+1 \"\"",
                "(root) NOPASSWD: \(Self.folder)/vpn-web-node-main \"\"",
            ])
    }

    @Test func `two nodes on one host have a command each, for root`() throws {
        let lines = try lines(
            [setup("main", user: "root"), setup("eu1", key: Self.keys[1], user: "root")],
            """
            run "$1"; run "$2"
            cat /root/.ssh/authorized_keys
            """)
        #expect(
            lines == [
                "restrict,command=\"\(Self.folder)/vpn-web-node-main\" \(Self.keys[0]) vpn-web",
                "restrict,command=\"\(Self.folder)/vpn-web-node-eu1\" \(Self.keys[1]) vpn-web",
            ])
    }

    @Test func `root's other keys stay to the byte, and every line of the panel's is replaced`() throws {
        let owners = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ"
        let lines = try lines(
            [setup("eu1", user: "root"), setup("eu1", user: "root", from: "198.51.100.9")],
            """
            mkdir -m 0700 /root/.ssh
            keys=/root/.ssh/authorized_keys
            # Free, under another comment; and a last line without its end, with a comment that is no UTF-8.
            printf '%s\\n' '\(Self.keys[0]) by-hand' 'no-pty  \(Self.keys[0])' '# a word' > $keys
            printf '%s \\300\\371' '\(owners)' >> $keys
            chmod 0640 $keys
            run "$1"
            cat $keys | tr '\\300\\371' '??'
            stat -c '%a %U' $keys
            run "$2"
            run "$2"
            cat $keys | tr '\\300\\371' '??'
            ls /root/.ssh
            """)
        let others = ["# a word", "\(owners) ??"]
        let command = "command=\"\(Self.folder)/vpn-web-node-eu1\" \(Self.keys[0]) vpn-web"
        #expect(
            lines == others + ["restrict,\(command)", "600 root"] + others + [
                "restrict,from=\"198.51.100.9\",\(command)", "authorized_keys",
            ])
    }

    @Test func `a link to the keys stays one`() throws {
        let lines = try lines(
            [setup("eu1", user: "root")],
            """
            mkdir -m 0700 /root/.ssh /root/kept
            ln -s ../kept/keys /root/.ssh/authorized_keys
            echo '# one' > /root/kept/keys
            run "$1"
            wc -l < /root/kept/keys
            readlink /root/.ssh/authorized_keys
            """)
        #expect(lines == ["2", "../kept/keys"])
    }

    @Test func `what an earlier version made goes with the last line that runs it`() throws {
        func old(_ key: String) -> String { "restrict,command=\"sudo -n \(Self.former)\" \(key) vpn-web" }
        let lines = try lines(
            [setup("main"), setup("eu1", key: Self.keys[1], user: "root")],
            """
            useradd --system --home-dir /var/lib/vpn-web-node --shell /bin/sh vpn-web
            mkdir -p \(Self.folder) /var/lib/vpn-web-node/.ssh /root/.ssh
            echo '#!/bin/sh' > \(Self.former)
            chmod 0755 \(Self.former)
            echo 'vpn-web ALL=(root) NOPASSWD: \(Self.former) ""' > /etc/sudoers.d/vpn-web
            echo '\(old(Self.keys[0]))' > /var/lib/vpn-web-node/.ssh/authorized_keys
            echo 'restrict,command="\(Self.former)" \(Self.keys[1]) vpn-web' > /root/.ssh/authorized_keys
            seen() { echo $(ls \(Self.folder)) and $(ls /etc/sudoers.d | grep vpn-web); }
            run "$1"
            seen
            run "$2"
            seen
            echo 'somebody ALL=(root) ALL' > /etc/sudoers.d/vpn-web
            run "$2"
            seen
            """)
        #expect(
            lines == [
                "vpn-web-node vpn-web-node-main and vpn-web vpn-web-node-main",
                "vpn-web-node-eu1 vpn-web-node-main and vpn-web-node-main",
                "vpn-web-node-eu1 vpn-web-node-main and vpn-web vpn-web-node-main",
            ])
    }

    /// sudo-rs, as of Ubuntu 25.10, takes a file with a setting that it does not know for a wrong one.
    @Test(arguments: ["requiretty syslog pam_session", "pam_session", ""])
    func `a sudo that does not know a setting gets the rule without it`(unknown: String) throws {
        let words = unknown.split(separator: " ").map(String.init)
        let lines = try lines(
            [setup("eu1")],
            """
            cat > /usr/local/sbin/visudo <<'END'
            #!/bin/sh
            for file; do :; done
            for word in \(unknown); do if grep -q "!$word" "$file"; then exit 1; fi; done
            exec /usr/sbin/visudo "$@"
            END
            chmod 0755 /usr/local/sbin/visudo
            run "$1"
            cat /etc/sudoers.d/vpn-web-node-eu1
            stat -c '%a %U' /etc/sudoers.d/vpn-web-node-eu1
            """)
        let known = ["pam_session", "syslog", "requiretty"].filter { !words.contains($0) }
        #expect(
            lines == known.map { "Defaults:vpn-web !\($0)" } + [
                "vpn-web ALL=(root) NOPASSWD: \(Self.folder)/vpn-web-node-eu1 \"\"", "440 root",
            ])
    }

    @Test func `a rule that sudo refuses is never in its folder, and no key is let in`() throws {
        let lines = try lines(
            [setup("eu1")],
            """
            printf '#!/bin/sh\\nexit 1\\n' > /usr/local/sbin/visudo
            chmod 0755 /usr/local/sbin/visudo
            if run "$1"; then exit 1; fi
            echo $(ls /etc/sudoers.d | grep vpn-web) in $(ls -A /var/lib)
            """)
        #expect(lines == ["in"])
    }
}
