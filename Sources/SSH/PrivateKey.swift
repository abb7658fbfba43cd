import Glibc

/// A user's private key, read and unlocked once (bcrypt is made slow), kept in locked memory and zeroed at the end.
package final class PrivateKey: Sendable {
    /// "ssh-ed25519" or "ecdsa-sha2-nistp…".
    package let type: String

    /// The public half as authorized_keys has it: type, base64; no comment.
    package var publicKey: String { "\(type) \(Base64.encode(publicBlob))" }

    /// "SHA256:…", as ssh-keygen -l shows it.
    package var fingerprint: String { Digest.fingerprint(publicBlob) }

    let publicBlob: [UInt8]
    let secret: LockedBytes
    private let algorithm: SigningAlgorithm

    init(type: String, algorithm: SigningAlgorithm, publicBlob: [UInt8], secret: LockedBytes) {
        self.type = type
        self.algorithm = algorithm
        self.publicBlob = publicBlob
        self.secret = secret
    }

    /// Reads OpenSSH's format ("BEGIN OPENSSH PRIVATE KEY").
    ///
    /// - Parameter passphrase: without a line end. Unused when the file is not encrypted.
    /// - Throws: `key`, with the mend: not there, not ours to read, readable by others, RSA, encrypted, wrong passphrase, another format.
    package static func load(path: String, passphrase: [UInt8]? = nil) throws(SSHError) -> PrivateKey {
        try parse(readSecretFile(path), path, passphrase)
    }

    /// The same from memory, which the caller wipes; `name` is what messages call it.
    package static func parse(_ text: [UInt8], name: String, passphrase: [UInt8]? = nil) throws(SSHError) -> PrivateKey
    {
        guard let copy = LockedBytes(text) else { throw SSHError(.key, "key", "out of memory") }
        return try parse(copy, name, passphrase)
    }

    private static func parse(_ text: LockedBytes, _ name: String, _ passphrase: [UInt8]?) throws(SSHError)
        -> PrivateKey
    {
        try text.withBytes { bytes throws(SSHError) in
            var file = try KeyFile(bytes, name: name)
            return try file.unlock(passphrase)
        }
    }

    /// RFC 8709 6, RFC 5656 3.1.2: the signature's inner part, around which libssh2 puts the algorithm's name. Nil: OpenSSL refused.
    func sign(_ data: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        secret.withBytes { algorithm.sign(data, $0) }
    }

    /// OpenSSH's limit is generous; no key is larger.
    private static let sizeLimit = 64 << 10

    private static func readSecretFile(_ path: String) throws(SSHError) -> LockedBytes {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw SSHError(.key, "key", "\(path): \(systemError(errno))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw SSHError(.key, "key", "\(path): \(systemError(errno))") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SSHError(.key, "key", "\(path) is not a file") }
        guard status.st_mode & 0o007 == 0 else {
            throw SSHError(.key, "key", "\(path) can be read by everybody", advice: "chmod 600 \(path)")
        }
        guard status.st_size > 0, status.st_size <= sizeLimit else {
            throw SSHError(.key, "key", "\(path) is no private key, it has \(status.st_size) bytes")
        }
        guard let text = LockedBytes(count: Int(status.st_size)) else { throw SSHError(.key, "key", "out of memory") }
        var count = 0
        while count < text.count {
            let got = read(file, text.memory + count, text.count - count)
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { throw SSHError(.key, "key", "\(path) could not be read to its end") }
            count += got
        }
        return text
    }
}

/// A secret in memory that is neither swapped nor dumped, and zeroed at the end.
/// Written by the one who makes it, and never once others have it: so threads may share it.
final class LockedBytes: @unchecked Sendable {
    let memory: UnsafeMutableRawPointer
    private(set) var count: Int
    private let size: Int

    /// Zeroes. Nil: no memory.
    init?(count: Int) {
        self.count = count
        let page = sysconf(Int32(_SC_PAGESIZE))
        size = max(1, (count + page - 1) / page) * page
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else {
            return nil
        }
        self.memory = memory
        // Both are a further safety and no condition: a service with a small RLIMIT_MEMLOCK shall still run.
        mlock(memory, size)
        madvise(memory, size, MADV_DONTDUMP)
    }

    convenience init?(_ bytes: some Collection<UInt8>) {
        self.init(count: bytes.count)
        fill { buffer in
            _ = buffer.update(fromContentsOf: bytes)
            return bytes.count
        }
    }

    deinit {
        explicit_bzero(memory, size)
        munmap(memory, size)
    }

    /// `body` writes and gives how many bytes there are now.
    func fill(_ body: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        let bytes = UnsafeMutableBufferPointer(start: memory.assumingMemoryBound(to: UInt8.self), count: count)
        count = min(count, max(0, body(bytes)))
    }

    func withBytes<Result, Failure>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: memory.assumingMemoryBound(to: UInt8.self), count: count))
    }
}
