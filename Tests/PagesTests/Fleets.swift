import Fleet
import Foundation
import Pages
import WireGuard

/// Snapshots to draw, the same at every run.
enum Fleets {
    /// 2026-11-19 11:05:10 UTC.
    static let now = UnixTime(1_795_086_310)

    static func context(
        _ language: Language = .russian, units: Units = .iec, isSignedIn: Bool = true, path: String = "/",
        query: [(name: String, value: String)] = []
    ) -> PageContext {
        PageContext(
            language: language, units: units, zone: TimeZone(identifier: "Europe/Moscow") ?? .gmt, now: now,
            isSignedIn: isSignedIn, panelURL: "https://vpn.example.org", path: path, query: query, version: "1.0")
    }

    static let empty = Snapshot(
        generation: 1, madeAt: now, nodes: [], peers: [], users: [], services: [], roster: Roster(),
        panel: PanelState(version: "1.0", startedAt: now.advanced(by: -3)))

    static func key(_ number: Int) -> PublicKey {
        var bytes = [UInt8](repeating: 0, count: 32)
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
        for index in bytes.indices {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            bytes[index] = UInt8(truncatingIfNeeded: state >> 24)
        }
        return PublicKey(bytes: bytes) ?? { preconditionFailure("32 bytes") }()
    }

    static func keyText(_ number: Int) -> String { Data(key(number).bytes).base64EncodedString() }

    static func status(
        _ id: String, _ name: String, endpoint: String? = nil, isLocal: Bool = false, aliases: [String] = [],
        state: NodeStatus.State = .online, since: Int64? = 86_400 * 3, sampleAge: Int64? = 8,
        failure: PollFailure.Kind? = nil, detail: String = "", failures: Int = 0
    ) -> NodeStatus {
        let node = NodeID(id)
        var status = NodeStatus(
            node: Node(id: node, name: name, aliases: aliases, endpoint: endpoint, isLocal: isLocal))
        status.state = state
        status.since = since.map { now.advanced(by: -$0) }
        status.lastPoll = now.advanced(by: -8)
        if let sampleAge {
            var vitals = Vitals()
            vitals.uptime = 86_400 * 21 + 5000
            vitals.load1 = 0.42
            vitals.memoryTotal = 2_000_000_000
            vitals.memoryAvailable = 800_000_000
            vitals.diskTotal = 20_000_000_000
            vitals.diskAvailable = 12_400_000_000
            status.lastSample = Sample(
                node: node, takenAt: now.advanced(by: -sampleAge),
                interfaces: [
                    Interface(name: isLocal ? "wg0" : "awg0", publicKey: key(9), listenPort: 51820, fwmark: nil)
                ],
                vitals: isLocal ? nil : vitals, took: .microseconds(isLocal ? 1400 : 47_300))
        }
        if let failure {
            status.failure = PollFailure(
                node: node, at: now.advanced(by: -8), took: .seconds(5), kind: failure, detail: detail)
            status.failures = failures
        }
        return status
    }

    /// Three nodes (one away, one local), a handful of people, something of everything that can be wrong.
    static func rich(name: String = "alice") -> Snapshot {
        var nodes = [
            NodeRow(
                status: status("main", "Россия", endpoint: "vpn.example.org:51820", isLocal: true, aliases: ["rus1"]),
                peers: 4, peersOnline: 2, lifetime: Traffic(rx: 60_000_000_000, tx: 812_000_000_000),
                today: Traffic(rx: 310_000_000, tx: 4_200_000_000),
                month: Traffic(rx: 9_100_000_000, tx: 99_000_000_000)),
            NodeRow(
                status: status("eu1", "Европа", endpoint: "203.0.113.7:39580"), peers: 3, peersOnline: 1,
                lifetime: Traffic(rx: 1 << 34, tx: 1 << 37), today: Traffic(rx: 12_345, tx: 987_654_321),
                month: Traffic(rx: 5_000_000_000, tx: 61_000_000_000)),
            NodeRow(
                status: status(
                    "yc", "Yandex Cloud", endpoint: "198.51.100.20:51820", state: .offline, since: 1260,
                    sampleAge: 1275,
                    failure: .hostKeyChanged, detail: "pinned SHA256:9Wq1…, shown SHA256:uT4z… (ssh-ed25519)",
                    failures: 9),
                peers: 1, peersOnline: 0, lifetime: Traffic(rx: 77, tx: 999)),
        ]
        nodes[1].status.lastSample?.isComplete = false
        nodes[1].status.lastSample?.rejected = [Rejection(line: 4, field: 6, reason: .number)]
        nodes[1].reconciled = [
            Reconciliation(
                interface: "wg0", since: now.advanced(by: -4000), until: now.advanced(by: -400),
                booked: Traffic(rx: 20_900_000, tx: 290_000_000), unmatched: Traffic(rx: 4000, tx: 70_000),
                passed: Traffic(rx: 20_900_000, tx: 281_000_000))
        ]
        nodes[1].reconciling = [
            Reconciliation(
                interface: "wg0", since: now.advanced(by: -400), until: now.advanced(by: -8),
                booked: Traffic(rx: 1_000_000, tx: 9_000_000), unmatched: .zero,
                passed: Traffic(rx: 6_000_000, tx: 9_000_000))
        ]
        let people = [
            User(telegramID: 100_001, username: name, role: "owner"),
            User(telegramID: 100_002, username: "boris"),
            User(telegramID: -1, username: nil),
            User(telegramID: 100_004, username: "галина_петрова", isActive: false),
        ]
        var peers: [PeerRow] = []
        var users = people.map(UserRow.init(user:))
        var devices: [Device] = []
        func add(
            _ owner: Int?, _ node: String, _ number: Int, _ deviceName: String?, handshake: Int64?, isOnline: Bool?,
            _ lifetime: Traffic, onNode: Bool = true
        ) {
            var peer = PeerRow(node: NodeID(node), interface: onNode ? "wg0" : nil, publicKey: keyText(number))
            if let owner {
                let device = Device(
                    telegramID: people[owner].telegramID, node: NodeID(node), name: deviceName,
                    publicKeyText: keyText(number), publicKey: key(number), wgIP: "10.0.0.\(number)/32",
                    profileType: number % 2 == 0 ? nil : "unified")
                devices.append(device)
                peer.device = device
                peer.owner = people[owner].telegramID
                users[owner].peersCount += 1
                users[owner].activeNodes.append(NodeID(node))
                users[owner].lifetime += lifetime
                if !lifetime.isZero { users[owner].countedSince = now.advanced(by: -86_400 * 40) }
                users[owner].today += Traffic(rx: lifetime.rx / 90, tx: lifetime.tx / 80)
                users[owner].month += Traffic(rx: lifetime.rx / 9, tx: lifetime.tx / 8)
                users[owner].isOnline = isOnline == true ? true : users[owner].isOnline ?? isOnline
                users[owner].latestHandshake =
                    [users[owner].latestHandshake, handshake.map { now.advanced(by: -$0) }].compactMap { $0 }.max()
            }
            peer.endpoint = onNode ? "192.0.2.\(number):4500" : nil
            peer.allowedIPs = ["10.0.0.\(number)/32"]
            peer.latestHandshake = handshake.map { now.advanced(by: -$0) }
            peer.isOnline = isOnline
            peer.session = onNode ? Traffic(rx: lifetime.rx / 3, tx: lifetime.tx / 3) : nil
            peer.lifetime = lifetime
            peer.countedSince = lifetime.isZero ? nil : now.advanced(by: -86_400 * 40)
            peers.append(peer)
        }
        add(
            0, "main", 2, "iPhone \(name)", handshake: 30, isOnline: true,
            Traffic(rx: 5_100_000_000, tx: 80_900_000_000))
        add(0, "eu1", 3, "ноутбук", handshake: 90, isOnline: true, Traffic(rx: 1_200_000_000, tx: 33_000_000_000))
        add(1, "main", 4, "pc", handshake: 7300, isOnline: false, Traffic(rx: 800_000_000, tx: 9_000_000_000))
        add(1, "yc", 5, nil, handshake: 1300, isOnline: nil, Traffic(rx: 77, tx: 999))
        add(2, "main", 6, "android", handshake: nil, isOnline: false, .zero)
        add(3, "eu1", 7, "старый", handshake: 86_400 * 45, isOnline: false, Traffic(rx: 1023, tx: 1024), onNode: false)
        add(nil, "main", 8, nil, handshake: 61, isOnline: true, Traffic(rx: 4_000_000, tx: 70_000_000))
        add(nil, "eu1", 9, nil, handshake: nil, isOnline: false, .zero)
        let services = [
            ServiceState(
                node: NodeID("main"), kind: .wireGuard, status: .online, evidence: .freshHandshake,
                checked: now.advanced(by: -8)),
            ServiceState(
                node: NodeID("eu1"), kind: .amneziaWG, status: .unknown, evidence: .idle, checked: now.advanced(by: -8)),
            ServiceState(node: NodeID("yc"), kind: .wireGuard, status: .unknown, evidence: .nodeAway),
            ServiceState(node: NodeID("eu1"), kind: .shadowsocks, status: .unknown, evidence: .notChecked),
            ServiceState(node: nil, kind: .mtProto, status: .offline, evidence: .noInterface, isActive: true),
        ]
        let roster = Roster(
            users: people, devices: devices,
            sources: [
                Roster.Source(
                    path: "/opt/vpnservice/bot/data/users.json", isReadable: true, asOf: now.advanced(by: -60)),
                Roster.Source(
                    path: "/opt/vpnservice/bot/data/peers.json", isReadable: false, problem: "line 12: unexpected end",
                    asOf: now.advanced(by: -600)),
            ],
            skipped: [Roster.Skipped(file: "users.json", record: "abc", why: "telegram_id is not a number")],
            conflicts: [Roster.Conflict(publicKeyText: keyText(4), owners: [100_002, 100_004])])
        var panel = PanelState(version: "1.0", startedAt: now.advanced(by: -86_400))
        panel.isFirstCycleOver = true
        panel.lastStored = now.advanced(by: -8)
        return Snapshot(
            generation: 42, madeAt: now, nodes: nodes, peers: peers, users: users, services: services, roster: roster,
            panel: panel)
    }

    /// Nothing wrong: two nodes, so many peers, two to a user.
    static func well(peers count: Int) -> Snapshot {
        var snapshot = empty
        snapshot.generation = 7
        snapshot.panel.isFirstCycleOver = true
        snapshot.panel.lastStored = now
        let ids = ["main", "eu1"]
        snapshot.nodes = [
            NodeRow(
                status: status("main", "Россия", endpoint: "vpn.example.org:51820", isLocal: true), peers: 0,
                peersOnline: 0),
            NodeRow(status: status("eu1", "Европа", endpoint: "203.0.113.7:39580"), peers: 0, peersOnline: 0),
        ]
        for index in 0..<(count + 1) / 2 {
            let user = User(telegramID: 100_000 + Int64(index), username: index % 7 == 3 ? nil : "user_\(index)")
            var row = UserRow(user: user)
            for second in 0..<min(2, count - index * 2) {
                let number = index * 2 + second
                let device = Device(
                    telegramID: user.telegramID, node: NodeID(ids[second]), name: ["iPhone", "ноутбук"][second],
                    publicKeyText: keyText(number), publicKey: key(number),
                    wgIP: "10.\(second).\(index / 250).\(index % 250)/32")
                var peer = PeerRow(node: device.node, interface: "wg0", publicKey: device.publicKeyText)
                peer.device = device
                peer.owner = user.telegramID
                peer.endpoint = "192.0.2.\(number % 250):4500"
                let scale = UInt64(count - number) * UInt64(count - number)
                peer.lifetime = Traffic(rx: scale * 1_000_003, tx: scale * 9_100_007)
                peer.session = Traffic(rx: scale * 1000, tx: scale * 9001)
                peer.countedSince = now.advanced(by: -86_400 * 90)
                row.countedSince = peer.countedSince
                peer.latestHandshake = now.advanced(by: -Int64(number) * 97)
                peer.isOnline = number * 97 < 180
                snapshot.peers.append(peer)
                snapshot.roster.devices.append(device)
                row.peersCount += 1
                row.activeNodes.append(device.node)
                row.lifetime += peer.lifetime
                row.latestHandshake = row.latestHandshake ?? peer.latestHandshake
                row.isOnline = row.isOnline == true || peer.isOnline == true
                row.today += Traffic(rx: peer.lifetime.rx / 80, tx: peer.lifetime.tx / 80)
                row.month += Traffic(rx: peer.lifetime.rx / 8, tx: peer.lifetime.tx / 8)
                snapshot.nodes[second].peers = (snapshot.nodes[second].peers ?? 0) + 1
                if peer.isOnline == true {
                    snapshot.nodes[second].peersOnline = (snapshot.nodes[second].peersOnline ?? 0) + 1
                }
                snapshot.nodes[second].today += Traffic(rx: peer.lifetime.rx / 80, tx: peer.lifetime.tx / 80)
                snapshot.nodes[second].month += Traffic(rx: peer.lifetime.rx / 8, tx: peer.lifetime.tx / 8)
                snapshot.today += Traffic(rx: peer.lifetime.rx / 80, tx: peer.lifetime.tx / 80)
                snapshot.month += Traffic(rx: peer.lifetime.rx / 8, tx: peer.lifetime.tx / 8)
            }
            snapshot.users.append(row)
            snapshot.roster.users.append(user)
        }
        snapshot.ownership = Ownership(snapshot.roster)
        snapshot.services = [
            ServiceState(
                node: NodeID("main"), kind: .wireGuard, status: .online, evidence: .freshHandshake,
                checked: now.advanced(by: -8)),
            ServiceState(
                node: NodeID("eu1"), kind: .amneziaWG, status: .online, evidence: .freshHandshake,
                checked: now.advanced(by: -8)),
        ]
        return snapshot
    }
}
