package import Fleet
package import WireGuard

/// `/api/history`: dated bytes in steps of time, and what must be known to trust them.
package struct HistoryAnswer: Sendable, Equatable {
    package var step: String
    package var timezone: String
    package var from: UnixTime
    package var to: UnixTime
    package var buckets: [Bucket] = []

    /// What was there before anybody looked, of counters first seen in the window: in no bucket.
    package var opening = Traffic.zero
    package var resets: [Reset] = []
    package var gaps: [Gap] = []

    /// Older resets or gaps than these are left out.
    package var isCut = false

    /// By whom; nil: not asked.
    package var rows: UsageRows?

    package struct Bucket: Sendable, Equatable {
        package var start: UnixTime
        package var traffic: Traffic

        /// Nobody looked for a part of it, or its bytes showed after more than one poll interval.
        package var hasGap: Bool

        package init(start: UnixTime, traffic: Traffic, hasGap: Bool) {
            self.start = start
            self.traffic = traffic
            self.hasGap = hasGap
        }
    }

    package struct Reset: Sendable, Equatable {
        package var at: UnixTime

        /// What was counted from here to the reset itself nobody saw. Nil: nobody knows since when.
        package var since: UnixTime?
        package var node: NodeID
        package var interface: String

        /// Nil: of the interface as a whole.
        package var publicKey: PublicKey?

        /// The ledger's word. Nil: none was stored.
        package var cause: String?
        package var isInferred: Bool

        package init(
            at: UnixTime, since: UnixTime?, node: NodeID, interface: String, publicKey: PublicKey?, cause: String?,
            isInferred: Bool
        ) {
            self.at = at
            self.since = since
            self.node = node
            self.interface = interface
            self.publicKey = publicKey
            self.cause = cause
            self.isInferred = isInferred
        }
    }

    package struct Gap: Sendable, Equatable {
        package var since: UnixTime

        /// Nil: nobody looks yet.
        package var until: UnixTime?
        package var node: NodeID
        package var interface: String

        package init(since: UnixTime, until: UnixTime?, node: NodeID, interface: String) {
            self.since = since
            self.until = until
            self.node = node
            self.interface = interface
        }
    }

    package init(step: String, timezone: String, from: UnixTime, to: UnixTime) {
        self.step = step
        self.timezone = timezone
        self.from = from
        self.to = to
    }

    package var dated: Traffic { buckets.reduce(into: .zero) { $0 += $1.traffic } }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 96 * buckets.count + 160 * (resets.count + gaps.count) + 512)
        json.object { json in
            json.member("step", step)
            json.member("timezone", timezone)
            json.member("from", from)
            json.member("to", to)
            json.list("buckets") { json in
                for bucket in buckets {
                    json.object { json in
                        json.member("start", bucket.start)
                        json.bytes(bucket.traffic)
                        json.member("gap", bucket.hasGap)
                    }
                }
            }
            json.member("dated") { $0.bytes(dated) }
            json.member("opening") { $0.bytes(opening) }
            json.list("resets") { json in for reset in resets { json.object { Self.write(reset, &$0) } } }
            json.list("gaps") { json in for gap in gaps { json.object { Self.write(gap, &$0) } } }
            json.member("cut", isCut)
            if let rows {
                json.key("rows")
                rows.write(&json)
            }
        }
        return json.bytes
    }

    private static func write(_ reset: Reset, _ json: inout JSONWriter) {
        json.member("at", reset.at)
        json.member("since", reset.since)
        json.member("server_id", reset.node.name)
        json.member("interface", reset.interface)
        json.member("public_key", reset.publicKey?.base64)
        json.member("cause", reset.cause)
        json.member("inferred", reset.isInferred)
    }

    private static func write(_ gap: Gap, _ json: inout JSONWriter) {
        json.member("since", gap.since)
        json.member("until", gap.until)
        json.member("server_id", gap.node.name)
        json.member("interface", gap.interface)
    }

    /// RFC 4180: one line a bucket, or, where somebody asked by whom, the rows as `export` has them.
    package func csv() -> [UInt8] {
        if let rows { return rows.csv() }
        var csv = CSVWriter("start,rx_bytes,tx_bytes,gap")
        for bucket in buckets {
            csv.line([
                .ours(bucket.start.rfc3339), .number(bucket.traffic.rx), .number(bucket.traffic.tx),
                .ours(bucket.hasGap ? "true" : "false"),
            ])
        }
        return csv.bytes
    }
}
