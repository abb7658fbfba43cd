/// The greeting of a browser that asks for TLS 1.3 with a site, whose random number proves to the proxy that the secret is known.
/// Its form is RFC 8446's; that it has 517 bytes is how proxies know it.
struct ClientHello: Sendable {
    let bytes: [UInt8]
    var random: [UInt8] { Array(bytes[Self.randomPlace]) }

    /// Where TLS' random number is in a record with a hello, of either side.
    static let randomPlace = 11..<43

    /// So that the other extensions have room.
    static let longestDomain = 180

    /// `now`: seconds since 1970; a proxy refuses one that is minutes off.
    init(domain: String, secret: [UInt8], now: UInt64) {
        let none = [UInt8](repeating: 0, count: 32)
        let head: [UInt8] = [0x03, 0x03] + none + [32] + Random.bytes(32)
        let body =
            head + Self.suites + [1, 0]
            + Self.extensions(domain, room: Self.size - 5 - 4 - 2 - head.count - Self.suites.count - 2)
        var hello: [UInt8] = [0x16, 0x03, 0x01] + UInt16(body.count + 4).bigEndianBytes
        hello += [1, 0] + UInt16(body.count).bigEndianBytes + body
        var random = Hash.sha256.hmac(key: secret, hello)
        let time = UInt32(truncatingIfNeeded: now).littleEndianBytes
        for place in 0..<4 { random[28 + place] ^= time[place] }
        hello.replaceSubrange(Self.randomPlace, with: random)
        bytes = hello
    }

    static let size = 517

    /// A browser's ciphers, one of them a reserved number (RFC 8701).
    private static let suites: [UInt8] = list([
        0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
        0x002f, 0x0035,
    ])

    /// With their length before, and padding until they fill `room`.
    private static func extensions(_ domain: String, room: Int) -> [UInt8] {
        let name = [0] + UInt16(domain.utf8.count).bigEndianBytes + Array(domain.utf8)
        let share: [UInt8] = [0x2a, 0x2a, 0, 1, 0] + UInt16(0x001d).bigEndianBytes + [0, 32] + KeyPair().publicKey
        let protocols: [UInt8] = [2] + Array("h2".utf8) + [8] + Array("http/1.1".utf8)
        let parts: [(Extension, [UInt8])] = [
            (.reservedFirst, []),
            (.serverName, counted(name)),
            (.extendedMasterSecret, []),
            (.renegotiationInfo, [0]),
            (.supportedGroups, list([0x2a2a, 0x001d, 0x0017, 0x0018])),
            (.pointFormats, [1, 0]),
            (.sessionTicket, []),
            (.applicationProtocols, counted(protocols)),
            (.statusRequest, [1, 0, 0, 0, 0]),
            (.signatureAlgorithms, list([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601])),
            (.certificateTimestamp, []),
            (.keyShare, counted(share)),
            (.keyExchangeModes, [1, 1]),
            (.supportedVersions, [6, 0x4a, 0x4a, 0x03, 0x04, 0x03, 0x03]),
            (.compressCertificate, [2, 0, 2]),
            (.reservedLast, [0]),
        ]
        var bytes = parts.flatMap { part($0, $1) }
        bytes += part(.padding, [UInt8](repeating: 0, count: max(0, room - bytes.count - 4)))
        return counted(bytes)
    }

    /// By IANA's list of TLS extensions; the reserved ones are RFC 8701's.
    private enum Extension: UInt16 {
        case serverName = 0
        case statusRequest = 5
        case supportedGroups = 10
        case pointFormats = 11
        case signatureAlgorithms = 13
        case applicationProtocols = 16
        case certificateTimestamp = 18
        case padding = 21
        case extendedMasterSecret = 23
        case compressCertificate = 27
        case sessionTicket = 35
        case supportedVersions = 43
        case keyExchangeModes = 45
        case keyShare = 51
        case renegotiationInfo = 0xff01
        case reservedFirst = 0x3a3a
        case reservedLast = 0x5a5a
    }

    private static func part(_ kind: Extension, _ bytes: [UInt8]) -> [UInt8] {
        kind.rawValue.bigEndianBytes + counted(bytes)
    }

    private static func counted(_ bytes: [UInt8]) -> [UInt8] { UInt16(bytes.count).bigEndianBytes + bytes }

    private static func list(_ numbers: [UInt16]) -> [UInt8] {
        counted(numbers.flatMap(\.bigEndianBytes))
    }
}
