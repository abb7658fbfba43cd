/// An attribute of a netlink message: type, then value, padded to four bytes (netlink(7), `struct nlattr`).
package struct Attribute {
    /// Without the two flag bits: NLA_TYPE_MASK.
    package let type: UInt16

    /// Where its value stands in the bytes that were read.
    package let value: Range<Int>

    /// Calls `body` for each attribute in `range` of `bytes`.
    ///
    /// A kernel's own attributes are always whole: one whose length leads out of its container is `.malformed`.
    package static func each(
        in bytes: RawSpan, _ range: Range<Int>, _ body: (Attribute) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        var position = range.lowerBound
        while range.upperBound - position >= headerSize {
            let length = Int(bytes.integer(at: position, as: UInt16.self))
            let type = bytes.integer(at: position + 2, as: UInt16.self)
            guard length >= headerSize, length <= range.upperBound - position else { throw .malformed }
            try body(Attribute(type: type & typeMask, value: position + headerSize..<position + length))
            position += min(aligned(length), range.upperBound - position)
        }
        guard position == range.upperBound else { throw .malformed }
    }

    /// Appends an attribute to a message that is being written.
    package static func append(_ type: UInt16, _ value: [UInt8], to message: inout [UInt8]) {
        message.append(integer: UInt16(headerSize + value.count))
        message.append(integer: type)
        message.append(contentsOf: value)
        message.pad()
    }

    /// NLA_TYPE_MASK of linux/netlink.h: all but "nested" and "big-endian".
    private static let typeMask: UInt16 = 0x3fff
    private static let headerSize = 4
}

/// NLMSG_ALIGN and NLA_ALIGN of linux/netlink.h.
func aligned(_ length: Int) -> Int { (length + 3) & ~3 }

extension RawSpan {
    /// In the host's byte order, as netlink has them. The caller has checked that the bytes are there.
    func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type) -> T {
        unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    /// An unsigned integer of 1, 2, 4 or 8 bytes: what its length says, since families changed their minds on widths.
    func unsigned(_ range: Range<Int>) throws(NetlinkError) -> UInt64 {
        switch range.count {
        case 1: return UInt64(integer(at: range.lowerBound, as: UInt8.self))
        case 2: return UInt64(integer(at: range.lowerBound, as: UInt16.self))
        case 4: return UInt64(integer(at: range.lowerBound, as: UInt32.self))
        case 8: return integer(at: range.lowerBound, as: UInt64.self)
        default: throw .malformed
        }
    }

    /// Characters up to the first NUL.
    func text(_ range: Range<Int>) -> String {
        String(decoding: array(range).prefix { $0 != 0 }, as: UTF8.self)
    }

    func array(_ range: Range<Int>) -> [UInt8] {
        range.map { integer(at: $0, as: UInt8.self) }
    }

    /// Not a single bit is set: the kernel's way to say "no key".
    func isZero(_ range: Range<Int>) -> Bool {
        range.allSatisfy { integer(at: $0, as: UInt8.self) == 0 }
    }
}

extension [UInt8] {
    mutating func append(integer: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: integer) { append(contentsOf: $0) }
    }

    mutating func pad() {
        append(contentsOf: repeatElement(0, count: aligned(count) - count))
    }
}
