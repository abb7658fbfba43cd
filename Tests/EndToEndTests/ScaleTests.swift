import Foundation
import TestBed
import Testing

/// Many nodes at once. VPNWEB_LONG: as many as a large owner may ever have.
@Suite(.endToEnd, .daemon)
struct ScaleTests {
    private static let isLong = ProcessInfo.processInfo.environment["VPNWEB_LONG"] != nil

    @Test(.timeLimit(.minutes(10)))
    func `every node of many is logged in to once, and nothing grows with the polls`() throws {
        let count = Self.isLong ? 500 : 40
        let fleet = try ManyNodes(count, peers: 100, poll: Self.isLong ? "15s" : "3s")
        defer { fleet.bed.close() }
        let logins = fleet.scale.server.logins
        let before = try fleet.resources()
        var samples: Set<String> = []
        try eventually("five more polls", within: .seconds(180), every: .seconds(1)) {
            if let sample = try fleet.owner.servers()["n0"]?.last_sample { samples.insert(sample) }
            return samples.count > 5 ? true : nil
        }
        let after = try fleet.resources()
        #expect(logins == count)
        #expect(fleet.scale.server.logins == logins)
        // A request on its way has a thread and a descriptor of its own.
        #expect(after.threads <= before.threads + 2)
        #expect(after.descriptors <= before.descriptors + 4)
        #expect(try fleet.owner.traffic().unmatched.count == count * 100)
        fleet.panel.stop()
    }

    @Test(.timeLimit(.minutes(30)))
    func `memory, threads and descriptors stay where they are over many polls and reconnects`() throws {
        let count = Self.isLong ? 200 : 20
        let rounds = Self.isLong ? 20 : 4
        let pollsARound = Self.isLong ? 1_000 : 100
        let fleet = try ManyNodes(count, peers: 20, poll: Self.isLong ? "2s" : "1s")
        defer { fleet.bed.close() }
        let server = fleet.scale.server
        var seen: [Resources] = []
        for round in 1...rounds {
            // Every session ends; every other time nobody listens for a moment either.
            if round % 2 == 0 { try server.restart() } else { server.dropSessions() }
            let polls = server.commands
            try eventually("\(pollsARound) polls", within: .seconds(300), every: .milliseconds(250)) {
                server.commands >= polls + pollsARound ? true : nil
            }
            try fleet.waitUntilOnline()
            let now = try fleet.resources()
            seen.append(now)
            print("scale: \(server.commands) polls, \(server.logins) logins, \(now)")
        }
        #expect(server.commands >= rounds * pollsARound)
        #expect(server.logins >= count * rounds)
        // The first rounds fill what is kept; from then on nothing is added.
        let (early, late) = (seen.prefix(rounds / 2), seen.suffix(rounds / 2))
        let least = try #require(early.last)
        #expect(late.allSatisfy { $0.threads <= least.threads + 2 })
        #expect(late.allSatisfy { $0.descriptors <= least.descriptors + 4 })
        let memory = early.map(\.memory).max() ?? 0
        #expect(late.allSatisfy { $0.memory < memory + memory / 10 }, "\(seen)")
        fleet.panel.stop()
    }
}

/// A panel over a scale bed, every node online.
private struct ManyNodes {
    let bed: Bed
    let scale: ScaleBed
    let panel: Panel
    let owner: Visitor
    private let home: Namespace
    private let count: Int

    init(_ count: Int, peers: Int, poll: String) throws {
        self.count = count
        bed = try Bed()
        do {
            home = try Namespace(bed, "home", users: [SSHServer.user])
            let key = try SSHKey(bed.folder + "/key")
            let scale = try ScaleBed(home.place, nodes: count, peers: peers, key: key)
            self.scale = scale
            let addresses = (0..<count).map { ScaleBed.address(of: $0) }
            let nodes = addresses.enumerated().map { index, address in
                "  - { id: n\(index), ssh: { host: \(address), port: \(scale.port), user: vpn-web, key: \(key.path) } }"
            }
            panel = try Panel(
                home.network, program: #require(Program.path), nodes: nodes.joined(separator: "\n"), poll: poll)
            try write(addresses.map { scale.server.knownHost($0) + "\n" }.joined(), to: panel.knownHosts)
            try panel.setPassword()
            try panel.start(within: .seconds(120))
            owner = try panel.signIn()
            try waitUntilOnline()
        } catch {
            bed.close()
            throw error
        }
    }

    func waitUntilOnline() throws {
        try eventually("all are online", within: .seconds(240), every: .seconds(1)) {
            try owner.servers().values.count { $0.status == "online" && $0.error == nil } == count ? true : nil
        }
    }

    func resources() throws -> Resources { try Resources(of: #require(panel.pid)) }
}

/// What /proc says a process holds.
private struct Resources: CustomStringConvertible {
    var threads: Int
    var descriptors: Int

    /// Resident, in KB.
    var memory: Int

    var description: String { "\(threads) threads, \(descriptors) descriptors, \(memory) KB" }

    init(of pid: Int32) throws {
        threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
        let line = read("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        memory = try #require(line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }
}
