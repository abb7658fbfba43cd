import CLibCrypto

enum Random {
    /// From OpenSSL's generator, which the kernel seeds.
    static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let isDone = RAND_bytes(&bytes, Int32(count))
        // Without randomness no key is one.
        precondition(isDone == 1, "OpenSSL has no randomness")
        return bytes
    }
}
