/// A key's base64 (RFC 4648), read sixteen characters at a time.
///
/// As strict as wireguard-tools' key_from_base64: 43 characters of the alphabet and one `=`, the two bits beyond the
/// 256th zero.
enum KeyText {
    static let length = 44

    /// The key in the 44 bytes at `text`. Nil: not a key.
    // Inlined, its many vectors would be spilled all over the line's reader.
    @inline(never)
    static func key(at text: UnsafePointer<UInt8>) -> PublicKey? {
        var isValid = SIMD16<UInt8>(repeating: 0xff)
        let head = halves(sextets(load(text), &isValid))
        let middle = halves(sextets(load(text + 16), &isValid))
        let tail = halves(sextets(loadTail(text), &isValid))
        let (a, b) = (bits(head[0]), bits(head[1]))
        let (c, d) = (bits(middle[0]), bits(middle[1]))
        // The tail's first four characters were read before, and its last eight bits are of no character.
        let e = bits(tail[0]) << 24 | bits(tail[1]) >> 24
        let last = bits(tail[1]) & 0xff_ffff
        guard isAll(isValid), text[43] == UInt8(ascii: "="), last & 0xff == 0 else { return nil }
        return PublicKey(words: a << 16 | b >> 32, b << 32 | c >> 16, c << 48 | d, e << 16 | last >> 8)
    }

    /// Whether a key stands there, without making its value: for private and preshared keys.
    @inline(never)
    static func isKey(at text: UnsafePointer<UInt8>) -> Bool {
        var isValid = SIMD16<UInt8>(repeating: 0xff)
        _ = sextets(load(text), &isValid)
        _ = sextets(load(text + 16), &isValid)
        let tail = sextets(loadTail(text), &isValid)
        return isAll(isValid) && text[43] == UInt8(ascii: "=") && UInt64(littleEndian: halves(tail)[1]) >> 48 & 3 == 0
    }

    static func write(_ key: PublicKey, to text: UnsafeMutableBufferPointer<UInt8>) {
        var bits: UInt64 = 0
        var width: UInt64 = 0
        var next = 0
        func put(_ word: UInt64) {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bits = bits << 8 | word >> shift & 0xff
                width += 8
                while width >= 6 {
                    width -= 6
                    text[next] = character(UInt8(truncatingIfNeeded: bits >> width) & 63)
                    next += 1
                }
            }
        }
        put(key.word0)
        put(key.word1)
        put(key.word2)
        put(key.word3)
        text[42] = character(UInt8(truncatingIfNeeded: bits << 2) & 63)
        text[43] = UInt8(ascii: "=")
    }

    private static func character(_ sextet: UInt8) -> UInt8 {
        switch sextet {
        case 0..<26: sextet + UInt8(ascii: "A")
        case 26..<52: sextet - 26 + UInt8(ascii: "a")
        case 52..<62: sextet - 52 + UInt8(ascii: "0")
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    @inline(__always)
    private static func load(_ text: UnsafePointer<UInt8>) -> SIMD16<UInt8> {
        UnsafeRawPointer(text).loadUnaligned(as: SIMD16<UInt8>.self)
    }

    /// The last sixteen characters, of which the first four were read before, with `=` as a zero.
    @inline(__always)
    private static func loadTail(_ text: UnsafePointer<UInt8>) -> SIMD16<UInt8> {
        let others = unsafeBitCast(SIMD2<UInt64>(.max, .max >> 8), to: SIMD16<UInt8>.self)
        let zero = unsafeBitCast(SIMD2<UInt64>(0, UInt64(UInt8(ascii: "A")) << 56), to: SIMD16<UInt8>.self)
        return load(text + 28) & others | zero
    }

    /// Six bits a lane; lanes of `isValid` become 0 where the character is not of the alphabet.
    @inline(__always)
    private static func sextets(_ text: SIMD16<UInt8>, _ isValid: inout SIMD16<UInt8>) -> SIMD16<UInt8> {
        let upper = text &- SIMD16(repeating: UInt8(ascii: "A"))
        let lower = text &- SIMD16(repeating: UInt8(ascii: "a"))
        let digit = text &- SIMD16(repeating: UInt8(ascii: "0"))
        let isUpper = upper.lanes(below: 26)
        let isLower = lower.lanes(below: 26)
        let isDigit = digit.lanes(below: 10)
        let isPlus = text.lanes(of: UInt8(ascii: "+"))
        let isSlash = text.lanes(of: UInt8(ascii: "/"))
        isValid &= isUpper | isLower | isDigit | isPlus | isSlash
        return isUpper & upper | isLower & (lower &+ SIMD16(repeating: 26)) | isDigit & (digit &+ SIMD16(repeating: 52))
            | isPlus & SIMD16(repeating: 62) | isSlash & SIMD16(repeating: 63)
    }

    @inline(__always)
    private static func isAll(_ lanes: SIMD16<UInt8>) -> Bool {
        halves(lanes)[0] & halves(lanes)[1] == .max
    }

    @inline(__always)
    private static func halves(_ lanes: SIMD16<UInt8>) -> SIMD2<UInt64> {
        unsafeBitCast(lanes, to: SIMD2<UInt64>.self)
    }

    /// Eight sextets, the first in the lowest byte, become 48 bits, the first of them the highest.
    @inline(__always)
    private static func bits(_ half: UInt64) -> UInt64 {
        let word = UInt64(littleEndian: half)
        let twelve = (word & 0x00ff_00ff_00ff_00ff) << 6 | word >> 8 & 0x00ff_00ff_00ff_00ff
        let wide = (twelve & 0x0000_ffff_0000_ffff) << 12 | twelve >> 16 & 0x0000_ffff_0000_ffff
        return (wide & 0xffff_ffff) << 24 | wide >> 32
    }
}
