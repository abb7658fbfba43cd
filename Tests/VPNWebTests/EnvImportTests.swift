import Fleet
import Foundation
import Roster
import Testing

@testable import VPNWeb

struct EnvImportTests {
    private let env = """
        \u{FEFF}BOT_TOKEN=123456:AAverysecret
        # a comment = with a sign
        ADMIN_ID = 111222333
        ADMIN_SECRET=topsecret
        WG_SERVER_PUBLIC_KEY=abc=
        WG_INTERFACE=wg0
        WG_ENDPOINT_HOST=old.example.org
        WG_ENDPOINT_HOST=vpn.example.org
        WG_EU1_ENDPOINT_HOST=203.0.113.7
        WG_EU1_ENDPOINT_PORT=39580
        WG_EU1_SSH_KEY_PATH=KEYFILE
        AMNEZIAWG_EU1_INTERFACE=awg0
        AMNEZIAWG_EU1_CONTAINER=amnezia-awg2
        WG_YC_SSH_HOST=2001:db8::5
        WG_YC_SSH_USER=admin
        WG_YC_SSH_KEY_PATH=KEYFILE
        MTPROTO_PROXY_LINK=tg://proxy?server=203.0.113.7&port=443&secret=eedeadbeef
        VLESS_EU1_PUBKEY=vvv
        no sign here
        =nothing
        """

    @Test func `the predecessor's settings become a configuration that loads`() throws {
        let folder = try ConfigurationFolder(secrets: ["key", "token"])
        let text = env.replacingOccurrences(of: "KEYFILE", with: "\(folder.path)/key")
        let result = EnvImport(text: text, path: "/opt/vpnservice/env_vars.txt") { $0.hasSuffix("vpn.db") }
        let yaml = result.yaml.replacingOccurrences(of: "/etc/vpn-web/telegram-token", with: "\(folder.path)/token")
        let configuration = try folder.load(yaml)
        let data = "/opt/vpnservice/bot/data"
        let files = RosterFiles(users: "\(data)/users.json", peers: "\(data)/peers.json", database: "\(data)/vpn.db")
        #expect(configuration.rosterFiles == files)
        #expect(
            configuration.alerts.telegram == .init(tokenFile: "\(folder.path)/token", chat: "111222333", isShared: true)
        )
        let nodes: [Configuration.Entry] = [
            .init(
                node: Fleet.Node(
                    id: NodeID("main"), name: "Россия", aliases: ["rus1", "rus2"], endpoint: "vpn.example.org:51820",
                    isLocal: true),
                way: .local),
            .init(
                node: Fleet.Node(
                    id: NodeID("eu1"), name: "Европа", aliases: ["eu2"], endpoint: "203.0.113.7:39580"),
                way: .ssh(
                    .init(
                        host: .init(host: "203.0.113.7", port: 22, user: "root", key: "\(folder.path)/key"), jumps: [],
                        command: "docker exec amnezia-awg2 awg show all dump"))),
            .init(
                node: Fleet.Node(id: NodeID("yc"), name: "yc"),
                way: .ssh(
                    .init(
                        host: .init(host: "2001:db8::5", port: 22, user: "admin", key: "\(folder.path)/key"), jumps: [],
                        command: "wg show all dump"))),
        ]
        #expect(configuration.nodes == nodes)
        #expect(configuration.services.isEmpty)
        // With the # taken away, the services are right too.
        let lines = yaml.components(separatedBy: "\n").map { line in
            line.hasPrefix("# services:") || line.hasPrefix("#   ") && !line.contains("install")
                ? String(line.dropFirst(2)) : line
        }
        folder.write("ss", "x", mode: 0o600)
        folder.write("mt", "x", mode: 0o600)
        let whole = lines.joined(separator: "\n")
            .replacingOccurrences(of: "/etc/vpn-web/shadowsocks-eu1.password", with: "\(folder.path)/ss")
            .replacingOccurrences(of: "/etc/vpn-web/mtproto-eu1.secret", with: "\(folder.path)/mt")
        let services: [Configuration.Service] = [
            .init(
                node: NodeID("eu1"),
                kind: .shadowsocks(
                    address: "203.0.113.7:8388", method: "aes-256-gcm", passwordFile: "\(folder.path)/ss")),
            .init(
                node: NodeID("eu1"), kind: .mtproto(address: "203.0.113.7:443", secretFile: "\(folder.path)/mt")),
        ]
        #expect(try folder.load(whole).services == services)
    }

    @Test func `no secret is printed, not even in a comment or a note`() {
        let result = EnvImport(text: env, path: "/opt/vpnservice/env_vars.txt") { _ in false }
        let all = result.yaml + result.notes.joined()
        for secret in ["verysecret", "topsecret", "deadbeef", "abc=", "vvv"] { #expect(!all.contains(secret)) }
        #expect(result.notes.contains { $0.contains("ADMIN_SECRET") && $0.contains("VLESS_EU1_PUBKEY") })
    }

    @Test func `main over SSH is no local node`() throws {
        let folder = try ConfigurationFolder(secrets: ["key"])
        let text = "WG_SSH_HOST=198.51.100.9\nWG_SSH_USER=ops\nWG_SSH_KEY_PATH=\(folder.path)/key"
        let configuration = try folder.load(EnvImport(text: text, path: "/x/env_vars.txt") { _ in false }.yaml)
        let ssh = Configuration.SSH(
            host: .init(host: "198.51.100.9", port: 22, user: "ops", key: "\(folder.path)/key"), jumps: [],
            command: "wg show all dump")
        #expect(configuration.nodes.map(\.way) == [.ssh(ssh)])
        #expect(configuration.alerts == .init())
    }

    @Test func `a node without a host of its own is a comment`() throws {
        let folder = try ConfigurationFolder()
        let result = EnvImport(text: "WG_EU1_SERVER_PUBLIC_KEY=x", path: "/x/env_vars.txt") { _ in false }
        #expect(try folder.load(result.yaml).nodes.map(\.node.id.name) == ["main"])
        #expect(result.notes.contains { $0.contains("eu1 has no host of its own") })
    }

    @Test(arguments: [
        "WG_EU1_SSH_HOST=a b: {\nWG_EU1_SSH_KEY_PATH=/k", "WG_ENDPOINT_HOST=x\u{2028}y: z",
        "WG_EU1_SSH_HOST=h\nWG_EU1_SSH_USER=\"x\\\nAMNEZIAWG_EU1_CONTAINER=a; rm -rf /", "ADMIN_ID=\"5\"\nBOT_TOKEN=x",
        "WG_EU1_SSH_HOST=h\nWG_EU1_SSH_KEY_PATH=/a: #\u{85}\"'&*{", "", "\n\r\n\u{FEFF}",
        "WG__SSH_HOST=h\nWG_É_SSH_HOST=h",
    ])
    func `strange values never break the form of the configuration`(text: String) throws {
        let folder = try ConfigurationFolder()
        let result = EnvImport(text: text, path: "env_vars.txt") { _ in false }
        #expect(!result.yaml.contains("rm -rf"))
        let problems = folder.problems(result.yaml)
        #expect(problems.allSatisfy { $0.contains("is not there") }, "\(problems)\n\(result.yaml)")
    }
}
