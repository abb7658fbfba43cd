import Foundation
import Glibc
import TestBed
import Testing

/// The panel over real nodes: what it says is what `wg` says.
@Suite(.serialized, .endToEnd, .daemon, .house)
struct FleetTests {
    let house: House
    let owner: Visitor

    init() throws {
        house = try #require(House.current)
        owner = house.owner
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["main", "eu1", "eu2"])
    func `traffic lies between the node's counters before and after, for every peer and both families`(id: String)
        throws
    {
        let node = try #require(house.nodes[id])
        for peer in node.peers {
            for family in WireGuardPeer.Family.allCases {
                try peer.exchange(50_000, over: family)
                let before = try #require(try node.dump().peers[peer.publicKey])
                let row = try owner.row(of: peer.publicKey, session: before)
                let after = try #require(try node.dump().peers[peer.publicKey])
                #expect(row.server_id == id)
                #expect((before.rx...after.rx).contains(row.session_rx_bytes ?? 0))
                #expect((before.tx...after.tx).contains(row.session_tx_bytes ?? 0))
                #expect(row.rx_bytes >= row.session_rx_bytes ?? .max)
            }
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["main", "eu1"])
    func `when WireGuard restarts on a node, lifetime goes on by exactly what its new counter shows`(id: String) throws
    {
        let node = try #require(house.nodes[id])
        let peer = node.peers[1]
        try peer.exchange(300_000)
        let last = try #require(try node.dump().peers[peer.publicKey])
        let old = try owner.row(of: peer.publicKey, session: last)
        let end = try #require(try node.dump().peers[peer.publicKey])
        try node.restart()
        try peer.exchange(20_000)
        let new = try #require(try node.dump().peers[peer.publicKey])
        let row = try eventually("the new counter is shown") {
            try owner.traffic().row(peer.publicKey).flatMap { row in
                row.session_rx_bytes ?? .max < last.rx && row.session_rx_bytes ?? 0 >= new.rx ? row : nil
            }
        }
        // All that was read before, and all that is shown now; at most what moved unseen before the end (a keepalive).
        let rx = old.rx_bytes + (row.session_rx_bytes ?? 0)
        let tx = old.tx_bytes + (row.session_tx_bytes ?? 0)
        #expect((rx...(rx + end.rx - (old.session_rx_bytes ?? 0))).contains(row.rx_bytes))
        #expect((tx...(tx + end.tx - (old.session_tx_bytes ?? 0))).contains(row.tx_bytes))
    }

    @Test(.timeLimit(.minutes(10)))
    func `a peer that is taken away and put back loses nothing and counts nothing twice`() throws {
        let node = try #require(house.nodes["eu1"])
        let peer = node.peers[2]
        try peer.exchange(40_000)
        let old = try owner.row(of: peer.publicKey, session: try #require(try node.dump().peers[peer.publicKey]))
        try node.remove(peer)
        try eventually("the key is gone from the node's counters") {
            try owner.traffic().row(peer.publicKey)?.session_rx_bytes == nil ? true : nil
        }
        #expect(try owner.traffic().row(peer.publicKey)?.rx_bytes == old.rx_bytes)
        try node.restore(peer)
        try peer.exchange(5_000)
        let row = try owner.row(of: peer.publicKey, session: try #require(try node.dump().peers[peer.publicKey]))
        #expect(row.rx_bytes == old.rx_bytes + (row.session_rx_bytes ?? 0))
    }

    @Test(.timeLimit(.minutes(10)))
    func `many polls are one login, and no process`() throws {
        let server = try #require(house.servers["eu1"])
        let before = server.logins
        let pid = try #require(house.panel.pid)
        var samples: Set<String> = []
        try eventually("ten polls", within: .seconds(40), every: .milliseconds(300)) {
            if let sample = try owner.servers()["eu1"]?.last_sample { samples.insert(sample) }
            return samples.count >= 10 ? true : nil
        }
        #expect(server.logins == before)
        #expect(ProcessTable.children(of: pid).isEmpty)
        let trace = house.bed.folder + "/trace"
        let strace = try house.bed.start(["strace", "-f", "-qq", "-e", "trace=process", "-o", trace, "-p", "\(pid)"])
        let shown = try owner.servers()["eu1"]?.last_sample
        for _ in 0..<3 { _ = try owner.get("/") }
        try eventually("three polls under the trace", within: .seconds(20), every: .milliseconds(300)) {
            if let sample = try owner.servers()["eu1"]?.last_sample, sample != shown { samples.insert(sample) }
            return samples.count >= 13 ? true : nil
        }
        strace.stop()
        let started = read(trace).split(separator: "\n").filter {
            $0.contains("exec") || $0.contains("fork") || $0.contains("clone") && !$0.contains("CLONE_THREAD")
        }
        #expect(started.isEmpty)
    }

    @Test(.timeLimit(.minutes(15)))
    func `killed at any moment, it comes back at once and the totals are right`() throws {
        let node = try #require(house.nodes["eu1"])
        let peer = node.peers[0]
        try peer.exchange(1_000)
        let start = try owner.row(of: peer.publicKey, session: try #require(try node.dump().peers[peer.publicKey]))
        let long = ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil
        var restarts: [Double] = []
        for _ in 0..<(long ? 200 : 6) {
            try peer.exchange(20_000)
            usleep(UInt32.random(in: 0..<900_000))
            house.panel.kill()
            try peer.exchange(10_000)
            let began = ContinuousClock.now
            try house.panel.start(within: .seconds(10))
            restarts.append((.now - began) / .seconds(1))
        }
        restarts.sort()
        print(
            "restarts: \(restarts.count), until /health is well: median \(restarts[restarts.count / 2]) s, worst \(restarts.last ?? 0) s"
        )
        let end = try owner.row(of: peer.publicKey, session: try #require(try node.dump().peers[peer.publicKey]))
        // The node's own counter went on all the time: it is the oracle.
        #expect(end.rx_bytes - start.rx_bytes == (end.session_rx_bytes ?? 0) - (start.session_rx_bytes ?? 0))
        #expect(end.tx_bytes - start.tx_bytes == (end.session_tx_bytes ?? 0) - (start.session_tx_bytes ?? 0))
    }

    @Test(.timeLimit(.minutes(10)))
    func `strangers get no user, key, address or endpoint`() throws {
        let secrets =
            house.files.users.compactMap(\.username)
            + house.files.records.flatMap { [$0.publicKey, $0.address] }
            + house.nodes.values.flatMap { [$0.publicKey] + $0.peers.map(\.publicKey) }
            + ["secret-endpoint", "198.18.", "fd18:", "198.19."]
        let stranger = house.panel.front
        for path in [
            "/", "/login", "/health", "/health/live", "/api/servers", "/api/services", "/api/stats", "/api/users",
            "/api/traffic", "/nodes/eu1", "/users/2", "/metrics", "/api/nowhere", "/nowhere",
            "/api/traffic?admin_key=1",
        ] {
            let answer = try stranger.get(path)
            #expect(answer.status > 0, "\(path)")
            let said = answer.text + answer.headers.map { "\n\($0): \($1)" }.joined()
            for secret in secrets { #expect(!said.contains(secret), "\(path) says \(secret)") }
        }
        for path in [
            "/api/traffic", "/api/users", "/api/traffic?admin_key=\(house.panel.password)", "/api/users?admin_key=1",
        ] {
            #expect(try stranger.get(path).status == 401, "\(path)")
        }
        #expect(try stranger.get("/api/traffic", headers: ["Authorization: Bearer wrong"]).status == 401)
        #expect(try owner.get("/api/traffic").status == 200)
    }

    @Test(.timeLimit(.minutes(10)))
    func `the bot's files may break and come back, and nobody is lost`() throws {
        func names() throws -> [String] {
            let users = try owner.get("/api/users").object() as? [[String: Any]] ?? []
            return users.compactMap { $0["username"] as? String }.sorted()
        }
        let before = try names()
        #expect(before.contains("алиса"))
        let whole = try house.files.usersText
        try write(String(whole.prefix(whole.count / 2)), to: house.panel.users)
        let shown = try owner.servers()["main"]?.last_sample
        try eventually("the panel goes on") { try owner.servers()["main"]?.last_sample != shown ? true : nil }
        #expect(try names() == before)
        var files = house.files
        files.users.append(.init(4, "newcomer"))
        try write(files.usersText, to: house.panel.users + ".new")
        rename(house.panel.users + ".new", house.panel.users)
        try eventually("the newcomer is there", within: .seconds(10)) { try names().contains("newcomer") ? true : nil }
        #expect(try names().contains("алиса"))
        try house.files.write(users: house.panel.users, peers: house.panel.peers)
        try eventually("and gone again", within: .seconds(10)) { try names() == before ? true : nil }
    }

    @Test(.timeLimit(.minutes(10)), .enabled(if: Browser.isThere, "needs chromium"))
    func `a browser finds the same elements on the page whatever a user is called`() throws {
        defer { try? house.files.write(users: house.panel.users, peers: house.panel.peers) }
        func skeleton(_ name: String, marker: String) throws -> String {
            var files = house.files
            files.users[1].username = name
            try write(files.usersText, to: house.panel.users)
            let page = try eventually("the page says \(marker)") {
                let page = try owner.get("/").text
                return page.contains(marker) ? page : nil
            }
            return try Browser.skeleton(of: page, in: house.bed.folder)
        }
        let plain = try skeleton("alice", marker: "alice")
        #expect(plain.contains("TABLE"))
        for (name, marker) in [
            ("\"\u{301} onfocus=alert(1) autofocus x=\" marker1", "marker1"),
            ("<script>alert(1)</script>marker2", "marker2"), ("'><img src=x onerror=alert(1)>marker3", "marker3"),
            ("\u{202E}\u{2066}marker4\u{0}\u{7}", "marker4"), ("👩‍👩‍👧‍👦&lt;marker5&#x27;", "marker5"),
        ] { #expect(try skeleton(name, marker: marker) == plain, "\(marker)") }
        // A name too long to show in full gains a title with more of it, and nothing else.
        let long = try skeleton("marker6" + String(repeating: "щ", count: 10_000), marker: "marker6")
        #expect(long.replacing("BDI[title]", with: "BDI[]") == plain.replacing("BDI[title]", with: "BDI[]"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `an answer that did not change is not sent again`() throws {
        let first = try house.panel.front.get("/api/stats")
        let tag = try #require(first.headers["etag"])
        #expect(try house.panel.front.get("/api/stats", headers: ["If-None-Match: \(tag)"]).status == 304)
    }

    @Test(.timeLimit(.minutes(10)))
    func `no private or preshared key is in a file, a log or an answer`() throws {
        let secrets = house.nodes.values.flatMap(\.secrets)
        #expect(secrets.count >= 9)
        let server = try #require(house.servers["eu1"])
        // From here on the node prints all it has.
        try server.replaceScript("exec wg show all dump\n")
        defer { try? server.replaceScript(SSHServer.shippedScript) }
        let shown = try owner.servers()["eu1"]?.last_sample
        try eventually("a poll of the plain dump", within: .seconds(15)) {
            let state = try owner.servers()["eu1"]
            return state?.last_sample != shown || state?.error != nil ? true : nil
        }
        var said = house.panel.log
        for path in ["/", "/api/traffic", "/api/servers", "/api/users"] { said += try owner.get(path).text }
        let data = house.panel.folder + "/data"
        for name in try FileManager.default.contentsOfDirectory(atPath: data) { said += read(data + "/" + name) }
        for secret in secrets { #expect(!said.contains(secret)) }
        #expect(said.contains(house.nodes["main"]?.peers[0].publicKey ?? "-"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `SIGTERM ends it within five seconds, with status 0`() throws {
        #expect(house.panel.stop() == 0)
        try house.panel.start()
        #expect(try owner.get("/api/traffic").status == 200, "sessions outlive a restart")
    }
}
