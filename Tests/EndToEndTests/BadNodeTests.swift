import Foundation
import TestBed
import Testing

/// One node after another goes wrong, each in its own way; the page says which, the others stay on time, and all
/// recover by themselves.
@Suite(.endToEnd, .daemon)
struct BadNodeTests {
    /// Through a relay: the port misbehaves.
    private static let faults: [(String, Relay.Fault)] = [
        ("silent", .silent), ("banner", .halfBanner), ("rubbish", .rubbish), ("closes", .closes), ("drips", .drips),
    ]

    /// On a server of their own: the host or its command misbehaves.
    private static let hosts = ["cut", "refuses", "frozen", "changed", "locked", "late", "exits", "prints", "slow"]

    @Test(.timeLimit(.minutes(10)))
    func `each bad node has its own words, the others stay on time, and all recover`() throws {
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home", users: [SSHServer.user])
        let key = try SSHKey(bed.folder + "/key")
        let good = try "cat <<'END'\n" + must([ScaleBed.build(in: bed.folder), "5", "x"]) + "END\n"

        var nodes = ""
        var known = ""
        func add(_ id: String, _ address: String, _ port: Int, _ server: SSHServer) {
            nodes += "  - { id: \(id), ssh: { host: \(address), port: \(port), user: vpn-web, key: \(key.path) } }\n"
            known += (port == 22 ? address : "[\(address)]:\(port)") + " " + server.hostKey + "\n"
        }
        let local = try SSHServer(home.place, "local", port: 2200)
        try local.authorize(key, script: good)
        add("good", "127.0.0.1", 2200, local)
        var relays: [String: Relay] = [:]
        for (id, _) in Self.faults {
            let relay = try Relay(home.place, to: "127.0.0.1", port: 2200)
            relays[id] = relay
            add(id, "127.0.0.1", relay.port, local)
        }
        var servers: [String: SSHServer] = [:]
        var cable: Cable?
        var far: Namespace?
        for (index, id) in Self.hosts.enumerated() {
            let server: SSHServer
            if id == "cut" {
                let namespace = try Namespace(bed, "far", users: [SSHServer.user])
                let link = try Cable(home.place, namespace.place, number: 1)
                (far, cable) = (namespace, link)
                server = try SSHServer(namespace.place, id)
                add(id, link.addressB, 22, server)
            } else {
                server = try SSHServer(home.place, id, port: 2201 + index)
                add(id, "127.0.0.1", 2201 + index, server)
            }
            try server.authorize(key, script: good)
            servers[id] = server
        }
        let panel = try Panel(home.network, program: #require(Program.path), nodes: nodes)
        try write(known, to: panel.knownHosts)
        try panel.setPassword()
        try panel.start()
        defer { panel.stop() }
        let owner = try panel.signIn()
        let all = Self.faults.map(\.0) + Self.hosts
        func allWell() throws {
            try eventually("every node is online", within: .seconds(150), every: .milliseconds(500)) {
                let states = try owner.servers()
                return all.allSatisfy { states[$0]?.status == "online" && states[$0]?.error == nil } ? true : nil
            }
        }
        try allWell()

        for (id, fault) in Self.faults { relays[id]?.set(fault) }
        try cable?.cut()
        servers["refuses"]?.stop()
        servers["frozen"]?.freeze()
        let host = servers["changed"]?.hostKey
        try servers["changed"]?.changeHostKey()
        #expect(servers["changed"]?.hostKey != host)
        try servers["locked"]?.deauthorize()
        servers["locked"]?.dropSessions()
        try servers["late"]?.replaceScript("sleep 30\n" + good)
        try servers["slow"]?.replaceScript("sleep 5\n" + good)
        try servers["exits"]?.replaceScript("echo 'wg: no such thing' >&2; exit 1\n")
        try servers["prints"]?.replaceScript("echo 'Welcome to Ubuntu'; echo 'it is not a dump'\n")

        var words: [String: String] = [:]
        var goodSamples: Set<String> = []
        try eventually("every bad node says so", within: .seconds(60), every: .milliseconds(500)) {
            let states = try owner.servers()
            if let sample = states["good"]?.last_sample { goodSamples.insert(sample) }
            #expect(states["good"]?.status == "online")
            for id in all where id != "slow" { words[id] = states[id]?.error }
            return words.count == all.count - 1 ? true : nil
        }
        for (id, said) in words { #expect(!said.isEmpty, "\(id)") }
        // What an owner would mend differently is said differently.
        for (one, other) in [
            ("silent", "rubbish"), ("rubbish", "prints"), ("refuses", "cut"),
            ("changed", "locked"),
            ("exits", "prints"), ("late", "exits"), ("closes", "refuses"), ("locked", "exits"),
        ] { #expect(words[one] != words[other], "\(one), \(other): \(words[one] ?? "")") }
        #expect(goodSamples.count > 2)
        // Five seconds are late, and not too late: it is read, and its latency shown.
        try eventually("the slow one's latency", within: .seconds(20)) {
            let slow = try owner.servers()["slow"]
            return slow?.status == "online" && slow?.ping_ms ?? 0 > 4_500 ? true : nil
        }

        let page = try owner.get("/").text
        #expect(page.contains("<html"))

        for relay in relays.values { relay.set(.none) }
        try cable?.mend()
        try servers["refuses"]?.start()
        servers["frozen"]?.thaw()
        for id in ["late", "exits", "prints", "slow"] { try servers[id]?.replaceScript(good) }
        try servers["locked"]?.authorize(key, script: good)
        // The owner looks at the new key, and pins it.
        if let old = host, let new = servers["changed"]?.hostKey {
            try write(known.replacing(old, with: new), to: panel.knownHosts)
            panel.reload()
        }
        try allWell()
        _ = far
    }
}
