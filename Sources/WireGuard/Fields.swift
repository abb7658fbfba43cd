/// A line's fields: how many there are, the first few and the last.
struct Fields {
    private(set) var count = 1
    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>

    /// Where each of the first five fields ends.
    private var ends: InlineArray<5, Int>
    private var lastStart = 0

    /// The line from `start` to the newline at `end`.
    init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        self.start = start
        self.end = end > start && end[-1] == UInt8(ascii: "\r") ? end - 1 : end
        let length = self.end - start
        ends = InlineArray(repeating: length)
        for place in 0..<length where start[place] == tab {
            if count <= 5 { ends[count - 1] = place }
            count += 1
            lastStart = place + 1
        }
    }

    /// A field among the first five that is there.
    subscript(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let from = index == 0 ? 0 : ends[index - 1] + 1
        return UnsafeBufferPointer(start: start + from, count: ends[index] - from)
    }

    /// Nil: not UTF-8.
    func text(_ index: Int) -> String? {
        String(validating: self[index], as: UTF8.self)
    }

    /// All from there on but the last, as text; of what is shaped like a key, `(hidden)`.
    func columns(from index: Int) -> [String] {
        let fields = UnsafeBufferPointer(start: start, count: max(0, lastStart - 1))
            .split(separator: tab, omittingEmptySubsequences: false)
        return fields.dropFirst(index).map { field in
            let isKey = field.count == KeyText.length && field.last == UInt8(ascii: "=")
            return isKey ? "(hidden)" : String(decoding: field, as: UTF8.self)
        }
    }

    func isNone(_ index: Int) -> Bool {
        self[index].elementsEqual("(none)".utf8)
    }

    /// A key, none, or one that the node's script has put `(hidden)` for.
    func isSecret(_ index: Int) -> Bool {
        let field = self[index]
        if field.count == KeyText.length, let text = field.baseAddress { return KeyText.isKey(at: text) }
        return isNone(index) || field.elementsEqual("(hidden)".utf8)
    }

    func port(_ index: Int) -> UInt16? {
        let field = self[index]
        guard (1...5).contains(field.count), field.allSatisfy(\.isDigit),
            field.count == 1 || field[0] != UInt8(ascii: "0")
        else { return nil }
        return UInt16(String(decoding: field, as: UTF8.self))
    }

    /// The last field: `off`, or a mark in hexadecimal or decimal digits. Nil: neither.
    var fwmark: String? {
        let field = UnsafeBufferPointer(start: start + lastStart, count: end - start - lastStart)
        guard (1...10).contains(field.count), let text = String(validating: field, as: UTF8.self) else { return nil }
        if text == "off" { return text }
        let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
            UInt32(digits, radix: text.hasPrefix("0x") ? 16 : 10) != nil
        else { return nil }
        return text
    }

    /// A line of the node's own script, which tells about the host.
    var isOwnMark: Bool {
        UnsafeBufferPointer(start: start, count: end - start).starts(with: "#vpn-web ".utf8)
    }
}
