import Accounting
import Fleet
import Store
import WireGuard

extension RuleReplay {
    /// Samples with which most of the keys that a node showed went.
    func halved(_ percent: Int64) throws(StoreError) -> [Found] {
        var found: [Found] = []
        for node in configuration.fleetNodes.map(\.id) {
            let ledger = try store.ledger(of: node)
            let events = try store.events(
                from: from, to: to, of: Selection(node: node), kinds: [.gone, .resumed, .epoch])
            // Back from what is there now.
            var shown = ledger.lastShown(besides: configuration.panelKeys)?.count ?? 0
            for (at, group) in Dictionary(grouping: events, by: \.at).sorted(by: { $0.key > $1.key }) {
                let gone = group.count { $0.kind == .gone }
                let came = group.count { $0.kind == .resumed || $0.kind == .epoch && $0.cause == .appeared }
                let before = shown + gone - came
                if before >= 4, gone * 100 >= before * Int(percent) {
                    found.append(
                        Found(
                            subject: .node(node), since: at, until: nil, note: "\(gone) of \(before) keys went"))
                }
                shown = max(0, before)
            }
        }
        return found.sorted { $0.since < $1.since }
    }

    func unknown() throws(StoreError) -> [Found] {
        var found: [Found] = []
        for node in configuration.fleetNodes.map(\.id) {
            let ledger = try store.ledger(of: node)
            let counters = ledger.interfaces.values.flatMap(\.counters)
            guard let first = counters.map(\.value.countedSince).min() else { continue }
            for (key, counter) in counters {
                let isOwned = counter.shares.contains { $0.owner != nil }
                guard !isOwned, counter.countedSince >= from, counter.countedSince.seconds(since: first) > 300 else {
                    continue
                }
                found.append(
                    Found(
                        subject: .key(key.base64, on: node), since: counter.countedSince,
                        until: counter.isOpen ? nil : counter.reading.at, note: "counted, and nobody's"))
            }
        }
        return found.sorted { $0.since < $1.since }
    }
}
