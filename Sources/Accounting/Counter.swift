package import Fleet
package import WireGuard

/// What the ledger knows of one counter.
package struct Counter: Equatable, Sendable {
    /// The newest that was written. A complete sample that shows the same again does not move it: see `Ledger`.
    package var reading: Reading

    /// False: a complete sample showed the interface without this peer.
    package var isOpen: Bool

    /// From 1; another number whenever the node's counter began anew.
    package var epoch: Int64

    /// The interface's `Standing.life` in which `reading` was made.
    package var life: Int64

    package var countedSince: UnixTime

    /// What was booked, by who owned the key at that moment: one for each owner, unmatched first, then by number.
    package private(set) var shares: [Share]

    package struct Share: Equatable, Sendable {
        /// Nil: unmatched, the bot named nobody.
        package var owner: Int64?

        /// Dated bytes: the sum of deltas.
        package var counted: Traffic

        /// What was there before anybody looked.
        package var opening: Traffic

        package var lifetime: Traffic { counted + opening }

        package init(owner: Int64?, counted: Traffic = .zero, opening: Traffic = .zero) {
            self.owner = owner
            self.counted = counted
            self.opening = opening
        }
    }

    package init(
        reading: Reading, isOpen: Bool = true, epoch: Int64 = 1, life: Int64, countedSince: UnixTime,
        shares: [Share] = []
    ) {
        self.reading = reading
        self.isOpen = isOpen
        self.epoch = epoch
        self.life = life
        self.countedSince = countedSince
        self.shares = shares
        sort()
    }

    package var opening: Traffic { shares.reduce(into: .zero) { $0 += $1.opening } }
    package var lifetime: Traffic { shares.reduce(into: .zero) { $0 += $1.lifetime } }

    package mutating func add(counted: Traffic = .zero, opening: Traffic = .zero, to owner: Int64?) {
        if counted.isZero && opening.isZero { return }
        if let i = shares.firstIndex(where: { $0.owner == owner }) {
            shares[i].counted += counted
            shares[i].opening += opening
        } else {
            shares.append(Share(owner: owner, counted: counted, opening: opening))
            sort()
        }
    }

    /// What was unmatched is somebody's now.
    mutating func name(_ attribution: Attribution) {
        shares.removeAll { $0.owner == nil }
        add(counted: attribution.counted, opening: attribution.opening, to: attribution.owner)
    }

    private mutating func sort() {
        shares.sort { a, b in
            guard let a = a.owner, let b = b.owner else { return a.owner == nil && b.owner != nil }
            return a < b
        }
    }
}

/// What the ledger knows of an interface as a whole.
package struct Standing: Equatable, Sendable {
    /// As told by the last sample that showed the interface; nil where that one told none, since then
    /// a later value proves nothing about the time in between.
    package var bootID: String?
    package var index: UInt32?

    /// From 0; another number whenever boot id or index proved that all its counters began again. A counter read in
    /// an earlier life, and not shown since, counts in full when it is.
    package var life: Int64

    /// What began the present life. Nil: the first.
    package var lifeCause: Cause?

    /// The last sample that showed the interface, and the last complete one. Nil: none was complete yet.
    package var lastSeen: Stamp
    package var lastComplete: Stamp?

    package init(
        bootID: String?, index: UInt32?, life: Int64 = 0, lifeCause: Cause? = nil, lastSeen: Stamp,
        lastComplete: Stamp?
    ) {
        self.bootID = bootID
        self.index = index
        self.life = life
        self.lifeCause = lifeCause
        self.lastSeen = lastSeen
        self.lastComplete = lastComplete
    }

    /// When `reading` was last seen to be so: an open counter was in the last complete sample, or it would be closed.
    func lastSight(of counter: Counter) -> Reading {
        guard counter.isOpen, let lastComplete, lastComplete.sample > counter.reading.stamp.sample else {
            return counter.reading
        }
        var reading = counter.reading
        reading.stamp = lastComplete
        return reading
    }
}
