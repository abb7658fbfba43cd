/// What a visitor would take, and how gladly: `ru, en;q=0.5` (RFC 9110, sections 12.4.2, 12.5.3 and 12.5.4).
struct Wishes: Sequence, IteratorProtocol {
    private var rest: Substring.UTF8View
    private var left = 16

    /// As many as anybody means are looked at.
    init(_ header: String) { rest = header[...].utf8 }

    /// The name in small letters; the weight from 0, not at all, to 1.
    mutating func next() -> (name: String, weight: Double)? {
        guard left > 0, !rest.isEmpty else { return nil }
        left -= 1
        let wish = rest.prefix { $0 != UInt8(ascii: ",") }.drop(while: Self.isSpace)
        rest = rest[wish.endIndex...].dropFirst()
        let name = wish.prefix { $0 != UInt8(ascii: ";") && !Self.isSpace($0) }
        return (Substring(name).lowercased(), Self.weight(wish[name.endIndex...]))
    }

    private static func weight(_ parameters: Substring.UTF8View) -> Double {
        var rest = parameters
        while let semicolon = rest.firstIndex(of: UInt8(ascii: ";")) {
            rest = rest[semicolon...].dropFirst().drop(while: isSpace)
            guard rest.starts(with: "q=".utf8) else { continue }
            return Double(Substring(rest.dropFirst(2).prefix { $0 != UInt8(ascii: ";") && !isSpace($0) })) ?? 0
        }
        return 1
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") }
}
