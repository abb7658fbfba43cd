package import WireGuard

/// Writes JSON (RFC 8259) as bytes: UTF-8 as it is, integers exact, times RFC 3339 in UTC, unknown is null.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8]
    private var needsComma = false

    package init(capacity: Int = 4096) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    package mutating func array(_ elements: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    /// A member's name that needs no escaping. One value must follow.
    package mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(raw: name)
        bytes.append(raw: "\":")
        needsComma = false
    }

    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ text: String) {
        separate()
        bytes.append(quotingJSON: text)
        needsComma = true
    }

    package mutating func integer(_ number: UInt64) {
        separate()
        bytes.append(decimal: number)
        needsComma = true
    }

    package mutating func integer(_ number: Int64) {
        separate()
        bytes.append(decimal: number)
        needsComma = true
    }

    package mutating func word(_ literal: StaticString) {
        separate()
        bytes.append(raw: literal)
        needsComma = true
    }

    /// What stands in the source as JSON already.
    mutating func raw(_ json: StaticString) {
        separate()
        bytes.append(raw: json)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func enclose(_ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        content(&self)
        bytes.append(close)
        needsComma = true
    }
}

extension JSONWriter {
    package mutating func member(_ name: StaticString, _ text: String?) {
        key(name)
        if let text { string(text) } else { word("null") }
    }

    package mutating func member(_ name: StaticString, _ number: UInt64?) {
        key(name)
        if let number { integer(number) } else { word("null") }
    }

    package mutating func member(_ name: StaticString, _ number: Int?) {
        key(name)
        if let number { integer(Int64(number)) } else { word("null") }
    }

    package mutating func member(_ name: StaticString, id number: Int64?) {
        key(name)
        if let number { integer(number) } else { word("null") }
    }

    package mutating func member(_ name: StaticString, _ claim: Bool?) {
        key(name)
        if let claim { word(claim ? "true" : "false") } else { word("null") }
    }

    /// Null too where the year would not have four digits.
    package mutating func member(_ name: StaticString, _ time: UnixTime?) {
        key(name)
        guard let civil = time.flatMap(CivilTime.init) else { return word("null") }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(rfc3339: civil)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Milliseconds with one digit after the point.
    package mutating func member(_ name: StaticString, milliseconds span: Duration?) {
        key(name)
        guard let span else { return word("null") }
        let (seconds, attoseconds) = span.components
        let (whole, overflow) = max(0, seconds).multipliedReportingOverflow(by: 10_000)
        guard !overflow else { return word("null") }
        let tenths = whole + max(0, attoseconds) / 100_000_000_000_000
        bytes.append(decimal: tenths / 10)
        bytes.append(UInt8(ascii: "."))
        bytes.append(decimal: tenths % 10)
        needsComma = true
    }

    /// From 0 to 1 with five digits, rounded down: 1 is whole.
    package mutating func member(_ name: StaticString, share: Double?) {
        key(name)
        guard let share, share >= 0, share <= 1 else { return word("null") }
        let digits = String(Int64(share * 100_000) + 100_000)
        bytes.append(UInt8(ascii: share < 1 ? "0" : "1"))
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: digits.utf8.dropFirst())
        needsComma = true
    }

    package mutating func member(_ name: StaticString, _ content: (inout JSONWriter) -> Void) {
        key(name)
        object(content)
    }

    package mutating func list(_ name: StaticString, _ content: (inout JSONWriter) -> Void) {
        key(name)
        array(content)
    }
}

extension [UInt8] {
    mutating func append(quotingJSON text: String) {
        var text = text
        append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var start = 0
            for (index, byte) in utf8.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                append(escapingJSON: byte)
                start = index + 1
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escapingJSON byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(raw: "\\\"")
        case UInt8(ascii: "\\"): append(raw: "\\\\")
        case UInt8(ascii: "\n"): append(raw: "\\n")
        case UInt8(ascii: "\t"): append(raw: "\\t")
        case UInt8(ascii: "\r"): append(raw: "\\r")
        default:
            append(raw: byte < 0x10 ? "\\u000" : "\\u001")
            append(Swift.Array("0123456789abcdef".utf8)[Int(byte & 15)])
        }
    }
}
