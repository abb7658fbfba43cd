package import WireGuard

/// One usable answer of a node: what its interfaces showed at one moment.
package struct Sample: Sendable {
    package var node: NodeID

    /// The panel's clock when the answer had arrived.
    package var takenAt: UnixTime

    package var interfaces: [Interface]

    /// False: torn, a line refused, a command that failed after printing, an interface that could not be read.
    /// Then what is here counts, and nothing is concluded from what is missing.
    package var isComplete: Bool

    /// Lines that were refused, in order.
    package var rejected: [Rejection]

    /// `/proc/sys/kernel/random/boot_id` of the node: another value is another boot. Nil: not told.
    package var bootID: String?

    /// Node's clock minus the panel's. Nil: unknown.
    package var clockOffset: Duration?

    /// Nil: the node does not offer them.
    package var vitals: Vitals?

    /// From asking to the end of the answer; for a node over SSH a measure of its latency too.
    package var took: Duration

    package init(
        node: NodeID, takenAt: UnixTime, interfaces: [Interface], isComplete: Bool = true, rejected: [Rejection] = [],
        bootID: String? = nil, clockOffset: Duration? = nil, vitals: Vitals? = nil, took: Duration = .zero
    ) {
        self.node = node
        self.takenAt = takenAt
        self.interfaces = interfaces
        self.isComplete = isComplete
        self.rejected = rejected
        self.bootID = bootID
        self.clockOffset = clockOffset
        self.vitals = vitals
        self.took = took
    }
}

/// How the host itself is. Each value is nil where the node did not tell it.
package struct Vitals: Sendable, Equatable {
    /// Seconds since boot.
    package var uptime: Int64?

    /// Load average of one minute.
    package var load1: Double?

    /// Bytes.
    package var memoryTotal: UInt64?
    package var memoryAvailable: UInt64?
    package var swapTotal: UInt64?
    package var swapFree: UInt64?

    /// Bytes of the root file system.
    package var diskTotal: UInt64?
    package var diskAvailable: UInt64?

    /// Connections that the kernel tracks, and how many it can.
    package var conntrack: UInt64?
    package var conntrackMost: UInt64?

    /// TCP ports that somebody listens on. Nil: not told.
    package var listening: [UInt16]?

    package var links: [Link]

    /// A network interface's own counters, from /proc/net/dev: bytes since it was made.
    package struct Link: Sendable, Equatable {
        package var name: String
        package var rx: UInt64
        package var tx: UInt64

        package init(name: String, rx: UInt64, tx: UInt64) {
            self.name = name
            self.rx = rx
            self.tx = tx
        }
    }

    package init() {
        links = []
    }
}

extension Sample {
    /// The node itself says that somebody listens there.
    package func listens(on port: UInt16) -> Bool {
        vitals?.listening?.contains(port) ?? false
    }
}
