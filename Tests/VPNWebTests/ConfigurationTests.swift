import Fleet
import Foundation
import Roster
import Store
import Testing

@testable import VPNWeb

/// A folder with a configuration and its secrets, removed with what is in it.
final class ConfigurationFolder {
    let path: String

    init(secrets: [String] = []) throws {
        path = NSTemporaryDirectory() + "vpn-web-configuration-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for secret in secrets { write(secret, "x", mode: 0o600) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ name: String, _ text: String, mode: Int = 0o644) {
        _ = FileManager.default.createFile(
            atPath: "\(path)/\(name)", contents: Data(text.utf8), attributes: [.posixPermissions: mode])
    }

    func load(_ text: String, environment: [String: String] = [:]) throws -> Configuration {
        write("config.yaml", text)
        return try Configuration.load(path: "\(path)/config.yaml", environment: environment)
    }

    /// What was refused, without the file's name; empty where nothing was.
    func problems(_ text: String, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try load(text, environment: environment)
            return []
        } catch let refusal as ConfigurationRefusal {
            let start = "\(path)/config.yaml"
            return refusal.problems.map { problem in
                let line = problem.description
                return (line.hasPrefix(start) ? String(line.dropFirst(start.count + 1)) : line)
                    .replacingOccurrences(of: path, with: "FOLDER")
            }
        } catch {
            return ["\(error)"]
        }
    }
}

struct ConfigurationTests {
    private static let whole = """
        data: /srv/vpn
        listen: run/fastcgi.sock
        listen_group: www-data
        url: https://vpn.example.org/
        language: en
        timezone: Europe/Berlin
        units: si
        poll: 20s
        known_hosts: known_hosts
        roster:
          users: users.json
          peers: /nowhere/peers.json
          database: vpn.db
        nodes:
          - id: main
            name: Россия
            aliases: [rus1, rus2]
            local: true
            endpoint: vpn.example.org:51820
          - id: eu1
            name: Европа
            endpoint: "[2001:db8::1]:39580"
            ssh: { host: 203.0.113.7, port: 2222, user: reader, key: eu1.key, passphrase_file: pass, jump: gate }
            command: docker exec amnezia-awg2 awg show all dump
            poll: 1m
          - id: eu2
            ssh:
              host: eu2.example.org
              key: eu2.key
              jump: eu1
        jumps:
          - { id: gate, host: 192.0.2.1, user: jumper, key: gate.key }
        services:
          - { node: eu1, kind: shadowsocks, address: "203.0.113.7:8388", method: aes-256-gcm, password_file: ss }
          - { node: rus1, kind: wireguard, address: vpn.example.org:51820 }
          - { kind: https, url: https://vpn.example.org/a?b=c }
          - { kind: ping, address: 203.0.113.7 }
          - { kind: tcp, address: "203.0.113.7:8444" }
          - { node: eu1, kind: mtproto, address: "203.0.113.7:443", secret_file: mt }
        public: { page: false, names: false, minimum: 5 }
        alerts:
          telegram: { token_file: tg, chat: -100123 }
          webhook: { url: https://hooks.example.org/x, secret_file: hook }
        """

    @Test func `every key of a whole configuration is read`() throws {
        let folder = try ConfigurationFolder(
            secrets: ["eu1.key", "eu2.key", "gate.key", "pass", "ss", "mt", "tg", "hook", "users.json"])
        let configuration = try folder.load(Self.whole)
        let path = folder.path
        #expect(configuration.data == "/srv/vpn")
        #expect(configuration.databasePath == "/srv/vpn/vpn-web.db")
        #expect(configuration.listen == "\(path)/run/fastcgi.sock")
        #expect(configuration.listenGroup == "www-data")
        #expect(configuration.url == "https://vpn.example.org")
        #expect(configuration.language == .en)
        #expect(configuration.zone.timeZone.identifier == "Europe/Berlin")
        #expect(configuration.units == .si)
        #expect(configuration.poll == .seconds(20))
        #expect(configuration.knownHosts == "\(path)/known_hosts")
        let files = RosterFiles(
            users: "\(path)/users.json", peers: "/nowhere/peers.json", database: "\(path)/vpn.db")
        #expect(configuration.rosterFiles == files)
        #expect(configuration.rosterWords["\(path)/users.json"] == "users.json")
        let gate = Configuration.Hop(host: "192.0.2.1", port: 22, user: "jumper", key: "\(path)/gate.key")
        let eu1 = Configuration.Hop(
            host: "203.0.113.7", port: 2222, user: "reader", key: "\(path)/eu1.key", passphraseFile: "\(path)/pass")
        let eu2 = Configuration.Hop(host: "eu2.example.org", port: 22, user: "vpn-web", key: "\(path)/eu2.key")
        let nodes: [Configuration.Entry] = [
            .init(
                node: Fleet.Node(
                    id: NodeID("main"), name: "Россия", aliases: ["rus1", "rus2"], endpoint: "vpn.example.org:51820",
                    isLocal: true, poll: .seconds(20)),
                way: .local),
            .init(
                node: Fleet.Node(
                    id: NodeID("eu1"), name: "Европа", endpoint: "[2001:db8::1]:39580", poll: .seconds(60)),
                way: .ssh(.init(host: eu1, jumps: [gate], command: "docker exec amnezia-awg2 awg show all dump"))),
            .init(
                node: Fleet.Node(id: NodeID("eu2"), name: "eu2", poll: .seconds(20)),
                way: .ssh(.init(host: eu2, jumps: [gate, eu1], command: "wg show all dump"))),
        ]
        #expect(configuration.nodes == nodes)
        #expect(configuration.jumps == [.init(id: "gate", hop: gate, before: [])])
        let services: [Configuration.Service] = [
            .init(
                node: NodeID("eu1"),
                kind: .shadowsocks(address: "203.0.113.7:8388", method: "aes-256-gcm", passwordFile: "\(path)/ss")),
            .init(node: NodeID("main"), kind: .wireguard(address: "vpn.example.org:51820", probeKeyFile: nil)),
            .init(node: nil, kind: .https(url: "https://vpn.example.org/a?b=c")),
            .init(node: nil, kind: .ping(host: "203.0.113.7")),
            .init(node: nil, kind: .tcp(address: "203.0.113.7:8444")),
            .init(node: NodeID("eu1"), kind: .mtproto(address: "203.0.113.7:443", secretFile: "\(path)/mt")),
        ]
        #expect(configuration.services == services)
        #expect(configuration.published == .init(page: false, names: false, minimum: 5))
        #expect(configuration.alerts.telegram == .init(tokenFile: "\(path)/tg", chat: "-100123"))
        #expect(configuration.alerts.webhook == .init(url: "https://hooks.example.org/x", secretFile: "\(path)/hook"))
        let warnings = [
            "\(path)/config.yaml:12: roster.peers: /nowhere/peers.json is not there yet",
            "\(path)/config.yaml:13: roster.database: \(path)/vpn.db is not there yet",
        ]
        #expect(configuration.warnings == warnings)
    }

    @Test func `what is not told has the documented value`() throws {
        let folder = try ConfigurationFolder()
        let configuration = try folder.load("nodes: [{ id: main, local: true }]")
        #expect(configuration.data == "/var/lib/vpn-web")
        #expect(configuration.listen == "/run/vpn-web/fastcgi.sock")
        #expect(configuration.url == nil)
        #expect(configuration.language == .ru)
        #expect(configuration.zone.timeZone.identifier == "Europe/Moscow")
        #expect(configuration.units == .iec)
        #expect(configuration.knownHosts == "/etc/vpn-web/known_hosts")
        #expect(configuration.rosterFiles == RosterFiles())
        #expect(configuration.nodes[0].node == Fleet.Node(id: NodeID("main"), name: "main", isLocal: true))
        #expect(configuration.published == .init(page: true, names: true, minimum: 3))
        #expect(configuration.alerts == .init())
        #expect(configuration.warnings.isEmpty)
    }

    @Test(arguments: [
        ("lanugage: en", "1: lanugage: unknown key (did you mean “language”?)"),
        (
            "nodes: [{ id: a, ssh: { host: b, prot: 22, key: k } }]",
            "1: nodes[0].ssh.prot: unknown key (did you mean “port”?)"
        ),
        ("a: 1\n", "1: a: unknown key; known here: data, listen, "),
        ("data: 5", "1: data: a number where text is due; if it is meant as text, put it in quotes"),
        ("data:", "1: data: no value"), ("data: ''", "1: data: empty"),
        ("data: [a]", "1: data: a list where text is due"),
        ("roster: a", "1: roster: text where keys and values are due"),
        ("nodes: {}", "1: nodes: a mapping where a list is due"),
        ("nodes: [{ id: no, local: true }]", "1: nodes[0].id: a truth value where text is due"),
        ("nodes: [{ id: a, local: yes }]", "1: nodes[0].local: a truth value where true or false is due"),
        ("nodes: [{ id: a, local: 'true' }]", "1: nodes[0].local: text where true or false is due"),
        ("poll: 15", "1: poll: “15” is not a duration"), ("poll: 15x", "1: poll: “15x” is not a duration"),
        ("poll: 0s", "1: poll: 0s is not within 1s to 1h"), ("poll: 2h", "1: poll: 2h is not within"),
        ("poll: 99999999999d", "1: poll: “99999999999d” is not a duration"),
        ("language: de", "1: language: “de” is not one of ru, en"),
        ("timezone: Europe/Moskow", "1: timezone: “Europe/Moskow” is no time zone (did you mean “Europe/Moscow”?)"),
        ("timezone: GMT+3", "1: timezone: “GMT+3” is no time zone"),
        ("url: vpn.example.org", "1: url: “vpn.example.org” is not a URL"),
        ("url: https://vpn.example.org/panel", "1: url: “https://vpn.example.org/panel” has a path"),
        ("public: { minimum: -1 }", "1: public.minimum: -1 is not within 0 to"),
        ("public: { minimum: 08 }", "1: public.minimum: "),
        ("nodes: [{ local: true }]", "1: nodes[0]: “id” is missing"),
        ("nodes:\n  - id: a\n", "2: nodes[0]: neither “local: true”"),
        ("nodes: [{ id: a/b, local: true }]", "1: nodes[0].id: “a/b” is not an id"),
        ("nodes: [{ id: a, ssh: { host: b } }]", "1: nodes[0].ssh: “key” is missing"),
        (
            "nodes: [{ id: a, local: true, endpoint: example.org }]",
            "1: nodes[0].endpoint: “example.org” is not an address"
        ),
        ("nodes: [{ id: a, local: true, endpoint: 'a:0' }]", "1: nodes[0].endpoint: “a:0” is not an address"),
        ("nodes: [{ id: a, local: true, endpoint: '1.2.3.400:5' }]", "1: nodes[0].endpoint: “1.2.3.400:5” is not"),
        ("nodes: [{ id: a, local: true, endpoint: '::1:5' }]", "1: nodes[0].endpoint: “::1:5” is not"),
        ("nodes: [{ id: a, local: true, command: wg }]", "1: nodes[0].command: a local node is read from the kernel"),
        (
            "nodes: [{ id: a, ssh: { host: '-oProxyCommand=x', key: k } }]",
            "1: nodes[0].ssh.host: “-oProxyCommand=x” is not"
        ),
        (
            "nodes: [{ id: a, ssh: { host: b, port: 70000, key: k } }]",
            "1: nodes[0].ssh.port: 70000 is not within 1 to 65535"
        ),
        (
            "nodes: [{ id: a, ssh: { host: b, port: '22', key: k } }]",
            "1: nodes[0].ssh.port: text where a whole number is due"
        ),
        ("services: [{ kind: shadowsock }]", "1: services[0].kind: “shadowsock” is not one of"),
        ("services: [{ kind: ping, url: x }]", "1: services[0].url: not for ping"),
        (
            "services: [{ kind: wireguard, address: 'a:1', amnezia: { jc: 4 } }]",
            "1: services[0].amnezia: not for wireguard"
        ),
        (
            "services: [{ kind: amneziawg, address: 'a:1', amnezia: { jx: 4 } }]",
            "1: services[0].amnezia.jx: unknown key"
        ),
        (
            "services: [{ kind: amneziawg, address: 'a:1', amnezia: { h1: 9-1 } }]",
            "1: services[0].amnezia.h1: “9-1” cannot be h1 of AmneziaWG"
        ),
        (
            "services: [{ kind: amneziawg, address: 'a:1', amnezia: { i1: <b 0xf> } }]",
            "1: services[0].amnezia.i1: “<b 0xf>” cannot be i1"
        ),
        ("services: [{ kind: tcp }]", "1: services[0]: “address” is missing"),
        ("services: [{ kind: tcp, address: 'a:1', node: x }]", "1: services[0].node: “x” is no node"),
        ("alerts: { telegram: { token: x } }", "1: alerts.telegram.token: unknown key (did you mean “token_file”?)"),
        ("alerts: { telegram: { token_file: s, chat: me } }", "1: alerts.telegram.chat: a chat is a number"),
        ("roster: { database: data/vpn-web.db }\ndata: data", "1: roster.database: this is the panel's own database"),
        ("[]", "1: a list where keys and values are due"), ("a: [", "2: not YAML: "), ("a: b: c", "1: not YAML: "),
        ("", "empty"), ("data: /a\ndata: /b", "1: “data” is there twice"), ("\u{1}", "not YAML: "),
        ("data: \"a\\nb\"", "1: data: a control character"),
    ])
    func `what is wrong is told by line and path`(text: String, problem: String) throws {
        let folder = try ConfigurationFolder(secrets: ["k", "s"])
        let problems = folder.problems(text)
        #expect(problems.contains { $0.trimmingPrefix(" ").hasPrefix(problem) }, "\(problems)")
    }

    @Test func `all problems are told, in the file's order`() throws {
        let folder = try ConfigurationFolder(secrets: ["k"])
        let problems = folder.problems(
            """
            poll: never
            nodes:
              - id: a
                local: true
              - id: a
                ssh: { host: b, key: gone }
              - id: c
                aliases: [d, d]
                ssh: { host: b, key: k, jump: e }
            public: { pages: true }
            """)
        let expected = [
            "1: poll: “never” is not a duration: a number and s, m, h or d, like 15s, 5m, 1h, 90d",
            "5: nodes[1].id: “a” is used already in line 3",
            "6: nodes[1].ssh.key: the file in FOLDER is not there",
            "8: nodes[2].aliases[1]: “d” is used already in line 8",
            "9: nodes[2].ssh.jump: “e” is neither in jumps nor a node",
            "10: public.pages: unknown key (did you mean “page”?)",
        ]
        #expect(problems == expected)
    }

    @Test func `jumps in a circle, to this machine or too many are refused`() throws {
        let folder = try ConfigurationFolder(secrets: ["k"])
        let circle = folder.problems(
            "nodes: [{ id: a, ssh: { host: h, key: k, jump: b } }, { id: b, ssh: { host: h, key: k, jump: a } }]")
        #expect(circle.count == 2 && circle.allSatisfy { $0.contains("a circle of jumps: ") }, "\(circle)")
        #expect(folder.problems("nodes: [{ id: a, ssh: { host: h, key: k, jump: a } }]").count == 1)
        let local = folder.problems("nodes: [{ id: m, local: true }, { id: b, ssh: { host: h, key: k, jump: m } }]")
        #expect(local == ["1: nodes[1].ssh.jump: “m” is this machine: no jump is needed"])
        let chain =
            (0..<7).map { "{ id: j\($0), host: h, key: k, jump: j\($0 + 1) }" } + ["{ id: j7, host: h, key: k }"]
        #expect(
            folder.problems("jumps: [\(chain.joined(separator: ", "))]").contains { $0.contains("more than 4 jumps") })
    }

    @Test func `a secret that others may read is refused, a group may read it`() throws {
        let folder = try ConfigurationFolder()
        let text = "nodes: [{ id: a, ssh: { host: h, key: key } }]"
        for (mode, isFine) in [
            (0o600, true), (0o400, true), (0o640, true), (0o644, false), (0o604, false), (0o660, false),
        ] {
            folder.write("key", "x", mode: mode)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder.path)/key")
            let problems = folder.problems(text)
            #expect(problems.isEmpty == isFine, "\(String(mode, radix: 8)): \(problems)")
        }
        try FileManager.default.removeItem(atPath: "\(folder.path)/key")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/key", withIntermediateDirectories: false)
        #expect(folder.problems(text).count == 1)
    }

    @Test func `a bare name is a credential of systemd's where there is one`() throws {
        let folder = try ConfigurationFolder(secrets: ["here"])
        let credentials = try ConfigurationFolder(secrets: ["eu1.key"])
        let environment = ["CREDENTIALS_DIRECTORY": credentials.path]
        let configuration = try folder.load(
            "nodes: [{ id: a, ssh: { host: h, key: eu1.key } }, { id: b, ssh: { host: h, key: here } }]",
            environment: environment)
        let keys = configuration.nodes.compactMap { if case .ssh(let ssh) = $0.way { ssh.host.key } else { nil } }
        #expect(keys == ["\(credentials.path)/eu1.key", "\(folder.path)/here"])
    }

    @Test func `a secret in the place of its path is not repeated`() throws {
        let folder = try ConfigurationFolder()
        let problems = folder.problems(
            """
            alerts: { telegram: { token_file: "123456:AAsecretsecret", chat: 1 } }
            nodes: [{ id: a, ssh: { host: h, key: "-----BEGIN OPENSSH PRIVATE KEY-----", passphrase: hunter2 } }]
            """)
        #expect(problems.count == 3)
        #expect(!problems.joined().contains("secretsecret") && !problems.joined().contains("hunter2"))
        #expect(!problems.joined().contains("BEGIN"))
    }

    @Test func `a configuration that is not there, a folder, or no text is refused`() throws {
        let folder = try ConfigurationFolder()
        for path in ["\(folder.path)/nothing.yaml", folder.path] {
            #expect(throws: ConfigurationRefusal.self) { try Configuration.load(path: path, environment: [:]) }
        }
        _ = FileManager.default.createFile(atPath: "\(folder.path)/x", contents: Data([0xFF, 0xFE, 0x00]))
        #expect(throws: ConfigurationRefusal.self) {
            try Configuration.load(path: "\(folder.path)/x", environment: [:])
        }
    }

    @Test(arguments: [
        ("prot", "port"), ("passphrase", "passphrase_file"), ("known_host", "known_hosts"), ("Poll", "poll"),
        ("zzz", nil),
        ("tokn_file", "token_file"),
    ])
    func `the nearest right word is offered`(wrong: String, right: String?) {
        let words = ["port", "passphrase_file", "known_hosts", "poll", "token_file", "user"]
        #expect(Spelling.nearest(to: wrong, among: words) == right)
    }

    @Test func `some hundred changed configurations end in a value or in a refusal`() throws {
        let folder = try ConfigurationFolder(secrets: ["k"])
        let good = Array(Self.whole.utf8)
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let alphabet = Array(":{}[],\"'-#&*!|> \nab01".utf8)
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<(1 + random(4)) { bytes[random(bytes.count)] = alphabet[random(alphabet.count)] }
            if random(3) == 0 { bytes.removeLast(random(bytes.count)) }
            let problems = folder.problems(String(decoding: bytes, as: UTF8.self))
            #expect(problems.allSatisfy { !$0.contains("\n") })
        }
    }

    @Test func `history is kept as long as is said, within reason`() throws {
        let folder = try ConfigurationFolder()
        let kept = try folder.load("history: { samples: 7d, hours: 800d }").retention
        #expect(kept == Retention(samples: Retention.days(7), hours: Retention.days(800)))
        #expect(try folder.load("language: ru").retention == Retention())
        for text in ["hours: 3d", "five_minutes: 300s", "five_minutes: 500d", "days: 3d", "samples: 2"] {
            #expect(folder.problems("history: { \(text) }").count == 1, "\(text)")
        }
    }

    @Test func `no node takes the name under which imported totals are`() throws {
        let folder = try ConfigurationFolder()
        #expect(folder.problems("nodes: [{ id: imported, local: true }]").first?.contains("vpn-web import") == true)
    }
}
