package import WireGuard

/// Whose key this is, by the bot's files.
///
/// Several records may name one key. The one that counts on a node: a record for this node before one for another (a
/// peer that moved is still its user's), an active one before an inactive one, and then the first in the files' order.
package struct Ownership: Sendable {
    private let devices: [PublicKey: [Device]]

    package init(_ roster: Roster) {
        var devices: [PublicKey: [Device]] = [:]
        for device in roster.devices {
            if let key = device.publicKey { devices[key, default: []].append(device) }
        }
        self.devices = devices
    }

    /// Nil: no record names the key.
    package func device(of key: PublicKey, on node: NodeID) -> Device? {
        guard let claims = devices[key] else { return nil }
        let here = claims.filter { $0.node == node }
        return Ownership.first(of: here.isEmpty ? claims : here)
    }

    /// The record that counts where no node is asked for. Nil: none names the key.
    package func device(of key: PublicKey) -> Device? { devices[key].flatMap(Ownership.first) }

    /// What the bot calls the key's kind; `vpn` where it says none, as in `/api/stats`. Nil: no record names the key.
    package func kind(of key: PublicKey) -> String? {
        guard let claims = devices[key] else { return nil }
        // In its place: a record is a handful of texts, and thousands are asked for.
        guard let place = claims.indices.first(where: { claims[$0].isActive }) ?? claims.indices.first else {
            return nil
        }
        return claims[place].profileType ?? "vpn"
    }

    private static func first(of claims: [Device]) -> Device? { claims.first(where: \.isActive) ?? claims.first }

    /// Nil: nobody known.
    package func owner(of key: PublicKey, on node: NodeID) -> Int64? {
        device(of: key, on: node)?.telegramID
    }
}
