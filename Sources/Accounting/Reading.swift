package import Fleet
package import WireGuard

/// Which counter: the same key on two interfaces, or on two nodes, is two counters.
package struct CounterID: Hashable, Comparable, Sendable {
    package var node: NodeID
    package var interface: String
    package var publicKey: PublicKey

    package init(node: NodeID, interface: String, publicKey: PublicKey) {
        self.node = node
        self.interface = interface
        self.publicKey = publicKey
    }

    package static func < (a: CounterID, b: CounterID) -> Bool {
        (a.node, a.interface, a.publicKey) < (b.node, b.interface, b.publicKey)
    }
}

/// In which booked sample of its node, and when by the panel's clock.
///
/// The number orders samples, since the clock may be set back between two of them.
package struct Stamp: Hashable, Sendable {
    /// From 1, without gaps.
    package var sample: Int64
    package var at: UnixTime

    package init(sample: Int64, at: UnixTime) {
        self.sample = sample
        self.at = at
    }
}

/// What a counter showed once.
package struct Reading: Hashable, Sendable {
    package var traffic: Traffic

    /// By the node's clock. Nil: never.
    package var latestHandshake: UnixTime?
    package var stamp: Stamp

    package var at: UnixTime { stamp.at }

    package init(traffic: Traffic, latestHandshake: UnixTime?, stamp: Stamp) {
        self.traffic = traffic
        self.latestHandshake = latestHandshake
        self.stamp = stamp
    }

    init(_ peer: Peer, _ stamp: Stamp) {
        self.init(
            traffic: Traffic(rx: peer.transferRx, tx: peer.transferTx), latestHandshake: peer.latestHandshake,
            stamp: stamp)
    }

    func showsSame(as other: Reading) -> Bool {
        traffic == other.traffic && latestHandshake == other.latestHandshake
    }

    /// Below `earlier` in a direction: no counter does that without having begun again.
    func fell(from earlier: Reading) -> Bool {
        traffic.rx < earlier.traffic.rx || traffic.tx < earlier.traffic.tx
    }

    /// Still the handshake that `earlier` had, and not below it: a new peer cannot carry an old handshake.
    func goesOn(from earlier: Reading) -> Bool {
        latestHandshake != nil && latestHandshake == earlier.latestHandshake && !fell(from: earlier)
    }

    /// Had a handshake, has none now.
    func isBackAtNever(since earlier: Reading) -> Bool {
        latestHandshake == nil && earlier.latestHandshake != nil
    }

    /// Growth in both directions; only of use where nothing fell.
    func growth(from earlier: Reading) -> Traffic {
        Traffic(rx: traffic.rx &- earlier.traffic.rx, tx: traffic.tx &- earlier.traffic.tx)
    }
}
