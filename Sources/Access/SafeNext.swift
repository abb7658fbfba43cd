/// Where a visitor goes after the sign-in: only to a page of ours.
package enum SafeNext {
    /// `text` when it is a path of this site, else "/". It must begin with one "/", since "//host" and "/\host" lead
    /// elsewhere, and hold nothing that a browser drops or reads otherwise: only the characters of RFC 3986's path and
    /// query, no percent-encoded "/", "\" or control character.
    package static func path(_ text: String?) -> String {
        guard let text, isLocal(Array(text.utf8)) else { return "/" }
        return text
    }

    private static let allowed = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?%".utf8)

    private static func isLocal(_ bytes: [UInt8]) -> Bool {
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= 1024, bytes.allSatisfy(allowed.contains) else {
            return false
        }
        let path = bytes.prefix { $0 != UInt8(ascii: "?") }
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "/"), index > 0, index < path.count, bytes[index - 1] == byte { return false }
            guard byte == UInt8(ascii: "%") else { continue }
            guard index + 2 < bytes.count, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2]) else {
                return false
            }
            let decoded = high << 4 | low
            if decoded < 0x20 || decoded == 0x7f { return false }
            if index < path.count,
                [UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "%")].contains(decoded)
            {
                return false
            }
        }
        return !path.split(separator: UInt8(ascii: "/")).contains {
            $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8)
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
