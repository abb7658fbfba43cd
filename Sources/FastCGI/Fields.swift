/// Names and values in the order they were sent: a query, or a form. A name may come twice.
package struct Fields: Sendable, Hashable {
    package struct Pair: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    package var pairs: [Pair] = []

    package init() {}

    /// `a=1&b=2`, percent-decoded. `b` alone has the empty value; an empty piece (`a=1&&b=2`) is skipped.
    init(encoded text: Substring, limit: Int, allowsNewlines: Bool = false) throws(Refusal) {
        for piece in text.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            guard pairs.count < limit else { throw .badRequest }
            let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            let name = piece[..<equals]
            let value = equals == piece.endIndex ? piece[equals...] : piece[piece.index(after: equals)...]
            guard let name = PercentCoding.decode(name, plusIsSpace: true),
                let value = PercentCoding.decode(value, plusIsSpace: true, allowsNewlines: allowsNewlines)
            else { throw .badRequest }
            pairs.append(Pair(name: name, value: value))
        }
    }

    /// The first of that name; nil when there is none.
    package subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    package func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
    package var isEmpty: Bool { pairs.isEmpty }
}
