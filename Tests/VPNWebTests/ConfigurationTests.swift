import Fleet
import Foundation
import Roster
import Store
import Testing

@testable import VPNWeb

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

    @Test func `two nodes with one login are warned of, since sshd cannot tell them apart`() throws {
        let folder = try ConfigurationFolder(secrets: ["a.key", "b.key"])
        let configuration = try folder.load(
            """
            jumps:
              - { id: gate, host: 192.0.2.1, key: a.key }
              - { id: door, host: 192.0.2.2, key: a.key }
            nodes:
              - { id: main, ssh: { host: vpn.example.org, user: root, key: a.key } }
              - { id: other, ssh: { host: vpn.example.org, user: root, key: b.key } }
              - { id: user, ssh: { host: vpn.example.org, key: a.key } }
              - { id: port, ssh: { host: vpn.example.org, port: 2222, user: root, key: a.key } }
              - { id: inner, ssh: { host: 10.0.0.2, key: a.key, jump: gate } }
              - { id: elsewhere, ssh: { host: 10.0.0.2, key: a.key, jump: door } }
              - { id: twin, ssh: { host: VPN.example.org, port: 22, user: root, key: a.key } }
              - { id: passed, ssh: { host: 192.0.2.1, key: a.key } }
            """)
        #expect(configuration.warnings.count == 2, "\(configuration.warnings)")
        let places = [":11: nodes[6].ssh: ", ":12: nodes[7].ssh: "]
        for ((warning, place), twin) in zip(zip(configuration.warnings, places), ["“main”", "“gate”"]) {
            #expect(warning.contains(place) && warning.contains(twin), "\(warning)")
        }
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

    @Test func `history is kept as long as is said, within reason`() throws {
        let folder = try ConfigurationFolder()
        let kept = try folder.load("history: { samples: 7d, hours: 800d }").retention
        #expect(kept == Retention(samples: Retention.days(7), hours: Retention.days(800)))
        #expect(try folder.load("language: ru").retention == Retention())
        for text in ["hours: 3d", "five_minutes: 300s", "five_minutes: 500d", "days: 3d", "samples: 2"] {
            #expect(folder.problems("history: { \(text) }").count == 1, "\(text)")
        }
    }
}
