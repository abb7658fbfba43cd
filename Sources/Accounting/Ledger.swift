package import Fleet
package import WireGuard

/// All that is booked of one node: where each counter stands, and what was counted.
///
/// `book` judges a sample and alters nothing; when the store has the booking, `apply` moves the ledger. So a failed
/// transaction leaves both as they were, and the next sample's deltas hold what this one's would have.
package struct Ledger: Equatable, Sendable {
    package let node: NodeID

    /// Samples booked so far: the number of the last one.
    package private(set) var samples: Int64

    /// Of the last samples, newest last: one that comes again adds nothing.
    package private(set) var recent: [Fingerprint]

    package private(set) var interfaces: [String: Interface]

    package struct Interface: Equatable, Sendable {
        package var standing: Standing
        package var counters: [PublicKey: Counter]

        /// How many counters are open, so that nobody looks for a missing one where none is.
        private(set) var open: Int

        package init(standing: Standing, counters: [PublicKey: Counter] = [:]) {
            self.standing = standing
            self.counters = counters
            open = counters.values.count { $0.isOpen }
        }

        mutating func close(_ gone: InterfaceBooking.Gone) {
            guard counters[gone.publicKey]?.isOpen == true else { return }
            counters[gone.publicKey]?.isOpen = false
            counters[gone.publicKey]?.reading = gone.reading
            open -= 1
        }

        mutating func enter(_ entry: Entry) {
            if counters[entry.publicKey]?.isOpen != true { open += 1 }
            counters[entry.publicKey, default: Counter(opening: entry)].enter(entry)
        }
    }

    package init(
        node: NodeID, samples: Int64 = 0, recent: [Fingerprint] = [], interfaces: [String: Interface] = [:]
    ) {
        self.node = node
        self.samples = samples
        self.recent = recent
        self.interfaces = interfaces
    }

    /// Moves the ledger past a booking of its own.
    package mutating func apply(_ booking: Booking) {
        precondition(booking.node == node, "a booking of another node")
        guard !booking.isDuplicate else { return }
        precondition(booking.stamp.sample == samples + 1, "a booking of another state of the ledger")
        samples = booking.stamp.sample
        recent = booking.recent
        for part in booking.interfaces {
            interfaces[part.name, default: Interface(standing: part.standing)].enter(part)
        }
    }

    package mutating func apply(_ attributions: [Attribution]) {
        for one in attributions where one.counter.node == node {
            interfaces[one.counter.interface]?.counters[one.counter.publicKey]?.name(one)
        }
    }
}

extension Ledger.Interface {
    fileprivate mutating func enter(_ part: InterfaceBooking) {
        standing = part.standing
        for gone in part.gone { close(gone) }
        for entry in part.entries { enter(entry) }
    }
}

extension Counter {
    fileprivate init(opening entry: Entry) {
        self.init(reading: entry.after, epoch: entry.epoch, life: entry.life, countedSince: entry.after.at)
    }

    fileprivate mutating func enter(_ entry: Entry) {
        reading = entry.after
        isOpen = true
        epoch = entry.epoch
        life = entry.life
        if entry.cause == .opening {
            add(opening: entry.traffic, to: entry.owner)
        } else {
            add(counted: entry.traffic, to: entry.owner)
        }
    }
}
