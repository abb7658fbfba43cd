import Foundation
import TestBed

/// A town behind nginx: its nodes are sshds that print what they have, its panel the real one.
final class TownBed {
    let panel: Panel
    private let bed: Bed
    private let servers: [SSHServer]

    init(_ size: Int, program: String) throws {
        bed = try Bed()
        let machine = TestBed.Place.machine(bed)
        let key = try SSHKey(bed.folder + "/key")
        var town = Town(size: size)
        var servers: [SSHServer] = []
        var nodes = ""
        for place in town.places {
            // Where nobody listens: the server is stopped again.
            let server = try SSHServer(recorded: machine, place.id, port: try freePort())
            if place.isAway { server.stop() }
            nodes += """
                  - id: \(place.id)
                    name: "\(place.name)"
                    endpoint: \(place.id).vpn.example.org:51820
                    ssh: { host: 127.0.0.1, port: \(server.port), user: \(server.user), key: \(key.path) }
                \(place.id == "main" ? "    allowance: { gb: 900, day: 5 }\n" : "")
                """
            servers.append(server)
        }
        self.servers = servers
        let more = """
            public: { page: true, names: true, minimum: 3 }
            outbound: { allow: [127.0.0.0/8] }
            services:
              - { kind: tcp, address: "127.0.0.1:\(servers[0].port)" }
              - { kind: ping, address: 127.0.0.1 }
            \(size == 0 ? "" : "users:\n  - { telegram_id: 100001, allowance: { gb: 20 } }\n  - { telegram_id: 100002, allowance: { gb: 1 } }")
            """
        panel = try Panel(machine, program: program, nodes: nodes, poll: "60s", more: more)
        try write(servers.map { $0.knownHost("127.0.0.1") + "\n" }.joined(), to: panel.knownHosts)
        try town.files.write(users: panel.users, peers: panel.peers)
        let now = Int64(Date().timeIntervalSince1970)
        try town.live(until: now, in: panel.database)
        for (place, server) in zip(town.places, servers) where !place.isAway {
            let file = bed.folder + "/dump-" + place.id
            try write(town.dump(place, now: now), to: file)
            try write(
                "awk -v now=\"$(date +%s)\" 'BEGIN { FS = OFS = \"\\t\" } NF == 9 && $6 ~ /^-/ { $6 = now + $6 } 1' \(file)\n",
                to: file + ".sh")
            try server.authorize(
                key, script: "set -- '/bin/sh \(file).sh'\n" + SSHServer.shippedScript)
        }
        try panel.setPassword()
        try panel.start(within: .seconds(60))
    }

    func close() {
        panel.stop()
        bed.close()
    }
}
