import Foundation
import TestBed

/// `/api/traffic` for 1,000 peers from the whole daemon, read with a token while it polls and books, against the C program
/// that sends the same bytes.
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
    // Two devices a user; what they are called differs.
    let keys = Dump(try must([scale.program, "1000", address])).peers.keys.sorted()
    var files = BotFiles()
    for (index, key) in keys.enumerated() {
        if index % 2 == 0 { files.users.append(.init(100_000 + index, "пользователь \(index)")) }
        files.records.append(
            .init(
                100_000 + index / 2 * 2, "eu1", "pc\(index % 2)", publicKey: key,
                address: "10.9.\(index / 250).\(index % 250 + 1)"))
    }
    try files.write(users: panel.users, peers: panel.peers)
    try panel.setPassword()
    try panel.start()
    defer { panel.stop() }
    let token = try panel.command(["token", "create", "bench"]).text.split(whereSeparator: \.isWhitespace).joined()
    let authorization = "Authorization: Bearer \(token)"

    print(
        "panel: /api/traffic for 1,000 peers from the whole daemon through nginx, 16 connections, medians of rounds by")
    print("turns; ratio = ours / C's, target >= 0.8\n")
    var rows = [["answer", "KB", "ours /s", "C libfcgi /s", "ratio", ""]]
    for (name, headers) in [("plain", [authorization]), ("gzip", [authorization, "Accept-Encoding: gzip"])] {
        try Limit.withFolder { folder in
            let file = folder.appending(path: "answer")
            let status = try panel.front.get("/api/traffic", headers: headers, arguments: ["-o", file.path]).status
            let body = try [UInt8](Data(contentsOf: file))
            guard status == 200, body.count > 10_000 else {
                throw Limit.Failure(description: "/api/traffic: \(status), \(body.count) bytes")
            }
            let race = try Race(ours: panel.socket, body: body, path: "/api/traffic", headers: headers, in: folder)
            rows.append(race.row(name, try race.run()))
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
