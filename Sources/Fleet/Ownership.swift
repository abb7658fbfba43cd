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
        let nearest = here.isEmpty ? claims : here
        return Ownership.first(of: nearest).map { nearest[$0] }
    }

    /// The record that counts where no node is asked for. Nil: none names the key.
    package func device(of key: PublicKey) -> Device? {
        guard let claims = devices[key] else { return nil }
        return Ownership.first(of: claims).map { claims[$0] }
    }

    /// What the bot calls the key's kind; `vpn` where it says none, as in `/api/stats`. Nil: no record names the key.
    package func kind(of key: PublicKey) -> String? {
        guard let claims = devices[key] else { return nil }
        return Ownership.first(of: claims).map { claims[$0].profileType ?? "vpn" }
    }

    /// Its place: a record is a handful of texts, and thousands are asked for.
    private static func first(of claims: [Device]) -> Int? {
        claims.indices.first { claims[$0].isActive } ?? claims.indices.first
    }

    /// Nil: nobody known.
    package func owner(of key: PublicKey, on node: NodeID) -> Int64? {
        device(of: key, on: node)?.telegramID
    }
}
