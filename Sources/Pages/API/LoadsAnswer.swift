package import Fleet
package import WireGuard

/// `/api/top`: who used how much in a window, the heaviest first, with the busiest five minutes.
package struct LoadsAnswer: Sendable {
    /// What is really counted.
    package var from: UnixTime
    package var to: UnixTime

    /// Seconds to which the ends are exact.
    package var grain: Int64

    /// Of everybody, also of those beyond the limit.
    package var sum: Traffic
    package var subject: Subject
    package var rows: [Row] = []

    /// More would fit than are listed.
    package var isCut = false

    package enum Subject: String, CaseIterable, Sendable {
        case user, peer, node, profile

        fileprivate var key: StaticString {
            switch self {
            case .user: "telegram_id"
            case .peer: "public_key"
            case .node: "server_id"
            case .profile: "profile_type"
            }
        }
    }

    package struct Row: Sendable, Equatable {
        /// As text; nil: nobody owns the key, or the bot does not know it.
        package var id: String?
        package var name: String
        package var traffic: Traffic

        /// Bytes of the busiest five minutes of any one counter. Nil: of a group of keys nobody can say it.
        package var peak: UInt64?
        package var hasGap: Bool
        package var byNode: [NodeID: Traffic]

        package init(
            id: String?, name: String, traffic: Traffic, peak: UInt64?, hasGap: Bool, byNode: [NodeID: Traffic]
        ) {
            self.id = id
            self.name = name
            self.traffic = traffic
            self.peak = peak
            self.hasGap = hasGap
            self.byNode = byNode
        }
    }

    package init(_ subject: Subject, from: UnixTime, to: UnixTime, grain: Int64, sum: Traffic) {
        self.subject = subject
        self.from = from
        self.to = to
        self.grain = grain
        self.sum = sum
    }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 256 * rows.count + 256)
        json.object { json in
            json.member("from", from)
            json.member("to", to)
            json.member("grain_seconds", id: grain)
            json.member("total") { $0.bytes(sum) }
            json.list("rows") { json in for row in rows { json.object { write(row, &$0) } } }
            json.member("cut", isCut)
        }
        return json.bytes
    }

    private func write(_ row: Row, _ json: inout JSONWriter) {
        if subject == .user, let id = row.id.flatMap({ Int64($0) }) {
            json.member("telegram_id", id: id)
        } else {
            json.member(subject.key, row.id)
        }
        json.member("name", row.name)
        json.bytes(row.traffic)
        json.member("total_bytes", row.traffic.total)
        // Eight bits a byte, three hundred seconds.
        json.member("peak_bits_per_second", row.peak.map { $0 / 75 * 2 + $0 % 75 * 2 / 75 })
        json.member("gap", row.hasGap)
        json.member("by_node") { json in
            for (node, traffic) in row.byNode.sorted(by: { $0.key < $1.key }) {
                json.key(node.name)
                json.object { $0.bytes(traffic) }
            }
        }
    }
}
