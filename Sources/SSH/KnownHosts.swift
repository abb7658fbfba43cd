/// OpenSSH's known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), read by us, since libssh2 knows no revoked keys and falls back to other ports.
package struct KnownHosts: Sendable {
    /// Lines that were not understood, or have no effect here. A line in trouble pins nothing.
    package let problems: [Problem]

    package struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// Counted from 1.
        package var line: Int
        package var reason: String
        package var description: String { "line \(line): \(reason)" }
    }

    package init(parsing bytes: [UInt8]) { problems = [] }

    /// The keys pinned for this address, in the file's order, without those revoked. [host]:port is never answered by plain host.
    package func keys(for address: Address) -> [HostKey] { [] }

    /// Whether a @revoked line names this key for this address.
    package func isRevoked(_ key: HostKey, for address: Address) -> Bool { false }
}
