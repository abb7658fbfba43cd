/// A user's private key, read and unlocked once (bcrypt is made slow), kept in locked memory and zeroed at the end.
package final class PrivateKey: Sendable {
    /// "ssh-ed25519" or "ecdsa-sha2-nistp…".
    package let type: String

    /// The public half as authorized_keys has it: type, base64; no comment.
    package let publicKey: String

    /// "SHA256:…", as ssh-keygen -l shows it.
    package let fingerprint: String

    private init() {
        type = ""
        publicKey = ""
        fingerprint = ""
    }

    /// Reads OpenSSH's format ("BEGIN OPENSSH PRIVATE KEY"). Passphrase: the bytes of its file; one trailing line end is not part of it.
    package static func load(path: String, passphrase: [UInt8]? = nil) throws(SSHError) -> PrivateKey {
        throw SSHError(.key, "key", "not written yet")
    }

    /// The same from memory.
    package static func parse(_ text: [UInt8], name: String, passphrase: [UInt8]? = nil) throws(SSHError) -> PrivateKey {
        throw SSHError(.key, "key", "not written yet")
    }
}
