import Accounting
import Fleet
import Pages
import Store
import WireGuard

extension Questions {
    /// Lines of one story; what is older is told as growth.
    static let mostEntries = 10_000

    /// Instead of a step of time: growth is told sample by sample, as far back as samples are kept, and before by the hour.
    static let poll = "poll"
    static let storySteps = OwnerZone.Step.allCases.map(\.rawValue) + [poll]

    /// What was booked of a key, or of a user's keys, in the window: every line, and sums that are those of `history`.
    ///
    /// Events come one by one; plain growth, of which no event is kept, by the window's steps, or by poll.
    ///
    /// - Parameter window: a `whole` one; for `byPoll`, in hours.
    func story(
        _ window: Window, of selection: Selection, byPoll: Bool = false, zone: OwnerZone
    ) throws(StoreError) -> LedgerAnswer {
        let cuts = window.counted(try store.horizons().hours)
        let hours = Questions.whole(cuts)
        var answer = LedgerAnswer(
            from: cuts.first ?? window.from, to: cuts.last ?? window.to, timezone: zone.name,
            step: byPoll ? Questions.poll : window.step.rawValue)
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
        let grown = try growth(
            window, cuts, selection, entries, nodes: Set(answer.counters.map(\.node)), naming: byPoll ? naming : nil)
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

    /// Of one node, in one step, of a key's owner or of an owner's key.
    private struct Part: Hashable {
        var start: UnixTime
        var node: NodeID
        var subject: Usage.Subject
    }

    /// What `usage` has, less what the entries tell.
    ///
    /// - Parameter naming: nil: no sample is told by itself.
    private func growth(
        _ window: Window, _ cuts: [UnixTime], _ selection: Selection, _ entries: [LedgerAnswer.Entry],
        nodes: Set<NodeID>, naming: Naming?
    ) throws(StoreError) -> Grown {
        let isKey = selection.peer != nil
        func part(_ at: UnixTime, _ node: NodeID, _ key: PublicKey, _ owner: Int64?) -> Part? {
            guard let index = cuts.lastIndex(notAfter: at), index + 1 < cuts.count else { return nil }
            return Part(start: window.cuts[index], node: node, subject: isKey ? .user(owner) : .peer(key))
        }
        var told: [Part: Traffic] = [:]
        for entry in entries where entry.counts && !entry.isOpening {
            guard let key = entry.publicKey, let part = part(entry.at, entry.node, key, entry.owner) else { continue }
            told[part, default: .zero] += entry.booked ?? .zero
        }
        var grown = Grown()
        var rests: [(part: Part, traffic: Traffic, hasGap: Bool)] = []
        for node in nodes.sorted() {
            var own = selection
            own.node = node
            for usage in try store.usage(by: isKey ? .user : .peer, cuts: window.cuts, of: own) {
                grown.sums.append((node, Questions.whose(usage.subject, selection).1, usage.traffic))
                let part = Part(start: usage.start, node: node, subject: usage.subject)
                let known = told[part] ?? .zero
                let rest = Traffic(rx: usage.traffic.rx.less(known.rx), tx: usage.traffic.tx.less(known.tx))
                if !rest.isZero { rests.append((part, rest, usage.hasGap)) }
            }
        }
        // After the sums: what was booked meanwhile is in no sum, and told by nothing.
        var steps: [Part: [LedgerAnswer.Entry]] = [:]
        if let naming, let first = cuts.first {
            for step in try store.steps(of: selection, since: first, limit: Questions.mostEntries) {
                let owner = naming.owner(of: step)
                guard selection.takes(owner: owner),
                    let part = part(step.at, step.counter.node, step.counter.publicKey, owner)
                else { continue }
                steps[part, default: []].append(.init(step, owner: owner))
            }
        }
        var room = Questions.mostEntries - entries.count
        let ends = Dictionary(zip(window.cuts, window.cuts.dropFirst())) { $1 }
        for (part, rest, hasGap) in rests.sorted(by: { $0.part.start > $1.part.start }) {
            if let all = Questions.steps(steps[part] ?? [], of: rest), all.count <= room {
                grown.entries += all
                room -= all.count
            } else if let end = ends[part.start] {
                let (key, owner) = Questions.whose(part.subject, selection)
                grown.entries.append(
                    .init(grown: rest, part.start..<end, node: part.node, key: key, owner: owner, hasGap: hasGap))
            }
        }
        return grown
    }

    /// Those of the samples that make up the sum, but for what was booked after it. Nil: not all of them are kept.
    ///
    /// - Parameter steps: the newest first.
    private static func steps(_ steps: [LedgerAnswer.Entry], of sum: Traffic) -> ArraySlice<LedgerAnswer.Entry>? {
        var left = steps.reduce(into: Traffic.zero) { $0 += $1.booked ?? .zero }
        var steps = steps[...]
        while left != sum, let booked = steps.popFirst()?.booked {
            left = Traffic(rx: left.rx.less(booked.rx), tx: left.tx.less(booked.tx))
        }
        return steps.isEmpty ? nil : steps
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

extension [UnixTime] {
    /// Of times in their order.
    fileprivate func lastIndex(notAfter time: UnixTime) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }
}

extension UInt64 {
    /// 0 where `other` is more.
    fileprivate func less(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
