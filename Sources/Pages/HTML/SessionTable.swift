package import Fleet
package import WireGuard

/// A time in which one of a user's keys was connected, as the page tells it.
package struct SessionLine: Sendable, Equatable {
    package var node: NodeID
    package var publicKey: String
    package var from: UnixTime

    /// The last sample that showed a handshake or bytes. Nil: it goes on.
    package var until: UnixTime?
    package var traffic: Traffic

    /// Where the user connected from: `192.0.2.0/24`. Nil: the node did not tell.
    package var network: String?

    package init(
        node: NodeID, publicKey: String, from: UnixTime, until: UnixTime?, traffic: Traffic, network: String?
    ) {
        self.node = node
        self.publicKey = publicKey
        self.from = from
        self.until = until
        self.traffic = traffic
        self.network = network
    }
}

extension Page {
    /// Newest first.
    mutating func sessions(_ lines: [SessionLine], _ devices: [PeerRow], _ names: [NodeID: String]) {
        let called = Dictionary(
            devices.compactMap { row in row.device?.name.map { (row.publicKey, $0) } },
            uniquingKeysWith: { first, _ in first })
        block("sessions", .connected, .userSessions) { page in
            guard !lines.isEmpty else { return page.empty(.noSessions) }
            page.table(
                .connected, isDense: true,
                head: {
                    $0.heads([
                        (.device, false), (.began, true), (.ended, true), (.traffic, true), (.network, false),
                    ])
                },
                rows: { page in
                    for line in lines { page.element("tr") { $0.session(line, called[line.publicKey], names) } }
                })
        }
    }

    private mutating func session(_ line: SessionLine, _ device: String?, _ names: [NodeID: String]) {
        rowHead(.device) { page in
            if let device { page.name(device) } else { page.code(line.publicKey) }
            page.element("small") { $0.name(names[line.node] ?? line.node.name) }
        }
        numberCell(.began) { $0.exactly(line.from) }
        numberCell(.ended) { page in
            if let until = line.until { page.exactly(until) } else { page.words(.goesOn) }
        }
        numberCell(.traffic) { $0.downUp(line.traffic) }
        cell(.network) { page in
            if let network = line.network { page.code(network) } else { page.dash() }
        }
    }
}
