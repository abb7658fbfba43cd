import CLibCrypto

/// Digests and what is made of them, by OpenSSL.
enum Hash: Sendable {
    case md5
    case sha1
    case sha256
    case blake2s

    private var implementation: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .blake2s: EVP_blake2s256()
        }
    }

    private var size: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256, .blake2s: 32
        }
    }

    func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: size)
        let isDone = EVP_Digest(bytes, bytes.count, &digest, nil, implementation, nil)
        precondition(isDone == 1, "OpenSSL lacks a digest")
        return digest
    }

    /// RFC 2104.
    func hmac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: size)
        let isDone = HMAC(implementation, key, Int32(key.count), bytes, bytes.count, &digest, nil)
        precondition(isDone != nil, "OpenSSL lacks a digest")
        return digest
    }

    /// RFC 5869: extract, then expand to `count` bytes.
    func hkdf(_ secret: [UInt8], salt: [UInt8], info: [UInt8] = [], count: Int) -> [UInt8] {
        let key = hmac(key: salt, secret)
        var bytes: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 1
        while bytes.count < count {
            block = hmac(key: key, block + info + [number])
            bytes += block
            number += 1
        }
        return Array(bytes.prefix(count))
    }

    /// BLAKE2s with a key and 16 bytes of result (RFC 7693): WireGuard's MAC.
    static func keyedBLAKE2s(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var mac = [UInt8](repeating: 0, count: 16)
        var size = mac.count
        var count = 0
        let isDone = withUnsafeMutablePointer(to: &size) { size in
            let parameters = [clibcrypto_mac_size(size), OSSL_PARAM_construct_end()]
            return EVP_Q_mac(
                nil, OSSL_MAC_NAME_BLAKE2SMAC, nil, nil, parameters, key, key.count, bytes, bytes.count, &mac,
                mac.count, &count)
        }
        precondition(isDone != nil && count == 16, "OpenSSL lacks BLAKE2s")
        return mac
    }
}
