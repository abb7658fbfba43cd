/// What this machine's kernel knows of its interfaces, in the calling thread's network namespace.
package enum Kernel {
    /// Every interface. Needs no privilege.
    package static func links(until deadline: ContinuousClock.Instant) throws(NetlinkError) -> [Link] {
        var socket = try NetlinkSocket(.route)
        var links: [Link] = []
        try socket.ask(until: deadline, { Link.listRequest(sequence: $0) }, restart: { links = [] }) {
            (bytes: RawSpan, message: Message) throws(NetlinkError) in
            guard links.count < maximumLinks else { throw .tooLarge }
            if message.type == newLink, let link = try Link(bytes, message.payload) { links.append(link) }
        }
        return links
    }

    /// Needs no privilege. Throws `.noFamily` where the kernel has none of this name.
    package static func family(
        _ name: String, until deadline: ContinuousClock.Instant
    ) throws(NetlinkError) -> Family {
        var socket = try NetlinkSocket(.generic)
        var family: Family?
        try socket.ask(until: deadline, { Family.request(named: name, sequence: $0) }, restart: { family = nil }) {
            (bytes: RawSpan, message: Message) throws(NetlinkError) in
            family = try Family(bytes, message.payload)
        }
        guard let family else { throw .malformed }
        return family
    }

    /// One WireGuard or AmneziaWG interface. Needs CAP_NET_ADMIN.
    package static func device(
        _ index: UInt32, family: Family, until deadline: ContinuousClock.Instant
    ) throws(NetlinkError) -> Device {
        var socket = try NetlinkSocket(.generic)
        var device = Device()
        try socket.ask(
            until: deadline, { Device.request(index: index, family: family, sequence: $0) },
            restart: { device = Device() }
        ) { (bytes: RawSpan, message: Message) throws(NetlinkError) in
            guard message.type == family.id else { throw .malformed }
            try device.merge(bytes, message.payload)
        }
        guard !device.name.isEmpty else { throw .malformed }
        return device
    }

    /// RTM_NEWLINK.
    private static let newLink: UInt16 = 16
    private static let maximumLinks = 65536
}
