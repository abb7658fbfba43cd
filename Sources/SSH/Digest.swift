import CLibCrypto

/// Digests by OpenSSL's one-shot calls, which cannot fail for these.
enum Digest {
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        return digest
    }

    static func sha512(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA512_DIGEST_LENGTH))
        SHA512(bytes, bytes.count, &digest)
        return digest
    }

    /// RFC 2104 over SHA-1, which known_hosts hides host names with.
    static func hmacSHA1(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        HMAC(EVP_sha1(), key, Int32(key.count), bytes, bytes.count, &digest, nil)
        return digest
    }

    /// "SHA256:" and unpadded base64, as ssh-keygen -l shows a key's blob.
    static func fingerprint(_ blob: [UInt8]) -> String { "SHA256:" + Base64.encode(sha256(blob), padded: false) }
}
