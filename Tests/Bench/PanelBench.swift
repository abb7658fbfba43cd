import Foundation
import TestBed

/// The daemon's hot answers for 1,000 peers, read while it polls and books, against the C program that sends the same bytes;
/// and what every page of 2,000 users weighs and how long its first byte takes.
func benchPanel() throws {
    let bed = try Bed()
    defer { bed.close() }
    let home = try Namespace(bed, "home", users: [SSHServer.user])
    let key = try SSHKey(bed.folder + "/key")
    let scale = try ScaleBed(home.place, nodes: 1, peers: 1_000, key: key)
    let address = ScaleBed.address(of: 0)
    let panel = try Panel(
        home.network, program: try benchedProgram(),
        nodes: "  - { id: eu1, ssh: { host: \(address), port: \(scale.port), user: vpn-web, key: \(key.path) } }",
        poll: "15s")
    try write(scale.server.knownHost(address) + "\n", to: panel.knownHosts)
    // Every second user has a device.
    let keys = Dump(try must([scale.program, "1000", address])).peers.keys.sorted()
    var files = BotFiles()
    for index in 0..<2_000 { files.users.append(.init(100_000 + index, "пользователь \(index)")) }
    for (index, key) in keys.enumerated() {
        files.records.append(
            .init(
                100_000 + index * 2, "eu1", "pc\(index % 2)", publicKey: key,
                address: "10.9.\(index / 250).\(index % 250 + 1)"))
    }
    try files.write(users: panel.users, peers: panel.peers)
    try panel.setPassword()
    try panel.start()
    defer { panel.stop() }
    let token = try panel.command(["token", "create", "bench"]).text.split(whereSeparator: \.isWhitespace).joined()
    let authorization = "Authorization: Bearer \(token)"

    let owner = try panel.signIn().header
    try race(panel, ["/api/traffic": authorization, "/": owner, "/users": owner])
    print()
    try weigh(panel, owner)
}

/// - Parameter asked: paths, each with the header that lets one in.
private func race(_ panel: Panel, _ asked: [String: String]) throws {
    print("panel: answers for 1,000 peers from the whole daemon through nginx, 16 connections, medians of rounds by")
    print("turns; ratio = ours / C's that sends the same bytes, or a 304 too; target >= 0.8\n")
    var rows = [["answer", "KB", "ours /s", "C libfcgi /s", "ratio", ""]]
    for (path, key) in asked.sorted(by: { $0.key < $1.key }) {
        for (name, more) in [("plain", []), ("gzip", ["Accept-Encoding: gzip"])] {
            try Limit.withFolder { folder in
                let headers = [key] + more
                let body = try answer(panel, path, headers, in: folder)
                let race = try Race(ours: panel.socket, body: body, path: path, headers: headers, in: folder)
                rows.append(race.row("\(path), \(name)", try race.run()))
            }
        }
        try Limit.withFolder { folder in
            let body = try answer(panel, path, [key], in: folder)
            // Whatever is shown: ages on a page change its tag within a turn, and the rest of it would be whole pages.
            let race = try Race(
                ours: panel.socket, body: body, path: path, headers: [key, "If-None-Match: *"], in: folder)
            rows.append(race.row("\(path), 304", try race.run()))
        }
    }
    printTable(rows)
}

private func answer(
    _ panel: Panel, _ path: String, _ headers: [String], in folder: URL
) throws -> [UInt8] {
    let file = folder.appending(path: "answer")
    let answer = try panel.front.get(path, headers: headers, arguments: ["-o", file.path])
    let body = try [UInt8](Data(contentsOf: file))
    guard answer.status == 200, body.count > 1_000 else {
        throw Limit.Failure(description: "\(path): \(answer.status), \(body.count) bytes")
    }
    return body
}

private func weigh(_ panel: Panel, _ owner: String) throws {
    let ids = (0..<200).map { 100_000 + $0 * 2 }
    let days = (1...28).map { $0 < 10 ? "0\($0)" : "\($0)" }
    let pages: [(String, [String])] = [
        ("/", (0..<100).map { "/?page=\($0 % 20 + 1)" }),
        ("/users", (0..<100).map { "/users?page=\($0 % 10 + 1)" }),
        ("/users/{id}, first visits", ids.map { "/users/\($0)" }),
        ("/nodes", Array(repeating: "/nodes", count: 100)),
        ("/nodes/{id}", (0..<100).map { "/nodes/eu1?page=\($0 % 10 + 1)" }),
        ("/traffic, first visits", days.map { "/traffic?from=2026-01-\($0)&to=2026-10-\($0)" }),
        ("/services", Array(repeating: "/services", count: 100)),
        ("/settings", Array(repeating: "/settings", count: 100)),
        ("/diagnostics", Array(repeating: "/diagnostics", count: 100)),
    ]
    print("panel: pages of 2,000 users, gzipped, one after the other; target <= 50 KB, first byte p99 <= 50 ms\n")
    var rows = [["page", "KB", "first byte p50 ms", "p99 ms", ""]]
    try Limit.withFolder { folder in
        let race = try Race(ours: panel.socket, body: [1], in: folder)
        for (name, paths) in pages {
            let (seconds, most) = try race.firstBytes(paths, headers: [owner, "Accept-Encoding: gzip"])
            let p99 = percentile(seconds, 99) * 1000
            rows.append([
                name, digits(Double(most) / 1000, 1), digits(median(seconds) * 1000, 1), digits(p99, 1),
                most <= 50_000 && p99 <= 50 ? "ok" : "MISSED",
            ])
        }
    }
    printTable(rows)
}

/// The daemon that is measured.
func benchedProgram() throws -> String {
    let program = FileManager.default.currentDirectoryPath + "/.build/release/vpn-web"
    guard FileManager.default.isExecutableFile(atPath: program) else {
        throw Limit.Failure(description: "\(program) is missing: make build")
    }
    return program
}
