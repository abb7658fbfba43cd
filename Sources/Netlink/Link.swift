/// A network interface as rtnetlink(7) lists it.
package struct Link: Equatable, Sendable {
    package var name: String
    package var index: UInt32

    /// IFLA_INFO_KIND: `wireguard`, `amneziawg`, `veth`, …. Nil: the driver names none (`lo`, a card, a tun of userspace).
    package var kind: String?

    /// Bytes since the interface was made (`struct rtnl_link_stats64`).
    package var rx: UInt64
    package var tx: UInt64

    /// What RTM_NEWLINK says. Nil: without a name.
    package init?(_ bytes: RawSpan, _ payload: Range<Int>) throws(NetlinkError) {
        guard payload.count >= Self.infoSize else { throw .malformed }
        index = bytes.integer(at: payload.lowerBound + 4, as: UInt32.self)
        var name: String?
        var kind: String?
        var counters = (rx: UInt64(0), tx: UInt64(0))
        let attributes = payload.lowerBound + Self.infoSize..<payload.upperBound
        try Attribute.each(in: bytes, attributes) { (attribute: Attribute) throws(NetlinkError) in
            switch attribute.type {
            case Self.nameAttribute: name = bytes.text(attribute.value)
            case Self.linkInfo:
                try Attribute.each(in: bytes, attribute.value) { (inner: Attribute) throws(NetlinkError) in
                    if inner.type == Self.infoKind { kind = bytes.text(inner.value) }
                }
            case Self.statistics64:
                guard attribute.value.count >= 32 else { throw .malformed }
                counters.rx = bytes.integer(at: attribute.value.lowerBound + 16, as: UInt64.self)
                counters.tx = bytes.integer(at: attribute.value.lowerBound + 24, as: UInt64.self)
            default: break
            }
        }
        guard let name, !name.isEmpty else { return nil }
        self.name = name
        self.kind = kind
        rx = counters.rx
        tx = counters.tx
    }

    /// RTM_GETLINK of every interface: `struct ifinfomsg`, all zero.
    package static func listRequest(sequence: UInt32) -> [UInt8] {
        Message.request(
            type: getLink, flags: dumpFlags, sequence: sequence, payload: [UInt8](repeating: 0, count: infoSize))
    }

    private static let infoSize = 16
    private static let getLink: UInt16 = 18
    private static let nameAttribute: UInt16 = 3
    private static let linkInfo: UInt16 = 18
    private static let statistics64: UInt16 = 23
    private static let infoKind: UInt16 = 1
}

/// NLM_F_REQUEST, and NLM_F_ROOT with NLM_F_MATCH: "all of them".
let requestFlag: UInt16 = 0x1
let dumpFlags: UInt16 = 0x301
