package import Fleet
package import WireGuard

/// Whether the panel does its work, for uptime checks: no names.
package struct Health: Sendable, Equatable {
    package var status: Status

    /// Since when it is not ok, where that is known.
    package var since: UnixTime?
    package var lastSample: UnixTime?
    package var lastStored: UnixTime?

    package enum Status: String, Sendable {
        /// The first cycle is not over.
        case starting
        /// It collects and stores. Some nodes may be away: that is no illness of the panel.
        case ok
        /// No node gave anything fresh.
        case stale
        /// What was read cannot be stored.
        case failing
    }

    package init(_ snapshot: Snapshot, now: UnixTime) {
        lastSample = snapshot.newestSample
        lastStored = snapshot.panel.lastStored
        let statuses = snapshot.nodes.map(\.status)
        if let failure = snapshot.panel.storeFailure {
            (status, since) = (.failing, failure.since)
        } else if !snapshot.panel.isFirstCycleOver {
            (status, since) = (.starting, snapshot.panel.startedAt)
        } else if !statuses.isEmpty, statuses.allSatisfy({ $0.isStale(at: now) }) {
            (status, since) = (.stale, lastSample ?? snapshot.panel.startedAt)
        } else {
            status = .ok
        }
    }

    package var httpStatus: Int { status == .ok ? 200 : 503 }

    package func json() -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.member("status", status.rawValue)
            if status != .ok { json.member("since", since) }
            json.member("last_sample", lastSample)
            json.member("last_stored", lastStored)
        }
        return json.bytes
    }
}
