/// The `Cookie` header: RFC 6265 section 4.2.1, read as section 5.4 says that user agents send it.
package struct Cookies: Sendable, Hashable {
    private var pairs: [Fields.Pair] = []

    /// Most that are looked at; a visitor with more has no cookie of ours behind them.
    private static let limit = 64

    package init(_ header: String) {
        for piece in header.utf8.split(separator: UInt8(ascii: ";"), maxSplits: Self.limit).prefix(Self.limit) {
            guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = Self.trimmed(piece[..<equals])
            let value = Self.trimmed(piece[piece.index(after: equals)...])
            guard !name.isEmpty else { continue }
            pairs.append(.init(name: name, value: value))
        }
    }

    /// The value as sent, quotes and all. A name that comes twice is nobody's: nil, since a neighbour domain may have
    /// planted one of them.
    package subscript(_ name: String) -> String? {
        let found = pairs.filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    package var isEmpty: Bool { pairs.isEmpty }

    private static func trimmed(_ text: Substring.UTF8View) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: text[first...last], as: UTF8.self)
    }
}
