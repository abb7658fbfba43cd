package import WireGuard

/// A poll that gave no sample: what failed, in a word that pages can translate, and what was seen.
package struct PollFailure: Error, Sendable, Equatable {
    package var node: NodeID
    package var at: UnixTime
    package var took: Duration
    package var kind: Kind

    /// What was seen, in English, one line, without a secret, safe to show after escaping. Empty: `kind` says it all.
    package var detail: String

    /// One each for what an owner would mend differently.
    package enum Kind: String, Sendable, CaseIterable {
        /// The name does not resolve.
        case unresolved
        /// No answer to the connection attempt, no route, network down.
        case unreachable
        /// The host answers that nothing listens on the port.
        case refused
        /// Connected, then silence past the deadline: `detail` says in which step.
        case timedOut
        /// Whatever answered is not an SSH server, or broke the protocol.
        case notSSH
        /// The connection ended in the middle.
        case disconnected
        /// No key of this host is pinned: `vpn-web trust NODE`.
        case hostKeyUnknown
        /// The host shows another key than the pinned one.
        case hostKeyChanged
        /// No common key exchange, host key type, cipher or MAC; `detail` names which.
        case noCommonAlgorithm
        /// The server does not accept the user or the key.
        case authentication
        /// The private key file cannot be used: unreadable, wrong passphrase, an RSA key.
        case key
        /// The jump host failed; `detail` says how.
        case jump
        /// The command is not there, not allowed, or ended with an error; `detail` has status and the first line of its words.
        case command
        /// The command answered with something else than a dump.
        case rubbish
        /// The answer is larger than the panel takes.
        case tooLarge
        /// Local node: no right to read (CAP_NET_ADMIN, or the UAPI socket's owner).
        case permission
        /// Local node: neither the kernel's family nor a UAPI socket is there.
        case noWireGuard
        /// Anything else; `detail` says it.
        case other
    }

    package init(node: NodeID, at: UnixTime, took: Duration, kind: Kind, detail: String = "") {
        self.node = node
        self.at = at
        self.took = took
        self.kind = kind
        self.detail = detail
    }
}
