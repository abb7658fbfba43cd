import Foundation

/// Shadowsocks' ciphers that tell a wrong password (shadowsocks.org, AEAD and SIP022).
package enum ShadowsocksMethod: String, Sendable, CaseIterable {
    case aes128GCM = "aes-128-gcm"
    case aes192GCM = "aes-192-gcm"
    case aes256GCM = "aes-256-gcm"
    case chaCha20 = "chacha20-ietf-poly1305"
    case xChaCha20 = "xchacha20-ietf-poly1305"
    case blake3AES128GCM = "2022-blake3-aes-128-gcm"
    case blake3AES256GCM = "2022-blake3-aes-256-gcm"
    case blake3ChaCha20 = "2022-blake3-chacha20-poly1305"

    package var is2022: Bool { rawValue.hasPrefix("2022-") }

    var cipher: AEAD {
        switch self {
        case .aes128GCM, .blake3AES128GCM: .aes128GCM
        case .aes192GCM: .aes192GCM
        case .aes256GCM, .blake3AES256GCM: .aes256GCM
        case .chaCha20, .blake3ChaCha20: .chaCha20Poly1305
        case .xChaCha20: .xChaCha20Poly1305
        }
    }

    /// In bytes. A salt is as long.
    package var keySize: Int { cipher.keySize }
    var saltSize: Int { keySize }

    /// The keys in a password, the user's last; before it those of the servers passed through (SIP023). Nil: of 2022, no keys of
    /// this method in base64.
    package func keys(_ password: Secret) -> [[UInt8]]? {
        guard is2022 else {
            guard !password.bytes.isEmpty else { return nil }
            // OpenSSL's EVP_BytesToKey with MD5, once, without a salt.
            var (key, last): ([UInt8], [UInt8]) = ([], [])
            while key.count < cipher.keySize {
                last = Hash.md5(last + password.bytes)
                key += last
            }
            return [Array(key.prefix(cipher.keySize))]
        }
        let keys = password.bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { Data(base64Encoded: Data($0)).map { [UInt8]($0) } ?? [] }
        guard keys.allSatisfy({ $0.count == cipher.keySize }), keys.count == 1 || self != .blake3ChaCha20 else {
            return nil
        }
        return keys
    }

    func sessionKey(_ key: [UInt8], salt: [UInt8]) -> [UInt8] {
        is2022
            ? Array(BLAKE3.derivedKey(context: "shadowsocks 2022 session subkey", key + salt).prefix(cipher.keySize))
            : Hash.sha1.hkdf(key, salt: salt, info: Array("ss-subkey".utf8), count: cipher.keySize)
    }

    /// One block a server passed through, by which it knows the next key (SIP023).
    func identities(_ keys: [[UInt8]], salt: [UInt8]) -> [UInt8] {
        zip(keys, keys.dropFirst()).flatMap { key, next in
            let identityKey = BLAKE3.derivedKey(context: "shadowsocks 2022 identity subkey", key + salt)
            return BlockStream.aesBlock(
                Array(BLAKE3.hash(next).prefix(16)), key: Array(identityKey.prefix(cipher.keySize)))
        }
    }
}

/// One direction of a Shadowsocks stream: pieces that are closed one after the other, with a nonce that counts.
struct ShadowsocksStream: Sendable {
    private let cipher: AEAD
    private let key: [UInt8]
    private var count: UInt64 = 0

    init(_ cipher: AEAD, key: [UInt8]) {
        self.cipher = cipher
        self.key = key
    }

    mutating func seal(_ piece: [UInt8]) -> [UInt8] { cipher.seal(piece, key: key, nonce: nextNonce()) }

    /// Nil: closed with another key.
    mutating func open(_ piece: some Collection<UInt8>) -> [UInt8]? { cipher.open(piece, key: key, nonce: nextNonce()) }

    private mutating func nextNonce() -> [UInt8] {
        defer { count += 1 }
        return count.littleEndianBytes + [UInt8](repeating: 0, count: cipher.nonceSize - 8)
    }
}
