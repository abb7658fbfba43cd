import CLibCrypto
import Glibc

/// How a user's key signs. What is missing here cannot log in.
enum SigningAlgorithm: Sendable {
    case ed25519
    case ecdsa(curve: Curve)

    enum Curve: String, Sendable {
        case nistp256, nistp384, nistp521

        /// DER of the curve's object identifier (RFC 5480 2.1.1.1).
        fileprivate var identifier: [UInt8] {
            switch self {
            case .nistp256: [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
            case .nistp384: [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22]
            case .nistp521: [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23]
            }
        }

        /// Bytes of a private scalar.
        fileprivate var scalarSize: Int {
            switch self {
            case .nistp256: 32
            case .nistp384: 48
            case .nistp521: 66
            }
        }

        /// RFC 5656 6.2.1.
        fileprivate var digest: OpaquePointer? {
            switch self {
            case .nistp256: EVP_sha256()
            case .nistp384: EVP_sha384()
            case .nistp521: EVP_sha512()
            }
        }
    }

    init?(type: String) {
        if type == "ssh-ed25519" {
            self = .ed25519
        } else if type.hasPrefix("ecdsa-sha2-"), let curve = Curve(rawValue: String(type.dropFirst(11))) {
            self = .ecdsa(curve: curve)
        } else {
            return nil
        }
    }

    /// The signature's inner part as SSH wants it. Nil: OpenSSL refused the key.
    func sign(_ data: UnsafeBufferPointer<UInt8>, _ secret: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard let key = key(secret) else { return nil }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        switch self {
        case .ed25519:
            return sign(data, context, key, nil)
        case .ecdsa(let curve):
            return sign(data, context, key, curve.digest).flatMap(SigningAlgorithm.numbers)
        }
    }

    private func sign(
        _ data: UnsafeBufferPointer<UInt8>, _ context: OpaquePointer, _ key: OpaquePointer, _ digest: OpaquePointer?
    ) -> [UInt8]? {
        guard EVP_DigestSignInit(context, nil, digest, nil, key) == 1 else { return nil }
        var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
        var count = signature.count
        guard EVP_DigestSign(context, &signature, &count, data.baseAddress, data.count) == 1 else { return nil }
        return Array(signature.prefix(count))
    }

    private func key(_ secret: UnsafeBufferPointer<UInt8>) -> OpaquePointer? {
        switch self {
        case .ed25519:
            return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, secret.baseAddress, secret.count)
        case .ecdsa(let curve):
            // RFC 5915: SEQUENCE { version 1, OCTET STRING scalar, [0] curve }; OpenSSL computes the public point.
            let number = secret.drop { $0 == 0 }
            let (size, identifier) = (curve.scalarSize, curve.identifier)
            guard number.count <= size else { return nil }
            var der: [UInt8] = []
            // All of it at once: an array that grows leaves its old memory behind.
            der.reserveCapacity(128)
            defer { der.wipe() }
            der += [0x30, UInt8(3 + 2 + size + 2 + identifier.count), 0x02, 0x01, 0x01, 0x04, UInt8(size)]
            der += repeatElement(0, count: size - number.count)
            der += number
            der += [0xA0, UInt8(identifier.count)]
            der += identifier
            return der.withUnsafeBufferPointer { bytes in
                var start = bytes.baseAddress
                return d2i_PrivateKey(EVP_PKEY_EC, nil, &start, bytes.count)
            }
        }
    }

    /// From DER's SEQUENCE { INTEGER r, INTEGER s } to two mpints: a DER integer's bytes are an mpint's (RFC 4251 5).
    private static func numbers(_ der: [UInt8]) -> [UInt8]? {
        var reader = WireReader(der)
        guard reader.byte() == 0x30, var size = reader.byte() else { return nil }
        // 0x81: one length byte follows, as in nistp521's signatures.
        if size == 0x81 { size = reader.byte() ?? 0 }
        guard reader.remaining == Int(size) else { return nil }
        var mpints: [UInt8] = []
        for _ in 0..<2 {
            guard reader.byte() == 0x02, let count = reader.byte(), let number = reader.take(Int(count)) else {
                return nil
            }
            mpints.appendWire(string: number)
        }
        return mpints
    }
}
