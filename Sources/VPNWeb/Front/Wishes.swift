/// What a visitor would take, and how gladly: `ru, en;q=0.5` (RFC 9110, sections 12.4.2, 12.5.3 and 12.5.4).
struct Wishes: Sequence, IteratorProtocol {
    private var rest: Substring.UTF8View
    private var left = 16

    /// As many as anybody means; the rest is not looked at.
    init(_ header: String) { rest = header[...].utf8 }

    /// The name in small letters; the weight from 0, not at all, to 1.
    mutating func next() -> (name: String, weight: Double)? {
        guard left > 0, !rest.isEmpty else { return nil }
        left -= 1
        let wish = rest.prefix { $0 != UInt8(ascii: ",") }
        rest = rest[wish.endIndex...].dropFirst()
        let parts = wish.split(separator: UInt8(ascii: ";")).map(Self.trimmed)
        let weight = parts.dropFirst().first { $0.starts(with: "q=".utf8) }
            .map { Double(Substring($0.dropFirst(2))) ?? 0 }
        return (parts.first.map { Substring($0).lowercased() } ?? "", weight ?? 1)
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text.drop { $0 == UInt8(ascii: " ") }
        while text.last == UInt8(ascii: " ") { text.removeLast() }
        return text
    }
}
