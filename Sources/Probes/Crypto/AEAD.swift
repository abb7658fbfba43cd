import CLibCrypto

/// A cipher that also tells whether what it opens was closed with the same key, by OpenSSL. Its tag of 16 bytes is behind the text.
enum AEAD: Sendable {
    case aes128GCM
    case aes192GCM
    case aes256GCM
    case chaCha20Poly1305
    case xChaCha20Poly1305

    static let tagSize = 16

    var keySize: Int {
        switch self {
        case .aes128GCM: 16
        case .aes192GCM: 24
        case .aes256GCM, .chaCha20Poly1305, .xChaCha20Poly1305: 32
        }
    }

    var nonceSize: Int { self == .xChaCha20Poly1305 ? 24 : 12 }

    private var implementation: OpaquePointer? {
        switch self {
        case .aes128GCM: EVP_aes_128_gcm()
        case .aes192GCM: EVP_aes_192_gcm()
        case .aes256GCM: EVP_aes_256_gcm()
        case .chaCha20Poly1305, .xChaCha20Poly1305: EVP_chacha20_poly1305()
        }
    }

    func seal(_ text: [UInt8], key: [UInt8], nonce: [UInt8], with header: [UInt8] = []) -> [UInt8] {
        let (context, isReady) = context(key, nonce, header, isSealing: true)
        defer { EVP_CIPHER_CTX_free(context) }
        // Empty arrays have no address that C may be given; the calls want none.
        var sealed = [UInt8](repeating: 0, count: text.count + Self.tagSize)
        var count: Int32 = 0
        let isDone =
            isReady && (text.isEmpty || EVP_EncryptUpdate(context, &sealed, &count, text, Int32(text.count)) == 1)
            && EVP_EncryptFinal_ex(context, &sealed, &count) == 1
        var tag = [UInt8](repeating: 0, count: Self.tagSize)
        let hasTag = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), &tag) == 1
        precondition(isDone && hasTag, "OpenSSL lacks a cipher")
        sealed.replaceSubrange(text.count..., with: tag)
        return sealed
    }

    /// Nil: not closed with this key, nonce and header, or changed since.
    func open(_ sealed: some Collection<UInt8>, key: [UInt8], nonce: [UInt8], with header: [UInt8] = []) -> [UInt8]? {
        guard sealed.count >= Self.tagSize else { return nil }
        let body = Array(sealed.prefix(sealed.count - Self.tagSize))
        var tag = Array(sealed.suffix(Self.tagSize))
        let (context, isReady) = context(key, nonce, header, isSealing: false)
        defer { EVP_CIPHER_CTX_free(context) }
        precondition(isReady, "OpenSSL lacks a cipher")
        var text = [UInt8](repeating: 0, count: body.count + Self.tagSize)
        var count: Int32 = 0
        guard body.isEmpty || EVP_DecryptUpdate(context, &text, &count, body, Int32(body.count)) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize), &tag) == 1
        else { return nil }
        var rest = [UInt8](repeating: 0, count: Self.tagSize)
        guard EVP_DecryptFinal_ex(context, &rest, &count) == 1 else { return nil }
        text.removeLast(Self.tagSize)
        return text
    }

    private func context(
        _ key: [UInt8], _ nonce: [UInt8], _ header: [UInt8], isSealing: Bool
    ) -> (OpaquePointer?, isReady: Bool) {
        precondition(key.count == keySize && nonce.count == nonceSize)
        var (key, nonce) = (key, nonce)
        if self == .xChaCha20Poly1305 {
            key = BlockStream.hChaCha20(key: key, nonce: Array(nonce.prefix(16)))
            nonce = [0, 0, 0, 0] + nonce.suffix(8)
        }
        let context = EVP_CIPHER_CTX_new()
        var count: Int32 = 0
        let isReady =
            EVP_CipherInit_ex(context, implementation, nil, key, nonce, isSealing ? 1 : 0) == 1
            && (header.isEmpty || EVP_CipherUpdate(context, nil, &count, header, Int32(header.count)) == 1)
        return (context, isReady)
    }
}
