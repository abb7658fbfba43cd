/// What is wrong in a line, by field, counted from 1 within the line. Nil: the line as a whole.
struct LineFault: Error {
    var field: Int?
    var reason: Rejection.Reason

    init(_ field: Int?, _ reason: Rejection.Reason) {
        self.field = field
        self.reason = reason
    }
}

/// Reads fields one after the other from a text whose last byte is a newline, which therefore ends every loop here.
struct DumpLine {
    private(set) var next: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>

    init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        next = start
        self.end = end
    }

    mutating func skip(_ count: Int) {
        next += count
    }

    /// 44 characters of base64 and a tab.
    @inline(__always)
    mutating func key(_ field: Int) throws(LineFault) -> PublicKey {
        guard end - next > KeyText.length, next[KeyText.length] == tab, let key = KeyText.key(at: next) else {
            throw LineFault(field, .key)
        }
        next += KeyText.length + 1
        return key
    }

    /// A key that is looked at and not taken, `(none)`, or `(hidden)` as the node's script puts it; and a tab.
    /// True: there is a key.
    @inline(__always)
    mutating func secret(_ field: Int) throws(LineFault) -> Bool {
        if next[0] == UInt8(ascii: "(") {
            if skip("(none)\t") { return false }
            if skip("(hidden)\t") { return true }
        } else if end - next > KeyText.length, next[KeyText.length] == tab, KeyText.isKey(at: next) {
            next += KeyText.length + 1
            return true
        }
        throw LineFault(field, .key)
    }

    /// `(none)`, or printable characters with a colon and a port behind them: an IPv6 host stands in brackets.
    /// Nil: none. The tab behind is taken.
    @inline(__always)
    mutating func endpoint(_ field: Int) throws(LineFault) -> UnsafeBufferPointer<UInt8>? {
        if skip("(none)\t") { return nil }
        let start = next
        var colon = next
        while next[0] > 0x20, next[0] < 0x7f {
            if next[0] == UInt8(ascii: ":") { colon = next }
            next += 1
        }
        guard next[0] == tab, Self.isEndpoint(from: start, colon: colon, to: next) else {
            throw LineFault(field, .endpoint)
        }
        defer { next += 1 }
        return UnsafeBufferPointer(start: start, count: next - start)
    }

    @inline(__always)
    private static func isEndpoint(
        from start: UnsafePointer<UInt8>, colon: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>
    ) -> Bool {
        guard colon > start, (2...6).contains(end - colon) else { return false }
        var port = 0
        for place in 1..<end - colon {
            guard colon[place].isDigit else { return false }
            port = port &* 10 &+ Int(colon[place] &- UInt8(ascii: "0"))
        }
        guard port <= UInt16.max else { return false }
        if start[0] == UInt8(ascii: "[") { return colon - start > 2 && colon[-1] == UInt8(ascii: "]") }
        for place in 0..<colon - start where start[place] == UInt8(ascii: ":") { return false }
        return true
    }

    /// `(none)`, or `address/length` each with commas between. Nil: none. The tab behind is taken.
    @inline(__always)
    mutating func allowedIPs(_ field: Int) throws(LineFault) -> UnsafeBufferPointer<UInt8>? {
        if skip("(none)\t") { return nil }
        let start = next
        repeat {
            let address = next
            while next[0].isOfAddress { next += 1 }
            guard next[0] == UInt8(ascii: "/"), next > address else { throw LineFault(field, .allowedIPs) }
            next += 1
            let length = next
            var bits = 0
            while next[0].isDigit, next - length < 3 {
                bits = bits &* 10 &+ Int(next[0] &- UInt8(ascii: "0"))
                next += 1
            }
            guard next > length, bits <= 128 else { throw LineFault(field, .allowedIPs) }
            next += 1
        } while next[-1] == UInt8(ascii: ",")
        guard next[-1] == tab else { throw LineFault(field, .allowedIPs) }
        return UnsafeBufferPointer(start: start, count: next - 1 - start)
    }

    /// A number and a tab.
    @inline(__always)
    mutating func number(_ field: Int) throws(LineFault) -> UInt64 {
        guard let number = digits(), next[0] == tab else { throw LineFault(field, .number) }
        next += 1
        return number
    }

    /// `off`, a number, or two with `-` between, and the end of the line. Nil: off.
    @inline(__always)
    mutating func keepalive(_ field: Int) throws(LineFault) -> Keepalive? {
        if skip("off") {
            try lineEnd(LineFault(field, .number))
            return nil
        }
        guard let first = digits(), first <= UInt16.max else { throw LineFault(field, .number) }
        var second = first
        if next[0] == UInt8(ascii: "-") {
            next += 1
            guard let longest = digits(), longest >= first, longest <= UInt16.max else {
                throw LineFault(field, .number)
            }
            second = longest
        }
        try lineEnd(LineFault(field, .number))
        return second == 0 ? nil : Keepalive(UInt16(first), UInt16(second))
    }

    @inline(__always)
    private mutating func lineEnd(_ fault: LineFault) throws(LineFault) {
        if next[0] == UInt8(ascii: "\r") { next += 1 }
        guard next[0] == newline else { throw fault }
        next += 1
    }

    @inline(__always)
    private mutating func digits() -> UInt64? {
        let start = next
        var value: UInt64 = 0
        while next[0].isDigit {
            value = value &* 10 &+ UInt64(next[0] &- UInt8(ascii: "0"))
            next += 1
        }
        let count = next - start
        guard count > 0, count == 1 || start[0] != UInt8(ascii: "0") else { return nil }
        // Nineteen digits always fit; of twenty, those that begin with 1 and came out above 10^19.
        guard count < 20 || count == 20 && start[0] == UInt8(ascii: "1") && value >= 10_000_000_000_000_000_000 else {
            return nil
        }
        return value
    }

    /// Passes over `word` where it stands next; the newline at the text's end is in no word's middle.
    @inline(__always)
    private mutating func skip(_ word: StaticString) -> Bool {
        for place in 0..<word.utf8CodeUnitCount where next[place] != word.utf8Start[place] { return false }
        next += word.utf8CodeUnitCount
        return true
    }
}

let tab = UInt8(ascii: "\t")
let newline = UInt8(ascii: "\n")

extension UInt8 {
    @inline(__always)
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    /// Hexadecimal digits, points and colons.
    @inline(__always)
    fileprivate var isOfAddress: Bool {
        self &- UInt8(ascii: ".") < 13 && self != UInt8(ascii: "/") || (self | 0x20) &- UInt8(ascii: "a") < 6
    }
}
