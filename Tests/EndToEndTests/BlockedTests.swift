import Foundation
import TestBed
import Testing

/// A node whose tunnel is proven by a real handshake, and somebody between it and the panel.
@Suite(.endToEnd)
struct BlockedTests {
    private struct Services: Decodable {
        struct Service: Decodable {
            var server_id: String?
            var service: String
            var status: String
            var note: String
            var proof: String
            var latency_ms: Double?
        }

        var services: [Service]
    }

    private func service(_ kind: String, _ owner: Visitor) throws -> Services.Service? {
        try owner.get("/api/services").json(Services.self).services.first { $0.service == kind }
    }

    private func wait(for status: String, _ owner: Visitor, _ kind: String = "WireGuard") throws -> Services.Service {
        var last: Services.Service?
        do {
            return try eventually("\(kind) is \(status)", within: .seconds(90), every: .milliseconds(500)) {
                last = try service(kind, owner)
                return last?.status == status ? last : nil
            }
        } catch {
            Issue.record("\(kind) is \(last?.status ?? "not there"): \(last?.note ?? "")")
            throw error
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a node that loses only its tunnel's UDP is blocked, and one whose interface is gone is down`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home")
        let host = try Namespace(bed, "host", users: [SSHServer.user])
        let cable = try Cable(home.place, host.place, number: 1)
        try home.place.must(["sh", "-c", "echo '0 2147483647' > /proc/sys/net/ipv4/ping_group_range"])
        let node = try WireGuardNode(host.place, number: 1)
        let server = try SSHServer(host.place, "host")
        let key = try SSHKey(bed.folder + "/key")
        try server.authorize(key, script: try SSHServer.shippedScript)

        let probeKey = try WireGuardKeys.generate()
        let panel = try Panel(
            home.network, program: #require(Program.path),
            nodes: "  - { id: host, ssh: { host: \(cable.addressB), user: vpn-web, key: \(key.path) } }",
            more: """
                outbound: { allow: [198.18.0.0/15] }
                services:
                  - { node: host, kind: wireguard, address: "\(cable.addressB):\(node.port)", probe_key_file: \(bed.folder)/probe.key, every: 5s, timeout: 2s }
                  - { node: host, kind: ping, address: \(cable.addressB), every: 5s, timeout: 2s }
                  - { node: host, kind: tcp, address: "\(cable.addressB):22", every: 5s, timeout: 2s }
                """)
        try write(probeKey + "\n", to: bed.folder + "/probe.key")
        try write("\(server.knownHost(cable.addressB))\n", to: panel.knownHosts)
        try panel.setPassword()
        // A proxy that the environment names is not asked; nothing of this goes through one anyway.
        try panel.start(environment: ["https_proxy": "http://127.0.0.1:1", "all_proxy": "http://127.0.0.1:1"])
        defer { panel.stop() }
        let owner = try panel.signIn()

        // The node does not know the probe's key yet: nobody knows, and the page says what is missing.
        let missing = try eventually("the probe's own key is missed", within: .seconds(60)) {
            try owner.get("/services").text.contains("add the peer") ? true : nil
        }
        #expect(missing)
        try node.addProbePeer(try WireGuardKeys.publicKey(of: probeKey))
        let proven = try wait(for: "online", owner)
        #expect(proven.proof == "active" && proven.latency_ms ?? 0 > 0)
        _ = try wait(for: "online", owner, "Ping")
        _ = try wait(for: "online", owner, "TCP")
        let ping = try eventually("the node's ping") { try owner.servers()["host"]?.ping_ms }
        #expect(ping < 1000)

        // Handshakes are lost at the node's door; SSH goes on.
        try host.place.dropDatagrams(to: node.port)
        let blocked = try wait(for: "blocked", owner)
        #expect(blocked.note.contains("блокировк"))
        #expect(try owner.servers()["host"]?.status == "online")
        try host.place.takeDatagrams()
        _ = try wait(for: "online", owner)

        // The interface is gone: down, not blocked.
        node.stop()
        _ = try wait(for: "offline", owner)
        #expect(try owner.get("/services").text.contains("<svg"))
        let feed = try panel.front.get("/status.rss")
        #expect(feed.status == 200 && String(decoding: feed.body, as: UTF8.self).contains("<item>"))

        // And so it was, after a restart too.
        panel.stop()
        try panel.start()
        let again = try panel.signIn()
        #expect(try again.get("/services").text.contains("WireGuard"))
        let outages = try eventually("the outages of before are remembered", within: .seconds(30)) {
            try panel.front.get("/status.json").json(Status.self).incidents.count { $0.service == "WireGuard" } >= 2
                ? true : nil
        }
        #expect(outages)
    }

    private struct Status: Decodable {
        struct Incident: Decodable { var service: String }

        var incidents: [Incident]
    }
}
