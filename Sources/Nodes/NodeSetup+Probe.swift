package import WireGuard

/// A key of the panel's own, with which it asks a WireGuard port whether handshakes work.
package struct ProbePeer: Sendable, Equatable {
    package var publicKey: PublicKey
    package var port: UInt16

    package init(publicKey: PublicKey, port: UInt16) {
        self.publicKey = publicKey
        self.port = port
    }
}

extension NodeSetup {
    /// The same for a node that is read on its own machine: nothing but its probes' peers.
    package static func text(forLocal probes: [ProbePeer], tool: String) -> String {
        """
        # This node is read on this machine. Run this here, as root, once.

        \(probePart(probes, tool: tool))
        """
    }

    /// Peers without allowed IPs: nothing that they send is let through, and nothing is routed to them. Said to the interface
    /// for now, and to wg-quick's file for the next start.
    static func probePart(_ probes: [ProbePeer], tool: String) -> String {
        probes.map { probe in
            """
            # The panel's probe of port \(probe.port): a peer without allowed IPs, which can shake hands and reach nothing.
            # Where the interface is in a container, add the [Peer] to the container's own file too (Amnezia's:
            # /opt/amnezia/awg/*.conf), or it is forgotten when the container starts again.
            probe='\(probe.publicKey.base64)'
            found=
            for interface in $(\(tool) show interfaces); do
                [ "$(\(tool) show "$interface" listen-port)" = \(probe.port) ] || continue
                found=$interface
                \(tool) set "$interface" peer "$probe"
                for file in "/etc/wireguard/$interface.conf" "/etc/amnezia/amneziawg/$interface.conf"; do
                    [ -f "$file" ] || continue
                    grep -qF "$probe" "$file" || printf '\\n[Peer]\\n# vpn-web probe\\nPublicKey = %s\\n' "$probe" >> "$file"
                done
            done
            [ -n "$found" ] || echo "No interface listens on \(probe.port); add the peer by hand: \(tool) set INTERFACE peer $probe" >&2


            """
        }.joined()
    }

    /// The words of a configuration's command before `show all dump`: `docker exec amnezia-awg2 awg`.
    static func tool(_ command: String) -> String {
        commands(command).first.map { $0.split(separator: " ").dropLast(3).joined(separator: " ") } ?? "wg"
    }
}
