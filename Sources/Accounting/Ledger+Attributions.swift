package import WireGuard

extension Ledger {
    /// Unmatched bytes of keys that have an owner now: to be stored, then applied. Asked after each change of the roster.
    package func attributions(owner: (PublicKey) -> Int64?) -> [Attribution] {
        var found: [Attribution] = []
        for (name, interface) in interfaces {
            for (key, counter) in interface.counters {
                guard let share = counter.shares.first(where: { $0.owner == nil }), let owner = owner(key) else {
                    continue
                }
                found.append(
                    Attribution(
                        counter: CounterID(node: node, interface: name, publicKey: key), owner: owner,
                        counted: share.counted, opening: share.opening))
            }
        }
        return found.sorted { $0.counter < $1.counter }
    }
}
