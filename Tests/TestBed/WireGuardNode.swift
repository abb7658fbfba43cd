import Glibc
import Synchronization

/// wireguard-go with its peers' keys, in a place of its own.
package final class WireGuardNode: Sendable {
    package let place: Place

    /// 1…250: part of every address and port.
    package let number: Int
    package let interface: String
    package let publicKey: String
    private let privateKey: String
    private let state = Mutex(State())

    private struct State {
        var process: Child?
        var peers: [WireGuardPeer] = []
    }

    package var port: Int { 51_000 + number }
    package var address: String { "198.19.\(number).1" }
    package var address6: String { "fd19:\(number)::1" }
    package var peers: [WireGuardPeer] { state.withLock { $0.peers } }

    /// Private and preshared keys, of the node and of its peers: what nobody but the node may ever say.
    package var secrets: [String] { [privateKey] + peers.compactMap(\.presharedKey) }

    package init(_ place: Place, number: Int, interface: String = "wg0") throws {
        self.place = place
        self.number = number
        self.interface = interface
        privateKey = try WireGuardKeys.generate()
        publicKey = try WireGuardKeys.publicKey(of: privateKey)
        try start()
    }

    /// A device at the far end of a cable whose near end this node is on.
    package func addPeer(
        _ name: String, in cable: Cable, psk: Bool = false, endpoint6: Bool = false, keepalive: Int? = nil
    ) throws -> WireGuardPeer {
        let index = state.withLock { $0.peers.count + 1 }
        let peer = try WireGuardPeer(
            name, of: self, index: index, cable: cable, psk: psk, endpoint6: endpoint6, keepalive: keepalive)
        state.withLock { $0.peers.append(peer) }
        try configure()
        try peer.start()
        return peer
    }

    /// A key that no device uses: it stays at "never".
    package func addIdleKey() throws -> String {
        let key = try WireGuardKeys.publicKey(of: WireGuardKeys.generate())
        try place.must(["wg", "set", interface, "peer", key, "allowed-ips", "198.19.\(number).250/32"])
        return key
    }

    /// The panel's own key, as `node-setup` has it added.
    package func addProbePeer(_ key: String, presharedKey: String? = nil) throws {
        let shared = presharedKey.map { _ in ["preshared-key", "/dev/stdin"] } ?? []
        try place.must(["wg", "set", interface, "peer", key] + shared, input: presharedKey.map { $0 + "\n" })
    }

    package func listen(on port: Int) throws {
        try place.must(["wg", "set", interface, "listen-port", "\(port)"])
    }

    /// Takes the peer's key off the interface; the device stays and is not heard any more.
    package func remove(_ peer: WireGuardPeer) throws {
        try place.must(["wg", "set", interface, "peer", peer.publicKey, "remove"])
    }

    /// Puts the key back, which begins at zero.
    package func restore(_ peer: WireGuardPeer) throws {
        try configure(only: peer)
        try peer.reconnect()
    }

    package func start() throws {
        if place.namespace == nil {
            try place.bed.need("/run/wireguard")
            place.bed.note(.link(interface))
            place.bed.note(.path("/run/wireguard/\(interface).sock"))
        }
        let process = try place.startWireGuard(interface)
        state.withLock { $0.process = process }
        try configure()
        try place.ip([
            "addr add \(address)/24 dev \(interface)", "addr add \(address6)/64 dev \(interface) nodad",
            "link set \(interface) up",
        ])
    }

    package func stop() {
        state.withLock { $0.process }?.kill()
        // A killed wireguard-go leaves its socket, which would be taken for a living one.
        _ = try? place.run(["rm", "-f", "/run/wireguard/\(interface).sock"])
    }

    /// The interface goes and comes: counters begin at zero, keys stay. Peers connect anew.
    package func restart() throws {
        stop()
        try eventually("\(interface) is gone", within: .seconds(5)) {
            try place.run(["ip", "link", "show", interface]).status != 0 ? true : nil
        }
        try start()
        for peer in peers { try peer.reconnect() }
    }

    /// What `wg` says here and now.
    package func dump() throws -> Dump { Dump(try place.must(["wg", "show", "all", "dump"])) }

    private func configure(only peer: WireGuardPeer? = nil) throws {
        var text = "[Interface]\nPrivateKey = \(privateKey)\nListenPort = \(port)\n"
        for peer in peer.map({ [$0] }) ?? peers {
            text += "[Peer]\nPublicKey = \(peer.publicKey)\n"
            if let psk = peer.presharedKey { text += "PresharedKey = \(psk)\n" }
            text += "AllowedIPs = \(peer.address)/32, \(peer.address6)/128\n"
        }
        // Not setconf: that one would begin every peer anew.
        try place.must(["wg", "addconf", interface, "/dev/stdin"], input: text)
    }
}

package enum WireGuardKeys {
    package static func generate() throws(BedError) -> String { try line(["wg", "genkey"]) }
    package static func generatePreshared() throws(BedError) -> String { try line(["wg", "genpsk"]) }

    package static func publicKey(of privateKey: String) throws(BedError) -> String {
        try line(["wg", "pubkey"], input: privateKey + "\n")
    }

    private static func line(_ arguments: [String], input: String? = nil) throws(BedError) -> String {
        String(try must(arguments, input: input).prefix { $0 != "\n" })
    }
}

/// The oracle: what `wg show all dump` says, read without the program's own parser.
package struct Dump: Sendable, Equatable {
    package struct Counters: Sendable, Equatable {
        /// What the node received from the peer, and sent to it.
        package var rx: UInt64
        package var tx: UInt64

        /// Zero: never.
        package var latestHandshake: Int
    }

    /// By public key.
    package var peers: [String: Counters] = [:]

    package init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t")
            guard fields.count == 9, let handshake = Int(fields[5]), let rx = UInt64(fields[6]),
                let tx = UInt64(fields[7])
            else { continue }
            peers[String(fields[1])] = Counters(rx: rx, tx: tx, latestHandshake: handshake)
        }
    }
}
