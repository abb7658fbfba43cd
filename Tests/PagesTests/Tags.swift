/// A tag scanner of its own, after the HTML standard's tokenizer as far as our pages go: what elements and attributes
/// are there, whatever the text between says. It sees what a browser sees, not what the writer meant.
struct Tags: Equatable {
    /// `td[class=n,data-label=…]` in order; of attributes that carry outside text only the name is kept.
    var list: [String] = []

    /// Attribute values that come from our source: if outside text changes one, something is wrong.
    static let fixed: Set<String> = [
        "class", "id", "rel", "type", "name", "method", "scope", "lang", "data-mark", "data-label", "role", "charset",
    ]

    init(_ html: [UInt8]) {
        var next = 0
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
        while next < html.count {
            guard html[next] == UInt8(ascii: "<"), next + 1 < html.count else {
                next += 1
                continue
            }
            let first = html[next + 1]
            guard isLetter(first) || first == UInt8(ascii: "/") || first == UInt8(ascii: "!") else {
                next += 1
                continue
            }
            next += 1
            var tag: [UInt8] = []
            while next < html.count, !isSpace(html[next]), html[next] != UInt8(ascii: ">") {
                tag.append(html[next])
                next += 1
            }
            var attributes: [String] = []
            while next < html.count, html[next] != UInt8(ascii: ">") {
                if isSpace(html[next]) || html[next] == UInt8(ascii: "/") {
                    next += 1
                    continue
                }
                var name: [UInt8] = []
                while next < html.count, !isSpace(html[next]), html[next] != UInt8(ascii: "="),
                    html[next] != UInt8(ascii: ">")
                {
                    name.append(html[next])
                    next += 1
                }
                var value: [UInt8] = []
                if next < html.count, html[next] == UInt8(ascii: "=") {
                    next += 1
                    if next < html.count, html[next] == UInt8(ascii: "\"") || html[next] == UInt8(ascii: "'") {
                        let quote = html[next]
                        next += 1
                        while next < html.count, html[next] != quote {
                            value.append(html[next])
                            next += 1
                        }
                        next += 1
                    } else {
                        while next < html.count, !isSpace(html[next]), html[next] != UInt8(ascii: ">") {
                            value.append(html[next])
                            next += 1
                        }
                    }
                }
                let word = String(decoding: name, as: UTF8.self)
                attributes.append(
                    Self.fixed.contains(word) ? word + "=" + String(decoding: value, as: UTF8.self) : word)
            }
            next += 1
            list.append(String(decoding: tag, as: UTF8.self) + "[" + attributes.joined(separator: ",") + "]")
        }
    }
}

/// Seeded and small (xorshift64*): the same run every time.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
