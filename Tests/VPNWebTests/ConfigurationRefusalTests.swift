import Foundation
import Testing

@testable import VPNWeb

/// What a configuration may not say, and how that is told.
struct ConfigurationRefusalTests {
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
            "6: nodes[1].ssh.key: the file in FOLDER is not there: vpn-web setup makes it",
            "8: nodes[2].aliases[1]: “d” is used already in line 8",
            "9: nodes[2].ssh.jump: “e” is neither in jumps nor a node",
            "10: public.pages: unknown key (did you mean “page”?)",
        ]
        #expect(problems == expected)
    }

    @Test func `a key that is not there is told with the way to make it`() throws {
        let folder = try ConfigurationFolder()
        let problems = folder.problems(
            "nodes: [{ id: a, ssh: { host: h, key: a.key } }, { id: b, ssh: { host: h, key: /nowhere/b.key } }]")
        #expect(
            problems == [
                "1: nodes[0].ssh.key: FOLDER/a.key is not there: vpn-web setup makes it",
                "1: nodes[1].ssh.key: /nowhere/b.key is not there: "
                    + "ssh-keygen -q -t ed25519 -N '' -C vpn-web -f /nowhere/b.key && chown vpn-web: /nowhere/b.key",
            ])
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

    @Test func `no node takes the name under which imported totals are`() throws {
        let folder = try ConfigurationFolder()
        #expect(folder.problems("nodes: [{ id: imported, local: true }]").first?.contains("vpn-web import") == true)
    }
}
