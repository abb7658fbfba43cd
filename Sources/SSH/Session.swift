/// One login at one host over one connection: made, used and ended by one thread, which it therefore never leaves (not Sendable).
///
/// libssh2 runs non-blocking under one wait. Whatever libssh2 answers besides success and EAGAIN ends the session:
/// `isAlive` is false from then on, and every call throws `disconnected`.
package final class Session {
    /// The key that the host proved to have.
    package let hostKey: HostKey

    /// The server's own word for its software, "SSH-2.0-OpenSSH_9.2p1 Debian-2".
    package let serverVersion: String

    private init(hostKey: HostKey, serverVersion: String) {
        self.hostKey = hostKey
        self.serverVersion = serverVersion
    }

    /// Connects, checks the host's key, logs in. `through`: jump hosts, the nearest to us first; a failure of one is a `.jump`.
    package static func connect(
        to login: Login, through jumps: [Login] = [], deadline: Deadline, cancellation: Cancellation
    ) throws(SSHError) -> Session {
        throw SSHError(.other, "connect", "not written yet")
    }

    /// Runs one command and reads all it says.
    ///
    /// - Parameter limit: bytes of stdout and stderr together; more throws `tooLarge` (the session lives on if the server takes part).
    /// - Throws: `channel` when the server refuses the channel or the command: the session lives on. `timedOut`, `cancelled`,
    ///   `disconnected` and the rest: the session is dead.
    package func exec(_ command: String, deadline: Deadline, limit: Int) throws(SSHError) -> Output {
        throw SSHError(.other, "exec", "not written yet")
    }

    /// Tells the server that we are there (no reply wanted), unless something is still unsent. Cheap: call it between polls.
    package func keepAlive() {}

    /// False once anything failed, or the server closed the connection. True is no proof: a silent peer looks alive.
    package var isAlive: Bool { false }

    /// Ends the connection and frees all. Takes no longer than a moment, whatever the server does. Also done by deinit.
    package func close() {}

    /// The keys of all types that the server has and we can check, for `trust`: nothing is believed and nobody logs in.
    /// One connection each. The best type first.
    package static func hostKeys(
        of address: Address, through jumps: [Login] = [], deadline: Deadline, cancellation: Cancellation
    ) throws(SSHError) -> [HostKey] {
        throw SSHError(.other, "connect", "not written yet")
    }

    /// What the server offers, as its KEXINIT says it, before any login.
    package static func algorithms(
        of address: Address, through jumps: [Login] = [], deadline: Deadline, cancellation: Cancellation
    ) throws(SSHError) -> Algorithms {
        throw SSHError(.other, "connect", "not written yet")
    }
}
