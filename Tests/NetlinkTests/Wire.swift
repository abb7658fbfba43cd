/// Messages as the kernel writes them, byte by byte from linux/netlink.h and linux/wireguard.h.
enum Wire {
    static func u16(_ value: UInt16) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
    static func u32(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
    static func u64(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

    static func attributes(_ list: [(type: UInt16, value: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (type, value) in list {
            bytes += u16(UInt16(4 + value.count))
            bytes += u16(type)
            bytes += value
            while bytes.count % 4 != 0 { bytes.append(0) }
        }
        return bytes
    }

    /// A nested list, its items of type 0.
    static func list(_ items: [[UInt8]]) -> [UInt8] { attributes(items.map { (0, $0) }) }

    static func raw(type: UInt16, flags: UInt16, payload: [UInt8]) -> [UInt8] {
        var bytes = u32(UInt32(16 + payload.count))
        for number in [type, flags] { bytes += u16(number) }
        bytes += u32(1)
        bytes += u32(0)
        return bytes + payload
    }

    /// A generic netlink message of WG_CMD_GET_DEVICE.
    static func message(_ list: [(type: UInt16, value: [UInt8])], flags: UInt16 = 2) -> [UInt8] {
        raw(type: 0x20, flags: flags, payload: [0, 1, 0, 0] + attributes(list))
    }

    static func peer(
        _ key: UInt8, psk: Bool = false, rx: UInt64, tx: UInt64, ips: [([UInt8], UInt8)] = []
    ) -> [UInt8] {
        let endpoint: [UInt8] = u16(2) + [0xca, 0x6c, 192, 0, 2, 1]
        return attributes([
            (1, [UInt8](repeating: key, count: 32)), (2, [UInt8](repeating: psk ? 0x77 : 0, count: 32)),
            (6, u64(1_700_000_000) + u64(5)), (5, u16(25)), (8, u64(tx)), (0, []), (7, u64(rx)), (10, u32(1)),
            (4, endpoint + [UInt8](repeating: 0, count: 8)),
            (9, list(ips.map { allowedIP($0.0, $0.1) })),
        ])
    }

    static func allowedIP(_ address: [UInt8], _ prefix: UInt8) -> [UInt8] {
        attributes([(3, [prefix]), (1, u16(address.count == 4 ? 2 : 10)), (2, address)])
    }
}

/// The same numbers in every run (xorshift64*).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }
}
