/// What the families `wireguard` and `amneziawg` tell of one interface (linux/wireguard.h). Secrets are not taken over.
///
/// Both have the same attributes up to WGDEVICE_A_PEERS; AmneziaWG's parameters come after them, and may grow.
package struct Device: Equatable, Sendable {
    package var name = ""
    package var index: UInt32 = 0

    /// 32 bytes. Nil: no private key is set, so there is none.
    package var publicKey: [UInt8]?

    /// 0: not bound.
    package var listenPort: UInt16 = 0

    /// 0: off.
    package var fwmark: UInt32 = 0

    package var peers: [DevicePeer] = []

    /// AmneziaWG's parameters as its UAPI names and writes them.
    package var parameters: [String: String] = [:]

    package init() {}

    /// WG_CMD_GET_DEVICE of one interface.
    package static func request(index: UInt32, family: Family, sequence: UInt32) -> [UInt8] {
        var payload = Family.header(command: getDevice, version: 1)
        var value: [UInt8] = []
        value.append(integer: index)
        Attribute.append(indexAttribute, value, to: &payload)
        return Message.request(type: family.id, flags: dumpFlags, sequence: sequence, payload: payload)
    }

    /// Adds what one more message of the answer tells: a peer that a message ends in goes on in the next one, with its
    /// key and further allowed IPs alone.
    package mutating func merge(_ bytes: RawSpan, _ payload: Range<Int>) throws(NetlinkError) {
        guard payload.count >= Family.headerSize else { throw .malformed }
        var next = self
        let attributes = payload.lowerBound + Family.headerSize..<payload.upperBound
        // A peer can go on only where a message begins.
        var isFirst = true
        try Attribute.each(in: bytes, attributes) { (attribute: Attribute) throws(NetlinkError) in
            switch attribute.type {
            case Self.indexAttribute: next.index = UInt32(truncatingIfNeeded: try bytes.unsigned(attribute.value))
            case Self.nameAttribute: next.name = bytes.text(attribute.value)
            case Self.publicKeyAttribute: next.publicKey = try bytes.key(attribute.value)
            case Self.portAttribute:
                next.listenPort = UInt16(truncatingIfNeeded: try bytes.unsigned(attribute.value))
            case Self.markAttribute: next.fwmark = UInt32(truncatingIfNeeded: try bytes.unsigned(attribute.value))
            case Self.peersAttribute:
                try Attribute.each(in: bytes, attribute.value) { (item: Attribute) throws(NetlinkError) in
                    let peer = try DevicePeer(bytes, item.value)
                    if isFirst, let last = next.peers.last, last.publicKey == peer.publicKey {
                        next.peers[next.peers.count - 1].allowedIPs += peer.allowedIPs
                    } else {
                        guard next.peers.count < Self.maximumPeers else { throw .tooLarge }
                        next.peers.append(peer)
                    }
                    isFirst = false
                }
            case let type:
                if let (name, text) = Self.parameter(type, bytes, attribute.value) { next.parameters[name] = text }
            }
        }
        self = next
    }

    /// MAX_PEERS_PER_DEVICE of Linux drivers/net/wireguard/messages.h.
    private static let maximumPeers = 1 << 20

    private static let getDevice: UInt8 = 0
    private static let indexAttribute: UInt16 = 1
    private static let nameAttribute: UInt16 = 2
    private static let publicKeyAttribute: UInt16 = 4
    private static let portAttribute: UInt16 = 6
    private static let markAttribute: UInt16 = 7
    private static let peersAttribute: UInt16 = 8
}

extension RawSpan {
    /// A key of 32 bytes. Nil: all zero, no key.
    func key(_ range: Range<Int>) throws(NetlinkError) -> [UInt8]? {
        guard range.count == 32 else { throw .malformed }
        return isZero(range) ? nil : array(range)
    }
}
