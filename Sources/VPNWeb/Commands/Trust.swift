import ArgumentParser
import Glibc
import Nodes
import SSH

/// `vpn-web trust NODE`: shows a host's key and pins it.
struct Trust: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a node's host key, and pin it into known_hosts after a yes.",
        discussion: """
            Example: vpn-web trust eu1
            Example: vpn-web trust eu1 --fingerprint SHA256:uNiVztksCsDhcc0u9e8BrmtB…

            Compare the fingerprint with what the node itself says: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub
            """)

    @Argument(help: "A node's id, or a jump host's.")
    var node: String

    @Option(help: "Pin without asking if this is the key's fingerprint; pin nothing otherwise.")
    var fingerprint: String?

    @OptionGroup var configuration: ConfigurationOption

    private static let patience: Duration = .seconds(15)

    func run() throws {
        let configuration = try configuration.load()
        let (address, jumps) = try configuration.way(to: node)
        let keys: [HostKey]
        do {
            var logins: [Login] = []
            for jump in jumps { logins.append(try jump.login()) }
            keys = try Session.hostKeys(
                of: address, through: logins, deadline: .after(Self.patience), cancellation: Cancellation())
        } catch {
            throw CommandFailure(what: "trust \(node): \(error.operation)", why: error.reason, mend: error.advice)
        }
        guard !keys.isEmpty else {
            throw CommandFailure(what: "trust \(node)", why: "\(address) shows no key that the panel can check")
        }
        let known = try KnownHostsFile(path: configuration.knownHosts)
        let pinned = known.keys(for: address)
        for key in keys {
            let mark = pinned.contains(key) ? ", pinned already" : ""
            printOut("\(address) \(key.type) \(key.fingerprint)\(mark)")
        }
        if keys.contains(where: pinned.contains) {
            if let fingerprint, !keys.contains(where: { $0.fingerprint == fingerprint }) { throw mismatch(fingerprint) }
            return printOut("Nothing to do.")
        }
        if !pinned.isEmpty {
            throw CommandFailure(
                what: "trust \(node)", why: "\(configuration.knownHosts) pins another key for \(address)",
                mend:
                    "find out why the host's key changed; if it is right, remove the old line: ssh-keygen -f \(configuration.knownHosts) -R '\(address.knownHostsName)'"
            )
        }
        try pin(chosen(keys), for: address, in: known)
    }

    private func mismatch(_ fingerprint: String) -> CommandFailure {
        CommandFailure(
            what: "trust \(node)", why: "no key of the host has the fingerprint \(fingerprint); nothing was pinned")
    }

    /// The given one, or the best after a yes.
    private func chosen(_ keys: [HostKey]) throws(CommandFailure) -> HostKey {
        if let fingerprint {
            guard let key = keys.first(where: { $0.fingerprint == fingerprint }) else { throw mismatch(fingerprint) }
            return key
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(
                what: "trust \(node)", why: "nobody can be asked here", mend: "--fingerprint \(keys[0].fingerprint)")
        }
        guard Terminal.confirms("Is \(keys[0].fingerprint) this host's key?") else {
            throw CommandFailure(what: "trust \(node)", why: "not confirmed; nothing was pinned")
        }
        return keys[0]
    }

    private func pin(_ key: HostKey, for address: Address, in known: KnownHostsFile) throws(CommandFailure) {
        try known.append(key.knownHostsLine(for: address))
        printOut(
            "Pinned \(key.fingerprint) for \(address) in \(known.path). A running daemon: systemctl reload vpn-web")
    }
}

/// The file of pinned host keys. A missing one pins nothing.
struct KnownHostsFile {
    let path: String
    private let hosts: KnownHosts

    var problems: [KnownHosts.Problem] { hosts.problems }

    init(path: String) throws(CommandFailure) {
        self.path = path
        guard let file = fopen(path, "re") else {
            guard errno == ENOENT else {
                throw CommandFailure(
                    what: "known_hosts \(path)", why: String(cString: strerror(errno)),
                    mend: "let the user that runs vpn-web read it")
            }
            hosts = KnownHosts(parsing: [])
            return
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 16 << 20 {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        hosts = KnownHosts(parsing: bytes)
    }

    func keys(for address: Address) -> [HostKey] { hosts.keys(for: address) }

    /// One line more, on the disk when this returns.
    func append(_ line: String) throws(CommandFailure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CommandFailure(what: "known_hosts \(path)", why: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        // A last line without its end would swallow ours.
        var last: UInt8 = UInt8(ascii: "\n")
        let size = lseek(descriptor, 0, SEEK_END)
        if size > 0 { _ = pread(descriptor, &last, 1, size - 1) }
        let bytes = Array(((last == UInt8(ascii: "\n") ? "" : "\n") + line + "\n").utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw CommandFailure(what: "known_hosts \(path)", why: String(cString: strerror(errno)))
        }
    }
}
