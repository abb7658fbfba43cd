import Foundation
import Store
import TestBed
import WireGuard

/// What the daemon answers out of three years of two thousand users with a key on each of ten nodes, while it reads these
/// nodes: everything that is asked of the store, with all that the answer is made of.
func benchYears() throws {
    let bed = try Bed()
    defer { bed.close() }
    let home = try Namespace(bed, "home", users: [SSHServer.user])
    let key = try SSHKey(bed.folder + "/key")
    let (nodes, users) = (10, 2_000)
    let scale = try ScaleBed(home.place, nodes: nodes, peers: users, key: key)
    let panel = try Panel(
        home.network, program: try benchedProgram(),
        nodes: (0..<nodes).map { node in
            "  - { id: node\(node), ssh: { host: \(ScaleBed.address(of: node)), port: \(scale.port), user: vpn-web, key: \(key.path) } }"
        }.joined(separator: "\n"), poll: "15s")
    try write(
        (0..<nodes).map { scale.server.knownHost(ScaleBed.address(of: $0)) + "\n" }.joined(), to: panel.knownHosts)

    let now = Int64(Date().timeIntervalSince1970) / 300 * 300 - 300
    let crowds = try (0..<nodes).map { node in
        let dump = Dump(try must([scale.program, "\(users)", ScaleBed.address(of: node)]))
        return Crowd(node: "node\(node)", keys: dump.peers.keys.sorted().compactMap { PublicKey(base64: $0) }, at: now)
    }
    var files = BotFiles(users: (1...users).map { .init($0, "user \($0)") })
    for (node, crowd) in crowds.enumerated() {
        for (index, key) in crowd.keys.enumerated() {
            files.records.append(
                .init(
                    index + 1, "node\(node)", ["phone", "laptop"][index % 2], publicKey: key.base64,
                    address: "10.\(node + 20).\(index / 250).\(index % 250 + 1)"))
        }
    }
    try files.write(users: panel.users, peers: panel.peers)
    try Limit.withFolder { folder in
        let store = try TrafficStore(path: panel.database, role: .daemon)
        for crowd in crowds { try store.book(crowd.booking(at: now - 1096 * 86_400, owners: users)) }
        try store.close()
        try JournalLimit(folder).fill(panel.database, Int32(nodes), Int32(users), now, 1_095, 395, 14, 48, 15)
    }
    try panel.setPassword()
    try panel.start(within: .seconds(120))
    defer { panel.stop() }
    let token = try panel.command(["token", "create", "bench"]).text.split(whereSeparator: \.isWhitespace).joined()
    try ask(panel, owner: panel.signIn().header, program: "Authorization: Bearer \(token)", crowds, at: now)
}

private func ask(_ panel: Panel, owner: String, program: String, _ crowds: [Crowd], at now: Int64) throws {
    func time(_ days: Int64, _ hours: Int64 = 0) -> String {
        Date(timeIntervalSince1970: Double(now - days * 86_400 - hours * 3600)).formatted(.iso8601)
    }
    /// Of the three years.
    func window() -> String {
        let ends = [Int64.random(in: 0...1_095 * 24), .random(in: 0...1_095 * 24)].sorted()
        return "from=\(time(0, ends[1]))&to=\(time(0, ends[0] - 1))"
    }
    func user() -> Int { .random(in: 1...2_000) }
    func node() -> String { "node\(Int.random(in: crowds.indices))" }
    func key() -> String {
        let text = crowds.randomElement()?.keys.randomElement()?.base64 ?? ""
        return text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    let questions: [(String, () -> String)] = [
        (
            "/api/history, a user's days of a month by node",
            {
                let days = Int64.random(in: 0...300)
                return "/api/history?user=\(user())&by=node&step=day&from=\(time(days + 31))&to=\(time(days))"
            }
        ),
        ("/api/history, a user's days of a year", { "/api/history?user=\(user())&step=day&from=\(time(365))" }),
        ("/api/history, all users' month", { "/api/history?by=user&step=month&from=\(time(.random(in: 25...31)))" }),
        ("/api/history, all nodes' 35 days", { "/api/history?by=node&step=day&node=\(node())" }),
        (
            "/api/top, who loaded a node for an hour",
            {
                let hours = Int64.random(in: 2...300)
                return "/api/top?node=\(node())&from=\(time(0, hours))&to=\(time(0, hours - 1))"
            }
        ),
        ("/api/top, users of a month", { "/api/top?from=\(time(.random(in: 25...31)))" }),
        ("/api/top, a thousand keys of a month", { "/api/top?by=peer&limit=1000&from=\(time(.random(in: 25...31)))" }),
        ("/api/top, profile types of a month", { "/api/top?by=profile&from=\(time(.random(in: 25...31)))" }),
        ("/api/top, users of any window", { "/api/top?\(window())" }),
        ("/api/top, a thousand keys of any window", { "/api/top?by=peer&limit=1000&\(window())" }),
        ("/api/top, profile types of any window", { "/api/top?by=profile&\(window())" }),
        ("/api/top, nodes of any window", { "/api/top?by=node&\(window())" }),
        ("/api/periods, all", { "/api/periods" }),
        ("/api/periods, a user's", { "/api/periods?user=\(user())" }),
        ("/api/periods, a node's", { "/api/periods?node=\(node())" }),
        ("/api/sessions, a user's 30 days", { "/api/sessions?user=\(user())&from=\(time(30))" }),
        ("/api/active, 14 days", { "/api/active?from=\(time(14))&node=\(node())" }),
        ("a key's ledger, by month", { "/api/peers/\(key())/ledger" }),
        ("a key's ledger, by poll", { "/api/peers/\(key())/ledger?step=poll" }),
        ("/", { "/?page=\(Int.random(in: 1...20))" }),
        ("/users", { "/users?page=\(Int.random(in: 1...10))" }),
        ("/users/{id}", { "/users/\(user())" }),
        ("/nodes/{id}", { "/nodes/\(node())?page=\(Int.random(in: 1...20))" }),
        (
            "/traffic, 30 to 90 days",
            { "/traffic?from=\(time(.random(in: 40...90)).prefix(10))&to=\(time(.random(in: 0...9)).prefix(10))" }
        ),
        ("/traffic, any window", { "/traffic?\(window())" }),
        ("/traffic, any window by key", { "/traffic?by=peer&\(window())" }),
    ]
    print(
        "years: answers of the whole daemon out of three years of 2,000 users on 10 nodes, gzipped, one after the other,"
    )
    print("while it reads the nodes; target: first byte p99 <= 50 ms\n")
    var rows = [["answer", "KB", "first byte p50 ms", "p99 ms", ""]]
    try Limit.withFolder { folder in
        let race = try Race(ours: panel.socket, body: [1], in: folder)
        for (name, path) in questions {
            let paths = (0..<200).map { _ in path() }
            let who = paths[0].hasPrefix("/api/") ? program : owner
            let (seconds, most) = try race.firstBytes(paths, headers: [who, "Accept-Encoding: gzip"])
            let p99 = percentile(seconds, 99) * 1000
            rows.append([
                name, digits(Double(most) / 1000, 1), digits(median(seconds) * 1000, 1), digits(p99, 1),
                p99 <= 50 ? "ok" : "MISSED",
            ])
        }
    }
    printTable(rows)
}
