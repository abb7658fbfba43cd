package import Fleet
package import WireGuard

/// `/api/peers/{key}/ledger` and `explain --json`: what was booked of a key or of a user's keys in a window, line by line.
package struct LedgerAnswer: Sendable, Equatable {
    /// One of the two.
    package var publicKey: PublicKey?
    package var user: User?

    package var from: UnixTime
    package var to: UnixTime
    package var timezone: String
    package var step: String

    package var counters: [Counter] = []

    /// Oldest first.
    package var entries: [Entry] = []

    /// Older entries than these are left out; what they booked is in the growth of their time, or in the opening.
    package var isCut = false

    /// Of the window.
    package var opening = Traffic.zero
    package var dated = Traffic.zero
    package var byNode: [Sum<NodeID>] = []
    package var byUser: [Sum<Int64?>] = []

    package enum User: Sendable, Equatable {
        case telegramID(Int64)
        case unmatched
    }

    /// One counter as it stands now.
    package struct Counter: Sendable, Equatable {
        package var node: NodeID
        package var interface: String
        package var publicKey: PublicKey
        package var isOpen: Bool
        package var epoch: Int64
        package var countedSince: UnixTime

        /// The newest that was written.
        package var reading: Traffic
        package var readAt: UnixTime
        package var sample: Int64

        /// All that was ever booked, by who owned the key.
        package var shares: [Sum<Int64?>]

        package init(
            node: NodeID, interface: String, publicKey: PublicKey, isOpen: Bool, epoch: Int64, countedSince: UnixTime,
            reading: Traffic, readAt: UnixTime, sample: Int64, shares: [Sum<Int64?>]
        ) {
            self.node = node
            self.interface = interface
            self.publicKey = publicKey
            self.isOpen = isOpen
            self.epoch = epoch
            self.countedSince = countedSince
            self.reading = reading
            self.readAt = readAt
            self.sample = sample
            self.shares = shares
        }
    }

    package struct Sum<Subject: Sendable & Equatable>: Sendable, Equatable {
        package var subject: Subject
        package var opening: Traffic
        package var dated: Traffic

        package init(_ subject: Subject, opening: Traffic, dated: Traffic) {
            self.subject = subject
            self.opening = opening
            self.dated = dated
        }
    }

    package struct Entry: Sendable, Equatable {
        /// Of growth, when its step begins; else when the sample was taken.
        package var at: UnixTime

        /// Of growth: the step's end. Nil: it is one moment.
        package var until: UnixTime?

        /// When the interval began that it is about. Nil: nobody knows.
        package var since: UnixTime?
        package var node: NodeID

        /// Nil: growth, of all interfaces of the node.
        package var interface: String?

        /// Nil: the interface as a whole.
        package var publicKey: PublicKey?
        package var kind: String
        package var cause: String?
        package var isInferred = false
        package var hasGap = false
        package var sample: Int64?
        package var before: Traffic?
        package var after: Traffic?

        /// Nil: nothing.
        package var booked: Traffic?

        /// It is an opening balance: in no hour, day or month.
        package var isOpening = false

        /// Whose it is now. Nil: nobody's, or it is about nobody.
        package var owner: Int64?

        /// False: the bytes are in no sum here, they are somebody else's, or only moved.
        package var counts = false

        /// English.
        package var words = ""

        package init(at: UnixTime, node: NodeID, kind: String) {
            self.at = at
            self.node = node
            self.kind = kind
        }
    }

    package init(from: UnixTime, to: UnixTime, timezone: String, step: String) {
        self.from = from
        self.to = to
        self.timezone = timezone
        self.step = step
    }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 512 * (entries.count + counters.count) + 512)
        json.object { json in
            if let publicKey { json.member("public_key", publicKey.base64) }
            switch user {
            case .telegramID(let id): json.member("telegram_id", id: id)
            case .unmatched: json.member("telegram_id", id: nil)
            case nil: break
            }
            json.member("from", from)
            json.member("to", to)
            json.member("timezone", timezone)
            json.member("step", step)
            json.member("opening") { $0.bytes(opening) }
            json.member("dated") { $0.bytes(dated) }
            json.member("total") { $0.bytes(opening + dated) }
            json.list("by_node") { json in
                for sum in byNode {
                    json.object { json in
                        json.member("server_id", sum.subject.name)
                        json.sums(sum)
                    }
                }
            }
            json.list("by_user") { json in Self.write(byUser, &json) }
            json.list("counters") { json in for one in counters { json.object { Self.write(one, &$0) } } }
            json.list("entries") { json in for one in entries { json.object { Self.write(one, &$0) } } }
            json.member("cut", isCut)
        }
        return json.bytes
    }

    private static func write(_ shares: [Sum<Int64?>], _ json: inout JSONWriter) {
        for share in shares {
            json.object { json in
                json.member("telegram_id", id: share.subject)
                json.sums(share)
            }
        }
    }

    private static func write(_ counter: Counter, _ json: inout JSONWriter) {
        json.member("server_id", counter.node.name)
        json.member("interface", counter.interface)
        json.member("public_key", counter.publicKey.base64)
        json.member("open", counter.isOpen)
        json.member("epoch", id: counter.epoch)
        json.member("counted_since", counter.countedSince)
        json.member("reading") { json in
            json.bytes(counter.reading)
            json.member("at", counter.readAt)
            json.member("sample", id: counter.sample)
        }
        json.list("lifetime") { json in write(counter.shares, &json) }
    }

    private static func write(_ entry: Entry, _ json: inout JSONWriter) {
        json.member("at", entry.at)
        json.member("until", entry.until)
        json.member("since", entry.since)
        json.member("server_id", entry.node.name)
        json.member("interface", entry.interface)
        json.member("public_key", entry.publicKey?.base64)
        json.member("kind", entry.kind)
        json.member("cause", entry.cause)
        json.member("inferred", entry.isInferred)
        json.member("gap", entry.hasGap)
        json.member("sample", id: entry.sample)
        json.member("before", traffic: entry.before)
        json.member("after", traffic: entry.after)
        json.member("booked", traffic: entry.booked)
        json.member("opening", entry.isOpening)
        json.member("telegram_id", id: entry.owner)
        json.member("counts", entry.counts)
        json.member("words", entry.words)
    }
}

extension JSONWriter {
    mutating func member(_ name: StaticString, traffic: Traffic?) {
        guard let traffic else { return member(name, nil as String?) }
        member(name) { $0.bytes(traffic) }
    }

    fileprivate mutating func sums<Subject>(_ sum: LedgerAnswer.Sum<Subject>) {
        member("opening") { $0.bytes(sum.opening) }
        member("dated") { $0.bytes(sum.dated) }
    }
}
