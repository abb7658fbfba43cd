package import Fleet
package import WireGuard

extension Ledger {
    /// How many of the last samples are known again. A late double of an older one cannot be told from a reset.
    package static let remembered = 8

    /// Judges a sample by the accounting rules. Costs O(peers of the sample); alters nothing.
    ///
    /// - Parameters:
    ///   - poll: the node's poll interval: what is further apart than one and a half of it carries a gap mark.
    ///   - owner: who owns a key now by the bot's files; nil: nobody.
    package func book(_ sample: Sample, poll: Duration, owner: (PublicKey) -> Int64?) -> Booking {
        precondition(sample.node == node, "a sample of another node")
        let fingerprint = Fingerprint(sample)
        var booking = Booking(
            node: node, stamp: Stamp(sample: samples + 1, at: sample.takenAt), isComplete: sample.isComplete,
            recent: recent)
        guard !recent.contains(fingerprint) else {
            booking.isDuplicate = true
            return booking
        }
        booking.recent = recent.suffix(Ledger.remembered - 1) + [fingerprint]

        let clerk = Clerk(stamp: booking.stamp, isComplete: sample.isComplete, bootID: sample.bootID, poll: poll)
        var names: Set<String> = []
        for interface in sample.interfaces where names.insert(interface.name).inserted {
            booking.interfaces.append(clerk.book(interface, onto: interfaces[interface.name], owner: owner))
        }
        return booking
    }
}

/// Books the interfaces of one sample.
private struct Clerk {
    var stamp: Stamp
    var isComplete: Bool
    var bootID: String?
    var poll: Duration

    func book(
        _ interface: WireGuard.Interface, onto state: Ledger.Interface?, owner: (PublicKey) -> Int64?
    ) -> InterfaceBooking {
        let before = state?.standing
        let began = before.flatMap { beganAgain($0, interface) }
        let standing = Standing(
            bootID: bootID, index: interface.index, life: (before?.life ?? 0) + (began == nil ? 0 : 1),
            lifeCause: began ?? before?.lifeCause, lastSeen: stamp,
            lastComplete: isComplete ? stamp : before?.lastComplete)

        var part = InterfaceBooking(
            name: interface.name, isNew: state == nil, standing: standing, entries: [], gone: [])
        let steps = steps(interface, state, life: standing.life)
        let isRestart = isComplete && began == nil && isRestart(steps)

        for step in steps {
            guard let counter = step.counter, let standingBefore = before else {
                part.entries.append(first(step, before, life: standing.life, owner: owner))
                part.entries[part.entries.count - 1].network = interface.network(of: step.peer)
                continue
            }
            let sight = standingBefore.lastSight(of: counter)
            let verdict = step.verdict(isRestart: isRestart, lifeCause: standing.lifeCause)
            if verdict.cause == .growth, isComplete, step.after.showsSame(as: sight) { continue }
            part.entries.append(
                entry(step, sight, verdict.cause, counter: counter, life: standing.life, owner: owner))
            part.entries[part.entries.count - 1].isInferred = verdict.isInferred
            if step.after.latestHandshake != sight.latestHandshake {
                part.entries[part.entries.count - 1].network = interface.network(of: step.peer)
            }
        }
        if isComplete, let state { part.gone = gone(steps, state, besides: interface.misplaced) }
        if let before {
            part.reset = reset(began, isRestart, part.entries, steps, since: before.lastSeen.at)
            if isGap(before.lastSeen.at) { part.gap = Gap(since: before.lastSeen.at, until: stamp.at) }
        }
        return part
    }

    /// (a) Proof that every counter of the interface began again.
    private func beganAgain(_ before: Standing, _ interface: WireGuard.Interface) -> Cause? {
        if let old = before.bootID, let new = bootID, old != new { return .reboot }
        if let old = before.index, let new = interface.index, old != new { return .recreated }
        return nil
    }

    /// Each key's first showing; a key that an interface shows twice counts once.
    private func steps(
        _ interface: WireGuard.Interface, _ state: Ledger.Interface?, life: Int64
    ) -> [Step] {
        var keys: Set<PublicKey> = []
        keys.reserveCapacity(interface.peers.count)
        var steps: [Step] = []
        steps.reserveCapacity(interface.peers.count)
        for (place, peer) in interface.peers.enumerated() where keys.insert(peer.publicKey).inserted {
            steps.append(
                Step(
                    peer: place, publicKey: peer.publicKey, counter: state?.counters[peer.publicKey],
                    after: Reading(peer, stamp), life: life))
        }
        return steps
    }

    /// (d) At least two fallen or back at never, and none proven to go on.
    private func isRestart(_ steps: [Step]) -> Bool {
        var fallen = 0
        for step in steps {
            if step.isProvenToGoOn { return false }
            if step.isFallen { fallen += 1 }
        }
        return fallen >= 2
    }

    /// A key without a counter: rule 1 where no complete sample tells that it was not there, else rule 2.
    private func first(
        _ step: Step, _ before: Standing?, life: Int64, owner: (PublicKey) -> Int64?
    ) -> Entry {
        let since = before?.lastComplete?.at
        return Entry(
            publicKey: step.publicKey, before: nil, after: step.after, cause: since == nil ? .opening : .appeared,
            isInferred: false, traffic: step.after.traffic, owner: owner(step.publicKey), since: since,
            hasGap: since.map(isGap) ?? false, epoch: 1, life: life)
    }

    private func entry(
        _ step: Step, _ sight: Reading, _ cause: Cause, counter: Counter, life: Int64, owner: (PublicKey) -> Int64?
    ) -> Entry {
        Entry(
            publicKey: step.publicKey, before: sight, after: step.after, cause: cause, isInferred: false,
            traffic: cause.beginsEpoch ? step.after.traffic : step.after.growth(from: sight),
            owner: owner(step.publicKey), since: sight.at, hasGap: isGap(sight.at),
            epoch: counter.epoch + (cause.beginsEpoch ? 1 : 0), life: life)
    }

    private func gone(
        _ steps: [Step], _ state: Ledger.Interface, besides misplaced: Set<PublicKey>
    ) -> [InterfaceBooking.Gone] {
        let shown = steps.count { $0.counter?.isOpen == true }
        guard shown < state.open else { return [] }
        let keys = Set(steps.map(\.publicKey)).union(misplaced)
        return state.counters
            .filter { $0.value.isOpen && !keys.contains($0.key) }
            .map { .init(publicKey: $0.key, reading: state.standing.lastSight(of: $0.value)) }
            .sorted { $0.publicKey < $1.publicKey }
    }

    private func reset(
        _ began: Cause?, _ isRestart: Bool, _ entries: [Entry], _ steps: [Step], since: UnixTime
    ) -> Reset? {
        let fell = steps.filter { step in
            guard let counter = step.counter, counter.isOpen else { return false }
            return step.after.fell(from: counter.reading)
        }
        let inferred = entries.filter(\.isInferred)
        guard began != nil || !fell.isEmpty || !inferred.isEmpty else { return nil }
        let late = entries.first { $0.cause == .reboot || $0.cause == .recreated }?.cause
        return Reset(
            cause: began ?? late ?? (isRestart ? .interfaceReset : .peerReset), since: since, until: stamp.at,
            fell: fell.map(\.publicKey), inferred: inferred.map(\.publicKey))
    }

    /// More than one and a half poll intervals since `earlier`, or the clock was set back.
    private func isGap(_ earlier: UnixTime) -> Bool {
        let (seconds, overflow) = stamp.at.seconds.subtractingReportingOverflow(earlier.seconds)
        return overflow || seconds < 0 || Duration.seconds(seconds) * 2 > poll * 3
    }
}

/// One key of the sample beside what was known of it.
private struct Step {
    /// Its place among the interface's peers.
    var peer: Int
    var publicKey: PublicKey
    var counter: Counter?
    var after: Reading

    /// The interface's life now; another one in the counter means that its reading bears no comparison.
    var life: Int64

    private var comparable: Counter? { counter.flatMap { $0.life == life ? $0 : nil } }

    var isProvenToGoOn: Bool {
        comparable.map { after.goesOn(from: $0.reading) } ?? false
    }

    var isFallen: Bool {
        guard let counter = comparable, counter.isOpen else { return false }
        return after.fell(from: counter.reading) || after.isBackAtNever(since: counter.reading)
    }

    /// Rule 3 and the return of rule 4, for a key that has a counter.
    func verdict(isRestart: Bool, lifeCause: Cause?) -> (cause: Cause, isInferred: Bool) {
        guard let counter else { return (.appeared, false) }
        guard counter.life == life else { return (counter.isOpen ? lifeCause ?? .reboot : .returned, false) }
        let fell = after.fell(from: counter.reading)
        guard counter.isOpen else { return (isProvenToGoOn ? .resumed : .returned, false) }
        if fell { return (isRestart ? .interfaceReset : .peerReset, false) }
        return isRestart ? (.interfaceReset, true) : (.growth, false)
    }
}

extension WireGuard.Interface {
    fileprivate func network(of place: Int) -> Network? {
        peers[place].latestHandshake == nil ? nil : endpoint(of: peers[place]).flatMap(Network.init)
    }
}
