/// What proves that a message is for a key (MAC1), and that its sender has the address it sends from (MAC2): the whitepaper, 5.4.4 and 5.4.7.
enum Cookie {
    static let size = 16

    static func mac1(_ message: some Sequence<UInt8>, to publicKey: [UInt8]) -> [UInt8] {
        Hash.keyedBLAKE2s(key: Hash.blake2s(Array("mac1----".utf8) + publicKey), Array(message))
    }

    static func mac2(_ message: some Sequence<UInt8>, cookie: [UInt8]) -> [UInt8] {
        Hash.keyedBLAKE2s(key: cookie, Array(message))
    }

    /// The cookie in a reply of the one with `publicKey` to the message that had this MAC1. Nil: it answers something else.
    static func open(_ sealed: some Collection<UInt8>, nonce: [UInt8], mac1: [UInt8], from publicKey: [UInt8])
        -> [UInt8]?
    {
        AEAD.xChaCha20Poly1305.open(sealed, key: key(publicKey), nonce: nonce, with: mac1)
    }

    static func key(_ publicKey: [UInt8]) -> [UInt8] { Hash.blake2s(Array("cookie--".utf8) + publicKey) }
}
