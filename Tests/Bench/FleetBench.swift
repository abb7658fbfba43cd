import Foundation
import TestBed

/// The daemon over many nodes: 500 sessions of 100 peers each on one sshd, polled every 15 s. sshd and the nodes' program
/// share the machine; only the daemon's own processor time and memory are counted.
func benchFleet() throws {
    let count = ProcessInfo.processInfo.environment["VPNWEB_BENCH_NODES"].flatMap(Int.init) ?? 500
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
        home.network, program: try benchedProgram(), nodes: nodes.joined(separator: "\n"), poll: "15s")
    try Data(addresses.map { scale.server.knownHost($0) + "\n" }.joined().utf8).write(
        to: URL(filePath: panel.knownHosts))
    try panel.setPassword()
    let began = ContinuousClock.now
    try panel.start(within: .seconds(240))
    defer { panel.stop() }
    let owner = try panel.signIn()
    try waitFor("all nodes online", seconds: 240) { try states(owner).values.count { $0.isOnline } == count }
    let warm = ContinuousClock.now - began
    guard let pid = panel.pid else { throw Limit.Failure(description: "the daemon is gone") }

    let start = try Usage(pid)
    var oldest: [Double] = []
    let window = 60.0
    let until = Date().addingTimeInterval(window)
    while Date() < until {
        Thread.sleep(forTimeInterval: 5)
        let now = Date()
        oldest.append(try states(owner).values.map { now.timeIntervalSince($0.sampled ?? .distantPast) }.max() ?? .nan)
    }
    let end = try Usage(pid)
    let seconds = end.at.timeIntervalSince(start.at)
    let cpu = end.cpu - start.cpu
    let polls = seconds / 15 * Double(count)
    print("fleet: \(count) nodes x 100 peers on one sshd, polled every 15 s; the daemon alone\n")
    printTable([
        ["figure", "value", "target"],
        ["all online after, s", digits(Double(warm.components.seconds), 0), ""],
        ["processor, % of one core", digits(cpu / seconds * 100, 1), ""],
        ["processor, ms a poll (ssh, parse, book, store)", digits(cpu / polls * 1000, 2), ""],
        ["memory (RSS), MB", digits(end.rss / 1e6, 1), ""],
        ["memory a node, KB", digits(end.rss / Double(count) / 1e3, 0), ""],
        ["threads", "\(end.threads)", ""],
        ["age of the oldest sample, s: median", digits(median(oldest), 1), "<= 20"],
        ["age of the oldest sample, s: worst", digits(oldest.max() ?? .nan, 1), "<= 30"],
        ["logins over all", "\(scale.server.logins)", "\(count)"],
    ])
}

private struct State {
    var isOnline: Bool
    var sampled: Date?
}

private func states(_ owner: Visitor) throws -> [String: State] {
    guard let object = try owner.get("/api/servers").object() as? [String: [String: Any]] else { return [:] }
    return object.mapValues { node in
        let sampled = (node["last_sample"] as? String).flatMap { try? Date($0, strategy: .iso8601) }
        return State(isOnline: node["status"] as? String == "online", sampled: sampled)
    }
}

private func waitFor(_ what: String, seconds: Int, _ condition: () throws -> Bool) throws {
    for _ in 0..<seconds {
        if try condition() { return }
        Thread.sleep(forTimeInterval: 1)
    }
    throw Limit.Failure(description: "\(what): not within \(seconds) s")
}

/// What /proc says a process has used.
private struct Usage {
    var at = Date()

    /// Seconds, user and system.
    var cpu: Double
    var rss: Double
    var threads: Int

    init(_ pid: Int32) throws {
        let text = try String(decoding: Data(contentsOf: URL(filePath: "/proc/\(pid)/stat")), as: UTF8.self)
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 22, let user = Double(fields[12]), let system = Double(fields[13]),
            let threads = Int(fields[18]), let pages = Double(fields[22])
        else { throw Limit.Failure(description: "/proc/\(pid)/stat") }
        cpu = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        rss = pages * Double(sysconf(Int32(_SC_PAGESIZE)))
        self.threads = threads
    }
}
