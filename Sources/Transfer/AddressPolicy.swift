package import Glibc

/// Which addresses we speak to: those of the open internet, and private ones only where the configuration names them.
/// A name that anybody can point at 127.0.0.1 or at a cloud's metadata is no way in.
package struct AddressPolicy: Sendable, Equatable {
    package var allowed: [AddressRange]

    package init(allowed: [AddressRange]) {
        self.allowed = allowed
    }

    package static let publicOnly = AddressPolicy(allowed: [])

    package func permits(_ address: HostAddress) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        let inner = address.embedded
        if inner != address { return permits(inner) }
        return !Self.special.contains { $0.contains(address) }
    }

    /// The IANA registries of special-purpose addresses (RFC 6890 and after), those that lead inwards or to nobody.
    /// Addresses for documentation stay: they lead nowhere.
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
        // Azure's metadata has an address that looks public.
        "168.63.129.16",
        "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/32", "fc00::/7", "fe80::/10", "fec0::/10",
        "ff00::/8",
    ].map { AddressRange($0)! }
}

/// An address or a block of them: `10.8.0.0/24`, `fd00::/8`, `127.0.0.1`.
package struct AddressRange: Sendable, Equatable {
    private let base: HostAddress
    private let length: Int

    /// Nil: not one. Bits beyond the prefix are not looked at.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let base = HostAddress(String(parts[0])) else { return nil }
        let all = base.bytes.count * 8
        guard parts.count == 1 || Int(parts[1]).map({ (0...all).contains($0) }) == true else { return nil }
        self.base = base
        length = parts.count == 1 ? all : Int(parts[1])!
    }

    package func contains(_ address: HostAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let whole = length / 8
        guard address.bytes[..<whole] == base.bytes[..<whole] else { return false }
        let rest = length % 8
        return rest == 0 || (address.bytes[whole] ^ base.bytes[whole]) >> (8 - rest) == 0
    }
}

/// An IPv4 or IPv6 address.
package struct HostAddress: Sendable, Hashable, CustomStringConvertible {
    /// Four or sixteen, in the network's order.
    package let bytes: [UInt8]

    /// As inet_pton(3) reads it, without a zone. Nil: not one.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: six) { Array($0) }
        } else {
            return nil
        }
    }

    /// Nil: of another family, or shorter than its family.
    package init?(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET where Int(length) >= MemoryLayout<sockaddr_in>.size:
            bytes = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6 where Int(length) >= MemoryLayout<sockaddr_in6>.size:
            bytes = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        default: return nil
        }
    }

    private init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// The IPv4 address that an IPv6 one carries (mapped, compatible, NAT64, 6to4); else itself.
    package var embedded: HostAddress {
        guard bytes.count == 16 else { return self }
        let head = bytes[..<12]
        let isCompatible = head.allSatisfy { $0 == 0 } && bytes[12...].contains { $0 != 0 } && bytes != Self.loopback
        let isMapped = head.prefix(10).allSatisfy { $0 == 0 } && head.suffix(2) == [0xff, 0xff]
        let isNAT64 = head == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
        if isCompatible || isMapped || isNAT64 { return HostAddress(bytes: bytes[12...]) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return HostAddress(bytes: bytes[2..<6]) }
        return self
    }

    private static let loopback: [UInt8] = [UInt8](repeating: 0, count: 15) + [1]

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        inet_ntop(family, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
