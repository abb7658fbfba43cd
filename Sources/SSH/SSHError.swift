/// What went wrong between us and an SSH server, said once and completely: never a code without its meaning, never a secret.
package struct SSHError: Error, Sendable, Equatable {
    package var kind: Kind

    /// The step that failed: "resolve", "connect", "handshake", "login", "exec", …
    package var operation: String

    /// What was seen, in English, one line, printable ASCII: what a server sent is cleaned before it gets here.
    package var reason: String

    /// What an owner can do about it, where that is known.
    package var advice: String?

    /// One each for what an owner would mend differently.
    package enum Kind: String, Sendable, CaseIterable {
        /// The name does not resolve, or not in time.
        case unresolved
        /// No answer to the connection attempt, no route, network down.
        case unreachable
        /// The host answers that nothing listens on the port.
        case refused
        /// Connected, then silence past the deadline.
        case timedOut
        /// Whatever answered is not an SSH server, or broke the protocol.
        case notSSH
        /// The connection ended in the middle.
        case disconnected
        /// No key of this host is known.
        case hostKeyUnknown
        /// The host shows another key than the known one, or a revoked one.
        case hostKeyChanged
        /// No common key exchange, host key type, cipher or MAC.
        case noCommonAlgorithm
        /// The server does not accept the user or the key.
        case authentication
        /// The private key file cannot be used.
        case key
        /// The server refuses a channel or the command, and said so: the session lives on.
        case channel
        /// The jump host on the way failed, in whatever way.
        case jump
        /// The answer is larger than the caller's limit.
        case tooLarge
        /// The caller's cancellation came first.
        case cancelled
        case other
    }

    package init(_ kind: Kind, _ operation: String, _ reason: String, advice: String? = nil) {
        self.kind = kind
        self.operation = operation
        self.reason = SSHError.oneLine(reason)
        self.advice = advice
    }

    /// Bytes of strangers in a message: one line of printable ASCII, cut at 300.
    static func oneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(300) {
            line.unicodeScalars.append((0x20..<0x7F).contains(scalar.value) ? scalar : "?")
        }
        return line
    }
}

extension SSHError: CustomStringConvertible {
    package var description: String {
        "\(operation): \(reason)" + (advice.map { " (\($0))" } ?? "")
    }
}
