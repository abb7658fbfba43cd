package import WireGuard

/// How a service was, as far as anybody looked.
package struct ServiceHistory: Sendable, Equatable {
    /// Ninety days of the owner's zone, oldest first; the last one is today, as far as it is.
    package var days: [Day]

    /// Seconds of the last 24 hours.
    package var last24h: Sum

    /// When it was offline or blocked, newest first; the one under way first of all.
    package var outages: [Outage]

    package init(days: [Day], last24h: Sum, outages: [Outage]) {
        self.days = days
        self.last24h = last24h
        self.outages = outages
    }

    /// Of the last days, today included. Nil: nobody looked.
    package func uptime(days count: Int) -> Double? {
        days.suffix(count).reduce(into: Sum()) { $0 += $1.sum }.uptime
    }

    /// Seconds by state. What is in neither was not looked at.
    package struct Sum: Sendable, Equatable {
        package var online: Int64 = 0
        package var offline: Int64 = 0
        package var blocked: Int64 = 0

        package init() {}

        /// Of the time that is known, from 0 to 1. Nil: none is.
        package var uptime: Double? {
            let known = online + offline + blocked
            return known > 0 ? Double(online) / Double(known) : nil
        }

        package static func += (sum: inout Sum, other: Sum) {
            sum.online += other.online
            sum.offline += other.offline
            sum.blocked += other.blocked
        }
    }

    package struct Day: Sendable, Equatable {
        package var start: UnixTime

        /// 86,400 but where clocks are moved, and today so far.
        package var seconds: Int64
        package var sum: Sum

        package init(start: UnixTime, seconds: Int64, sum: Sum = Sum()) {
            self.start = start
            self.seconds = seconds
            self.sum = sum
        }
    }

    package struct Outage: Sendable, Equatable {
        package var since: UnixTime

        /// Nil: it goes on.
        package var until: UnixTime?

        /// `offline` or `blocked`.
        package var status: ServiceState.Status
        package var evidence: ServiceState.Evidence
        package var detail: String?

        package init(
            since: UnixTime, until: UnixTime?, status: ServiceState.Status, evidence: ServiceState.Evidence,
            detail: String?
        ) {
            self.since = since
            self.until = until
            self.status = status
            self.evidence = evidence
            self.detail = detail
        }
    }
}
