/// All that it takes to be let in by one host, and to know that it is the host.
package struct Login: Sendable {
    package var address: Address
    package var user: String
    package var key: PrivateKey

    /// The host's pinned keys: one of them, byte for byte, or no login. Empty: `hostKeyUnknown`, told with the fingerprint seen.
    package var hostKeys: [HostKey]

    package init(address: Address, user: String, key: PrivateKey, hostKeys: [HostKey]) {
        self.address = address
        self.user = user
        self.key = key
        self.hostKeys = hostKeys
    }
}
