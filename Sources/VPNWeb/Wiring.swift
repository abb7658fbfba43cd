import Access
import Fleet
import Nodes
import Pages
import SSH
import Transfer

// What each part of the program is told of the configuration.

extension Configuration {
    /// Every node and the way to it, with the host keys that are pinned now.
    func nodeSettings() throws(CommandFailure) -> [NodeSettings] {
        let known = try KnownHostsFile(path: knownHosts)
        return nodes.map { settings($0, known) }
    }

    func settings(of id: String) throws(CommandFailure) -> NodeSettings {
        guard let entry = nodes.first(where: { $0.node.id.name == id || $0.node.aliases.contains(id) }) else {
            throw CommandFailure(
                what: "node \(id)", why: "the configuration has no such node",
                mend: nodes.isEmpty ? "add it" : "one of: " + nodes.map(\.node.id.name).joined(separator: ", "))
        }
        return settings(entry, try KnownHostsFile(path: knownHosts))
    }

    /// Where a node, or a jump host, is, and what lies before it.
    func way(to id: String) throws(CommandFailure) -> (address: Address, jumps: [SSHSettings.Hop]) {
        let known = try KnownHostsFile(path: knownHosts)
        if let jump = jumps.first(where: { $0.id == id }) {
            return (Address(jump.hop), jump.before.map { Self.hop($0, known) })
        }
        guard case .ssh(let ssh) = try settings(of: id).reach else {
            throw CommandFailure(what: "node \(id)", why: "it is read on this machine, without ssh")
        }
        return (ssh.host.address, ssh.jumps)
    }

    private func settings(_ entry: Entry, _ known: KnownHostsFile) -> NodeSettings {
        switch entry.way {
        case .local: NodeSettings(node: entry.node, reach: .local)
        case .ssh(let ssh):
            NodeSettings(
                node: entry.node,
                reach: .ssh(
                    SSHSettings(
                        host: Self.hop(ssh.host, known), jumps: ssh.jumps.map { Self.hop($0, known) },
                        command: ssh.command)))
        }
    }

    func hop(_ jump: Jump) throws(CommandFailure) -> SSHSettings.Hop {
        Self.hop(jump.hop, try KnownHostsFile(path: knownHosts))
    }

    /// Where the panel goes through this node or jump host, the next host each.
    func onwards(from id: String) -> [Address] {
        let own = jumps.first { $0.id == id }?.hop ?? hop(of: id)
        guard let own else { return [] }
        var found: [Address] = []
        for case .ssh(let ssh) in nodes.map(\.way) {
            let way = ssh.jumps + [ssh.host]
            for (hop, next) in zip(way, way.dropFirst()) where hop == own && !found.contains(Address(next)) {
                found.append(Address(next))
            }
        }
        return found
    }

    private func hop(of id: String) -> Hop? {
        guard case .ssh(let ssh)? = nodes.first(where: { $0.node.id.name == id })?.way else { return nil }
        return ssh.host
    }

    private static func hop(_ hop: Hop, _ known: KnownHostsFile) -> SSHSettings.Hop {
        let address = Address(hop)
        return SSHSettings.Hop(
            address: address, user: hop.user, key: hop.key, passphrase: hop.passphraseFile,
            hostKeys: known.keys(for: address))
    }

    var bookkeeping: Bookkeeper.Settings {
        Bookkeeper.Settings(
            nodes: fleetNodes, files: rosterFiles, zone: zone, retention: retention,
            services: serviceStates, panelKeys: panelKeys)
    }

    var door: Door.Settings {
        Door.Settings(
            url: url ?? "", policy: SessionPolicy(idle: signIn.idle.components.seconds), telegram: signIn.telegram)
    }

    var site: Site.Settings {
        Site.Settings(
            url: url ?? "", language: language == .ru ? .russian : .english, zone: zone.timeZone,
            units: units == .iec ? .iec : .si,
            published: PublicSettings(page: published.page, names: published.names, minimum: published.minimum),
            billing: billing, mostPeers: mostPeersInMetrics, channels: alerts.channels)
    }

    var alerting: Alerting.Settings {
        let language: Pages.Language = (alerts.language ?? language) == .ru ? .russian : .english
        return Alerting.Settings(
            alerts: alerts, message: AlertMessage(language: language, zone: zone.timeZone, url: url ?? ""),
            units: units == .iec ? .iec : .si, zone: zone, billing: billing, folder: data, addresses: outbound,
            panelKeys: panelKeys)
    }
}

extension Address {
    fileprivate init(_ hop: Configuration.Hop) {
        self.init(host: hop.host, port: hop.port)
    }
}
