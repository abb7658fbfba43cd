package import WireGuard

/// A key or a password of a service. Printing it shows nothing of it.
package struct Secret: Sendable, Equatable {
    let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// 32 bytes as wg(8) prints keys: 44 characters of base64. Nil: no key.
    package init?(wireGuardKey text: String) {
        // Whatever the 32 bytes are, they are written like a public key.
        guard let key = PublicKey(base64: text) else { return nil }
        bytes = key.bytes
    }

    /// 32 random bytes, clamped as Curve25519 has its private keys, as wg genkey makes them.
    package static func newWireGuardKey() -> Secret {
        var bytes = Random.bytes(32)
        bytes[0] &= 248
        bytes[31] = bytes[31] & 127 | 64
        return Secret(bytes)
    }

    /// To be written into a key's file, and nowhere else. Nil: it is not 32 bytes.
    package var wireGuardText: String? { PublicKey(bytes: bytes)?.base64 }

    /// Of a WireGuard private key. Nil: it is none.
    package var publicKey: PublicKey? {
        KeyPair(privateKey: bytes).flatMap { PublicKey(bytes: $0.publicKey) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(hidden)" }
    package var debugDescription: String { "(hidden)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
