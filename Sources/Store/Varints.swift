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

    @inline(__always)
    mutating func take() -> UInt64 {
        if place < bytes.count, bytes[place] < 0x80 {
            defer { place += 1 }
            return UInt64(bytes[place])
        }
        return takeLong()
    }

    private mutating func takeLong() -> UInt64 {
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
