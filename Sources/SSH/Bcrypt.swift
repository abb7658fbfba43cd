import Glibc

/// bcrypt_pbkdf, with which OpenSSH locks private keys: PBKDF2's idea over a bcrypt of SHA-512 digests (OpenBSD's bcrypt_pbkdf(3)).
enum Bcrypt {
    /// - Parameter count: bytes wanted, at most 1024.
    static func derive(_ passphrase: [UInt8], salt: [UInt8], rounds: Int, count: Int) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: count)
        var secret = Digest.sha512(passphrase)
        defer { secret.wipe() }
        // The blocks are interleaved, so that all must be computed for any key byte.
        let blocks = (count + hashSize - 1) / hashSize
        for block in 0..<blocks {
            var numbered = salt
            numbered.appendWire(uint32: UInt32(block + 1))
            var hash = Bcrypt.hash(secret, Digest.sha512(numbered))
            var sum = hash
            for _ in 1..<max(rounds, 1) {
                hash = Bcrypt.hash(secret, Digest.sha512(hash))
                for index in 0..<hashSize { sum[index] ^= hash[index] }
            }
            for index in 0..<hashSize where index * blocks + block < count { key[index * blocks + block] = sum[index] }
            sum.wipe()
            hash.wipe()
        }
        return key
    }

    private static let hashSize = 32

    private static func hash(_ secret: [UInt8], _ salt: [UInt8]) -> [UInt8] {
        var state = Blowfish()
        let (secretWords, saltWords) = (words(secret), words(salt))
        state.expand(key: secretWords, salt: saltWords)
        for _ in 0..<64 {
            state.expand(key: saltWords, salt: nil)
            state.expand(key: secretWords, salt: nil)
        }
        var text = words(Array("OxychromaticBlowfishSwatDynamite".utf8))
        for index in stride(from: 0, to: text.count, by: 2) {
            var (left, right) = (text[index], text[index + 1])
            for _ in 0..<64 { state.encrypt(&left, &right) }
            (text[index], text[index + 1]) = (left, right)
        }
        state.wipe()
        return text.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }

    private static func words(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { at in bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    }
}

/// Blowfish with bcrypt's salted key schedule (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999).
private struct Blowfish {
    /// P, then the four boxes.
    private var state = Pi.words

    mutating func expand(key: [UInt32], salt: [UInt32]?) {
        state.withUnsafeMutableBufferPointer { state in
            for index in 0..<18 { state[index] ^= key[index % key.count] }
            var (left, right): (UInt32, UInt32) = (0, 0)
            for index in stride(from: 0, to: state.count, by: 2) {
                if let salt {
                    left ^= salt[index % salt.count]
                    right ^= salt[(index + 1) % salt.count]
                }
                Blowfish.encrypt(UnsafeBufferPointer(state), &left, &right)
                state[index] = left
                state[index + 1] = right
            }
        }
    }

    func encrypt(_ left: inout UInt32, _ right: inout UInt32) {
        state.withUnsafeBufferPointer { Blowfish.encrypt($0, &left, &right) }
    }

    private static func encrypt(_ state: UnsafeBufferPointer<UInt32>, _ left: inout UInt32, _ right: inout UInt32) {
        var (a, b) = (left ^ state[0], right)
        for round in stride(from: 1, through: 15, by: 2) {
            b ^= mix(state, a) ^ state[round]
            a ^= mix(state, b) ^ state[round + 1]
        }
        (left, right) = (b ^ state[17], a)
    }

    @inline(__always)
    private static func mix(_ state: UnsafeBufferPointer<UInt32>, _ word: UInt32) -> UInt32 {
        let first = state[18 + Int(word >> 24)] &+ state[274 + Int(word >> 16 & 0xFF)]
        return (first ^ state[530 + Int(word >> 8 & 0xFF)]) &+ state[786 + Int(word & 0xFF)]
    }

    mutating func wipe() {
        state.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
        }
    }
}
