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

    func run() throws {
        let offer = try HostKeyOffer(of: node, try configuration.load())
        for key in offer.keys {
            printOut("\(offer.address) \(key.type) \(key.fingerprint)\(offer.isPinned(key) ? ", pinned already" : "")")
        }
        if offer.isPinned {
            if let fingerprint, !offer.keys.contains(where: { $0.fingerprint == fingerprint }) {
                throw offer.mismatch(fingerprint)
            }
            return printOut("Nothing to do.")
        }
        try offer.refuseIfAnotherIsPinned()
        let key = try chosen(offer)
        try offer.pin(key)
        printOut(
            "Pinned \(key.fingerprint) for \(offer.address) in \(offer.known.path). A running daemon: systemctl reload vpn-web"
        )
    }

    /// The given one, or the best after a yes.
    private func chosen(_ offer: HostKeyOffer) throws(CommandFailure) -> HostKey {
        if let fingerprint { return try offer.key(with: fingerprint) }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(
                what: "trust \(node)", why: "nobody can be asked here", mend: "--fingerprint \(offer.best.fingerprint)")
        }
        guard try Terminal.confirms("Is \(offer.best.fingerprint) this host's key?") else {
            throw CommandFailure(what: "trust \(node)", why: "not confirmed; nothing was pinned")
        }
        return offer.best
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
