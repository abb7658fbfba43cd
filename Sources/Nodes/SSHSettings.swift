package import SSH

/// The way to a node over SSH, as the configuration says.
package struct SSHSettings: Sendable, Equatable {
    package var host: Hop

    /// Jump hosts, the nearest to us first.
    package var jumps: [Hop]

    /// What is asked for where no forced command decides: `wg show all dump` and its kin.
    package var command: String

    /// One host to log in at.
    package struct Hop: Sendable, Equatable {
        package var address: Address
        package var user: String

        /// The private key's file, and the file of its passphrase. Nil: it has none.
        package var key: String
        package var passphrase: String?

        /// The pinned host keys. Empty: none is, so there is no login.
        package var hostKeys: [HostKey]

        package init(
            address: Address, user: String, key: String, passphrase: String? = nil, hostKeys: [HostKey]
        ) {
            self.address = address
            self.user = user
            self.key = key
            self.passphrase = passphrase
            self.hostKeys = hostKeys
        }

        /// Reads and unlocks the key.
        package func login() throws(SSHError) -> Login {
            var secret: [UInt8]?
            if let passphrase {
                guard let bytes = SmallFile.read(passphrase) else {
                    throw SSHError(.key, "passphrase", "\(passphrase) cannot be read")
                }
                secret = bytes
                // A file's last line end is no part of the passphrase.
                if secret?.last == UInt8(ascii: "\n") { secret?.removeLast() }
                if secret?.last == UInt8(ascii: "\r") { secret?.removeLast() }
            }
            defer { secret?.wipe() }
            let unlocked = try PrivateKey.load(path: key, passphrase: secret)
            return Login(address: address, user: user, key: unlocked, hostKeys: hostKeys)
        }
    }

    package init(host: Hop, jumps: [Hop] = [], command: String = "wg show all dump") {
        self.host = host
        self.jumps = jumps
        self.command = command
    }
}
