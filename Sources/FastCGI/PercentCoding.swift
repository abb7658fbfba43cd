/// RFC 3986 section 2.1, and the "+" of HTML's forms.
package enum PercentCoding {
    /// Nil when a "%" is not followed by two hex digits, when a control character comes out, or no UTF-8.
    ///
    /// `plusIsSpace` for queries and forms, not for paths.
    package static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool, allowsNewlines: Bool = false) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(hexadecimal), let low = rest.next().flatMap(hexadecimal) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        for byte in bytes where byte < 0x20 || byte == 0x7f {
            guard allowsNewlines, byte == 0x0a || byte == 0x0d || byte == 0x09 else { return nil }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
