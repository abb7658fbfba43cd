import Fleet
import WireGuard

/// Series of single peers, in the names and labels of three exporters, each with `node` added.
///
/// Counters carry no endpoint: it changes, and each change would be another series. `wireguard_peer_last_handshake_seconds`
/// is a name of two exporters with one meaning: its samples carry the labels of both.
struct PeerMetrics {
    private let peers: [Peer]
    private let names: [Int64: String]

    private struct Peer {
        var row: PeerRow
        var mindFlavor: Labels
        var mdlayher: Labels
        var portal: Labels
        var both: Labels
        var info: Labels
    }

    var count: Int { peers.count }

    init(_ snapshot: Snapshot) {
        let names = Dictionary(
            snapshot.users.compactMap { row in row.user.username.map { (row.user.telegramID, $0) } },
            uniquingKeysWith: { first, _ in first })
        self.names = names
        // What no node ever showed is a record of the bot's alone, and has nothing to count.
        peers = snapshot.peers.compactMap { row in
            guard let interface = row.interface else { return nil }
            let node = Labels("node", row.node.name)
            let user = row.owner.map { names[$0] ?? "\($0)" }
            let name = [user, row.device?.name].compactMap(\.self).joined(separator: " ")
            let addresses = row.allowedIPs.joined(separator: ",")
            let mdlayher = node.with("device", interface).with("public_key", row.publicKey)
            func portal(_ labels: Labels) -> Labels {
                labels.with("interface", interface).with("addresses", addresses).with("id", row.publicKey)
                    .with("name", name).with("user", user)
            }
            return Peer(
                row: row,
                mindFlavor: node.with("interface", interface).with("public_key", row.publicKey)
                    .with("allowed_ips", addresses).with("friendly_name", name),
                mdlayher: mdlayher, portal: portal(node), both: portal(mdlayher),
                info: mdlayher.with("endpoint", row.endpoint).with("name", name))
        }
    }

    func write(to writer: inout MetricsWriter) {
        info(&writer)
        bytes(&writer)
        handshakes(&writer)
    }

    private func info(_ writer: inout MetricsWriter) {
        writer.family("wireguard_peer_info", .gauge, "Always 1; a peer's endpoint and name are labels.") { family in
            for peer in peers where peer.row.session != nil { family.sample(peer.info, true) }
        }
        writer.family("wireguard_peer_allowed_ips_info", .gauge, "Always 1; one for each network a peer may send from.")
        {
            family in
            for peer in peers {
                // A node may name one twice, and a label set must not come twice.
                var seen: Set<String> = []
                for network in peer.row.allowedIPs where seen.insert(network).inserted {
                    family.sample(
                        peer.mdlayher.with("allowed_ips", network)
                            .with("family", network.utf8.contains(UInt8(ascii: ":")) ? "IPv6" : "IPv4"), true)
                }
            }
        }
        writer.family("wireguard_peer_up", .gauge, "Whether the peer shook hands under 180 s ago. Unknown: no sample.")
        {
            family in
            for peer in peers { if let isOnline = peer.row.isOnline { family.sample(peer.portal, isOnline) } }
        }
    }

    /// Only of keys of which a reading was booked.
    private func bytes(_ writer: inout MetricsWriter) {
        let counted = peers.filter { $0.row.countedSince != nil }
        func family(
            _ name: StaticString, _ help: StaticString, _ labels: KeyPath<Peer, Labels>,
            _ value: KeyPath<Traffic, UInt64>
        ) {
            writer.family(name, .counter, help) { family in
                for peer in counted { family.sample(peer[keyPath: labels], peer.row.lifetime[keyPath: value]) }
            }
        }
        family("wireguard_received_bytes_total", "Lifetime bytes received from the peer.", \.mindFlavor, \.rx)
        family("wireguard_sent_bytes_total", "Lifetime bytes sent to the peer.", \.mindFlavor, \.tx)
        family("wireguard_peer_receive_bytes_total", "Lifetime bytes received from the peer.", \.mdlayher, \.rx)
        family("wireguard_peer_transmit_bytes_total", "Lifetime bytes sent to the peer.", \.mdlayher, \.tx)
        family("wireguard_peer_received_bytes_total", "Lifetime bytes received from the peer.", \.portal, \.rx)
        family("wireguard_peer_sent_bytes_total", "Lifetime bytes sent to the peer.", \.portal, \.tx)
    }

    /// By the node's clock. Never: no sample.
    private func handshakes(_ writer: inout MetricsWriter) {
        func family(_ name: StaticString, _ labels: KeyPath<Peer, Labels>) {
            writer.family(name, .gauge, "The peer's latest handshake, UNIX time. Never: no sample.") { family in
                for peer in peers {
                    if let handshake = peer.row.latestHandshake {
                        family.sample(peer[keyPath: labels], handshake.seconds)
                    }
                }
            }
        }
        family("wireguard_latest_handshake_seconds", \.mindFlavor)
        family("wireguard_peer_last_handshake_seconds", \.both)
    }
}

/// Series of interfaces.
struct InterfaceMetrics {
    let snapshot: Snapshot

    init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
    }

    func write(to writer: inout MetricsWriter) {
        writer.family("wireguard_device_info", .gauge, "Always 1; the interface's own key is a label.") { family in
            for row in snapshot.nodes {
                for interface in row.status.lastSample?.interfaces ?? [] {
                    guard let key = interface.publicKey else { continue }
                    family.sample(
                        Labels("node", row.status.node.id.name).with("device", interface.name)
                            .with("public_key", key.base64), true)
                }
            }
        }
        func family(_ name: StaticString, _ help: StaticString, _ value: (InterfaceRow) -> UInt64) {
            writer.family(name, .counter, help) { family in
                for row in snapshot.nodes {
                    for interface in row.interfaces {
                        family.sample(
                            Labels("node", row.status.node.id.name).with("interface", interface.name),
                            value(interface))
                    }
                }
            }
        }
        family("wireguard_interface_received_bytes_total", "Lifetime bytes received from all peers.") { $0.lifetime.rx }
        family("wireguard_interface_sent_bytes_total", "Lifetime bytes sent to all peers.") { $0.lifetime.tx }
        family("vpnweb_counter_resets_total", "Times a peer's counter began anew, all peers together.") {
            UInt64(max(0, $0.resets))
        }
    }
}
