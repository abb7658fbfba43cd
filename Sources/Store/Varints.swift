/// Numbers of a blob, seven bits a byte, the lowest first: small ones are short.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    @inline(__always)
    mutating func put(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// Near zero is short, whatever the sign.
    @inline(__always)
    mutating func put(signed value: Int64) {
        put(UInt64(bitPattern: value << 1 ^ value >> 63))
    }
}

/// Reads what `ByteWriter` wrote. What is torn reads as zeros, and says so in the end.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private(set) var isTorn = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { place >= bytes.count }

    /// History is millions of numbers of every length: eight bytes are looked at together, since a branch for each of
    /// them is guessed wrong more often than not.
    @inline(__always)
    mutating func take() -> UInt64 {
        guard bytes.count - place >= 8 else { return takeSlowly() }
        let word = word
        let ends = ~word & ByteReader.marks
        guard ends != 0 else { return takeSlowly() }
        let end = ends & (0 &- ends)
        place += (end.trailingZeroBitCount + 1) >> 3
        // All of the number's own bytes, without their marks; then groups of seven bits are pushed together.
        var value = word & (end ^ (end &- 1)) & 0x7f7f_7f7f_7f7f_7f7f
        value = value & 0x007f_007f_007f_007f | (value & 0x7f00_7f00_7f00_7f00) >> 1
        value = value & 0x0000_3fff_0000_3fff | (value & 0x3fff_0000_3fff_0000) >> 2
        return value & 0x0fff_ffff | (value & 0x0fff_ffff_0000_0000) >> 4
    }

    /// Passes over numbers, of which it sees the last bytes only: those of sixteen bytes at once, without a branch that
    /// would be guessed wrong.
    @inline(__always)
    mutating func skip(_ numbers: Int) {
        if bytes.count - place >= 16 {
            var ends = ends(at: place) | ends(at: place + 8) << 8
            for _ in 1..<numbers { ends &= ends &- 1 }
            if ends != 0 {
                place += ends.trailingZeroBitCount + 1
                return
            }
        }
        for _ in 0..<numbers { _ = take() }
    }

    private static let marks: UInt64 = 0x8080_8080_8080_8080

    /// The next eight bytes, where there are as many.
    private var word: UInt64 { @inline(__always) get { word(at: place) } }

    @inline(__always)
    private func word(at place: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// A bit for each of eight bytes that ends a number. The product moves each byte's mark to its place in the highest byte.
    @inline(__always)
    private func ends(at place: Int) -> UInt64 {
        ((~word(at: place) & ByteReader.marks) &* 0x0002_0408_1020_4081) >> 56
    }

    private mutating func takeSlowly() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        isTorn = true
        place = bytes.count
        return 0
    }

    @inline(__always)
    mutating func takeSigned() -> Int64 {
        let value = take()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// For what counts places: a number that is none is damage.
    @inline(__always)
    mutating func takePlace() -> UInt32 {
        let value = take()
        if value > UInt64(UInt32.max) { isTorn = true }
        return UInt32(truncatingIfNeeded: value)
    }

    func finish(_ what: String) throws {
        guard isTorn else { return }
        throw StoreError(.corrupt, "read \(what)", "its bytes are damaged", "restore a backup")
    }
}
