/// TLS records that come in pieces (RFC 8446 5.1).
struct TLSRecords: Sendable {
    private var arrived: [UInt8] = []

    struct Record: Sendable {
        var kind: UInt8

        /// With its header.
        var bytes: [UInt8]
        var payload: ArraySlice<UInt8> { bytes[5...] }
    }

    static let changeCipherSpec: UInt8 = 0x14
    static let alert: UInt8 = 0x15
    static let handshake: UInt8 = 0x16
    static let data: UInt8 = 0x17

    mutating func append(_ bytes: [UInt8]) {
        arrived += bytes
    }

    /// Nil: more must come. No TLS is a record of the kind 0.
    mutating func next() -> Record? {
        guard let kind = arrived.first else { return nil }
        guard (Self.changeCipherSpec...Self.data).contains(kind), arrived.count < 2 || arrived[1] == 3 else {
            return Record(kind: 0, bytes: [0, 0, 0, 0, 0])
        }
        guard arrived.count >= 5 else { return nil }
        let size = 5 + Int(UInt16(bigEndianBytes: arrived[3..<5]))
        // 2^14 of text, and what a cipher adds.
        guard size <= 5 + 16_384 + 256 else { return Record(kind: 0, bytes: [0, 0, 0, 0, 0]) }
        guard arrived.count >= size else { return nil }
        defer { arrived.removeFirst(size) }
        return Record(kind: kind, bytes: Array(arrived[..<size]))
    }

    static func record(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [kind, 3, 3] + UInt16(payload.count).bigEndianBytes + payload
    }
}
