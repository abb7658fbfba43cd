import CLibSSH2

/// Algorithms by name, in the order of preference (RFC 4253 7.1); ciphers and MACs of the direction server to client.
package struct Algorithms: Sendable, Equatable {
    package var keyExchanges: [String] = []
    package var hostKeys: [String] = []
    package var ciphers: [String] = []
    package var macs: [String] = []

    /// What stands between us and a server: a sentence, and how to mend it.
    package struct Lack: Sendable, Equatable {
        package var reason: String
        package var advice: String
    }

    /// Per list of which we speak nothing, taking these for a server's. Empty: a session is possible.
    package var missing: [Lack] {
        let lists: [(String, KeyPath<Algorithms, [String]>, String)] = [
            ("key exchange", \.keyExchanges, "KexAlgorithms +curve25519-sha256"),
            (
                "host key", \.hostKeys,
                "give the server an ed25519 key: ssh-keygen -A, and HostKey /etc/ssh/ssh_host_ed25519_key"
            ),
            ("cipher", \.ciphers, "Ciphers +aes256-ctr,aes128-ctr"),
            ("MAC", \.macs, "MACs +hmac-sha2-256,hmac-sha2-512"),
        ]
        return lists.compactMap { name, list, mend in
            guard !self[keyPath: list].contains(where: Algorithms.ours[keyPath: list].contains) else { return nil }
            let offered = self[keyPath: list].isEmpty ? "nothing" : self[keyPath: list].joined(separator: ",")
            return Lack(
                reason: "no common \(name): the server offers \(offered)",
                advice: "in the server's sshd_config: " + mend)
        }
    }

    /// What we would speak, best first; no SHA-1, MD5, CBC, arcfour, DSA; no host certificates, since libssh2 1.10 checks no authority.
    /// Wider than libssh2 1.10, which has neither ETM nor chacha20, GCM or rsa-sha2: a newer one speaks better by itself.
    private static let wanted = Algorithms(
        keyExchanges: [
            "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521",
            "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512", "diffie-hellman-group-exchange-sha256",
            "diffie-hellman-group14-sha256",
        ],
        hostKeys: [
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512",
            "rsa-sha2-256",
        ],
        ciphers: [
            "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr",
        ],
        macs: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"])

    /// `wanted`, as far as the libssh2 of this process has it.
    package static let ours: Algorithms = {
        guard let raw = libssh2_session_init_ex(nil, nil, nil, nil) else { return Algorithms() }
        defer { libssh2_session_free(raw) }
        func supported(_ list: KeyPath<Algorithms, [String]>, _ method: Int32) -> [String] {
            var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
            let count = libssh2_session_supported_algs(raw, method, &names)
            guard count > 0, let names else { return [] }
            defer { libssh2_free(raw, names) }
            let known = Set((0..<Int(count)).compactMap { names[$0].map { String(cString: $0) } })
            return wanted[keyPath: list].filter(known.contains)
        }
        return Algorithms(
            keyExchanges: supported(\.keyExchanges, LIBSSH2_METHOD_KEX),
            hostKeys: supported(\.hostKeys, LIBSSH2_METHOD_HOSTKEY),
            ciphers: supported(\.ciphers, LIBSSH2_METHOD_CRYPT_SC),
            macs: supported(\.macs, LIBSSH2_METHOD_MAC_SC))
    }()
}

/// The first bytes of a server in plain: greeting lines, the version line, the first packet.
struct Prologue {
    /// "SSH-2.0-…". Nil: no such line in what came.
    let version: String?
    /// The first line, or what there is of it.
    let firstLine: String?
    let hasWholeLine: Bool
    /// Nil: no whole KEXINIT in what came.
    let algorithms: Algorithms?

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        var version: String?
        var first: String?
        while version == nil, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<end].prefix(255), as: UTF8.self)
            first = first ?? line
            if line.hasPrefix("SSH-") { version = line.filter { $0 != "\r" } }
            rest = rest[(end + 1)...]
        }
        hasWholeLine = first != nil
        firstLine = first ?? (bytes.isEmpty ? nil : String(decoding: bytes.prefix(80), as: UTF8.self))
        self.version = version
        algorithms = version == nil ? nil : Prologue.algorithms(rest)
    }

    /// RFC 4253 6 and 7.1: packet_length, padding_length, SSH_MSG_KEXINIT, a cookie of 16 bytes, ten name-lists.
    private static func algorithms(_ packet: ArraySlice<UInt8>) -> Algorithms? {
        var reader = WireReader(packet)
        guard reader.uint32() != nil, reader.byte() != nil, reader.byte() == 20, reader.take(16) != nil else {
            return nil
        }
        var lists: [[String]] = []
        for _ in 0..<6 {
            guard let list = reader.string() else { return nil }
            lists.append(
                list.split(separator: UInt8(ascii: ",")).prefix(200).map {
                    String(decoding: $0.prefix(64), as: UTF8.self)
                })
        }
        return Algorithms(keyExchanges: lists[0], hostKeys: lists[1], ciphers: lists[3], macs: lists[5])
    }
}
