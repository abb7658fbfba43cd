/// A WireGuard or AmneziaWG interface and its peers, as wg(8)'s `dump` shows them. The private key is never held.
package struct Interface: Sendable, Equatable {
    package var name: String

    /// By the reader's knowledge: the width of its dump line, the netlink family, the socket's folder.
    package var kind: Kind

    /// Of AmneziaWG. Nil: plain, or the node does not tell.
    package var obfuscation: Obfuscation?

    /// Nil: the interface has no private key, so no public key either (`(none)`).
    package var publicKey: PublicKey?

    /// 0: not bound to a port.
    package var listenPort: UInt16

    /// As wg prints it (`0x…`). Nil: off.
    package var fwmark: String?

    package var peers: [Peer]

    /// The kernel's interface index (if_nametoindex(3)), where the node tells it. Nil: unknown.
    package var index: UInt32?

    /// Keys of its peers' lines that stood before any interface's: refused, so their numbers are not here, and yet nobody
    /// may say that these peers are gone.
    package var misplaced: Set<PublicKey> = []

    /// The characters that peers' `endpoint` and `allowedIPs` point into.
    var text: [UInt8]

    package init(
        name: String, kind: Kind = .wireGuard, publicKey: PublicKey?, listenPort: UInt16, fwmark: String?,
        peers: [Peer] = [], index: UInt32? = nil
    ) {
        self.name = name
        self.kind = kind
        self.publicKey = publicKey
        self.listenPort = listenPort
        self.fwmark = fwmark
        self.peers = peers
        self.index = index
        text = []
    }

    package enum Kind: String, Sendable {
        case wireGuard
        case amneziaWG
    }

    /// The peer's last source address and port, as wg prints it (`[…]:port` for IPv6). Nil: none is known.
    package func endpoint(of peer: Peer) -> String? {
        peer.endpoint.isEmpty ? nil : string(peer.endpoint)
    }

    /// `address/prefix` each, in the node's order.
    package func allowedIPs(of peer: Peer) -> [String] {
        text[Int(peer.allowedIPs.lowerBound)..<Int(peer.allowedIPs.upperBound)]
            .split(separator: UInt8(ascii: ","))
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// For readers that have no dump text (netlink, UAPI) and for tests.
    package mutating func append(
        _ publicKey: PublicKey, rx: UInt64, tx: UInt64, latestHandshake: UnixTime?, endpoint: String? = nil,
        allowedIPs: [String] = [], persistentKeepalive: Keepalive? = nil, hasPresharedKey: Bool = false
    ) {
        let endpointRange = store(endpoint ?? "")
        let allowedRange = store(allowedIPs.joined(separator: ","))
        peers.append(
            Peer(
                publicKey: publicKey, transferRx: rx, transferTx: tx, latestHandshake: latestHandshake,
                persistentKeepalive: persistentKeepalive, hasPresharedKey: hasPresharedKey,
                endpoint: endpointRange, allowedIPs: allowedRange))
    }

    private mutating func store(_ characters: String) -> Range<Int32> {
        let start = Int32(text.count)
        text.append(contentsOf: characters.utf8)
        return start..<Int32(text.count)
    }

    private func string(_ range: Range<Int32>) -> String {
        String(decoding: text[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
    }
}
