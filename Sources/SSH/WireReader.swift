/// The data types of RFC 4251 5, read from bytes that nobody vouches for: nil is "not there".
///
/// Over an unsafe buffer it copies nothing, which secrets need: a copy would be left behind in the heap.
struct WireReader<Bytes: RandomAccessCollection<UInt8>> where Bytes.Index == Int {
    private let bytes: Bytes
    private var position: Int

    init(_ bytes: Bytes) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }
    var remaining: Int { bytes.endIndex - position }

    mutating func byte() -> UInt8? { take(1)?.first }

    mutating func uint32() -> UInt32? { take(4)?.reduce(0) { $0 << 8 | UInt32($1) } }

    mutating func string() -> Bytes.SubSequence? {
        guard let count = uint32() else { return nil }
        return take(Int(count))
    }

    mutating func take(_ count: Int) -> Bytes.SubSequence? {
        guard count >= 0, count <= remaining else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }
}

extension [UInt8] {
    /// RFC 4251's uint32.
    mutating func appendWire(uint32 value: UInt32) {
        append(UInt8(truncatingIfNeeded: value >> 24))
        append(UInt8(truncatingIfNeeded: value >> 16))
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    /// RFC 4251's string: its length, its bytes.
    mutating func appendWire(string: some Collection<UInt8>) {
        appendWire(uint32: UInt32(string.count))
        append(contentsOf: string)
    }
}
