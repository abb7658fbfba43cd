package import Fleet
package import WireGuard

/// Whose key this is, by the bot's files.
///
/// Several records may name one key. The one that counts on a node: a record for this node before one for another (a
/// peer that moved is still its user's), an active one before an inactive one, and then the first in the files' order.
package struct Ownership: Sendable {
    private let devices: [PublicKey: [Device]]

    package init(_ roster: Fleet.Roster) {
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
        return nearest.first(where: \.isActive) ?? nearest.first
    }

    /// Nil: nobody known.
    package func owner(of key: PublicKey, on node: NodeID) -> Int64? {
        device(of: key, on: node)?.telegramID
    }
}
