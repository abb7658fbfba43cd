/// One peer of a device.
package struct DevicePeer: Equatable, Sendable {
    /// 32 bytes.
    package var publicKey: [UInt8] = []
    package var hasPresharedKey = false

    /// `address:port` as wg(8) prints it. Nil: none is known.
    package var endpoint: String?

    /// Seconds; 0: off. AmneziaWG 3 has the longest of a range in the upper half of 32 bits, WireGuard 16 bits.
    package var keepalive: UInt32 = 0

    /// Seconds since 1970 by this kernel's clock; 0: never.
    package var latestHandshake: Int64 = 0
    package var rx: UInt64 = 0
    package var tx: UInt64 = 0

    /// `address/prefix` each.
    package var allowedIPs: [String] = []

    init(_ bytes: RawSpan, _ range: Range<Int>) throws(NetlinkError) {
        var peer = Self()
        try Attribute.each(in: bytes, range) { (attribute: Attribute) throws(NetlinkError) in
            let value = attribute.value
            switch attribute.type {
            case Self.publicKeyAttribute:
                guard value.count == 32 else { throw .malformed }
                peer.publicKey = bytes.array(value)
            case Self.presharedKeyAttribute: peer.hasPresharedKey = !bytes.isZero(value)
            case Self.endpointAttribute: peer.endpoint = bytes.socketAddress(value)
            case Self.keepaliveAttribute:
                peer.keepalive = UInt32(truncatingIfNeeded: try bytes.unsigned(value))
            case Self.handshakeAttribute:
                // struct __kernel_timespec: 64 bits of seconds on every architecture.
                guard value.count == 16 else { throw .malformed }
                peer.latestHandshake = bytes.integer(at: value.lowerBound, as: Int64.self)
            case Self.rxAttribute: peer.rx = try bytes.unsigned(value)
            case Self.txAttribute: peer.tx = try bytes.unsigned(value)
            case Self.allowedIPsAttribute:
                try Attribute.each(in: bytes, value) { (item: Attribute) throws(NetlinkError) in
                    peer.allowedIPs.append(try Self.allowedIP(bytes, item.value))
                }
            default: break
            }
        }
        guard !peer.publicKey.isEmpty else { throw .malformed }
        self = peer
    }

    private init() {}

    private static func allowedIP(_ bytes: RawSpan, _ range: Range<Int>) throws(NetlinkError) -> String {
        var address: String?
        var prefix: UInt64?
        try Attribute.each(in: bytes, range) { (attribute: Attribute) throws(NetlinkError) in
            switch attribute.type {
            case 2: address = bytes.address(attribute.value)
            case 3: prefix = try bytes.unsigned(attribute.value)
            default: break
            }
        }
        guard let address, let prefix, prefix <= 128 else { throw .malformed }
        return "\(address)/\(prefix)"
    }

    private static let publicKeyAttribute: UInt16 = 1
    private static let presharedKeyAttribute: UInt16 = 2
    private static let endpointAttribute: UInt16 = 4
    private static let keepaliveAttribute: UInt16 = 5
    private static let handshakeAttribute: UInt16 = 6
    private static let rxAttribute: UInt16 = 7
    private static let txAttribute: UInt16 = 8
    private static let allowedIPsAttribute: UInt16 = 9
}
