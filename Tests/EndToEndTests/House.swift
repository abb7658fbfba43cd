import Foundation
import TestBed
import Testing

/// Three nodes, their devices, and a panel over them that nobody else uses: `main` is local to the panel, `eu1` over SSH,
/// `eu2` behind `eu1`.
struct House: Sendable {
    let bed: Bed
    let home: Namespace
    let nodes: [String: WireGuardNode]
    let servers: [String: SSHServer]
    let cables: [String: Cable]
    let files: BotFiles
    let panel: Panel

    /// Signed in once: nginx and the panel count logins.
    let owner: Visitor
    private let others: [Namespace]

    @TaskLocal static var current: House?

    init(_ program: String) throws {
        bed = try Bed()
        do {
            let key = try SSHKey(bed.folder + "/key")
            let script = try SSHServer.shippedScript
            home = try Namespace(bed, "home")
            let eu1Host = try Namespace(bed, "eu1", users: [SSHServer.user])
            let eu2Host = try Namespace(bed, "eu2", users: [SSHServer.user])
            let eu1Cable = try Cable(home.place, eu1Host.place, number: 2)
            let eu2Cable = try Cable(eu1Host.place, eu2Host.place, number: 3)
            let eu1 = try SSHServer(eu1Host.place, "eu1", allowForwarding: true)
            let eu2 = try SSHServer(eu2Host.place, "eu2")
            try eu1.authorize(key, script: script, forwardingTo: ["\(eu2Cable.addressB):22"])
            try eu2.authorize(key, script: script)
            servers = ["eu1": eu1, "eu2": eu2]
            cables = ["eu1": eu1Cable, "eu2": eu2Cable]

            var nodes: [String: WireGuardNode] = [:]
            var files = BotFiles(users: [
                .init(1, "owner-of-it", role: "owner"), .init(2, "алиса"), .init(3, "bob-the-third"),
            ])
            var others = [eu1Host, eu2Host]
            for (index, (id, host)) in [("main", home), ("eu1", eu1Host), ("eu2", eu2Host)].enumerated() {
                let node = try WireGuardNode(host.place, number: index + 1)
                let devices = try Namespace(bed, "d\(index)")
                let cable = try Cable(host.place, devices.place, number: 11 + index)
                for (user, psk, endpoint6) in [(1, false, false), (2, true, false), (3, false, true)] {
                    let peer = try node.addPeer("\(user)", in: cable, psk: psk, endpoint6: endpoint6)
                    files.records.append(
                        .init(user, id, "pc", publicKey: peer.publicKey, address: peer.address))
                }
                // A key of nobody's.
                _ = try node.addPeer("nobody", in: cable, psk: true, endpoint6: true)
                nodes[id] = node
                others.append(devices)
            }
            self.nodes = nodes
            self.files = files
            self.others = others
            panel = try Panel(
                home.network, program: program,
                nodes: """
                      - { id: main, name: Россия, local: true, endpoint: "secret-endpoint.example:51001" }
                      - { id: eu1, name: Европа, endpoint: "198.18.2.2:51002", ssh: { host: \(eu1Cable.addressB), user: vpn-web, key: \(key.path) } }
                      - { id: eu2, name: Даль, ssh: { host: \(eu2Cable.addressB), user: vpn-web, key: \(key.path), jump: eu1 } }
                    """)
            try write(
                "\(eu1.knownHost(eu1Cable.addressB))\n\(eu2.knownHost(eu2Cable.addressB))\n", to: panel.knownHosts)
            try files.write(users: panel.users, peers: panel.peers)
            try panel.setPassword()
            try panel.start()
            owner = try panel.signIn()
        } catch {
            bed.close()
            throw error
        }
    }
}

/// One house for a whole suite.
struct HouseTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let house = try House(#require(Program.path))
        defer { house.bed.close() }
        try await House.$current.withValue(house, operation: function)
        house.panel.stop()
    }
}

extension Trait where Self == HouseTrait {
    static var house: Self { HouseTrait() }
}

/// A line of `/api/traffic`.
struct TrafficRow: Decodable {
    var server_id: String
    var public_key: String
    var username: String?
    var rx_bytes: UInt64
    var tx_bytes: UInt64
    var session_rx_bytes: UInt64?
    var session_tx_bytes: UInt64?
}

struct TrafficPage: Decodable {
    var rows: [TrafficRow]
    var unmatched: [TrafficRow]

    func row(_ key: String) -> TrafficRow? { (rows + unmatched).first { $0.public_key == key } }
}

/// A value of `/api/servers`.
struct ServerState: Decodable {
    var status: String
    var error: String?
    var last_sample: String?
    var stale: Bool?
    var ping_ms: Double?
}

extension Visitor {
    func traffic() throws -> TrafficPage { try get("/api/traffic").json(TrafficPage.self) }
    func servers() throws -> [String: ServerState] { try get("/api/servers").json([String: ServerState].self) }

    /// The row of a key, once it shows at least this much of the node's counter.
    func row(of key: String, session: Dump.Counters) throws -> TrafficRow {
        try eventually("/api/traffic shows what the node shows", within: .seconds(15)) {
            try traffic().row(key).flatMap { row in
                row.session_rx_bytes ?? 0 >= session.rx && row.session_tx_bytes ?? 0 >= session.tx ? row : nil
            }
        }
    }
}
