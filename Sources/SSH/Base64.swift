/// RFC 4648's base64, strict: no line ends, no strangers, nothing after the padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    static func encode(_ bytes: some Sequence<UInt8>, padded: Bool = true) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        if padded { while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) } }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything that `encode` would not have written with padding.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: text.count / 4 * 3)
        guard let count = bytes.withUnsafeMutableBufferPointer({ decode(text, into: $0) }) else { return nil }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The same into memory of the caller's, three bytes for each four characters; gives how many are used.
    static func decode(_ text: some Collection<UInt8>, into bytes: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        guard text.count % 4 == 0, bytes.count >= text.count / 4 * 3 else { return nil }
        var (bits, count, padding, used): (UInt32, Int, Int, Int) = (0, 0, 0, 0)
        for character in text {
            if character == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            let value = values[Int(character)]
            guard value != 0xFF, padding == 0 else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes[used] = UInt8(truncatingIfNeeded: bits >> UInt32(count))
                used += 1
            }
        }
        guard padding <= 2, padding == [0: 0, 4: 2, 2: 1][count], bits & (1 << UInt32(count) - 1) == 0 else {
            return nil
        }
        return used
    }
}
