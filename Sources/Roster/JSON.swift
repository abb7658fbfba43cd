/// A JSON value (RFC 8259) of the bot's files, as Python's json.loads takes it: members in order, of a repeated key
/// the last one. A file is taken whole or not at all.
enum JSON: Equatable {
    case null
    case bool(Bool)

    /// The number's own characters, so that none is too large to be told apart.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    struct Member: Equatable {
        var key: String
        var value: JSON
    }

    /// Why some bytes are no JSON text, and where.
    struct Refusal: Error, Equatable, CustomStringConvertible {
        var reason: String

        /// From 0.
        var offset: Int

        var description: String { "\(reason) at byte \(offset)" }
    }

    /// Values in values: the bot writes two, and a thread's stack is small.
    private static let deepest = 200

    /// A byte order mark before the text is passed over. Bytes that are no UTF-8 become U+FFFD.
    init(_ bytes: [UInt8]) throws(Refusal) {
        var reader = Reader(bytes: bytes[...], count: bytes.count)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.at = 3 }
        self = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.at == bytes.count else { throw reader.refusal("something after the end") }
    }

    /// What Python's bool() makes of it: only null, false, zero and what is empty are false.
    var isTrue: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .number(let text):
            text.utf8.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
                .contains { UInt8(ascii: "1")...UInt8(ascii: "9") ~= $0 }
        case .string(let text): !text.isEmpty
        case .array(let values): !values.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    /// Nil: not an object, or it has no such member. JSON's null is `.null`.
    subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// For people: `a number`.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension JSON {
    private struct Reader {
        let bytes: ArraySlice<UInt8>
        let count: Int
        var at = 0

        func refusal(_ reason: String) -> Refusal { Refusal(reason: reason, offset: at) }

        private var next: UInt8? { at < count ? bytes[at] : nil }

        mutating func skipBlanks() {
            while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
        }

        mutating func value(depth: Int) throws(Refusal) -> JSON {
            guard depth < JSON.deepest else { throw refusal("nested deeper than \(JSON.deepest) levels") }
            skipBlanks()
            switch next {
            case UInt8(ascii: "{"): return try object(depth: depth)
            case UInt8(ascii: "["): return try array(depth: depth)
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "t"): return try word("true", .bool(true))
            case UInt8(ascii: "f"): return try word("false", .bool(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            case nil: throw refusal(count == 0 ? "empty" : "ends in the middle")
            default: return .number(try number())
            }
        }

        private mutating func word(_ word: StaticString, _ value: JSON) throws(Refusal) -> JSON {
            let end = at + word.utf8CodeUnitCount
            guard end <= count else { throw refusal("ends in the middle") }
            let isSame = word.withUTF8Buffer { $0.elementsEqual(bytes[at..<end]) }
            guard isSame else { throw refusal("not a value") }
            at = end
            return value
        }

        private mutating func object(depth: Int) throws(Refusal) -> JSON {
            var members: [Member] = []
            var places: [String: Int] = [:]
            at += 1
            skipBlanks()
            if take("}") { return .object([]) }
            while true {
                skipBlanks()
                guard next == UInt8(ascii: "\"") else {
                    throw refusal(next == nil ? "ends in the middle" : "not a key")
                }
                let key = try string()
                skipBlanks()
                guard take(":") else { throw refusal(next == nil ? "ends in the middle" : "no colon") }
                let value = try value(depth: depth + 1)
                if let place = places[key] {
                    members[place].value = value
                } else {
                    places[key] = members.count
                    members.append(Member(key: key, value: value))
                }
                skipBlanks()
                if take("}") { return .object(members) }
                guard take(",") else { throw refusal(next == nil ? "ends in the middle" : "no comma") }
            }
        }

        private mutating func array(depth: Int) throws(Refusal) -> JSON {
            var values: [JSON] = []
            at += 1
            skipBlanks()
            if take("]") { return .array([]) }
            while true {
                values.append(try value(depth: depth + 1))
                skipBlanks()
                if take("]") { return .array(values) }
                guard take(",") else { throw refusal(next == nil ? "ends in the middle" : "no comma") }
            }
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard next == UInt8(ascii: character) else { return false }
            at += 1
            return true
        }

        private mutating func number() throws(Refusal) -> String {
            let start = at
            _ = take("-")
            let whole = digits()
            guard whole > 0 else { throw refusal(next == nil ? "ends in the middle" : "not a value") }
            guard whole == 1 || bytes[at - whole] != UInt8(ascii: "0") else { throw refusal("a number begins with 0") }
            if take("."), digits() == 0 { throw refusal("a number ends at its point") }
            if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
                at += 1
                if !take("+") { _ = take("-") }
                if digits() == 0 { throw refusal("a number ends at its exponent") }
            }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }

        private mutating func digits() -> Int {
            let start = at
            while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { at += 1 }
            return at - start
        }

        private mutating func string() throws(Refusal) -> String {
            at += 1
            var text: [UInt8] = []
            var start = at
            while let byte = next {
                switch byte {
                case UInt8(ascii: "\""):
                    defer { at += 1 }
                    if text.isEmpty { return String(decoding: bytes[start..<at], as: UTF8.self) }
                    return String(decoding: text + bytes[start..<at], as: UTF8.self)
                case UInt8(ascii: "\\"):
                    text += bytes[start..<at]
                    at += 1
                    text += String(try escape()).utf8
                    start = at
                case 0..<0x20: throw refusal("a control character in a string")
                default: at += 1
                }
            }
            throw refusal("ends in the middle")
        }

        private mutating func escape() throws(Refusal) -> Unicode.Scalar {
            guard let byte = next else { throw refusal("ends in the middle") }
            at += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{C}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"): return try unicode()
            default: throw refusal("an unknown escape")
            }
        }

        /// After `\u`: a scalar, or two halves of one. A half alone, which Python bears, is U+FFFD.
        private mutating func unicode() throws(Refusal) -> Unicode.Scalar {
            let high = try hexadecimal()
            guard 0xD800...0xDBFF ~= high, at + 1 < count, bytes[at] == UInt8(ascii: "\\"),
                bytes[at + 1] == UInt8(ascii: "u")
            else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
            let back = at
            at += 2
            let low = try hexadecimal()
            guard 0xDC00...0xDFFF ~= low else {
                at = back
                return "\u{FFFD}"
            }
            return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
        }

        private mutating func hexadecimal() throws(Refusal) -> UInt32 {
            guard at + 4 <= count else { throw refusal("ends in the middle") }
            var value: UInt32 = 0
            for byte in bytes[at..<at + 4] {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
                case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
                case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
                default: throw refusal("an unknown escape")
                }
            }
            at += 4
            return value
        }
    }
}

extension JSON: CustomStringConvertible {
    /// The value as one line of JSON.
    var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): Self.quoted(text)
        case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.key) + ":" + $0.value.description }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var line = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": line += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line + "\""
    }
}
