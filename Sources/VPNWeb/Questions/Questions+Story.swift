import Accounting
import Fleet
import Pages
import Store
import WireGuard

extension Questions {
    /// Lines of one story; what is older is told as growth.
    static let mostEntries = 10_000

    /// What was booked of a key, or of a user's keys, in the window: every line, and sums that are those of `history`.
    ///
    /// Events come one by one; plain growth, of which no event is kept, by the window's steps.
    ///
    /// - Parameter window: a `whole` one.
    func story(
        _ window: Window, of selection: Selection, zone: OwnerZone
    ) throws(StoreError) -> LedgerAnswer {
        let cuts = window.counted(try store.horizons().hours)
        let hours = Questions.whole(cuts)
        var answer = LedgerAnswer(
            from: cuts.first ?? window.from, to: cuts.last ?? window.to, timezone: zone.name,
            step: window.step.rawValue)
        answer.publicKey = selection.peer
        answer.user =
            switch selection.user {
            case .telegramID(let id): .telegramID(id)
            case .unmatched: .unmatched
            case nil: nil
            }

        // Events before sums: what is booked meanwhile is then growth, and nothing is missing.
        let events = try store.events(
            from: hours.lowerBound, to: hours.upperBound, of: selection, limit: Questions.mostEntries)
        let naming = try Naming(store, selection, from: hours.lowerBound)
        let entries = Questions.entries(events, naming, selection)
        let ledgers = try ledgers(selection)
        answer.counters = Questions.counters(selection, ledgers)
        let grown = try growth(window, cuts, selection, entries, nodes: Set(answer.counters.map(\.node)))
        answer.entries = (grown.entries + entries).enumerated().sorted { a, b in
            a.element.order == b.element.order ? a.offset < b.offset : a.element.order < b.element.order
        }.map(\.element)
        answer.isCut = events.count == Questions.mostEntries

        var byNode: [NodeID: (opening: Traffic, dated: Traffic)] = [:]
        var byUser: [Int64?: (opening: Traffic, dated: Traffic)] = [:]
        for counter in answer.counters where hours.contains(counter.countedSince) {
            for share in counter.shares where !share.opening.isZero {
                byNode[counter.node, default: (.zero, .zero)].opening += share.opening
                byUser[share.subject, default: (.zero, .zero)].opening += share.opening
                answer.opening += share.opening
            }
        }
        for sum in grown.sums {
            byNode[sum.node, default: (.zero, .zero)].dated += sum.traffic
            byUser[sum.owner, default: (.zero, .zero)].dated += sum.traffic
            answer.dated += sum.traffic
        }
        answer.byNode = byNode.sorted { $0.key < $1.key }.map { .init($0, opening: $1.opening, dated: $1.dated) }
        answer.byUser = byUser.sorted { ($0.key ?? .min) < ($1.key ?? .min) }
            .map { .init($0, opening: $1.opening, dated: $1.dated) }
        return answer
    }

    private static func counters(_ selection: Selection, _ ledgers: [NodeID: Ledger]) -> [LedgerAnswer.Counter] {
        var found: [(CounterID, Counter)] = []
        for (node, ledger) in ledgers where selection.node == nil || selection.node == node {
            for (name, interface) in ledger.interfaces {
                for (key, counter) in interface.counters where selection.takes(key, counter) {
                    found.append((CounterID(node: node, interface: name, publicKey: key), counter))
                }
            }
        }
        return found.sorted { $0.0 < $1.0 }.map { id, counter in
            LedgerAnswer.Counter(
                node: id.node, interface: id.interface, publicKey: id.publicKey, isOpen: counter.isOpen,
                epoch: counter.epoch, countedSince: counter.countedSince, reading: counter.reading.traffic,
                readAt: counter.reading.at, sample: counter.reading.stamp.sample,
                shares: counter.shares.filter(selection.takes).map {
                    .init($0.owner, opening: $0.opening, dated: $0.counted)
                })
        }
    }

    private static func entries(
        _ events: [Event], _ naming: Naming, _ selection: Selection
    ) -> [LedgerAnswer.Entry] {
        struct Sample: Hashable {
            var place: Sight.Place
            var number: Int64
        }
        func sample(_ event: Event) -> Sample {
            Sample(place: .init(node: event.node, interface: event.interface), number: event.sample)
        }
        let told = Set(events.filter { $0.cause?.isReset == true && $0.publicKey != nil }.map(sample))
        return events.compactMap { event in
            // Other peers' falls, and what this one's own entry tells.
            if event.kind == .reset, event.cause == .peerReset || told.contains(sample(event)) { return nil }
            var entry = LedgerAnswer.Entry(event, owner: event.publicKey == nil ? nil : naming.owner(of: event))
            entry.counts =
                event.kind != .named && entry.booked?.isZero == false && selection.takes(owner: entry.owner)
            return entry
        }
    }

    private struct Grown {
        var entries: [LedgerAnswer.Entry] = []
        var sums: [(node: NodeID, owner: Int64?, traffic: Traffic)] = []
    }

    /// What `usage` has, less what the entries tell.
    private func growth(
        _ window: Window, _ cuts: [UnixTime], _ selection: Selection, _ entries: [LedgerAnswer.Entry],
        nodes: Set<NodeID>
    ) throws(StoreError) -> Grown {
        struct Part: Hashable {
            var start: UnixTime
            var node: NodeID
            var subject: Usage.Subject
        }
        let isKey = selection.peer != nil
        var told: [Part: Traffic] = [:]
        for entry in entries where entry.counts && !entry.isOpening {
            guard let key = entry.publicKey, let index = cuts.lastIndex(where: { $0 <= entry.at })
            else { continue }
            let subject: Usage.Subject = isKey ? .user(entry.owner) : .peer(key)
            told[Part(start: window.cuts[index], node: entry.node, subject: subject), default: .zero] +=
                entry.booked ?? .zero
        }
        let ends = Dictionary(zip(window.cuts, window.cuts.dropFirst())) { $1 }
        var grown = Grown()
        for node in nodes.sorted() {
            var part = selection
            part.node = node
            for usage in try store.usage(by: isKey ? .user : .peer, cuts: window.cuts, of: part) {
                let (key, owner) = Questions.whose(usage.subject, selection)
                grown.sums.append((node, owner, usage.traffic))
                let known = told[Part(start: usage.start, node: node, subject: usage.subject)] ?? .zero
                let rest = Traffic(rx: usage.traffic.rx.less(known.rx), tx: usage.traffic.tx.less(known.tx))
                guard !rest.isZero, let end = ends[usage.start] else { continue }
                grown.entries.append(
                    .init(
                        grown: rest, usage.start..<end, node: node, key: key, owner: owner, hasGap: usage.hasGap))
            }
        }
        return grown
    }

    private static func whose(_ subject: Usage.Subject, _ selection: Selection) -> (PublicKey?, Int64?) {
        switch subject {
        case .user(let owner): (selection.peer, owner)
        case .peer(let key):
            if case .telegramID(let id) = selection.user { (key, id) } else { (key, nil) }
        case .node: (nil, nil)
        }
    }
}

extension LedgerAnswer.Entry {
    /// By time; of one sample, what is of the interface as a whole before what is of a key.
    fileprivate var order: (Int64, Int64, Int) { (at.seconds, sample ?? 0, publicKey == nil ? 0 : 1) }
}

extension UInt64 {
    /// 0 where `other` is more.
    fileprivate func less(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
