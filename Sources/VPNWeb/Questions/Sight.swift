import Accounting
import Fleet
import Store
import WireGuard

/// When nobody looked at what a selection is about: before the first sight, over gaps, since a node went away, and from now on.
struct Sight {
    /// In order, and apart from each other. From `now` on nobody has looked either.
    private var unseen: [Range<Int64>] = []

    /// Likewise of each place, but for what was before its first sight.
    private var byPlace: [Place: [Range<Int64>]] = [:]
    private var firsts: [Place: Int64] = [:]
    private let places: [Place]
    private let now: UnixTime

    /// Events of gaps in the window, and the one after it that began in it.
    private(set) var gaps: [Event] = []

    struct Place: Hashable, Comparable {
        var node: NodeID
        var interface: String

        static func < (a: Place, b: Place) -> Bool { (a.node, a.interface) < (b.node, b.interface) }
    }

    /// Nodes that are to be read now, and how often.
    typealias Watched = [NodeID: Duration]

    /// What is away now, and since when.
    private(set) var away: [(place: Place, since: UnixTime)] = []

    private static let most = 20_000

    init(
        of selection: Selection, in window: Range<UnixTime>, ledgers: [NodeID: Ledger], store: TrafficStore,
        watched: Watched, now: UnixTime
    ) throws(StoreError) {
        self.now = now
        places = Sight.places(selection, ledgers)
        let sights = try store.firstSights()
        for place in places { firsts[place] = sights[place.node]?[place.interface]?.seconds }
        unseen.append(Int64.min..<(firsts.values.min() ?? now.seconds))
        for event in try Sight.gaps(selection, window, Set(places), store, now) {
            guard let since = event.since, since < event.at else {
                // The clock was set back: both moments are in doubt, and no time between them.
                if window.contains(event.at) { gaps.append(event) }
                miss(event.at.seconds..<event.at.seconds + 1, at: event.place)
                continue
            }
            miss(since.seconds..<event.at.seconds, at: event.place)
            if since < window.upperBound { gaps.append(event) }
        }
        for place in places {
            guard let ledger = ledgers[place.node], let standing = ledger.interfaces[place.interface]?.standing else {
                continue
            }
            // An interface that is not there while its node answers is seen not to be there.
            let last = ledger.interfaces.values.map(\.standing.lastSeen.at).max() ?? standing.lastSeen.at
            let poll = watched[place.node]
            guard poll != nil || selection.node == place.node else { continue }
            guard Duration.seconds(now.seconds(since: last)) > (poll ?? .zero) * 3, last < now else { continue }
            miss(last.seconds..<now.seconds, at: place)
            if last < window.upperBound { away.append((place, last)) }
        }
        unseen = Sight.joined(unseen)
        byPlace = byPlace.mapValues(Sight.joined)
    }

    private mutating func miss(_ times: Range<Int64>, at place: Place) {
        unseen.append(times)
        byPlace[place, default: []].append(times)
    }

    private static func joined(_ parts: [Range<Int64>]) -> [Range<Int64>] {
        var joined: [Range<Int64>] = []
        for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, part.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
            } else {
                joined.append(part)
            }
        }
        return joined
    }

    /// Nobody looked for a part of these hours, or there are none: nothing is known of such a time. Of the hour under way only
    /// what is past is asked.
    func hasGap(_ hours: Range<UnixTime>) -> Bool {
        isUnknown(hours) || Sight.touches(unseen, hours)
    }

    /// Likewise of some places alone; none: of all.
    func hasGap(_ hours: Range<UnixTime>, at places: Set<Place>) -> Bool {
        let first = places.compactMap { firsts[$0] }.min()
        guard let first else { return hasGap(hours) }
        return isUnknown(hours) || hours.lowerBound.seconds < first
            || places.contains { byPlace[$0].map { Sight.touches($0, hours) } ?? false }
    }

    /// Of which subjects `hasGap(_:at:)` says yes, where that is not a matter of their places. Nil: it is.
    func hasGapEverywhere(_ hours: Range<UnixTime>) -> Bool? {
        guard !places.isEmpty, !isUnknown(hours) else { return hasGap(hours) }
        let count = places.count { place in
            firsts[place].map { hours.lowerBound.seconds < $0 } ?? false
                || byPlace[place].map { Sight.touches($0, hours) } ?? false
        }
        return count == 0 ? false : count == places.count ? true : nil
    }

    private func isUnknown(_ hours: Range<UnixTime>) -> Bool { hours.isEmpty || hours.lowerBound >= now }

    private static func touches(_ parts: [Range<Int64>], _ hours: Range<UnixTime>) -> Bool {
        var (low, high) = (0, parts.count)
        while low < high {
            let middle = (low + high) / 2
            if parts[middle].upperBound > hours.lowerBound.seconds { high = middle } else { low = middle + 1 }
        }
        return low < parts.count && parts[low].lowerBound < hours.upperBound.seconds
    }

    /// Where each subject has bytes, by shares and keys.
    static func places(_ grouping: Usage.Grouping, _ ledgers: [NodeID: Ledger]) -> [Usage.Subject: Set<Place>] {
        var places: [Usage.Subject: Set<Place>] = [:]
        for (node, ledger) in ledgers where node != TotalsImport.node {
            for (name, interface) in ledger.interfaces {
                let place = Place(node: node, interface: name)
                switch grouping {
                case .node: places[.node(node), default: []].insert(place)
                case .peer: for key in interface.counters.keys { places[.peer(key), default: []].insert(place) }
                case .user:
                    for share in interface.counters.values.lazy.flatMap(\.shares) {
                        places[.user(share.owner), default: []].insert(place)
                    }
                }
            }
        }
        return places
    }

    /// Interfaces that have what is selected; where none has, those it would be on.
    private static func places(_ selection: Selection, _ ledgers: [NodeID: Ledger]) -> [Place] {
        var all: [Place] = []
        var narrow: [Place] = []
        // What was imported nobody looked at.
        for (node, ledger) in ledgers
        where node != TotalsImport.node && (selection.node == nil || selection.node == node) {
            for (name, interface) in ledger.interfaces {
                all.append(Place(node: node, interface: name))
                if interface.counters.contains(where: { selection.takes($0.key, $0.value) }) {
                    narrow.append(Place(node: node, interface: name))
                }
            }
        }
        let isAll = selection.user == nil && selection.peer == nil
        return (narrow.isEmpty || isAll ? all : narrow).sorted()
    }

    /// Of the window, then, further and further on, what ended after it.
    private static func gaps(
        _ selection: Selection, _ window: Range<UnixTime>, _ places: Set<Place>, _ store: TrafficStore, _ now: UnixTime
    ) throws(StoreError) -> [Event] {
        // By node: a gap is an interface's, whether or not it has what is selected.
        func read(_ from: UnixTime, _ to: UnixTime) throws(StoreError) -> [Event] {
            try store.events(from: from, to: to, of: Selection(node: selection.node), kinds: [.gap], limit: most)
                .filter { places.contains($0.place) }
        }
        var found = try read(window.lowerBound, window.upperBound)
        var sought = places
        var from = window.upperBound
        var span: Int64 = 86_400
        while from <= now, !sought.isEmpty {
            let to = from.advanced(by: span)
            for event in try read(from, to)
            where sought.remove(event.place) != nil {
                if let since = event.since, since < window.upperBound { found.append(event) }
            }
            from = to
            span *= 8
        }
        return found
    }
}

extension Event {
    fileprivate var place: Sight.Place { Sight.Place(node: node, interface: interface) }
}

extension Selection {
    /// The counter of this key has something of what is selected.
    func takes(_ key: PublicKey, _ counter: Counter) -> Bool {
        (peer == nil || peer == key) && (user == nil || counter.shares.contains(where: takes))
    }

    func takes(_ share: Counter.Share) -> Bool {
        switch user {
        case .telegramID(let id): share.owner == id
        case .unmatched: share.owner == nil
        case nil: true
        }
    }

    func takes(owner: Int64?) -> Bool {
        takes(Counter.Share(owner: owner))
    }
}
