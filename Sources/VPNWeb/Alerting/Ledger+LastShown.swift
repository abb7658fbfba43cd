import Accounting
import WireGuard

extension Ledger {
    /// How many keys the last sample showed, and when it was made. An interface that it did not show is not among them: its
    /// counters stand as they were. Nil: nothing was booked yet.
    func lastShown(besides panelKeys: Set<PublicKey>) -> (count: Int, at: UnixTime)? {
        guard let last = interfaces.values.map(\.standing.lastSeen.at).max() else { return nil }
        let count = interfaces.values.filter { $0.standing.lastSeen.at == last }.reduce(0) { sum, interface in
            sum + interface.counters.count { $0.value.isOpen && !panelKeys.contains($0.key) }
        }
        return (count, last)
    }
}
