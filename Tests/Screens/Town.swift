import Accounting
import Fleet
import Foundation
import Store
import TestBed
import WireGuard

/// Nodes, people and forty days of history, the same at every run: so many keys that are somebody's, two to a user.
struct Town {
    struct Place {
        var id: String
        var name: String
        var interface: String
        var peers: [Peer] = []

        /// Nobody answers there: its history is all there is.
        var isAway = false
    }

    struct Peer {
        var key: PublicKey
        var address: String

        /// Nil: the bot does not know the key.
        var user: Int?
        var platform: String

        /// 0 never connects; the others use ten times as much, one after the other.
        var appetite: Int
        var traffic = Traffic.zero
        var handshake: Int64?
    }

    let size: Int
    var places: [Place]
    var files = BotFiles()

    private static let names = [
        "owner", "Анна", "ivan_petrov", "Мария Сергеевна Константинопольская", "kate", nil, "новенький", "Дмитрий",
        "vpn_user_with_a_rather_long_telegram_name", "Olga",
    ]
    private static let platforms = ["ios", "android", "pc"]

    init(size: Int) {
        self.size = size
        places = [
            Place(id: "main", name: "Россия", interface: "wg0"), Place(id: "eu1", name: "Европа", interface: "awg0"),
        ]
        if size > 100 {
            places += [
                Place(id: "eu2", name: "Нидерланды", interface: "wg0"),
                Place(id: "us1", name: "United States, East Coast", interface: "wg0"),
                Place(id: "kz1", name: "Казахстан", interface: "wg0", isAway: true),
            ]
        }
        guard size > 0 else { return }
        for index in 0..<size {
            let user = index / 2
            if index % 2 == 0 {
                let name = user < Self.names.count ? Self.names[user] : user % 11 == 3 ? nil : "user_\(user)"
                files.users.append(.init(100_001 + user, name, role: user == 0 ? "owner" : "user"))
            }
            add(user: 100_001 + user, at: index % places.count, platform: Self.platforms[index % 3], index)
        }
        files.users.append(.init(199_998, "без_устройств"))
        // A key that only the bot has, and on a large one keys that only nodes have.
        files.records.append(
            .init(100_001, "main", "pc", publicKey: Self.key(900_000).base64, address: "10.250.0.1"))
        if size > 100 {
            for index in 0..<20 { add(user: nil, at: index % 2, platform: "", 800_000 + index) }
        }
    }

    private mutating func add(user: Int?, at place: Int, platform: String, _ number: Int) {
        let count = places[place].peers.count
        let peer = Peer(
            key: Self.key(number), address: "10.9.\(count / 250).\(count % 250 + 1)", user: user, platform: platform,
            appetite: number % 7 == 6 ? 0 : 1 + Int(Self.mix(UInt64(number)) % 3))
        places[place].peers.append(peer)
        guard let user else { return }
        files.records.append(
            .init(user, places[place].id, platform, publicKey: peer.key.base64, address: peer.address))
    }

    private static func key(_ number: Int) -> PublicKey {
        var bytes: [UInt8] = []
        for part in 0..<4 {
            let word = mix(UInt64(number) &* 4 &+ UInt64(part) &+ 77)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        }
        return PublicKey(bytes: bytes)!
    }

    /// SplitMix64.
    static func mix(_ seed: UInt64) -> UInt64 {
        var z = seed &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

// What was, up to now: hours, and on a large town further back pieces of six of them.
extension Town {
    mutating func live(until now: Int64, in path: String) throws {
        let store = try TrafficStore(path: path, role: .daemon)
        for place in places.indices { try live(&places[place], place, until: now, in: store) }
        try store.close()
    }

    private func live(_ place: inout Place, _ number: Int, until now: Int64, in store: TrafficStore) throws {
        let owners = Dictionary(
            uniqueKeysWithValues: place.peers.compactMap { peer in peer.user.map { (peer.key, Int64($0)) } })
        var ledger = Ledger(node: NodeID(place.id))
        var at = now - 40 * 86_400
        while at < now {
            let age = now - at
            let step: Int64 = age <= 86_400 ? 900 : size > 100 && age > 3 * 86_400 ? 6 * 3600 : 3600
            at = min(at + step, place.isAway ? now - 3 * 3600 : now)
            // Six hours of yesterday nobody looked; nine days ago the interface began anew.
            if number == 1, (28 * 3600..<34 * 3600).contains(now - at) { continue }
            if number == 1, (9 * 86_400..<9 * 86_400 + step).contains(now - at) {
                for index in place.peers.indices { place.peers[index].traffic = .zero }
            }
            for index in place.peers.indices {
                place.peers[index].spend(step, at: at, index + number * 7919, isSure: at == now && index % 3 < 2)
            }
            let booking = ledger.book(
                Sample(node: ledger.node, takenAt: UnixTime(at), interfaces: [place.shown]), poll: .seconds(step)
            ) { owners[$0] }
            try store.book(booking)
            ledger.apply(booking)
            if place.isAway, at >= now - 3 * 3600 { break }
        }
    }

    /// What the node prints: handshakes as seconds before now, to be put in at that moment.
    func dump(_ place: Place, now: Int64) -> String {
        var text = "\(place.interface)\t(none)\t\(Self.key(950_000).base64)\t51820\toff\n"
        for (index, peer) in place.peers.enumerated() {
            let handshake = peer.handshake.map { $0 == now ? "-\(5 + index % 160)" : "\($0)" } ?? "0"
            text +=
                "\(place.interface)\t\(peer.key.base64)\t(none)\t"
                + (peer.handshake == nil ? "(none)" : "198.51.100.\(index % 250 + 1):\(40_000 + index % 9000)")
                + "\t\(peer.address)/32\t\(handshake)\t\(peer.traffic.rx)\t\(peer.traffic.tx)\toff\n"
        }
        return text
    }
}

extension Town.Place {
    fileprivate var shown: Interface {
        var interface = Interface(name: interface, publicKey: nil, listenPort: 51820, fwmark: nil)
        for peer in peers {
            interface.append(
                peer.key, rx: peer.traffic.rx, tx: peer.traffic.tx, latestHandshake: peer.handshake.map(UnixTime.init),
                endpoint: peer.handshake == nil ? nil : "198.51.100.7:40000")
        }
        return interface
    }
}

extension Town.Peer {
    /// By the clock of Moscow people sleep; not everybody is there every hour.
    fileprivate mutating func spend(_ step: Int64, at: Int64, _ number: Int, isSure: Bool) {
        guard appetite > 0 else { return }
        let hour = (at / 3600 + 3) % 24
        let chance = Town.mix(UInt64(at / 3600) &* 1_000_003 &+ UInt64(number))
        guard isSure || chance % 100 < (hour < 7 ? 5 : hour < 18 ? 30 : 55) else { return }
        handshake = at
        let size = UInt64(1_500_000) * (appetite == 1 ? 1 : appetite == 2 ? 10 : 100) * UInt64(step) / 3600
        let down = size / 2 + (chance >> 8) % size
        traffic += Traffic(rx: down / 9, tx: down)
    }
}
