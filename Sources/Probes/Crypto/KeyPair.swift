import CLibCrypto

/// A Curve25519 key and its public half (RFC 7748), by OpenSSL.
struct KeyPair: Sendable {
    let privateKey: [UInt8]
    let publicKey: [UInt8]

    /// A new one, for one use.
    init() {
        guard let pair = KeyPair(privateKey: Random.bytes(32)) else { preconditionFailure("OpenSSL lacks X25519") }
        self = pair
    }

    /// Nil unless there are exactly 32 bytes.
    init?(privateKey: [UInt8]) {
        guard privateKey.count == 32,
            let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, privateKey, privateKey.count)
        else { return nil }
        defer { EVP_PKEY_free(key) }
        var (bytes, count) = ([UInt8](repeating: 0, count: 32), 32)
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == 32 else { return nil }
        self.privateKey = privateKey
        publicKey = bytes
    }

    /// Nil: the other's key is one of the few with which everybody would get the same secret, or not 32 bytes.
    func shared(with publicKey: [UInt8]) -> [UInt8]? {
        let own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, privateKey, privateKey.count)
        let other = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nil, publicKey, publicKey.count)
        let context = own.flatMap { EVP_PKEY_CTX_new($0, nil) }
        defer {
            EVP_PKEY_CTX_free(context)
            EVP_PKEY_free(other)
            EVP_PKEY_free(own)
        }
        var (secret, count) = ([UInt8](repeating: 0, count: 32), 32)
        guard context != nil, other != nil, EVP_PKEY_derive_init(context) == 1,
            EVP_PKEY_derive_set_peer(context, other) == 1, EVP_PKEY_derive(context, &secret, &count) == 1, count == 32
        else { return nil }
        return secret
    }
}
