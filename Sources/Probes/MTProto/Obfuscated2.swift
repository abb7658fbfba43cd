/// The cipher that every talk with an MTProto proxy is in (core.telegram.org/mtproto/mtproto-transports, transport obfuscation).
struct Obfuscated2: Sendable {
    private var outgoing: CounterMode
    private var incoming: CounterMode

    /// The 64 bytes that go before everything; `tag` says how packets are framed, `dataCentre` where they are meant for.
    let start: [UInt8]

    init(_ secret: [UInt8], tag: UInt32, dataCentre: Int16) {
        var frame = Self.unlikely()
        frame.replaceSubrange(56..<60, with: tag.littleEndianBytes)
        frame.replaceSubrange(60..<62, with: dataCentre.littleEndianBytes)
        let mirrored = Array(frame[8..<56].reversed())
        outgoing = Self.cipher(Array(frame[8..<56]), secret)
        incoming = Self.cipher(mirrored, secret)
        start = Array(frame[..<56]) + outgoing.apply(frame)[56...]
    }

    mutating func seal(_ bytes: [UInt8]) -> [UInt8] { outgoing.apply(bytes) }
    mutating func open(_ bytes: [UInt8]) -> [UInt8] { incoming.apply(bytes) }

    /// 32 bytes of key and 16 of counter; who does not know the secret has the first half of the key alone.
    private static func cipher(_ material: [UInt8], _ secret: [UInt8]) -> CounterMode {
        CounterMode(key: Hash.sha256(material[..<32] + secret), start: Array(material[32...]))
    }

    /// Random bytes that no other protocol begins with, by which a server would take it for that one.
    private static func unlikely() -> [UInt8] {
        while true {
            let bytes = Random.bytes(64)
            let taken = [
                Array("HEAD".utf8), Array("POST".utf8), Array("GET ".utf8), Array("OPTI".utf8), [0x16, 3, 1, 2],
            ]
            if bytes[0] != 0xef, Set(bytes[..<4]) != [0xdd], Set(bytes[..<4]) != [0xee],
                !taken.contains(Array(bytes[..<4])), bytes[4..<8].contains(where: { $0 != 0 })
            {
                return bytes
            }
        }
    }
}
