import CLibSodium

/// libsodium, ready. Every use goes through here, since sodium_init(3) must come first and is safe to repeat.
enum Sodium {
    /// False only where the system gives no random numbers.
    static let isReady = sodium_init() >= 0

    static func random(_ count: Int) -> [UInt8] {
        precondition(isReady, "no random numbers")
        return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress { randombytes_buf(start, count) }
            initialized = count
        }
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        Array(unsafeUninitializedCapacity: Int(crypto_hash_sha256_BYTES)) { buffer, initialized in
            if let start = buffer.baseAddress { crypto_hash_sha256(start, bytes, UInt64(bytes.count)) }
            initialized = Int(crypto_hash_sha256_BYTES)
        }
    }

    /// In a time that does not tell where they differ. The lengths are no secret.
    static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.count == b.count && sodium_memcmp(a, b, a.count) == 0 }
}
