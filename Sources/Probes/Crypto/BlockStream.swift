import CLibCrypto

/// Ciphers whose output is as long as their input, by OpenSSL.
enum BlockStream {
    /// ChaCha20 (RFC 8439 2.4) from block 0 on: the same to close and to open.
    static func chaCha20(_ bytes: [UInt8], key: [UInt8], nonce: [UInt8]) -> [UInt8] {
        apply(EVP_chacha20(), bytes, key: key, iv: [0, 0, 0, 0] + nonce)
    }

    /// The key that XChaCha20 makes of a key and a nonce's first 16 bytes (draft-irtf-cfrg-xchacha 2.2).
    ///
    /// It is a block of ChaCha20 before the last addition, so that addition is taken back: OpenSSL has no HChaCha20.
    static func hChaCha20(key: [UInt8], nonce: [UInt8]) -> [UInt8] {
        let block = words(apply(EVP_chacha20(), [UInt8](repeating: 0, count: 64), key: key, iv: nonce))
        let start = words(Array("expand 32-byte k".utf8)) + words(nonce)
        let ends = zip(block.prefix(4) + block.suffix(4), start).map { $0 &- $1 }
        return ends.flatMap { $0.littleEndianBytes }
    }

    /// One block of AES as it is, for a header of its size (SIP023).
    static func aesBlock(_ block: [UInt8], key: [UInt8]) -> [UInt8] {
        apply(key.count == 16 ? EVP_aes_128_ecb() : EVP_aes_256_ecb(), block, key: key, iv: [])
    }

    static func aes256Counter(_ bytes: [UInt8], key: [UInt8], counter: [UInt8]) -> [UInt8] {
        apply(EVP_aes_256_ctr(), bytes, key: key, iv: counter)
    }

    private static func apply(_ cipher: OpaquePointer?, _ bytes: [UInt8], key: [UInt8], iv: [UInt8]) -> [UInt8] {
        precondition(key.count == Int(EVP_CIPHER_get_key_length(cipher)))
        precondition(iv.count == Int(EVP_CIPHER_get_iv_length(cipher)))
        guard !bytes.isEmpty else { return [] }
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        // Room for the block that EVP keeps at the end of block ciphers, where padding is on.
        var result = [UInt8](repeating: 0, count: bytes.count + 16)
        var count: Int32 = 0
        let isDone =
            EVP_EncryptInit_ex(context, cipher, nil, key, iv) == 1 && EVP_CIPHER_CTX_set_padding(context, 0) == 1
            && EVP_EncryptUpdate(context, &result, &count, bytes, Int32(bytes.count)) == 1
        precondition(isDone && count == bytes.count, "OpenSSL lacks a cipher")
        result.removeLast(16)
        return result
    }

    private static func words(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { UInt32(littleEndianBytes: bytes[$0..<$0 + 4]) }
    }
}

/// AES-256 in counter mode over a stream that comes in pieces.
struct CounterMode: Sendable {
    private let key: [UInt8]
    private let start: [UInt8]
    private var position = 0

    /// `start`: the counter of the first block, 16 bytes, big-endian.
    init(key: [UInt8], start: [UInt8]) {
        self.key = key
        self.start = start
    }

    mutating func apply(_ bytes: [UInt8]) -> [UInt8] {
        let used = position % 16
        let counter = start.adding(UInt64(position / 16))
        position += bytes.count
        let padded = [UInt8](repeating: 0, count: used) + bytes
        return Array(BlockStream.aes256Counter(padded, key: key, counter: counter).dropFirst(used))
    }
}

extension [UInt8] {
    /// As a big-endian number that wraps.
    fileprivate func adding(_ number: UInt64) -> [UInt8] {
        var sum = self
        var carry = number
        for place in indices.reversed() {
            let (low, isOver) = carry.addingReportingOverflow(UInt64(sum[place]))
            sum[place] = UInt8(truncatingIfNeeded: low)
            carry = low >> 8 | (isOver ? 1 << 56 : 0)
        }
        return sum
    }
}
