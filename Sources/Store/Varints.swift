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

    /// Passes over numbers, of which it sees the last bytes only.
    @inline(__always)
    mutating func skip(_ numbers: Int) {
        var left = numbers
        while bytes.count - place >= 8 {
            var ends = ~word & ByteReader.marks
            let count = ends.nonzeroBitCount
            if count < left {
                left -= count
                place += 8
                continue
            }
            for _ in 1..<left { ends &= ends &- 1 }
            place += (ends.trailingZeroBitCount + 1) >> 3
            return
        }
        for _ in 0..<left { _ = takeSlowly() }
    }

    private static let marks: UInt64 = 0x8080_8080_8080_8080

    /// The next eight bytes, where there are as many.
    private var word: UInt64 {
        @inline(__always) get { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)) }
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
