import Foundation
import TestBed
import Testing

/// Nodes that print their private and preshared keys, though the shipped script would not: the panel forgets them at
/// once, in whatever way they came.
@Suite(.endToEnd, .daemon)
struct SecretTests {
    @Test(.timeLimit(.minutes(10)))
    func `no private or preshared key stays in memory, or comes to a file, a log or an answer`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home", users: [SSHServer.user])
        let local = try WireGuardNode(home.place, number: 1)
        let idle = DumpWithSecrets(peers: 400)
        try local.place.must(["wg", "addconf", local.interface, "/dev/stdin"], input: idle.configuration)
        let key = try SSHKey(bed.folder + "/key")
        let near = try SSHServer(home.place, "near", port: 2201, allowForwarding: true)
        let (large, small, last) = (
            DumpWithSecrets(peers: 3_000), DumpWithSecrets(peers: 3), DumpWithSecrets(peers: 40)
        )
        let secrets: [(of: String, keys: [String])] = [
            ("the local node's own", local.secrets), ("a local peer's", idle.preshared), ("of plain", large.sample),
            ("of jumped", small.sample), ("of the failing", last.sample),
        ]
        // These take as long as a poll may.
        let isLong = ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil
        let ways: [(id: String, script: String)] =
            [
                ("plain", large.script), ("jumped", small.script), ("failed", last.script + "exit 1\n"),
                ("complains", "{\n\(last.script)} >&2\nexit 1\n"), ("torn", last.script(cutting: 70)),
            ]
            + (isLong
                ? [
                    ("endless", "while :; do cat <<'END'\n\(last.text)END\ndone\n"),
                    ("hangs", last.script + "sleep 60\n"),
                ] : [])
        var nodes = "  - { id: here, local: true }\n"
        var known = near.knownHost("127.0.0.1") + "\n"
        try near.authorize(key, script: large.script, forwardingTo: ["127.0.0.1:2203"])
        var servers = [near]
        for (index, way) in ways.enumerated() {
            let server = index == 0 ? near : try SSHServer(home.place, way.id, port: 2202 + index)
            if index > 0 {
                try server.authorize(key, script: way.script)
                servers.append(server)
            }
            let jump = way.id == "jumped" ? ", jump: plain" : ""
            nodes +=
                "  - { id: \(way.id), ssh: { host: 127.0.0.1, port: \(server.port), user: vpn-web, key: \(key.path)\(jump) } }\n"
            known += server.knownHost("127.0.0.1") + "\n"
        }
        // Polls come when they are asked for, so that there are moments without one.
        let panel = try Panel(home.network, program: #require(Program.path), nodes: nodes, poll: "1h")
        try write(known, to: panel.knownHosts)
        try panel.setPassword()
        try panel.start(within: .seconds(60))
        let owner = try panel.signIn()
        let good = ["here", "plain", "jumped"]

        let needles = secrets.flatMap { of, keys in keys.flatMap { Self.forms($0, of) } }
        let control = Self.forms(idle.publicKeys[0], "public")
        var shown: [String: String] = [:]
        for _ in 0..<(isLong ? 5 : 2) {
            try eventually("an answer of every node", within: .seconds(40), every: .milliseconds(200)) {
                let states = try owner.servers()
                let isRead = good.allSatisfy { states[$0]?.last_sample != nil && states[$0]?.last_sample != shown[$0] }
                return isRead && states.values.allSatisfy { $0.last_sample != nil || $0.error != nil } ? true : nil
            }
            shown = try owner.servers().compactMapValues(\.last_sample)
            // What is read at this moment is in memory. What stays was there twice.
            var found: [Set<String>] = []
            for _ in 0..<2 {
                try eventually("no command is under way", within: .seconds(40)) {
                    servers.contains(where: \.isBusy) ? nil : true
                }
                usleep(300_000)
                let memory = try ProcessMemory(of: #require(panel.pid), lookingFor: needles + control)
                #expect(memory.findings.contains { control.map(\.name).contains($0.name) }, "what is there is found")
                #expect(memory.size > 10_000_000)
                found.append(Set(memory.findings.map(\.description)).filter { !$0.contains("public") })
            }
            #expect(found[0].intersection(found[1]).isEmpty)
            #expect(try owner.post("/refresh", form: ["now": "1"]).status == 303)
        }

        var said = panel.log
        for path in ["/", "/api/traffic", "/api/servers", "/api/users", "/api/services", "/health"] {
            said += try owner.get(path).text
        }
        said += try panel.command(["check"]).text + panel.command(["check", "--json"]).text
        said += try panel.command(["roster"]).text
        for name in try FileManager.default.contentsOfDirectory(atPath: panel.folder + "/data") {
            said += read(panel.folder + "/data/" + name)
        }
        #expect(said.contains(large.publicKeys[0]))
        for secret in secrets.flatMap(\.keys) { #expect(!said.contains(secret)) }
        panel.stop()
    }

    /// A key as text, as bytes and as UAPI writes it; of each the middle, since freed memory is overwritten at its ends.
    private static func forms(_ key: String, _ of: String) -> [(name: String, bytes: [UInt8])] {
        let raw = [UInt8](Data(base64Encoded: key) ?? Data())
        let digits = Array("0123456789abcdef".utf8)
        let hexadecimal = raw.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return [
            ("base64, \(of) \(key)", Array(Array(key.utf8)[12..<36])), ("raw, \(of) \(key)", Array(raw[8..<24])),
            ("hexadecimal, \(of) \(key)", Array(hexadecimal[24..<56])),
        ]
    }
}

/// A dump of random keys, as a node prints it that hides nothing.
private struct DumpWithSecrets {
    let text: String
    let publicKeys: [String]
    private let secrets: [String]

    init(peers: Int) {
        func key() -> String { Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString() }
        var secrets = [key()]
        var keys: [String] = []
        var text = "wg0\t\(secrets[0])\t\(key())\t51820\toff\n"
        for peer in 0..<peers {
            secrets.append(key())
            keys.append(key())
            text +=
                "wg0\t\(keys[peer])\t\(secrets[peer + 1])\t198.18.0.1:4000\t10.1.\(peer / 250).\(peer % 250)/32\t0\t1\t2\toff\n"
        }
        (self.text, self.secrets, publicKeys) = (text, secrets, keys)
    }

    /// The peers for `wg addconf`.
    var configuration: String {
        zip(publicKeys, secrets.dropFirst()).map { "[Peer]\nPublicKey = \($0)\nPresharedKey = \($1)\n" }.joined()
    }

    var script: String { "cat <<'END'\n\(text)END\n" }

    /// Without the last bytes, and so without the end of a line.
    func script(cutting count: Int) -> String {
        "printf '%s' '\(text.dropLast(count))'\n"
    }

    var preshared: [String] { Array(sample.dropFirst()) }

    /// The private key and some of the others, the first and the last among them.
    var sample: [String] {
        let step = max(1, secrets.count / 8)
        return stride(from: 0, to: secrets.count, by: step).map { secrets[$0] } + [secrets[secrets.count - 1]]
    }
}
