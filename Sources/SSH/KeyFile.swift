import CLibCrypto
import Glibc

/// OpenSSH's private key format (PROTOCOL.key in OpenSSH's sources): a public key in plain, and a private part that may be encrypted.
struct KeyFile {
    private let name: String
    private let cipher: String
    private let kdf: String
    private let kdfOptions: [UInt8]
    private let publicBlob: [UInt8]
    private let type: String
    private let algorithm: SigningAlgorithm
    private var sealed: LockedBytes

    private static let rsaMend = "make an ed25519 key: ssh-keygen -t ed25519"

    init(_ text: UnsafeBufferPointer<UInt8>, name: String) throws(SSHError) {
        self.name = name
        let body = try KeyFile.body(text, name)
        var reader = WireReader(
            UnsafeBufferPointer(start: body.memory.assumingMemoryBound(to: UInt8.self), count: body.count))
        guard reader.take(15)?.elementsEqual("openssh-key-v1\0".utf8) == true,
            let cipher = reader.string(), let kdf = reader.string(), let options = reader.string(),
            reader.uint32() == 1, let blob = reader.string(), let part = reader.string(),
            let key = HostKey(blob: Array(blob)), let sealed = LockedBytes(part)
        else {
            throw SSHError(.key, "key", "\(name) is torn: it begins like a private key of OpenSSH and goes on as none")
        }
        if key.type == "ssh-rsa" { throw KeyFile.rsa(name) }
        guard let algorithm = SigningAlgorithm(type: key.type) else {
            throw SSHError(.key, "key", "\(name) is of type \(key.type), which cannot log in", advice: KeyFile.rsaMend)
        }
        self.algorithm = algorithm
        type = key.type
        publicBlob = key.blob
        self.cipher = String(decoding: cipher, as: UTF8.self)
        self.kdf = String(decoding: kdf, as: UTF8.self)
        kdfOptions = Array(options)
        self.sealed = sealed
        withExtendedLifetime(body) {}
    }

    private static func rsa(_ name: String) -> SSHError {
        SSHError(
            .key, "key",
            "\(name) is an RSA key: this libssh2 signs with it by SHA-1 only, which OpenSSH 8.8 and later refuse",
            advice: rsaMend)
    }

    /// What is between the BEGIN and END lines, decoded.
    private static func body(_ text: UnsafeBufferPointer<UInt8>, _ name: String) throws(SSHError) -> LockedBytes {
        var lines = text.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }[...]
        let first = String(decoding: lines.popFirst().map { Array($0.prefix(80)) } ?? [], as: UTF8.self)
        if first == "-----BEGIN RSA PRIVATE KEY-----" { throw rsa(name) }
        guard first == "-----BEGIN OPENSSH PRIVATE KEY-----" else {
            if first.hasPrefix("-----BEGIN"), first.contains("PRIVATE KEY") {
                throw SSHError(
                    .key, "key", "\(name) is in another format than OpenSSH's",
                    advice: "ssh-keygen -p -f \(name) rewrites it in OpenSSH's format")
            }
            throw SSHError(.key, "key", "\(name) is no private key")
        }
        guard let end = lines.firstIndex(where: { $0.elementsEqual("-----END OPENSSH PRIVATE KEY-----".utf8) }),
            let body = LockedBytes(count: text.count)
        else { throw SSHError(.key, "key", "\(name) is torn") }
        var decoded: Int?
        body.fill { bytes in
            decoded = Base64.decode(lines[..<end].lazy.joined(), into: bytes)
            return decoded ?? 0
        }
        guard decoded != nil else { throw SSHError(.key, "key", "\(name) is torn") }
        return body
    }

    mutating func unlock(_ passphrase: [UInt8]?) throws(SSHError) -> PrivateKey {
        let isEncrypted = cipher != "none"
        if isEncrypted { try decrypt(passphrase) }
        return try sealed.withBytes { bytes throws(SSHError) in try key(in: bytes, isEncrypted: isEncrypted) }
    }

    private func key(in bytes: UnsafeBufferPointer<UInt8>, isEncrypted: Bool) throws(SSHError) -> PrivateKey {
        let torn = SSHError(.key, "key", "\(name) is torn inside")
        let wrong = SSHError(.key, "key", "the passphrase of \(name) is wrong")
        var reader = WireReader(bytes)
        // The same random number twice is how the right passphrase is known.
        guard let check = reader.uint32(), check == reader.uint32() else { throw isEncrypted ? wrong : torn }
        guard reader.string()?.elementsEqual(type.utf8) == true else { throw torn }
        let secret: Slice<UnsafeBufferPointer<UInt8>>?
        switch algorithm {
        case .ed25519:
            guard let publicPart = reader.string(), let both = reader.string(), both.count == 64,
                both.suffix(32).elementsEqual(publicPart)
            else { throw torn }
            secret = both.prefix(32)
        case .ecdsa:
            _ = reader.string()
            _ = reader.string()
            secret = reader.string()
        }
        guard let secret, let locked = LockedBytes(secret) else { throw torn }
        return PrivateKey(type: type, algorithm: algorithm, publicBlob: publicBlob, secret: locked)
    }

    private mutating func decrypt(_ passphrase: [UInt8]?) throws(SSHError) {
        guard let passphrase, !passphrase.isEmpty else {
            throw SSHError(
                .key, "key", "\(name) is encrypted, and no passphrase is given",
                advice: "name its file with passphrase_file")
        }
        let method: OpaquePointer? =
            switch cipher {
            case "aes256-ctr": EVP_aes_256_ctr()
            case "aes256-cbc": EVP_aes_256_cbc()
            default: nil
            }
        var options = WireReader(kdfOptions)
        guard let method, kdf == "bcrypt", let salt = options.string(), let rounds = options.uint32() else {
            throw SSHError(
                .key, "key", "\(name) is encrypted with \(cipher) and \(kdf), which is not understood here",
                advice: "ssh-keygen -p -Z aes256-ctr -f \(name) encrypts it anew")
        }
        guard (1...KeyFile.roundsLimit).contains(rounds), !salt.isEmpty else {
            throw SSHError(.key, "key", "\(name) asks for \(rounds) rounds of bcrypt")
        }
        var derived = Bcrypt.derive(passphrase, salt: Array(salt), rounds: Int(rounds), count: 48)
        defer { derived.wipe() }
        guard let plain = LockedBytes(count: sealed.count), let context = EVP_CIPHER_CTX_new() else {
            throw SSHError(.key, "key", "out of memory")
        }
        defer { EVP_CIPHER_CTX_free(context) }
        let (from, to) = (
            sealed.memory.assumingMemoryBound(to: UInt8.self), plain.memory.assumingMemoryBound(to: UInt8.self)
        )
        var count: Int32 = 0
        guard EVP_DecryptInit_ex(context, method, nil, derived, Array(derived[32...])) == 1,
            EVP_CIPHER_CTX_set_padding(context, 0) == 1,
            EVP_DecryptUpdate(context, to, &count, from, Int32(sealed.count)) == 1, Int(count) == sealed.count
        else { throw SSHError(.key, "key", "\(name) cannot be decrypted") }
        sealed = plain
    }

    /// ssh-keygen's default is 16, which is 0.2 s; a minute is more than anybody wants.
    private static let roundsLimit: UInt32 = 4096
}
