/// BLAKE3 of inputs of one chunk, 1,024 bytes: keys and salts are shorter (the BLAKE3 paper, 2; OpenSSL 3.0 has none).
enum BLAKE3 {
    static func hash(_ bytes: [UInt8]) -> [UInt8] { root(bytes, key: start, flags: []) }

    /// A key of 32 bytes from `material` for one purpose, which `context` names.
    static func derivedKey(context: String, _ material: [UInt8]) -> [UInt8] {
        let key = root(Array(context.utf8), key: start, flags: .deriveKeyContext)
        let words = stride(from: 0, to: 32, by: 4).map { UInt32(littleEndianBytes: key[$0..<$0 + 4]) }
        return root(material, key: words, flags: .deriveKeyMaterial)
    }

    private struct Flags: OptionSet {
        let rawValue: UInt32
        static let chunkStart = Flags(rawValue: 1)
        static let chunkEnd = Flags(rawValue: 2)
        static let root = Flags(rawValue: 8)
        static let deriveKeyContext = Flags(rawValue: 32)
        static let deriveKeyMaterial = Flags(rawValue: 64)
    }

    private static func root(_ bytes: [UInt8], key: [UInt32], flags: Flags) -> [UInt8] {
        precondition(bytes.count <= 1_024, "longer than a chunk")
        var chain = key
        var place = 0
        repeat {
            let block = bytes[place..<min(place + 64, bytes.count)]
            var blockFlags = flags
            if place == 0 { blockFlags.insert(.chunkStart) }
            place += 64
            if place >= bytes.count { blockFlags.formUnion([.chunkEnd, .root]) }
            chain = compressed(chain, block, blockFlags)
        } while place < bytes.count
        return chain.flatMap { $0.littleEndianBytes }
    }

    /// The first half of the compression's output: the next chaining value, or the result.
    private static func compressed(_ chain: [UInt32], _ block: ArraySlice<UInt8>, _ flags: Flags) -> [UInt32] {
        let padded = Array(block) + [UInt8](repeating: 0, count: 64 - block.count)
        var message = stride(from: 0, to: 64, by: 4).map { UInt32(littleEndianBytes: padded[$0..<$0 + 4]) }
        var state = chain + start.prefix(4) + [0, 0, UInt32(block.count), flags.rawValue]
        for round in 0..<7 {
            if round > 0 { message = order.map { message[$0] } }
            for (lane, places) in lanes.enumerated() {
                mix(&state, places, message[2 * lane], message[2 * lane + 1])
            }
        }
        return (0..<8).map { state[$0] ^ state[$0 + 8] }
    }

    private static func mix(_ state: inout [UInt32], _ at: (Int, Int, Int, Int), _ x: UInt32, _ y: UInt32) {
        let (a, b, c, d) = at
        for (word, turns) in [(x, (16, 12)), (y, (8, 7))] {
            state[a] = state[a] &+ state[b] &+ word
            state[d] = (state[d] ^ state[a]).rotatedRight(UInt32(turns.0))
            state[c] = state[c] &+ state[d]
            state[b] = (state[b] ^ state[c]).rotatedRight(UInt32(turns.1))
        }
    }

    /// The square roots' bits that SHA-256 begins with too.
    private static let start: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]

    /// Columns, then diagonals.
    private static let lanes = [
        (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
        (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
    ]
    private static let order = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
}

extension UInt32 {
    fileprivate func rotatedRight(_ turns: UInt32) -> UInt32 { self >> turns | self << (32 - turns) }
}
