import Foundation
import TestBed
import Testing

/// Many nodes at once. VPNWEB_LONG: five hundred, else forty.
@Suite(.endToEnd, .daemon)
struct ScaleTests {
    @Test(.timeLimit(.minutes(10)))
    func `every node of many is logged in to once, and nothing grows with the polls`() throws {
        let isLong = ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil
        let count = isLong ? 500 : 40
        let bed = try Bed()
        defer { bed.close() }
        let home = try Namespace(bed, "home", users: [SSHServer.user])
        let key = try SSHKey(bed.folder + "/key")
        let scale = try ScaleBed(home.place, nodes: count, key: key)
        let addresses = (0..<count).map { ScaleBed.address(of: $0) }
        let nodes = addresses.enumerated().map { index, address in
            "  - { id: n\(index), ssh: { host: \(address), port: \(scale.port), user: vpn-web, key: \(key.path) } }"
        }
        let panel = try Panel(
            home.network, program: #require(Program.path), nodes: nodes.joined(separator: "\n"),
            poll: isLong ? "15s" : "3s")
        try write(addresses.map { scale.server.knownHost($0) + "\n" }.joined(), to: panel.knownHosts)
        try panel.setPassword()
        try panel.start(within: .seconds(120))
        defer { panel.stop() }
        let owner = try panel.signIn()
        try eventually("all are online", within: .seconds(180), every: .seconds(1)) {
            try owner.servers().values.count { $0.status == "online" } == count ? true : nil
        }
        let logins = scale.server.logins
        let pid = try #require(panel.pid)
        let before = try Resources(of: pid)
        var samples: Set<String> = []
        try eventually("five more polls", within: .seconds(180), every: .seconds(1)) {
            if let sample = try owner.servers()["n0"]?.last_sample { samples.insert(sample) }
            return samples.count > 5 ? true : nil
        }
        let after = try Resources(of: pid)
        #expect(logins == count)
        #expect(scale.server.logins == logins)
        // A request on its way has a thread and a descriptor of its own.
        #expect(after.threads <= before.threads + 2)
        #expect(after.descriptors <= before.descriptors + 4)
        #expect(try owner.traffic().unmatched.count == count * 100)
    }
}

/// What /proc says a process holds.
private struct Resources {
    var threads: Int
    var descriptors: Int

    init(of pid: Int32) throws {
        threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }
}
