import Foundation
import Glibc
import Synchronization

/// One real sshd with its own host key, log and forced command.
package final class SSHServer: Sendable {
    package let place: Place
    package let name: String
    package let port: Int
    package let user: String
    private let folder: String
    private let allowForwarding: Bool
    private let process = Mutex<Child?>(nil)

    /// A line of passwd(5): a second name for root, as reading WireGuard needs it, with a shell that reads no rc files
    /// and a home that has none. sshd lets it in with the forced command only.
    package static let user = "vpn-web:x:0:0:the panel's eyes:/:/bin/sh"

    /// `addresses`: where it listens; [] is everywhere.
    package init(
        _ place: Place, _ name: String, port: Int = 22, addresses: [String] = [], user: String = "vpn-web",
        allowForwarding: Bool = false, settings: [String] = []
    ) throws {
        self.place = place
        self.name = name
        self.port = port
        self.user = user
        self.allowForwarding = allowForwarding
        folder = place.bed.folder + "/sshd-" + name
        guard mkdir(folder, 0o700) == 0 else { throw BedError("mkdir \(folder)", String(cString: strerror(errno))) }
        try SSHKey.generate(folder + "/host")
        var lines = [
            "HostKey \(folder)/host", "AuthorizedKeysFile \(folder)/authorized_keys", "PidFile none", "UsePAM no",
            "Port \(port)", "LogLevel VERBOSE", "StrictModes no", "PasswordAuthentication no",
            "KbdInteractiveAuthentication no", "PrintMotd no", "PrintLastLog no", "UseDNS no", "X11Forwarding no",
            "PermitRootLogin forced-commands-only",
            "AllowTcpForwarding \(allowForwarding ? "local" : "no")",
        ]
        // sshd takes the first value it reads.
        lines = settings + lines + addresses.map { "ListenAddress \($0)" }
        try write(lines.joined(separator: "\n") + "\n", to: folder + "/sshd_config")
        try write("", to: folder + "/authorized_keys")
        try start()
    }

    /// On this machine as it is, as the user who runs the bed. It listens on 127.0.0.1 only.
    package convenience init(recorded place: Place, _ name: String, port: Int, allowForwarding: Bool = false) throws {
        var settings: [String] = []
        if geteuid() == 0 {
            try place.bed.need("/run/sshd")
            // sshd takes root for a locked account by this mark, unless PAM is asked.
            let isLocked = read("/etc/shadow").split(separator: "\n").contains { $0.hasPrefix("root:!") }
            if isLocked { settings.append("UsePAM yes") }
        }
        let user = String(try must(["id", "-un"]).prefix { $0 != "\n" })
        try self.init(
            place, name, port: port, addresses: ["127.0.0.1"], user: user, allowForwarding: allowForwarding,
            settings: settings)
    }

    /// What sshd said, a line each: it ends them with CR LF, which is one Character to Swift.
    package var log: [Substring] {
        read(folder + "/log").split(omittingEmptySubsequences: true) { $0 == "\r\n" || $0 == "\n" }
    }

    /// How many logins there were.
    package var logins: Int { said("Accepted publickey") }

    /// How many commands were run in all sessions.
    package var commands: Int { said("Starting session: forced-command") }

    /// A command is under way in one of its sessions.
    package var isBusy: Bool {
        guard let child = process.withLock({ $0 }) else { return false }
        return ProcessTable.descendants(of: child.inner).contains { read("/proc/\($0)/comm") != "sshd\n" }
    }

    /// How often something is in the log, which may be long.
    private func said(_ words: String) -> Int {
        let log = FileManager.default.contents(atPath: folder + "/log") ?? Data()
        return log.withUnsafeBytes { GNU.count(Array(words.utf8), in: $0) }
    }

    /// OpenSSH's line without the host.
    package var hostKey: String {
        read(folder + "/host.pub").split(separator: " ").prefix(2).joined(separator: " ")
    }

    package func knownHost(_ address: String) -> String {
        (port == 22 ? address : "[\(address)]:\(port)") + " " + hostKey
    }

    /// Lets a key in, with the shipped line of authorized_keys: this script and no other command. `forwardingTo`: hosts
    /// (`address:port`) that it may be a jump host for.
    package func authorize(_ key: SSHKey, command: String, forwardingTo hosts: [String] = []) throws {
        let forwarding = hosts.isEmpty ? "" : "port-forwarding," + hosts.map { "permitopen=\"\($0)\"," }.joined()
        let command = command.replacing("\"", with: "\\\"")
        try write(
            "restrict,\(forwarding)command=\"\(command)\" \(key.publicLine)\n", to: folder + "/authorized_keys")
    }

    /// Lets a key in with a script of this text. It can be replaced while sessions are open.
    package func authorize(_ key: SSHKey, script: String, forwardingTo hosts: [String] = []) throws {
        try replaceScript(script)
        try authorize(key, command: "/bin/sh \(folder)/node.sh", forwardingTo: hosts)
    }

    /// By rename: a shell that is reading the old one goes on with the old one.
    package func replaceScript(_ text: String) throws {
        try write(text, to: folder + "/node.sh.new", mode: 0o755)
        rename(folder + "/node.sh.new", folder + "/node.sh")
    }

    /// The command that the project ships for nodes.
    package static var shippedScript: String {
        get throws {
            let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Sources/Nodes/Resources/vpn-web-node.sh").path
            let text = read(path)
            guard !text.isEmpty else { throw BedError(path, "not there") }
            return text
        }
    }

    package func deauthorize() throws { try write("", to: folder + "/authorized_keys") }

    package func start() throws {
        func listening() -> Int { log.count { $0.contains("Server listening") } }
        let before = listening()
        let child = try place.start(
            ["/usr/sbin/sshd", "-D", "-e", "-f", folder + "/sshd_config"], output: folder + "/log")
        process.withLock { $0 = child }
        try eventually("sshd \(name)", within: .seconds(10), every: .milliseconds(10)) {
            if let status = child.status { throw BedError("sshd \(name)", "exit \(status): \(log.suffix(3))") }
            return listening() > before ? true : nil
        }
    }

    /// Ends the listener and every session: a connection to it is refused from here on.
    package func stop() {
        guard let child = process.withLock({ $0 }) else { return }
        let all = [child.inner] + ProcessTable.descendants(of: child.inner)
        child.kill()
        for pid in all { kill(pid, SIGKILL) }
        // A killed process still listens until the kernel comes to it.
        for _ in 0..<1_000 where all.contains(where: { ProcessTable.startTime(of: $0) != nil }) { usleep(2_000) }
    }

    package func restart() throws {
        stop()
        try start()
    }

    /// Ends the sessions only.
    package func dropSessions() {
        guard let child = process.withLock({ $0 }) else { return }
        for pid in ProcessTable.descendants(of: child.inner) { kill(pid, SIGKILL) }
    }

    /// Nothing in it moves any more, and the kernel goes on accepting for it.
    package func freeze() { signalAll(SIGSTOP) }
    package func thaw() { signalAll(SIGCONT) }

    private func signalAll(_ number: Int32) {
        guard let child = process.withLock({ $0 }) else { return }
        let inner = child.inner
        for pid in [inner] + ProcessTable.descendants(of: inner) { kill(pid, number) }
        if number == SIGCONT { child.signal(number) }
    }

    /// Another host key from the next connection on; sessions end.
    package func changeHostKey() throws {
        for end in ["", ".pub"] { try? FileManager.default.removeItem(atPath: folder + "/host" + end) }
        try SSHKey.generate(folder + "/host")
        try restart()
    }
}

/// A key pair in files.
package struct SSHKey: Sendable {
    package let path: String
    package var publicLine: String { String(read(path + ".pub").prefix { $0 != "\n" }) }

    package init(_ path: String, passphrase: String = "", type: String = "ed25519") throws(BedError) {
        self.path = path
        try Self.generate(path, passphrase: passphrase, type: type)
    }

    static func generate(_ path: String, passphrase: String = "", type: String = "ed25519") throws(BedError) {
        try must(["ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "vpn-web", "-f", path])
    }
}
