import Fleet
import Glibc
import SSH

/// The owner's part of each node, and its host key.
extension Setup {
    /// Whether there is something now that the service does not know yet.
    mutating func nodes(_ configuration: Configuration, _ pins: [String: String]) throws -> Bool {
        // A host that is passed through first: what is behind it is asked through it.
        let hosts =
            configuration.jumps.map { (id: $0.id, key: $0.hop.key) }
            + configuration.nodes.compactMap { entry in
                if case .ssh(let ssh) = entry.way { (id: entry.node.id.name, key: ssh.host.key) } else { nil }
            }
        let file = configuration.knownHosts
        let isOurs = access(file, F_OK) != 0 || made.isOurs(file)
        let known = try KnownHostsFile(path: file)
        var strangers: [String] = []
        // A host that is known for another node's sake does not know this one's key.
        var unprepared: [String] = []
        for (id, key) in hosts {
            let isStranger = try known.keys(for: configuration.way(to: id).address).isEmpty
            if isStranger { strangers.append(id) } else { printOut("kept   \(id): its host key is pinned") }
            if isStranger || madeKeys.contains(key) { unprepared.append(id) }
        }
        guard !unprepared.isEmpty else { return false }
        printOut("\nOn each node, once, as root (or | ssh USER@HOST sudo sh); read it first (vpn-web node-setup NODE):")
        for id in unprepared {
            let (address, _) = try configuration.way(to: id)
            let port = address.port == 22 ? "" : " -p \(address.port)"
            printOut("  vpn-web node-setup \(id) | ssh\(port) root@\(address.host) sh")
        }
        printOut("")
        if asks { _ = try Terminal.line("Press Enter when that is done, or to go on without: ") }
        var isPinned = false
        for id in strangers {
            do {
                if try pin(id, configuration, pins[id]) { isPinned = true }
            } catch let failure as CommandFailure {
                note("\(failure.what): \(failure.why)" + (failure.mend.map { " (\($0))" } ?? ""))
            }
        }
        if isPinned, isOurs { try made.note(file) }
        return isPinned || unprepared != strangers
    }

    private func pin(_ id: String, _ configuration: Configuration, _ fingerprint: String?) throws -> Bool {
        let offer = try HostKeyOffer(of: id, configuration)
        var key = offer.best
        if let fingerprint {
            key = try offer.key(with: fingerprint)
        } else {
            let known = try offer.key(knownIn: Self.rootsKnownHosts)
            key = known ?? key
            printOut("\(id) (\(offer.address)) shows \(key.type) \(key.fingerprint)")
            printOut(
                known == nil
                    ? "  It should be what this says on the node: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
                    : "  It is the one that root's ssh on this machine knows.")
            guard try asks ? Terminal.confirms("Is it?", yesIsDefault: known != nil) : known != nil else {
                note("\(id): not pinned, and so not read: vpn-web trust \(id) --fingerprint \(key.fingerprint)")
                return false
            }
        }
        try offer.pin(key)
        printOut("made   \(id): its host key \(key.fingerprint) is pinned")
        return true
    }

    /// Where the owner's own ssh keeps what was compared when the node was set up from here.
    private static let rootsKnownHosts = ["/root/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"]
}
