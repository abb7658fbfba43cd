/// A generic netlink family: its number is given out anew at each boot (linux/genetlink.h).
package struct Family: Equatable, Sendable {
    package var name: String
    package var id: UInt16

    package init(name: String, id: UInt16) {
        self.name = name
        self.id = id
    }

    /// CTRL_CMD_GETFAMILY by name.
    package static func request(named name: String, sequence: UInt32) -> [UInt8] {
        var payload = header(command: getFamily, version: 1)
        Attribute.append(familyName, Array(name.utf8) + [0], to: &payload)
        return Message.request(type: controller, flags: requestFlag, sequence: sequence, payload: payload)
    }

    /// The answer to it. Nil: a message that names no family.
    package init?(_ bytes: RawSpan, _ payload: Range<Int>) throws(NetlinkError) {
        guard payload.count >= Self.headerSize else { throw .malformed }
        var id: UInt64?
        var name = ""
        let attributes = payload.lowerBound + Self.headerSize..<payload.upperBound
        try Attribute.each(in: bytes, attributes) { (attribute: Attribute) throws(NetlinkError) in
            switch attribute.type {
            case Self.familyID: id = try bytes.unsigned(attribute.value)
            case Self.familyName: name = bytes.text(attribute.value)
            default: break
            }
        }
        guard let id = id.flatMap(UInt16.init(exactly:)) else { return nil }
        self.init(name: name, id: id)
    }

    /// `struct genlmsghdr`.
    static func header(command: UInt8, version: UInt8) -> [UInt8] { [command, version, 0, 0] }
    static let headerSize = 4

    private static let controller: UInt16 = 0x10
    private static let getFamily: UInt8 = 3
    private static let familyID: UInt16 = 1
    private static let familyName: UInt16 = 2
}
