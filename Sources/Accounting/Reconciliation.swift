package import Fleet
import WireGuard

/// Compares what is booked of each interface with the interface's own counters, where the node tells them, over an hour
/// or so at a time. Feeds on every booked sample; alters no booking.
///
/// What the two count (Linux's drivers/net/wireguard/receive.c and socket.c; wireguard-go's receive.go and send.go):
/// a peer's counters hold WireGuard's messages whole, 32 bytes and padding to 16 around each packet, handshakes and
/// keepalives too. The kernel's interface counts the same for what it receives, and 16 bytes less for each data message
/// that it sends; a userspace one counts the packets inside alone. So what was booked is never below what passed, but for
/// bytes that nobody saw: those of a peer between its last reading and its end. How far it is above depends on the sizes
/// of packets, which are not told; a loss that is smaller than that overhead does not show.
package struct Reconciler: Sendable {
    fileprivate struct Account {
        var since: UnixTime
        var until: UnixTime

        /// The interface's own counters then and then.
        var first: Traffic
        var last: Traffic

        /// Booked until `until`, and after it, by samples that do not tell where the interface stood.
        var booked = Booked()
        var later = Booked()
    }

    fileprivate struct Booked {
        var all = Traffic.zero
        var unmatched = Traffic.zero
    }

    private var accounts: [NodeID: [String: Account]] = [:]
    private var closed: [NodeID: [Reconciliation]] = [:]

    package init() {}

    /// A sample, and what was booked of it.
    package mutating func enter(_ sample: Sample, _ booking: Booking) {
        guard !booking.isDuplicate else { return }
        for part in booking.interfaces {
            let link = Self.link(of: part.name, sample)
            var account = accounts[booking.node]?[part.name]
            account?.later.add(part.entries)
            if let link, sample.isComplete {
                if let old = account, !part.beginsAnew, link.rx >= old.last.rx, link.tx >= old.last.tx {
                    account?.move(to: link, at: booking.at)
                } else {
                    account = Account(since: booking.at, until: booking.at, first: link, last: link)
                }
            }
            accounts[booking.node, default: [:]][part.name] = account
        }
    }

    /// The last stretch that was closed, of each interface. Sorted by interface.
    package func last(of node: NodeID) -> [Reconciliation] { closed[node] ?? [] }

    /// Since the last `close`, up to the newest sample. Sorted by interface.
    package func running(_ node: NodeID) -> [Reconciliation] {
        (accounts[node] ?? [:]).filter { $0.value.since < $0.value.until }
            .map { $0.value.result(of: $0.key) }.sorted { $0.interface < $1.interface }
    }

    /// Ends the stretch of every interface, and begins the next where it ended.
    package mutating func close() -> [(node: NodeID, reconciliation: Reconciliation)] {
        var ended: [(node: NodeID, reconciliation: Reconciliation)] = []
        for node in accounts.keys.sorted() {
            let results = running(node)
            closed[node] = results.isEmpty ? nil : results
            ended += results.map { (node, $0) }
            for name in (accounts[node] ?? [:]).keys { accounts[node]?[name]?.beginNext() }
        }
        return ended
    }

    /// Nil: not told, or perhaps of another interface: without an index, a container's has the name of one of the host's.
    private static func link(of name: String, _ sample: Sample) -> Traffic? {
        guard sample.interfaces.first(where: { $0.name == name })?.index != nil else { return nil }
        return sample.vitals?.links.first { $0.name == name }.map { Traffic(rx: $0.rx, tx: $0.tx) }
    }
}

extension Reconciler.Account {
    fileprivate mutating func move(to link: Traffic, at time: UnixTime) {
        booked.all += later.all
        booked.unmatched += later.unmatched
        later = .init()
        last = link
        until = time
    }

    fileprivate func result(of interface: String) -> Reconciliation {
        Reconciliation(
            interface: interface, since: since, until: until, booked: booked.all, unmatched: booked.unmatched,
            passed: Traffic(rx: last.rx - first.rx, tx: last.tx - first.tx))
    }

    fileprivate mutating func beginNext() {
        since = until
        first = last
        booked = .init()
    }
}

extension Reconciler.Booked {
    fileprivate mutating func add(_ entries: [Entry]) {
        for entry in entries {
            all += entry.delta
            if entry.owner == nil { unmatched += entry.delta }
        }
    }
}

extension InterfaceBooking {
    /// Its own counters may have begun again, or bytes were booked that nobody can date.
    fileprivate var beginsAnew: Bool {
        isNew || reset?.cause == .reboot || reset?.cause == .recreated || entries.contains { $0.cause == .opening }
    }
}
