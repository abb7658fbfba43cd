/// Where somebody connects from, as far as history keeps it: the /24 of an IPv4 address, the /48 of an IPv6 one.
package struct Network: Hashable, Sendable {
    /// The prefix's bits, right-aligned: 24 or 48 of them.
    package let prefix: UInt64
    package let isIPv6: Bool

    package init(prefix: UInt64, isIPv6: Bool) {
        self.isIPv6 = isIPv6
        self.prefix = prefix & (isIPv6 ? 0xffff_ffff_ffff : 0xff_ffff)
    }

    /// Of an endpoint as wg prints it: `192.0.2.1:51820`, `[2001:db8::1]:51820`. Nil: it is neither.
    package init?(endpoint: String) {
        let text = endpoint.utf8
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let address = text[text.index(after: text.startIndex)..<end]
            // A link-local address names its interface behind a percent sign.
            guard let prefix = Network.prefix48(address.prefix { $0 != UInt8(ascii: "%") }) else { return nil }
            self.init(prefix: prefix, isIPv6: true)
        } else {
            guard let colon = text.lastIndex(of: UInt8(ascii: ":")), let prefix = Network.prefix24(text[..<colon])
            else { return nil }
            self.init(prefix: prefix, isIPv6: false)
        }
    }

    private static func prefix24(_ text: Substring.UTF8View) -> UInt64? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt64 = 0
        for part in parts {
            guard (1...3).contains(part.count), let byte = number(part, radix: 10), byte < 256 else { return nil }
            address = address << 8 | byte
        }
        return address >> 8
    }

    /// RFC 4291, 2.2: eight groups, and once `::` for as many zero ones as are missing.
    private static func prefix48(_ text: Substring.UTF8View) -> UInt64? {
        var before: [UInt64] = []
        var after: [UInt64]?
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (3...9).contains(parts.count) else { return nil }
        for (place, part) in parts.enumerated() {
            if part.isEmpty {
                // `::` at either end makes two empty parts.
                if place == 0 || place == parts.count - 1 { continue }
                guard after == nil else { return nil }
                after = []
                continue
            }
            guard part.count <= 4, let group = number(part, radix: 16) else { return nil }
            if after == nil { before.append(group) } else { after?.append(group) }
        }
        let known = before.count + (after?.count ?? 0)
        guard after == nil ? known == 8 : known < 8 else { return nil }
        let groups = before + Array(repeating: 0, count: 8 - known) + (after ?? [])
        return groups[0] << 32 | groups[1] << 16 | groups[2]
    }

    private static func number(_ text: Substring.UTF8View, radix: UInt64) -> UInt64? {
        var value: UInt64 = 0
        for character in text {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            guard digit < radix else { return nil }
            value = value * radix + UInt64(digit)
        }
        return value
    }
}

extension Network: CustomStringConvertible {
    /// `192.0.2.0/24`, `2001:db8:1::/48`.
    package var description: String {
        guard isIPv6 else { return "\(prefix >> 16).\(prefix >> 8 & 255).\(prefix & 255).0/24" }
        let groups = [prefix >> 32, prefix >> 16 & 0xffff, prefix & 0xffff]
        return groups.map { String($0, radix: 16) }.joined(separator: ":") + "::/48"
    }
}
