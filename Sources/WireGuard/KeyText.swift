/// A key's base64 (RFC 4648), read sixteen characters at a time.
///
/// As strict as wireguard-tools' key_from_base64: 43 characters of the alphabet and one `=`, the two bits beyond the
/// 256th zero.
enum KeyText {
    static let length = 44

    /// The key in the 44 bytes at `text`. Nil: not a key.
    @inline(__always)
    static func key(at text: UnsafePointer<UInt8>) -> PublicKey? {
        var isValid = SIMD16<UInt8>(repeating: 0xff)
        let head = quads(sextets(load(text), &isValid))
        let middle = quads(sextets(load(text + 16), &isValid))
        let tail = quads(sextets(loadTail(text), &isValid))
        let last = tail[3]
        guard isAll(isValid), text[43] == UInt8(ascii: "="), last & 0xff == 0 else { return nil }
        let a = pair(head[0], head[1])
        let b = pair(head[2], head[3])
        let c = pair(middle[0], middle[1])
        let d = pair(middle[2], middle[3])
        let e = pair(tail[1], tail[2])
        return PublicKey(
            words: a << 16 | b >> 32, b << 32 | c >> 16, c << 48 | d, e << 16 | UInt64(last) >> 8)
    }

    /// Whether a key stands there, without making its value: for private and preshared keys.
    @inline(__always)
    static func isKey(at text: UnsafePointer<UInt8>) -> Bool {
        var isValid = SIMD16<UInt8>(repeating: 0xff)
        _ = sextets(load(text), &isValid)
        _ = sextets(load(text + 16), &isValid)
        let tail = sextets(loadTail(text), &isValid)
        return isAll(isValid) && text[43] == UInt8(ascii: "=") && tail[14] & 3 == 0
    }

    static func write(_ key: PublicKey, to text: UnsafeMutableBufferPointer<UInt8>) {
        var bits: UInt64 = 0
        var width: UInt64 = 0
        var next = 0
        for byte in key.bytes {
            bits = bits << 8 | UInt64(byte)
            width += 8
            while width >= 6 {
                width -= 6
                text[next] = character(UInt8(truncatingIfNeeded: bits >> width) & 63)
                next += 1
            }
        }
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
        var tail = load(text + 28)
        tail[15] = UInt8(ascii: "A")
        return tail
    }

    /// Six bits a lane; lanes of `isValid` become 0 where the character is not of the alphabet.
    @inline(__always)
    private static func sextets(_ text: SIMD16<UInt8>, _ isValid: inout SIMD16<UInt8>) -> SIMD16<UInt8> {
        let upper = text &- SIMD16(repeating: UInt8(ascii: "A"))
        let lower = text &- SIMD16(repeating: UInt8(ascii: "a"))
        let digit = text &- SIMD16(repeating: UInt8(ascii: "0"))
        let isUpper = lanes(upper .< SIMD16(repeating: 26))
        let isLower = lanes(lower .< SIMD16(repeating: 26))
        let isDigit = lanes(digit .< SIMD16(repeating: 10))
        let isPlus = lanes(text .== SIMD16(repeating: UInt8(ascii: "+")))
        let isSlash = lanes(text .== SIMD16(repeating: UInt8(ascii: "/")))
        isValid &= isUpper | isLower | isDigit | isPlus | isSlash
        return isUpper & upper | isLower & (lower &+ SIMD16(repeating: 26)) | isDigit & (digit &+ SIMD16(repeating: 52))
            | isPlus & SIMD16(repeating: 62) | isSlash & SIMD16(repeating: 63)
    }

    /// 0xff where the mask is set. (Masks' own operators are not made of vector instructions.)
    @inline(__always)
    private static func lanes(_ mask: SIMDMask<SIMD16<Int8>>) -> SIMD16<UInt8> {
        unsafeBitCast(mask, to: SIMD16<UInt8>.self)
    }

    @inline(__always)
    private static func isAll(_ lanes: SIMD16<UInt8>) -> Bool {
        let halves = unsafeBitCast(lanes, to: SIMD2<UInt64>.self)
        return halves[0] & halves[1] == .max
    }

    /// Four sextets become 24 bits, the first of them the highest. The lanes are little-endian, as every machine we build for.
    @inline(__always)
    private static func quads(_ sextets: SIMD16<UInt8>) -> SIMD4<UInt32> {
        let couples = unsafeBitCast(sextets, to: SIMD8<UInt16>.self)
        let twelve = (couples & SIMD8(repeating: 0xff)) &<< SIMD8(repeating: 6) | couples &>> SIMD8(repeating: 8)
        let wide = unsafeBitCast(twelve, to: SIMD4<UInt32>.self)
        return (wide & SIMD4(repeating: 0xffff)) &<< SIMD4(repeating: 12) | wide &>> SIMD4(repeating: 16)
    }

    @inline(__always)
    private static func pair(_ high: UInt32, _ low: UInt32) -> UInt64 {
        UInt64(high) << 24 | UInt64(low)
    }
}
