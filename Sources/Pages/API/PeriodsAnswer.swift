package import Fleet
package import WireGuard

/// `/api/periods`: the billing period under way and the one before it, of every node and user.
package struct PeriodsAnswer: Sendable, Equatable {
    package var timezone: String
    package var nodes: [Row] = []
    package var users: [Row] = []

    package struct Row: Sendable, Equatable {
        /// The node's id, or the telegram id.
        package var id: String
        package var name: String?

        /// On which day of the month its periods begin.
        package var startDay: Int
        package var start: UnixTime
        package var end: UnixTime
        package var used: Traffic
        package var hasGap: Bool

        package var previousStart: UnixTime
        package var previous: Traffic

        /// What the previous period had at the same moment, to the nearest hour.
        package var sameMoment: UnixTime
        package var atSameMoment: Traffic

        /// By the period's end. Nil: too little data.
        package var forecast: Traffic?
        package var allowance: Allowance?

        package init(
            id: String, name: String?, startDay: Int, start: UnixTime, end: UnixTime, used: Traffic, hasGap: Bool,
            previousStart: UnixTime, previous: Traffic, sameMoment: UnixTime, atSameMoment: Traffic
        ) {
            self.id = id
            self.name = name
            self.startDay = startDay
            self.start = start
            self.end = end
            self.used = used
            self.hasGap = hasGap
            self.previousStart = previousStart
            self.previous = previous
            self.sameMoment = sameMoment
            self.atSameMoment = atSameMoment
        }
    }

    package struct Allowance: Sendable, Equatable {
        package var bytes: UInt64

        /// `both`, `rx` or `tx`.
        package var count: String
        package var used: UInt64
        package var left: UInt64

        /// By the period's end. Nil: too little data.
        package var forecast: UInt64?

        /// When it will be used up by forecast. Nil: not in this period, or it is, or too little data.
        package var usedUpAt: UnixTime?

        package init(
            bytes: UInt64, count: String, used: UInt64, left: UInt64, forecast: UInt64?, usedUpAt: UnixTime?
        ) {
            self.bytes = bytes
            self.count = count
            self.used = used
            self.left = left
            self.forecast = forecast
            self.usedUpAt = usedUpAt
        }
    }

    package init(timezone: String) {
        self.timezone = timezone
    }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 640 * (nodes.count + users.count) + 128)
        json.object { json in
            json.member("timezone", timezone)
            json.list("nodes") { json in
                for row in nodes {
                    json.object { json in
                        json.member("server_id", row.id)
                        json.member("name", row.name)
                        Self.write(row, &json)
                    }
                }
            }
            json.list("users") { json in
                for row in users {
                    json.object { json in
                        json.member("telegram_id", id: Int64(row.id))
                        json.member("username", row.name)
                        Self.write(row, &json)
                    }
                }
            }
        }
        return json.bytes
    }

    private static func write(_ row: Row, _ json: inout JSONWriter) {
        json.member("start_day", row.startDay)
        json.member("start", row.start)
        json.member("end", row.end)
        json.bytes(row.used)
        json.member("total_bytes", row.used.total)
        json.member("gap", row.hasGap)
        json.member("previous") { json in
            json.member("start", row.previousStart)
            json.member("end", row.start)
            json.bytes(row.previous)
            json.member("to_same_moment") { json in
                json.member("until", row.sameMoment)
                json.bytes(row.atSameMoment)
            }
        }
        json.member("forecast", traffic: row.forecast)
        json.key("allowance")
        guard let allowance = row.allowance else { return json.word("null") }
        json.object { json in
            json.member("bytes", allowance.bytes)
            json.member("count", allowance.count)
            json.member("used_bytes", allowance.used)
            json.member("left_bytes", allowance.left)
            json.member("forecast_bytes", allowance.forecast)
            json.member("used_up", allowance.left == 0)
            json.member("used_up_at", allowance.usedUpAt)
        }
    }
}
