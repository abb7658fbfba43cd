/// A Curve25519 public key: what wg(8) prints as 44 characters of base64.
///
/// Held as its 32 bytes, in four big-endian words, so that comparing and hashing cost no allocation and the order
/// is the order of the bytes.
package struct PublicKey: Hashable, Sendable {
    let word0: UInt64
    let word1: UInt64
    let word2: UInt64
    let word3: UInt64

    init(words word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// Nil unless there are exactly 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        func word(_ start: Int) -> UInt64 {
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.init(words: word(0), word(8), word(16), word(24))
    }

    /// Exactly as wg takes and prints it: 44 characters, the last of them `=`, no bit set beyond the 256th.
    package init?(base64 text: some Collection<UInt8>) {
        guard text.count == KeyText.length else { return nil }
        let key = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: KeyText.length) { copy -> PublicKey? in
            _ = copy.initialize(from: text)
            return copy.baseAddress.flatMap { KeyText.key(at: UnsafePointer($0)) }
        }
        guard let key else { return nil }
        self = key
    }

    package init?(base64 text: String) {
        self.init(base64: text.utf8)
    }

    /// 64 hexadecimal digits of either case, as UAPI has them.
    package init?(hex text: some Collection<UInt8>) {
        guard text.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for character in text {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] {
        [word0, word1, word2, word3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
    }

    /// 44 characters, as wg prints it.
    package var base64: String {
        String(unsafeUninitializedCapacity: KeyText.length) { text in
            KeyText.write(self, to: text)
            return KeyText.length
        }
    }
}

extension PublicKey: CustomStringConvertible {
    package var description: String { base64 }
}

extension PublicKey: Comparable {
    package static func < (a: PublicKey, b: PublicKey) -> Bool {
        (a.word0, a.word1, a.word2, a.word3) < (b.word0, b.word1, b.word2, b.word3)
    }
}
