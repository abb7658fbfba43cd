/// One peer of an interface, as wg(8)'s `dump` shows it. The preshared key is never held: only whether there is one.
///
/// Endpoint and allowed IPs are ranges of their interface's `text`, so that a thousand peers cost a few allocations and
/// not thousands: read them by `Interface.endpoint(of:)` and `Interface.allowedIPs(of:)`.
package struct Peer: Sendable, Equatable {
    package var publicKey: PublicKey

    /// Bytes the node received from this peer since the counter began: `transfer-rx` in wg(8), the user's upload.
    package var transferRx: UInt64

    /// Bytes the node sent to this peer since the counter began: `transfer-tx` in wg(8), the user's download.
    package var transferTx: UInt64

    /// By the node's clock. Nil: never (wg prints 0).
    package var latestHandshake: UnixTime?

    /// Nil: off.
    package var persistentKeepalive: Keepalive?

    package var hasPresharedKey: Bool

    /// Bytes of `Interface.text`; empty: no endpoint is known.
    var endpoint: Range<Int32>

    /// Bytes of `Interface.text`; empty: none.
    var allowedIPs: Range<Int32>
}

/// Seconds between keepalive packets: one number in wg, from AmneziaWG 3 on possibly a range.
package struct Keepalive: Hashable, Sendable {
    package var shortest: UInt16
    package var longest: UInt16

    package init(_ shortest: UInt16, _ longest: UInt16) {
        self.shortest = shortest
        self.longest = longest
    }
}

extension Keepalive: CustomStringConvertible {
    /// As awg prints it: `25`, or `20-30` where it is a range.
    package var description: String {
        shortest == longest ? "\(shortest)" : "\(shortest)-\(longest)"
    }
}
