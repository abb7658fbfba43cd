/// A host's public key: RFC 4253 6.6's blob, and nothing derived from it is ever compared instead.
package struct HostKey: Sendable, Hashable {
    /// "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa", …: the blob's own first word.
    package let type: String
    package let blob: [UInt8]

    /// Nil: the blob does not begin with a type's name.
    package init?(blob: [UInt8]) { return nil }

    /// "SHA256:" and base64 without padding, as ssh-keygen -l shows it.
    package var fingerprint: String { "" }

    /// The line that pins this key in known_hosts, without a line end: "[host]:2222 ssh-ed25519 AAAA…".
    package func knownHostsLine(for address: Address) -> String { "" }
}
