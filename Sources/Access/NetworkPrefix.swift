import Glibc

/// Where a visitor sits, as coarse as one household or one rented server: /24 of IPv4, /56 of IPv6.
package struct NetworkPrefix: Sendable, Hashable {
    /// The kind in the top byte (4, 6, or 0 for an address that could not be read: all such share one budget), the
    /// prefix below.
    private let bits: UInt64

    package init(_ address: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, address, &four) == 1 {
            bits = withUnsafeBytes(of: four) { Self.bits(4, $0.prefix(3)) }
        } else if inet_pton(AF_INET6, address, &six) == 1 {
            bits = withUnsafeBytes(of: six) { all in
                // ::ffff:192.0.2.1 is an IPv4 visitor on a socket of both kinds.
                let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xff && all[11] == 0xff
                return isMapped ? Self.bits(4, all[12..<15]) : Self.bits(6, all.prefix(7))
            }
        } else {
            bits = 0
        }
    }

    private static func bits(_ kind: UInt64, _ prefix: Slice<UnsafeRawBufferPointer>) -> UInt64 {
        prefix.reduce(0) { $0 << 8 | UInt64($1) } | kind << 56
    }
}
