/// Eight characters in one word, the first of them the lowest byte: what a loop would ask of each is asked of all.
///
/// Masks have bit 7 of a byte set where the answer is yes. A mask is right up to its first yes; `exactly` is right throughout.
struct Eight {
    let word: UInt64

    @inline(__always)
    init(at text: UnsafePointer<UInt8>) {
        word = UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
    }

    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// Not a decimal digit.
    @inline(__always)
    var isNoDigit: UInt64 {
        let digits = word ^ 0x3030_3030_3030_3030
        return ((digits &+ 0x7676_7676_7676_7676) | digits) & Self.high
    }

    /// Blank, a control character or not ASCII.
    @inline(__always)
    var isNotPrintable: UInt64 {
        ((word &- 0x2121_2121_2121_2121) & ~word | word | (word &+ 0x0101_0101_0101_0101)) & Self.high
    }

    @inline(__always)
    func isExactly(_ character: UInt8) -> UInt64 {
        let difference = word ^ (0x0101_0101_0101_0101 &* UInt64(character))
        return ~((difference & ~Self.high) &+ ~Self.high | difference) & Self.high
    }

    /// Characters before a mask's first yes: 0 to 8.
    @inline(__always)
    static func count(before mask: UInt64) -> Int {
        mask.trailingZeroBitCount >> 3
    }

    /// The value of eight decimal digits, each given as a byte of 0 to 9 or as its character.
    @inline(__always)
    static func value(_ digits: UInt64) -> UInt64 {
        var value = digits & 0x0f0f_0f0f_0f0f_0f0f
        value = (value &* 2561) &>> 8 & 0x00ff_00ff_00ff_00ff
        value = (value &* 6_553_601) &>> 16 & 0x0000_ffff_0000_ffff
        return (value &* 42_949_672_960_001) &>> 32
    }
}

extension SIMD16<UInt8> {
    /// 0xff where a lane is less than `limit`, 0 elsewhere. (Masks' own operators are not made of vector instructions.)
    @inline(__always)
    func lanes(below limit: UInt8) -> SIMD16<UInt8> {
        unsafeBitCast(self .< SIMD16(repeating: limit), to: SIMD16<UInt8>.self)
    }

    /// 0xff where a lane is `value`, 0 elsewhere.
    @inline(__always)
    func lanes(of value: UInt8) -> SIMD16<UInt8> {
        unsafeBitCast(self .== SIMD16(repeating: value), to: SIMD16<UInt8>.self)
    }

    /// How many lanes from the first on are `lane`, where all are 0 or 0xff.
    @inline(__always)
    func count(of lane: UInt8) -> Int {
        let halves = unsafeBitCast(lane == 0 ? self : ~self, to: SIMD2<UInt64>.self)
        let first = UInt64(littleEndian: halves[0]).trailingZeroBitCount
        return (first < 64 ? first : 64 + UInt64(littleEndian: halves[1]).trailingZeroBitCount) >> 3
    }
}
