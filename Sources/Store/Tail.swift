import Accounting
import Fleet
import GRDB
import WireGuard

/// Samples of one node that are in the journal and not yet in its other tables. Whoever reads adds them.
struct Tail {
    struct Step {
        var stamp: Stamp
        var entry: Journal.Entry
    }

    /// The last sample. Nil: all is folded.
    private(set) var last: Stamp?
    private(set) var fingerprints: [Fingerprint] = []

    /// When each interface was shown last, and when by a complete sample, by its row's number.
    private(set) var sights: [Int64: (seen: Stamp, complete: Stamp?)] = [:]

    /// In their order.
    private(set) var steps: [Step] = []

    /// Of nothing.
    init() {}

    /// - Parameter samples: of the node, those that are folded.
    init(_ db: Database, node: Int64, after samples: Int64) throws {
        try extend(db, node: node, after: samples)
    }

    /// - Parameter sample: the last one that it has.
    mutating func extend(_ db: Database, node: Int64, after sample: Int64) throws {
        var steps = steps
        self.steps = []
        try read(db, node: node, after: sample) { steps.append($0) }
        self.steps = steps
    }

    /// One that keeps no steps.
    ///
    /// - Parameter body: of each step, in their order.
    init(_ db: Database, node: Int64, after samples: Int64, each body: (Step) throws -> Void) throws {
        try read(db, node: node, after: samples, body)
    }

    private mutating func read(
        _ db: Database, node: Int64, after samples: Int64, _ body: (Step) throws -> Void
    ) throws {
        let rows = try RawStatement(
            db, "SELECT sample, at, fingerprint, body FROM journal WHERE node = ? AND sample > ? ORDER BY sample")
        rows.bind(1, node)
        rows.bind(2, samples)
        defer { rows.reset() }
        while try rows.step() {
            let stamp = Stamp(sample: rows.int(0), at: UnixTime(rows.int(1)))
            last = stamp
            fingerprints.append(Fingerprint(value: Bits.value(rows.int(2))))
            try Journal.read(
                rows.bytes(3), at: stamp.at,
                interface: { id, isComplete in
                    sights[id] = (stamp, isComplete ? stamp : sights[id]?.complete)
                },
                entry: { try body(Step(stamp: stamp, entry: $0)) })
        }
    }
}
