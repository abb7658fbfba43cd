/// Writes HTML as bytes. Whatever is not a literal of our source goes through `text` or an `Attribute`, and is escaped
/// over its UTF-8 bytes: never by Character, where a quote and a combining mark are one and slip through.
package struct HTMLWriter: Sendable {
    package private(set) var bytes: [UInt8]

    package init() {
        bytes = []
        bytes.reserveCapacity(1 << 16)
    }

    package mutating func raw(_ text: StaticString) {
        bytes.append(raw: text)
    }

    package mutating func open(_ element: StaticString, _ attributes: [Attribute] = []) {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(raw: element)
        for attribute in attributes { write(attribute) }
        bytes.append(UInt8(ascii: ">"))
    }

    package mutating func close(_ element: StaticString) {
        bytes.append(raw: "</")
        bytes.append(raw: element)
        bytes.append(UInt8(ascii: ">"))
    }

    package mutating func text(_ text: String) {
        bytes.append(escaping: text)
    }

    package mutating func text(_ text: StaticString) {
        bytes.append(escaping: text)
    }

    package mutating func text(_ number: Int) {
        bytes.append(decimal: Int64(number))
    }

    private mutating func write(_ attribute: Attribute) {
        bytes.append(UInt8(ascii: " "))
        bytes.append(raw: attribute.name)
        bytes.append(raw: "=\"")
        switch attribute.value {
        case .fixed(let text): bytes.append(escaping: text)
        case .text(let text): bytes.append(escaping: text)
        case .number(let number): bytes.append(decimal: Int64(number))
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension [UInt8] {
    mutating func append(escaping text: StaticString) {
        text.withUTF8Buffer { append(escaping: $0) }
    }

    mutating func append(escaping text: String) {
        var text = text
        text.withUTF8 { append(escaping: $0) }
    }

    /// Right between tags and between double quotes. Characters that show nothing but steer something are replaced by
    /// U+FFFD: NUL and the other control characters (TAB and LF stay), line and paragraph separators, and the marks
    /// that embed, override or isolate a direction, which could turn the page around the name around.
    mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var next = 0
        while next < text.count {
            var length = 1
            let replacement: StaticString
            switch text[next] {
            case UInt8(ascii: "&"): replacement = "&amp;"
            case UInt8(ascii: "<"): replacement = "&lt;"
            case UInt8(ascii: ">"): replacement = "&gt;"
            case UInt8(ascii: "\""): replacement = "&quot;"
            case UInt8(ascii: "'"): replacement = "&#39;"
            case 0x09, 0x0A:
                next += 1
                continue
            case 0x00...0x1F, 0x7F: replacement = "\u{FFFD}"
            case 0xC2 where next + 1 < text.count && text[next + 1] < 0xA0:
                (length, replacement) = (2, "\u{FFFD}")
            case 0xE2 where next + 2 < text.count && Self.steers(text[next + 1], text[next + 2]):
                (length, replacement) = (3, "\u{FFFD}")
            default:
                next += 1
                continue
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<next]))
            append(raw: replacement)
            next += length
            start = next
        }
        append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    /// U+2028…U+202E and U+2066…U+2069, by their bytes after E2.
    private static func steers(_ second: UInt8, _ third: UInt8) -> Bool {
        second == 0x80 && (0xA8...0xAE).contains(third) || second == 0x81 && (0xA6...0xA9).contains(third)
    }
}
