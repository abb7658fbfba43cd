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
        if let length = lengthOfPlain() {
            next += length + 1
            return UnsafeBufferPointer(start: start, count: length)
        }
        // The first and the last: an address without brackets has one.
        var (first, colon) = (next, next)
        while end - next >= 8 {
            let eight = Eight(at: next)
            let stop = eight.isNotPrintable
            // The bits below the lowest of `stop`.
            let isColon = eight.isExactly(UInt8(ascii: ":")) & (stop &- 1) & ~stop
            if isColon != 0 {
                if first == start { first = next + Eight.count(before: isColon) }
                colon = next + (63 - isColon.leadingZeroBitCount) >> 3
            }
            next += Eight.count(before: stop)
            if stop != 0 { break }
        }
        let isHost =
            start[0] == UInt8(ascii: "[") ? colon - start > 2 && colon[-1] == UInt8(ascii: "]") : first == colon
        guard next[0] == tab, isHost, colon > start, isPort(from: colon + 1, to: next) else {
            throw LineFault(field, .endpoint)
        }
        defer { next += 1 }
        return UnsafeBufferPointer(start: start, count: next - start)
    }

    /// One to five digits. Eight characters are read: what follows an endpoint is longer than that.
    @inline(__always)
    private func isPort(from start: UnsafePointer<UInt8>, to stop: UnsafePointer<UInt8>) -> Bool {
        let count = stop - start
        guard count > 0, count < 6, end - start >= 8 else { return false }
        let eight = Eight(at: start)
        return Eight.count(before: eight.isNoDigit) >= count
            && Eight.value(eight.word &<< UInt64(truncatingIfNeeded: 64 - 8 * count)) <= UInt16.max
    }

    /// `(none)`, or `address/length` each with commas between. Nil: none. The tab behind is taken.
    @inline(__always)
    mutating func allowedIPs(_ field: Int) throws(LineFault) -> UnsafeBufferPointer<UInt8>? {
        if skip("(none)\t") { return nil }
        let start = next
        if let length = lengthOfOne() {
            next += length + 1
            return UnsafeBufferPointer(start: start, count: length)
        }
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

    /// The length of a `host:port` without brackets, of at most 31 characters before a tab, all read at once. Nil: anything else.
    @inline(__always)
    private func lengthOfPlain() -> Int? {
        guard end - next >= 40, next[0] != UInt8(ascii: "[") else { return nil }
        let head = UnsafeRawPointer(next).loadUnaligned(as: SIMD16<UInt8>.self)
        let rest = UnsafeRawPointer(next + 16).loadUnaligned(as: SIMD16<UInt8>.self)
        let blank = SIMD16<UInt8>(repeating: 0x21)
        let lengths = (
            (head &- blank).lanes(below: 0x5e).count(of: 0xff), (rest &- blank).lanes(below: 0x5e).count(of: 0xff)
        )
        let colons = (head.lanes(of: UInt8(ascii: ":")).count(of: 0), rest.lanes(of: UInt8(ascii: ":")).count(of: 0))
        let length = lengths.0 < 16 ? lengths.0 : 16 + lengths.1
        let colon = colons.0 < 16 ? colons.0 : 16 + colons.1
        guard length < 32, colon > 0, colon < length, next[length] == tab,
            isPort(from: next + colon + 1, to: next + length)
        else { return nil }
        return length
    }

    /// The length of a single `address/length` of at most 15 characters before a tab, all read at once. Nil: anything else.
    @inline(__always)
    private func lengthOfOne() -> Int? {
        guard end - next >= 32 else { return nil }
        let text = UnsafeRawPointer(next).loadUnaligned(as: SIMD16<UInt8>.self)
        let isNumeric = (text &- SIMD16(repeating: UInt8(ascii: "."))).lanes(below: 13)
        let isLetter = ((text | SIMD16(repeating: 0x20)) &- SIMD16(repeating: UInt8(ascii: "a"))).lanes(below: 6)
        let length = (isNumeric | isLetter).count(of: 0xff)
        let slash = text.lanes(of: UInt8(ascii: "/")).count(of: 0)
        let digits = length - slash - 1
        guard length < 16, slash > 0, digits > 0, digits < 4, next[length] == tab else { return nil }
        let eight = Eight(at: next + slash + 1)
        let isLength = Eight.count(before: eight.isNoDigit) == digits
        guard isLength, Eight.value(eight.word &<< UInt64(truncatingIfNeeded: 64 - 8 * digits)) <= 128 else {
            return nil
        }
        return length
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

    /// Digits as wg prints them. Nil: none, a needless zero, or more than 2^64-1.
    @inline(__always)
    private mutating func digits() -> UInt64? {
        guard end - next > 16 else { return manyDigits() }
        let first = Eight(at: next)
        let second = Eight(at: next + 8)
        let head = Eight.count(before: first.isNoDigit)
        let count = head + (head == 8 ? Eight.count(before: second.isNoDigit) : 0)
        guard count < 16 else { return manyDigits() }
        guard count > 0, count == 1 || next[0] != UInt8(ascii: "0") else { return nil }
        next += count
        // The digits move to the end of their word, zeros before them.
        let isLong = count > 8
        let high = isLong ? first.word &<< UInt64(truncatingIfNeeded: 128 - 8 * count) : 0
        let low = isLong ? Eight(at: next - 8).word : first.word &<< UInt64(truncatingIfNeeded: 64 - 8 * count)
        return Eight.value(high) &* 100_000_000 &+ Eight.value(low)
    }

    /// The same one by one: for long numbers and where the text ends.
    @inline(never)
    private mutating func manyDigits() -> UInt64? {
        let start = next
        var value: UInt64 = 0
        while next[0].isDigit {
            let (product, isTooMuch) = value.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = product.addingReportingOverflow(UInt64(next[0] - UInt8(ascii: "0")))
            guard !isTooMuch, !isOver else { return nil }
            value = sum
            next += 1
        }
        guard next > start, next - start == 1 || start[0] != UInt8(ascii: "0") else { return nil }
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
