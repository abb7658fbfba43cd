package import Fleet
import GRDB
package import WireGuard

/// A stretch of time in which a service was one thing, as far as the panel looked.
package struct ServiceSpan: Sendable, Equatable {
    /// `ServiceState.id`.
    package var service: String
    package var since: UnixTime

    /// Exclusive.
    package var until: UnixTime

    /// Never `unknown`: that is time in no span.
    package var status: ServiceState.Status

    /// How it was known when it began.
    package var evidence: ServiceState.Evidence
    package var detail: String?

    package init(
        service: String, since: UnixTime, until: UnixTime, status: ServiceState.Status,
        evidence: ServiceState.Evidence, detail: String? = nil
    ) {
        self.service = service
        self.since = since
        self.until = until
        self.status = status
        self.evidence = evidence
        self.detail = detail
    }
}

extension TrafficStore {
    /// Those that reach beyond `time`, oldest first.
    package func serviceSpans(after time: UnixTime) throws(StoreError) -> [ServiceSpan] {
        try read("read how services were") { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT name, since, until, status, evidence, detail FROM service_spans
                    JOIN services ON services.id = service WHERE until > ? ORDER BY since
                    """, arguments: [time.seconds])
            return rows.compactMap { row in
                // Of a later version's words nothing is known.
                guard let status = ServiceState.Status(rawValue: row["status"]),
                    let evidence = ServiceState.Evidence(rawValue: row["evidence"])
                else { return nil }
                return ServiceSpan(
                    service: row["name"], since: UnixTime(row["since"]), until: UnixTime(row["until"]), status: status,
                    evidence: evidence, detail: row["detail"])
            }
        }
    }

    /// New ones, and later ends of known ones.
    package func keep(_ spans: [ServiceSpan]) throws(StoreError) {
        guard !spans.isEmpty else { return }
        try write("keep how services were") { db in
            let name = try db.cachedStatement(sql: "INSERT INTO services (name) VALUES (?) ON CONFLICT DO NOTHING")
            let span = try db.cachedStatement(
                sql: """
                    INSERT INTO service_spans SELECT id, ?, ?, ?, ?, ? FROM services WHERE name = ?
                    ON CONFLICT DO UPDATE SET until = max(until, excluded.until)
                    """)
            for one in spans {
                try name.execute(arguments: [one.service])
                try span.execute(arguments: [
                    one.since.seconds, one.until.seconds, one.status.rawValue, one.evidence.rawValue, one.detail,
                    one.service,
                ])
            }
        }
    }

    /// Those that ended before.
    package func forgetServiceSpans(before time: UnixTime) throws(StoreError) {
        try write("forget how services were") { db in
            try db.execute(sql: "DELETE FROM service_spans WHERE until < ?", arguments: [time.seconds])
        }
    }

    /// Every stamp of a probe that was given is below it. Nil: none was.
    package func probeStampCeiling() throws(StoreError) -> UInt64? {
        try read("read the probes' stamp") { db in
            try Int64.fetchOne(db, sql: "SELECT ceiling FROM probe_stamp").map { UInt64(max(0, $0)) }
        }
    }

    package func keep(probeStampCeiling ceiling: UInt64) throws(StoreError) {
        try write("keep the probes' stamp") { db in
            try db.execute(
                sql: """
                    INSERT INTO probe_stamp VALUES (1, ?) ON CONFLICT DO UPDATE SET ceiling = excluded.ceiling
                    """, arguments: [Int64(clamping: ceiling)])
        }
    }
}
