extension [UInt8] {
    /// The text as it stands in the source: only what we wrote ourselves can be appended unescaped.
    mutating func append(raw text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    mutating func append(decimal number: UInt64) {
        guard number > 9 else { return append(UInt8(ascii: "0") + UInt8(number)) }
        var rest = number
        // Twenty digits at most, written from the right.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var start = 20
            while rest > 0 {
                let (shorter, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                buffer.initializeElement(at: start, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
                rest = shorter
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<20]))
        }
    }

    mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: number.magnitude)
    }

    /// At least `width` digits, zeros in front.
    mutating func append(decimal number: Int, width: Int) {
        if width == 2, (0...99).contains(number) {
            append(UInt8(ascii: "0") + UInt8(number / 10))
            return append(UInt8(ascii: "0") + UInt8(number % 10))
        }
        var power = 10
        for _ in 1..<Swift.max(1, width) {
            if number < power { append(UInt8(ascii: "0")) }
            power *= 10
        }
        append(decimal: Int64(number))
    }

    /// FNV-1a, 64 bits: tells two answers apart for an ETag. Nothing that keeps a secret.
    package var fnv1a: UInt64 {
        reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
