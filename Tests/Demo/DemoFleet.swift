import Foundation
import Glibc
import TestBed

/// Three nodes, one of them behind another, and the people who use them.
struct DemoFleet {
    /// For the panel's configuration; `services` where the nodes are real.
    let nodes: String
    let services: String
    let knownHosts: String
    let files: BotFiles

    // Kept, so that they live as long as the demo.
    private let parts: [any Sendable]

    /// Real ones: `main` is this machine, `eu1` a namespace over SSH, `eu2` a namespace that only `eu1` can reach.
    init(in bed: Bed, step: (String) throws -> Void) throws {
        let machine = Place.machine(bed)
        let key = try SSHKey(bed.folder + "/key")
        let script = try SSHServer.shippedScript

        try step("Node main: WireGuard on this machine, interface vwd0")
        let main = try WireGuardNode(machine, number: 1, interface: "vwd0")

        try step("Node eu1: WireGuard and sshd in a network namespace")
        let eu1Host = try Namespace(bed, "eu1", users: [SSHServer.user])
        let eu1 = try WireGuardNode(eu1Host.place, number: 2)
        let eu1Cable = try Cable(machine, eu1Host.place, number: 2)
        let eu1Server = try SSHServer(eu1Host.place, "eu1", allowForwarding: true)

        try step("Node eu2: the same, behind eu1")
        let eu2Host = try Namespace(bed, "eu2", users: [SSHServer.user])
        let eu2 = try WireGuardNode(eu2Host.place, number: 3)
        let eu2Cable = try Cable(eu1Host.place, eu2Host.place, number: 3)
        let eu2Server = try SSHServer(eu2Host.place, "eu2")
        try eu1Server.authorize(key, script: script, forwardingTo: ["\(eu2Cable.addressB):22"])
        try eu2Server.authorize(key, script: script)

        try step("Devices, and traffic that flows through the tunnels")
        var files = Cast.files
        var devices: [Namespace] = []
        for (index, (id, node)) in [("main", main), ("eu1", eu1), ("eu2", eu2)].enumerated() {
            let namespace = try Namespace(bed, "d\(index + 1)")
            let cable = try Cable(node.place, namespace.place, number: 11 + index)
            devices.append(namespace)
            for device in Cast.devices where device.server == id {
                let peer = try node.addPeer(
                    "\(device.user)", in: cable, psk: device.user % 2 == 0, endpoint6: device.platform == "ios")
                if device.kilobytes > 0 { try peer.stream(kilobytes: device.kilobytes) }
                files.add(device, publicKey: peer.publicKey, address: peer.address)
            }
        }
        _ = try main.addIdleKey()
        files.addLost(publicKey: try WireGuardKeys.publicKey(of: WireGuardKeys.generate()))

        // A key of the panel's own on eu1: its tunnel is proven by a handshake, not concluded.
        let probeKey = try WireGuardKeys.generate()
        try eu1.addProbePeer(try WireGuardKeys.publicKey(of: probeKey))
        try write(probeKey + "\n", to: bed.folder + "/probe.key")

        try step("A Shadowsocks proxy on eu1, and leave to ping from this machine")
        try eu1Host.place.startPage("127.0.0.1", 8080)
        let proxy = try ShadowsocksServer(
            eu1Host.place, address: eu1Cable.addressB, port: 8388, method: "chacha20-ietf-poly1305",
            password: "demo of a proxy")
        try write(proxy.password + "\n", to: bed.folder + "/shadowsocks.password")
        try bed.permitPings()

        var enter =
            "#!/bin/sh\n# wg on a node of the demo: wg NODE [ARGUMENTS]\nnode=$1; shift; [ $# -gt 0 ] || set -- show\ncase $node in\n"
        for (id, place) in [("main", machine), ("eu1", eu1Host.place), ("eu2", eu2Host.place)] {
            enter += "\(id)) exec \((place.commandLine(["wg"])).joined(separator: " ")) \"$@\" ;;\n"
        }
        try write(
            enter + "*) echo \"nodes: main, eu1, eu2\" >&2; exit 1 ;;\nesac\n", to: bed.folder + "/wg", mode: 0o700)

        nodes = Self.nodes(
            main: "    local: true\n    endpoint: 127.0.0.1:\(main.port)", key: key,
            eu1: (eu1Cable.addressB, 22, eu1Server), eu2: (eu2Cable.addressB, 22, eu2Server))
        services = """
            outbound: { allow: [127.0.0.0/8, "::1", 198.18.0.0/15] }
            services:
              - { node: eu1, kind: wireguard, address: "\(eu1Cable.addressB):\(eu1.port)", probe_key_file: \(bed.folder)/probe.key, every: 15s }
              - { node: eu1, kind: shadowsocks, address: "\(proxy.address):\(proxy.port)", method: \(proxy.method), password_file: \(bed.folder)/shadowsocks.password, fetch: "http://127.0.0.1:8080/", every: 15s }
              - { node: eu1, kind: ping, address: \(eu1Cable.addressB), every: 15s }
              - { node: eu1, kind: tcp, address: "\(eu1Cable.addressB):22", every: 30s }
            """
        knownHosts = [eu1Server.knownHost(eu1Cable.addressB), eu2Server.knownHost(eu2Cable.addressB), ""]
            .joined(separator: "\n")
        self.files = files
        parts = [main, eu1, eu2, eu1Server, eu2Server, proxy, eu1Host, eu2Host, devices]
    }

    /// Recorded ones: the same three over sshd as this user, with a forced command that prints growing counters.
    init(recordedIn bed: Bed, step: (String) throws -> Void) throws {
        let machine = Place.machine(bed)
        let key = try SSHKey(bed.folder + "/key")
        try step("A program that plays a node")
        let program = try ScaleBed.build(in: bed.folder)
        var files = Cast.files
        var servers: [(SSHServer, Int)] = []
        for (index, id) in ["main", "eu1", "eu2"].enumerated() {
            try step("Node \(id): recorded, over SSH")
            let port = 8450 + index
            let server = try SSHServer(recorded: machine, id, port: port, allowForwarding: id == "eu1")
            let devices = Cast.devices.filter { $0.server == id }
            try server.authorize(
                key, command: "exec \(program) \(devices.count + 1) \(id)",
                forwardingTo: id == "eu1" ? ["127.0.0.1:\(port + 1)"] : [])
            let lines = try must([program, "\(devices.count + 1)", id]).split(separator: "\n").dropFirst()
            for (device, line) in zip(devices, lines) {
                let fields = line.split(separator: "\t")
                files.add(device, publicKey: String(fields[1]), address: String(fields[4].prefix { $0 != "/" }))
            }
            servers.append((server, port))
        }
        func ssh(_ server: SSHServer) -> String {
            "    ssh: { host: 127.0.0.1, port: \(server.port), user: \(server.user), key: \(key.path) }"
        }
        nodes = Self.nodes(
            main: ssh(servers[0].0), key: key, eu1: ("127.0.0.1", servers[1].1, servers[1].0),
            eu2: ("127.0.0.1", servers[2].1, servers[2].0))
        services = ""
        knownHosts = servers.map { $0.0.knownHost("127.0.0.1") + "\n" }.joined()
        self.files = files
        parts = servers.map(\.0)
    }

    private static func nodes(
        main: String, key: SSHKey, eu1: (String, Int, SSHServer), eu2: (String, Int, SSHServer)
    ) -> String {
        """
          - id: main
            name: Россия
        \(main)
          - id: eu1
            name: Европа
            endpoint: \(eu1.0):51002
            ssh: { host: \(eu1.0), port: \(eu1.1), user: \(eu1.2.user), key: \(key.path) }
          - id: eu2
            name: Нидерланды
            endpoint: \(eu2.0):51003
            ssh: { host: \(eu2.0), port: \(eu2.1), user: \(eu2.2.user), key: \(key.path), jump: eu1 }
        """
    }
}
