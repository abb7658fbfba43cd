import Glibc
import Synchronization

/// A user's device: an interface of its own at the far end of a cable, and a tunnel to one node.
package final class WireGuardPeer: Sendable {
    package let name: String
    package let publicKey: String
    let presharedKey: String?

    /// In the tunnel.
    package let address: String
    package let address6: String

    private let privateKey: String
    private let interface: String
    private let place: Place
    private let nodePlace: Place
    private let nodeAddress: String
    private let nodeAddress6: String
    private let configuration: String

    package enum Family: Sendable, CaseIterable { case v4, v6 }

    init(
        _ name: String, of node: WireGuardNode, index: Int, cable: Cable, psk: Bool, endpoint6: Bool, keepalive: Int?
    ) throws {
        self.name = name
        privateKey = try WireGuardKeys.generate()
        publicKey = try WireGuardKeys.publicKey(of: privateKey)
        presharedKey = psk ? try WireGuardKeys.generatePreshared() : nil
        address = "198.19.\(node.number).\(index + 1)"
        address6 = "fd19:\(node.number)::\(index + 1)"
        interface = "n\(node.number)p\(index)"
        place = cable.b
        nodePlace = node.place
        nodeAddress = node.address
        nodeAddress6 = node.address6
        var text = "[Interface]\nPrivateKey = \(privateKey)\n[Peer]\nPublicKey = \(node.publicKey)\n"
        if let presharedKey { text += "PresharedKey = \(presharedKey)\n" }
        if let keepalive { text += "PersistentKeepalive = \(keepalive)\n" }
        text += "Endpoint = " + (endpoint6 ? "[\(cable.address6A)]" : cable.addressA) + ":\(node.port)\n"
        configuration = text + "AllowedIPs = \(node.address)/32, \(node.address6)/128\n"
    }

    func start() throws {
        _ = try place.startWireGuard(interface)
        try reconnect()
        try place.ip([
            "addr add \(address)/24 dev \(interface)", "addr add \(address6)/64 dev \(interface) nodad",
            "link set \(interface) up",
        ])
    }

    /// Forgets the tunnel's session, so that the next packet makes a handshake.
    package func reconnect() throws {
        try place.must(["wg", "setconf", interface, "/dev/stdin"], input: configuration)
    }

    /// Sends about so many bytes through the tunnel and gets as many back; an error where an answer was lost.
    package func exchange(_ bytes: Int, over family: Family = .v4) throws {
        let size = min(1_200, max(16, bytes))
        let count = max(1, (bytes + size - 1) / size)
        let arguments =
            ["ping", "-q", "-n", "-I", interface, "-s", "\(size)", "-W", "5"]
            + (family == .v6 ? ["-6", nodeAddress6] : ["-4", nodeAddress])
        // The first packet waits for the handshake, and gets through all the same.
        try place.must(arguments + ["-c", "1", "-w", "10"])
        guard count > 1 else { return }
        try place.must(arguments + ["-c", "\(count - 1)", "-i", "0.002"])
    }

    /// Keeps a gentle stream for up to `hours`: about so many kilobytes a second down to the device, in one burst each
    /// second, and a twelfth of it up.
    package func stream(kilobytes: Int, hours: Int = 12) throws {
        _ = try place.start([
            "ping", "-q", "-n", "-4", "-I", interface, "-s", "\(max(56, min(1_300, kilobytes * 80)))", "-i", "1",
            "-w", "\(hours * 3600)", nodeAddress,
        ])
        // bash writes to UDP by itself. Nobody listens at port 9; the device's refusals are read as errors and ignored.
        let script = """
            exec 2>/dev/null 3>/dev/udp/\(address)/9; packet=$(printf %1000s)
            for ((second = 0; second < \(hours * 3600); second++)); do
                for ((i = 0; i < \(kilobytes); i++)); do printf %s "$packet" >&3; done
                sleep 1
            done
            """
        _ = try nodePlace.start(["bash", "-c", script])
    }
}
