import Fleet
import Foundation
import Glibc
import Roster
import TestBed
import Testing
import WireGuard

@testable import VPNWeb

struct SetupTests {
    @Test(arguments: [
        ("main=local", "main", SetupWishes.Node.Way.local),
        ("eu1=203.0.113.7", "eu1", .ssh(user: "vpn-web", host: "203.0.113.7", port: 22)),
        ("eu1=root@vpn.example.org:2222", "eu1", .ssh(user: "root", host: "vpn.example.org", port: 2222)),
        ("six=2001:db8::1", "six", .ssh(user: "vpn-web", host: "2001:db8::1", port: 22)),
        ("six=a@[2001:db8::1]:99", "six", .ssh(user: "a", host: "2001:db8::1", port: 99)),
        ("six=[2001:db8::1]", "six", .ssh(user: "vpn-web", host: "2001:db8::1", port: 22)),
    ])
    func `a node is understood`(text: String, id: String, way: SetupWishes.Node.Way) throws {
        let node = try #require(SetupWishes.Node(text))
        #expect(node.id == id)
        #expect(node.way == way)
    }

    @Test(arguments: [
        "eu1", "=host", "../x=host", "a b=host", "eu1=", "eu1=host:0", "eu1=host:99999", "eu1=@host",
        "eu1=-oProxyCommand=x",
        "eu1=ho st",
    ])
    func `what is no node is refused`(text: String) {
        #expect(SetupWishes.Node(text) == nil)
    }

    @Test func `what is wished is a configuration that loads`() throws {
        let folder = try ConfigurationFolder(secrets: ["eu1.key"])
        var wishes = SetupWishes(url: "https://vpn.example.org")
        wishes.nodes = [SetupWishes.Node("main=local"), SetupWishes.Node("eu1=[2001:db8::7]:2222")].compactMap(\.self)
        wishes.nodes[1].command = "docker exec amnezia-awg2 awg show all dump"
        wishes.users = "/opt/no: such #folder/users.json"
        wishes.zone = "Europe/Berlin"
        wishes.language = .en
        let made = try SetupConfiguration(wishes, folder: folder.path) { _ in nil }
        #expect(made.keys == ["\(folder.path)/eu1.key"])
        let configuration = try folder.load(made.yaml)
        #expect(configuration.url == "https://vpn.example.org")
        #expect(configuration.rosterFiles.users == "/opt/no: such #folder/users.json")
        #expect(configuration.language == .en)
        #expect(configuration.fleetNodes.map(\.id.name) == ["main", "eu1"])
        #expect(configuration.fleetNodes[0].isLocal)
        guard case .ssh(let ssh) = configuration.nodes[1].way else { return #expect(Bool(false), "not over ssh") }
        #expect(ssh.host.host == "2001:db8::7")
        #expect(ssh.host.port == 2222)
        #expect(ssh.host.user == "vpn-web")
        #expect(ssh.command == "docker exec amnezia-awg2 awg show all dump")
    }

    @Test func `the predecessor's settings are taken over with keys of the panel's own, and its token apart`() throws {
        let env = """
            BOT_TOKEN=123456:AAverysecret
            ADMIN_ID=111222333
            WG_EU1_SSH_HOST=203.0.113.7
            WG_EU1_SSH_USER=root
            WG_EU1_SSH_KEY_PATH=/root/.ssh/bot
            """
        var wishes = SetupWishes(url: "https://vpn.example.org")
        wishes.envVars = "/opt/bot/env_vars.txt"
        wishes.language = .en
        wishes.zone = "Europe/Berlin"
        let made = try SetupConfiguration(wishes, folder: "/etc/vpn-web") { $0 == "/opt/bot/env_vars.txt" ? env : nil }
        #expect(made.keys == ["/etc/vpn-web/eu1.key"])
        #expect(made.botToken == "123456:AAverysecret")
        #expect(!made.yaml.contains("AAverysecret"))
        #expect(!made.yaml.contains("/root/.ssh/bot"))
        #expect(made.yaml.contains("url: \"https://vpn.example.org\""))
        #expect(made.yaml.contains("user: vpn-web"))
        #expect(made.yaml.contains("\nlanguage: en\ntimezone: Europe/Berlin\n"))
    }

    @Test(
        arguments: [
            ("vpn.example.org/", "https://vpn.example.org"),
            ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
            ("203.0.113.7", "https://203.0.113.7"), ("http://vpn.example.org", nil), ("https://a.example/path", nil),
            ("https://user@a.example", nil), ("https://a.example?x=y", nil), ("not an address", nil), ("", nil),
        ] as [(String, String?)])
    func `the panel's address is host and port, and https`(text: String, address: String?) {
        #expect(SetupWishes.address(text) == address)
    }

    @Test(arguments: [true, false])
    func `the site has nothing left to fill in`(hasIPv6: Bool) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let template = try String(contentsOf: root.appending(path: "nginx/vpn-web.conf"), encoding: .utf8)
        let file = SiteFile(
            url: "https://vpn.example.org:8443", certificate: "/c.pem", key: "/k.pem", hasIPv6: hasIPv6)
        let text = try #require(file.text(template))
        #expect(text.contains("server_name vpn.example.org;"))
        #expect(text.contains("listen 8443 ssl http2;"))
        #expect(text.contains("[::]:8443") == hasIPv6)
        #expect(text.contains("ssl_certificate     /c.pem;"))
        #expect(SiteFile(url: "http://a.b", certificate: "", key: "", hasIPv6: true).text(template) == nil)
        #expect(file.text(template + "@NEWER@") == nil)
    }

    @Test func `what would change is shown line by line`() {
        #expect(LineDiff.text(from: "a\nb\n", to: "a\nb\n") == "")
        #expect(
            LineDiff.text(from: "1\n2\n3\n4\nold\n5\n6\n7\n", to: "1\n2\n3\n4\nnew\n5\n6\n7\n")
                == " 3\n 4\n-old\n+new\n 5\n 6\n")
    }

    @Test func `what setup made is known again until somebody changes it`() throws {
        let folder = try ConfigurationFolder(secrets: [])
        let (file, link, list) = (folder.path + "/file", folder.path + "/link", folder.path + "/setup.list")
        var made = MadeFiles(path: list)
        try PlacedFile(path: file, text: "ours\n", mode: 0o640).place()
        #expect(symlink("file", link) == 0)
        try made.note(file)
        try made.note(link)
        // As the next run reads it, and as sha256sum(1) does.
        var again = MadeFiles(path: list)
        #expect(again.paths == [file, link])
        #expect(again.isOurs(file) && again.isOurs(link))
        try Data("theirs\n".utf8).write(to: URL(filePath: file))
        #expect(!again.isOurs(file))
        unlink(link)
        #expect(symlink("elsewhere", link) == 0)
        #expect(!again.isOurs(link))
        #expect(!again.isOurs("/etc/passwd"))
        try again.forget(file)
        try again.forget(link)
        #expect(access(list, F_OK) != 0)
    }

    @Test(.enabled(if: access("/usr/bin/ssh-keygen", X_OK) == 0, "needs ssh-keygen"))
    func `a node that was written into the configuration gets its key, and undo knows it`() throws {
        let folder = try ConfigurationFolder(secrets: ["eu1.key"])
        func setup() -> Setup { Setup(configuration: folder.path + "/config.yaml", folder: folder.path, asks: false) }
        var setup = setup()
        let owner = (getuid(), getgid())
        #expect(try setup.present(owner: owner) == nil)
        func node(_ id: String, _ key: String) -> String {
            "  - { id: \(id), ssh: { host: \(id).example, key: \(key) } }\n"
        }
        let nodes = "nodes:\n" + node("eu1", "eu1.key") + node("eu2", "eu2.key") + node("eu3", folder.path + "/eu2.key")
        // Not beside another mistake, nor where the key's folder is somebody else's.
        for wrong in [node("eu4", folder.path + "/sub/eu4.key"), "url: none\n"] {
            folder.write("config.yaml", nodes + wrong)
            #expect(throws: CommandFailure.self) { try setup.present(owner: owner) }
            #expect(access(folder.path + "/eu2.key", F_OK) != 0)
        }
        folder.write("config.yaml", nodes)
        #expect(try setup.present(owner: owner)?.nodes.count == 3)
        var status = stat()
        #expect(stat(folder.path + "/eu2.key", &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(setup.made.paths == [folder.path + "/eu2.key", folder.path + "/eu2.key.pub"])
        #expect(setup.madeKeys == [folder.path + "/eu2.key"])
        #expect(MadeFiles.text(folder.path + "/eu1.key") == "x")
    }

    @Test(.enabled(if: access("/usr/bin/ssh-keygen", X_OK) == 0, "needs ssh-keygen"))
    func `into a pipe, node-setup says what comes next where somebody sees it`() throws {
        let folder = try ConfigurationFolder()
        _ = try must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.path + "/eu1.key"])
        folder.write(
            "config.yaml",
            "jumps: [{ id: gate, host: g, key: eu1.key }]\nnodes: [{ id: eu1, ssh: { host: h, key: eu1.key } }]\n")
        let program =
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/.build/debug/vpn-web"
        let next = "Then, on the panel: vpn-web trust eu1 && systemctl reload vpn-web"
        for (id, words) in [
            ("eu1", next + " && vpn-web check eu1"), ("gate", next.replacing("eu1", with: "gate")),
        ] {
            let output = try TestBed.run([program, "node-setup", id, "--config", folder.path + "/config.yaml"])
            #expect(output.status == 0)
            #expect(output.errors == words + "\n")
            #expect(output.text.contains("\n# \(words)\n"))
        }
    }

    @Test func `copies in a folder are named by their time, and the oldest go`() throws {
        let folder = try ConfigurationFolder(secrets: [])
        let row = BackupRow(folder: folder.path)
        #expect(row.next(at: .init(1_795_407_600)) == folder.path + "/vpn-web-20261123T042000Z.db")
        for name in [
            "vpn-web-20261121T042000Z.db", "vpn-web-20261122T042000Z.db", "vpn-web-20261123T042000Z.db", "mine.db",
        ] {
            try Data().write(to: URL(filePath: folder.path + "/" + name))
        }
        #expect(try row.prune(keeping: 2) == [folder.path + "/vpn-web-20261121T042000Z.db"])
        #expect(try row.prune(keeping: 2) == [])
        #expect(access(folder.path + "/mine.db", F_OK) == 0)
    }
}
