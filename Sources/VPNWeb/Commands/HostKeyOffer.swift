import Nodes
import SSH

/// The keys that a node, or a jump host, shows now, against those that are pinned.
struct HostKeyOffer {
    let address: Address

    /// Those that the panel can check, the best first; never empty.
    let keys: [HostKey]
    let known: KnownHostsFile
    private let id: String

    private static let patience: Duration = .seconds(15)

    /// Asks the host.
    init(of id: String, _ configuration: Configuration) throws(CommandFailure) {
        self.id = id
        let (address, jumps) = try configuration.way(to: id)
        self.address = address
        do {
            var logins: [Login] = []
            for jump in jumps { logins.append(try jump.login()) }
            keys = try Session.hostKeys(
                of: address, through: logins, deadline: .after(Self.patience), cancellation: Cancellation())
        } catch {
            throw CommandFailure(what: "trust \(id): \(error.operation)", why: error.reason, mend: error.advice)
        }
        guard !keys.isEmpty else {
            throw CommandFailure(what: "trust \(id)", why: "\(address) shows no key that the panel can check")
        }
        known = try KnownHostsFile(path: configuration.knownHosts)
    }

    var best: HostKey { keys[0] }
    var isPinned: Bool { keys.contains(where: isPinned) }
    func isPinned(_ key: HostKey) -> Bool { known.keys(for: address).contains(key) }

    /// The one with this fingerprint, or a failure.
    func key(with fingerprint: String) throws(CommandFailure) -> HostKey {
        guard let key = keys.first(where: { $0.fingerprint == fingerprint }) else { throw mismatch(fingerprint) }
        return key
    }

    /// The best one that one of these files, of OpenSSH's, has for this host.
    func key(knownIn files: [String]) throws(CommandFailure) -> HostKey? {
        var known: [HostKey] = []
        for file in files { known += try KnownHostsFile(path: file).keys(for: address) }
        return keys.first(where: known.contains)
    }

    func mismatch(_ fingerprint: String) -> CommandFailure {
        CommandFailure(
            what: "trust \(id)", why: "no key of the host has the fingerprint \(fingerprint); nothing was pinned")
    }

    /// A host that is pinned with another key is not pinned anew.
    func refuseIfAnotherIsPinned() throws(CommandFailure) {
        guard isPinned || known.keys(for: address).isEmpty else {
            throw CommandFailure(
                what: "trust \(id)", why: "\(known.path) pins another key for \(address)",
                mend:
                    "find out why the host's key changed; if it is right, remove the old line: ssh-keygen -f \(known.path) -R '\(address.knownHostsName)'"
            )
        }
    }

    func pin(_ key: HostKey) throws(CommandFailure) {
        try known.append(key.knownHostsLine(for: address))
    }
}
