/// The `Cookie` header: RFC 6265 section 4.2.1, read as section 5.4 says that user agents send it.
package struct Cookies: Sendable {
    private let header: [UInt8]

    /// Most that are looked at; a visitor with more has no cookie of ours behind them.
    private static let limit = 64

    package init(_ header: String) { self.header = Array(header.utf8) }

    /// The value as sent, quotes and all. A name that comes twice is nobody's: nil, since a neighbour domain may have
    /// planted one of them.
    package subscript(_ name: String) -> String? {
        header.withUnsafeBytes { header in
            var found: String?
            var place = 0
            for _ in 0..<Self.limit where place < header.count {
                let rest = header.part(place..<header.count)
                let piece = rest.part(0..<(rest.place(of: UInt8(ascii: ";")) ?? rest.count))
                place += piece.count + 1
                guard let equals = piece.place(of: UInt8(ascii: "=")),
                    Self.trimmed(piece[..<equals]).elementsEqual(name.utf8)
                else { continue }
                guard found == nil else { return nil }
                found = String(decoding: Self.trimmed(piece[(equals + 1)...]), as: UTF8.self)
            }
            return found
        }
    }

    private static func trimmed(_ text: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }
}
