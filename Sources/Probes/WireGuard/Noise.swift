/// The state that both ends of Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s keep alike (wireguard.com/protocol, the whitepaper 5.4).
struct Noise: Sendable {
    private(set) var chainKey: [UInt8]
    private(set) var hash: [UInt8]

    /// `responder`: the public key of whom the initiator asks.
    init(responder: [UInt8]) {
        chainKey = Hash.blake2s(Array("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s".utf8))
        hash = Hash.blake2s(chainKey + Array("WireGuard v1 zx2c4 Jason@zx2c4.com".utf8))
        mixHash(responder)
    }

    mutating func mixHash(_ bytes: [UInt8]) {
        hash = Hash.blake2s(hash + bytes)
    }

    mutating func mixKey(_ secret: [UInt8]) {
        chainKey = Hash.blake2s.hkdf(secret, salt: chainKey, count: 32)
    }

    mutating func mixEphemeral(_ publicKey: [UInt8]) {
        mixKey(publicKey)
        mixHash(publicKey)
    }

    /// The key for what follows.
    mutating func mixKeyAndDerive(_ secret: [UInt8]) -> [UInt8] {
        let keys = Hash.blake2s.hkdf(secret, salt: chainKey, count: 64)
        chainKey = Array(keys[..<32])
        return Array(keys[32...])
    }

    mutating func mixPresharedKey(_ secret: [UInt8]) -> [UInt8] {
        let keys = Hash.blake2s.hkdf(secret, salt: chainKey, count: 96)
        chainKey = Array(keys[..<32])
        mixHash(Array(keys[32..<64]))
        return Array(keys[64...])
    }

    mutating func seal(_ text: [UInt8], _ key: [UInt8]) -> [UInt8] {
        let sealed = AEAD.chaCha20Poly1305.seal(text, key: key, nonce: Self.noNonce, with: hash)
        mixHash(sealed)
        return sealed
    }

    /// Nil: the other end has another key, or another past.
    mutating func open(_ sealed: [UInt8], _ key: [UInt8]) -> [UInt8]? {
        guard let text = AEAD.chaCha20Poly1305.open(sealed, key: key, nonce: Self.noNonce, with: hash) else {
            return nil
        }
        mixHash(sealed)
        return text
    }

    /// The session's keys: of the initiator's data, and of the responder's.
    func transportKeys() -> (fromInitiator: [UInt8], fromResponder: [UInt8]) {
        let keys = Hash.blake2s.hkdf([], salt: chainKey, count: 64)
        return (Array(keys[..<32]), Array(keys[32...]))
    }

    private static let noNonce = [UInt8](repeating: 0, count: 12)
}
