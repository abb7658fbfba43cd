import Accounting
import Fleet
import Pages
import Store
import WireGuard

// Why a line of the ledger is there, in English: explain, replay and the API say it alike.
extension LedgerAnswer.Entry {
    /// A step of a counter, as it was booked.
    init(_ entry: Accounting.Entry, at: UnixTime, sample: Int64, node: NodeID, interface: String) {
        self.init(
            at: at, node: node,
            kind: entry.cause.beginsEpoch ? Event.Kind.epoch.rawValue : entry.cause.rawValue)
        since = entry.since
        self.interface = interface
        publicKey = entry.publicKey
        cause = entry.cause.rawValue
        isInferred = entry.isInferred
        hasGap = entry.hasGap
        self.sample = sample
        before = entry.before?.traffic
        after = entry.after.traffic
        booked = entry.traffic
        isOpening = entry.cause == .opening
        owner = entry.owner
        counts = true
        words = Self.words(self, entry.cause)
    }

    /// As it was stored; `owner`: whose it is now.
    init(_ event: Event, owner: Int64?) {
        self.init(at: event.at, node: event.node, kind: event.kind.rawValue)
        since = event.since
        interface = event.interface
        publicKey = event.publicKey
        cause = event.cause?.rawValue
        isInferred = event.isInferred
        sample = event.sample
        before = event.before
        after = event.after
        booked = event.traffic
        isOpening = event.cause == .opening
        self.owner = owner
        words =
            switch event.kind {
            case .epoch, .resumed: Self.words(self, event.cause)
            case .gone: Self.gone(before)
            case .reset: Self.reset(event.cause, since: since)
            case .gap: Self.gap(since: since, until: at)
            case .named: Self.named(booked, owner: owner ?? 0)
            }
    }

    /// What one sample added.
    init(_ step: CounterStep, owner: Int64?) {
        self.init(at: step.at, node: step.counter.node, kind: "growth")
        interface = step.counter.interface
        publicKey = step.counter.publicKey
        cause = Cause.growth.rawValue
        hasGap = step.hasGap
        sample = step.sample
        (before, after, booked) = (step.before, step.after, step.traffic)
        self.owner = owner
        counts = true
        words = Self.words(self, .growth)
    }

    /// What went on growing in a step of time.
    init(grown: Traffic, _ span: Range<UnixTime>, node: NodeID, key: PublicKey?, owner: Int64?, hasGap: Bool) {
        self.init(at: span.lowerBound, node: node, kind: "growth")
        until = span.upperBound
        publicKey = key
        cause = Cause.growth.rawValue
        self.hasGap = hasGap
        booked = grown
        self.owner = owner
        counts = true
        words = "grew by \(Self.bytes(grown))" + (hasGap ? Self.doubt : "")
    }

    private static func words(_ entry: Self, _ cause: Cause?) -> String {
        let bytes = bytes(entry.booked)
        let way = "(\(reading(entry.before)) → \(reading(entry.after)))"
        let unseen =
            entry.since.map { "; what it counted after \($0.rfc3339) until then nobody saw" } ?? ""
        let words =
            switch cause {
            case .opening:
                "opening balance, \(bytes): there before anybody looked, so it is in totals and in no hour, day or month"
            case .appeared: "new here, began at 0\(entry.since.map { " after \($0.rfc3339)" } ?? ""): \(bytes) in full"
            case .growth: "grew by \(bytes) \(way)"
            case .peerReset: "began again, for a number fell \(way): \(bytes) in full\(unseen)"
            case .interfaceReset where entry.isInferred:
                "inferred to have begun again, as its neighbours did, though it only grew \(way): \(bytes) in full; "
                    + "if it went on, \(reading(entry.before)) is there twice\(unseen)"
            case .interfaceReset: "began again with its whole interface \(way): \(bytes) in full\(unseen)"
            case .reboot: "began again, for the node has another boot id \(way): \(bytes) in full\(unseen)"
            case .recreated: "began again, for the interface has another index \(way): \(bytes) in full\(unseen)"
            case .returned: "was gone and is back as a new peer \(way): \(bytes) in full"
            case .resumed:
                "was gone and is back with the handshake it had, the old peer \(way): \(bytes), the difference"
            case nil: "\(bytes) \(way), for a reason that this version does not know"
            }
        return words + (entry.hasGap ? doubt : "")
    }

    static func named(_ booked: Traffic?, owner: Int64) -> String {
        "the bot names the key: what nobody owned, \(bytes(booked)), is user \(owner)'s now"
    }

    static func gone(_ before: Traffic?) -> String {
        "gone: a complete answer shows it no more; it had \(reading(before)), and what was counted stays"
    }

    static func reset(_ cause: Cause?, since: UnixTime?) -> String {
        "counters of the interface began again (\(cause?.rawValue ?? "unknown"))"
            + (since.map { "; what they counted after \($0.rfc3339) until then nobody saw" } ?? "")
    }

    static func gap(since: UnixTime?, until: UnixTime) -> String {
        guard let since else { return "nobody looked" }
        guard since < until else {
            return "the clock was set back by \(since.seconds(since: until)) s: hours may be mixed"
        }
        return
            "nobody looked for \(until.seconds(since: since)) s, since \(since.rfc3339): nothing is lost, only when is uncertain"
    }

    private static let doubt = "; over a gap, so a part of it may be older"

    static func bytes(_ traffic: Traffic?) -> String {
        traffic.map { "rx \($0.rx), tx \($0.tx)" } ?? "nothing"
    }

    private static func reading(_ traffic: Traffic?) -> String {
        traffic.map { "\($0.rx)/\($0.tx)" } ?? "none"
    }
}
