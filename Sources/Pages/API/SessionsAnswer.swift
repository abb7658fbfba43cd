import Fleet
package import WireGuard

/// `/api/sessions`: when keys were connected, from where, and with how much.
package struct SessionsAnswer: Sendable {
    package var from: UnixTime
    package var to: UnixTime
    package var rows: [Row] = []

    /// Only the newest are listed.
    package var isCut = false

    package struct Row: Sendable, Equatable {
        package var line: SessionLine
        package var interface: String

        /// Nil: unmatched.
        package var owner: Int64?

        package init(_ line: SessionLine, interface: String, owner: Int64?) {
            self.line = line
            self.interface = interface
            self.owner = owner
        }
    }

    package init(from: UnixTime, to: UnixTime) {
        self.from = from
        self.to = to
    }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 256 * rows.count + 128)
        json.object { json in
            json.member("from", from)
            json.member("to", to)
            json.list("sessions") { json in
                for row in rows {
                    json.object { json in
                        json.member("server_id", row.line.node.name)
                        json.member("interface", row.interface)
                        json.member("public_key", row.line.publicKey)
                        json.member("telegram_id", id: row.owner)
                        json.member("from", row.line.from)
                        json.member("to", row.line.until)
                        json.bytes(row.line.traffic)
                        json.member("network", row.line.network)
                    }
                }
            }
            json.member("cut", isCut)
        }
        return json.bytes
    }
}
