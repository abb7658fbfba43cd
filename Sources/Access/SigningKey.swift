import CLibCrypto
import Foundation

/// An RSA key with which an issuer signs, as it is published (RFC 7517, RFC 7518 section 6.3).
package struct SigningKey: Sendable, Equatable {
    /// `kid`.
    package let id: String

    /// Big-endian, without zeros at the front.
    private let modulus: [UInt8]
    private let exponent: [UInt8]

    /// From 2048 bits, which is the least that is safe, to 8192, which cost no more than a moment to check.
    private static let lengths = 256...1024

    /// As JSON has it. What we do not need may be anything.
    private struct Published: Decodable {
        var kty: String?
        var kid: String?
        var use: String?
        var alg: String?
        var n: String?
        var e: String?
    }

    private struct PublishedSet: Decodable { var keys: [Published] }

    /// A set of keys as it is fetched. What is no RSA key for signatures of ours is left out.
    package static func keys(_ json: [UInt8]) -> [SigningKey] {
        let set = try? JSONDecoder().decode(PublishedSet.self, from: Data(json))
        return (set?.keys ?? []).prefix(32).compactMap(SigningKey.init)
    }

    private init?(_ key: Published) {
        guard key.kty == "RSA", let id = key.kid, key.use ?? "sig" == "sig", key.alg ?? "RS256" == "RS256",
            let modulus = key.n.flatMap({ Base64URL.bytes($0[...]) }),
            let exponent = key.e.flatMap({ Base64URL.bytes($0[...]) }),
            Self.lengths.contains(modulus.count), modulus[0] != 0, (1...4).contains(exponent.count), exponent[0] != 0
        else { return nil }
        (self.id, self.modulus, self.exponent) = (id, modulus, exponent)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RS256).
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        let text = subjectPublicKeyInfo
        let key = text.withUnsafeBufferPointer { text in
            var start = text.baseAddress
            return d2i_PUBKEY(nil, &start, text.count)
        }
        guard let key else { return false }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        // What fails here must not be taken for a failure of this thread's next TLS.
        defer { ERR_clear_error() }
        guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// RFC 3279, section 2.3.1.
    private var subjectPublicKeyInfo: [UInt8] {
        let algorithm: [UInt8] = [
            0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
        ]
        // An integer whose first bit is set would be negative.
        let numbers = [modulus, exponent].flatMap { Self.der(0x02, $0[0] & 0x80 == 0 ? $0 : [0] + $0) }
        return Self.der(0x30, algorithm + Self.der(0x03, [0] + Self.der(0x30, numbers)))
    }

    private static func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            switch count {
            case ..<0x80: [UInt8(count)]
            case ..<0x100: [0x81, UInt8(count)]
            default: [0x82, UInt8(count >> 8), UInt8(count & 0xff)]
            }
        return [tag] + length + content
    }
}
