/// A host's public key: RFC 4253 6.6's blob, and nothing derived from it is ever compared instead.
package struct HostKey: Sendable, Hashable {
    /// "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa", …: the blob's own first word.
    package let type: String
    package let blob: [UInt8]

    /// Nil: the blob does not begin with a type's name.
    package init?(blob: [UInt8]) {
        var reader = WireReader(blob)
        guard let name = reader.string(), (1...64).contains(name.count), !reader.isAtEnd else { return nil }
        guard name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        type = String(decoding: name, as: UTF8.self)
        self.blob = blob
    }

    /// "SHA256:" and base64 without padding, as ssh-keygen -l shows it.
    package var fingerprint: String { Digest.fingerprint(blob) }

    /// The line that pins this key in known_hosts, without a line end: "[host]:2222 ssh-ed25519 AAAA…".
    package func knownHostsLine(for address: Address) -> String {
        "\(address.knownHostsName) \(type) \(Base64.encode(blob))"
    }

    /// RFC 8332: the same RSA key serves under several names, of which "ssh-rsa" alone means SHA-1.
    var methods: [String] { type == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type] }
}

extension Address {
    /// As sshd(8) writes it: the lower-case host, with brackets and port where the port is not 22.
    package var knownHostsName: String { port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)" }
}
