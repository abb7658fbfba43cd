/// 80 random bits that people copy by hand: `7k2m-9xqd-…`, sixteen characters without look-alikes. Setup tokens and
/// recovery codes. Only its hash is stored.
package struct HandCode: Sendable {
    /// Lower case, in groups of four: shown once.
    package let text: String
    package var hash: SecretHash { SecretHash(of: text) }

    /// Crockford's base 32: no i, l, o and u.
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let length = 16

    package static func random() -> HandCode {
        let bytes = Sodium.random(length)
        return HandCode(characters: bytes.map { alphabet[Int($0 & 31)] })
    }

    /// As typed: in any case, with or without spaces and dashes, o for 0 and i or l for 1. Nil when it is no code.
    package init?(_ typed: String) {
        guard typed.utf8.count <= 64 else { return nil }
        var characters: [UInt8] = []
        for byte in typed.utf8 {
            let lower = (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
            switch lower {
            case UInt8(ascii: " "), UInt8(ascii: "-"): continue
            case UInt8(ascii: "o"): characters.append(UInt8(ascii: "0"))
            case UInt8(ascii: "i"), UInt8(ascii: "l"): characters.append(UInt8(ascii: "1"))
            default:
                guard Self.alphabet.contains(lower) else { return nil }
                characters.append(lower)
            }
        }
        guard characters.count == Self.length else { return nil }
        self.init(characters: characters)
    }

    private init(characters: [UInt8]) {
        let groups = stride(from: 0, to: characters.count, by: 4).map {
            String(decoding: characters[$0..<min($0 + 4, characters.count)], as: UTF8.self)
        }
        text = groups.joined(separator: "-")
    }
}

extension HandCode: CustomStringConvertible, CustomReflectable {
    package var description: String { "code …" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
