package import Fleet
import GRDB
package import WireGuard

extension TrafficStore {
    /// Incidents that last, or of which nothing was told yet, and those that ended in a letter of one that lasts; with the
    /// first number that was never used.
    package func standingIncidents() throws(StoreError) -> (incidents: [Incident], next: Int64) {
        try read("read incidents") { db in
            // A letter is made in the second in which its incidents are told.
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM incidents WHERE ended IS NULL OR told IS NULL
                    UNION SELECT * FROM incidents WHERE id IN (
                        SELECT value FROM outbox, json_each('[' || incidents || ']')
                        WHERE kind = 'incidents' AND created IN (SELECT told FROM incidents WHERE ended IS NULL))
                    ORDER BY id
                    """)
            let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM incidents") ?? 0
            let incidents = rows.compactMap { Incident($0) }.filter {
                $0.ended == nil || $0.told != nil || ($0.hold ?? .quietHours) == .quietHours
            }
            return (incidents, last + 1)
        }
    }

    /// Incidents that last, newest first: by their index alone, since pages ask every few seconds.
    package func lastingIncidents() throws(StoreError) -> [Incident] {
        try read("list lasting incidents") { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM incidents WHERE ended IS NULL ORDER BY id DESC LIMIT 1000"
            ).compactMap { Incident($0) }
        }
    }

    /// Letters that are due, those of the last days, and those of incidents that last, however old: they may still change;
    /// with the first number that was never used, and the highest one that Telegram gave.
    package func standingLetters(
        since: UnixTime
    ) throws(StoreError) -> (letters: [Letter], next: Int64, lastRemoteID: Int64?) {
        try read("read the outbox") { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM outbox WHERE created >= ? OR state <> 'refused' AND sent < version
                        OR kind = 'incidents' AND created IN (SELECT told FROM incidents WHERE ended IS NULL)
                    ORDER BY id
                    """, arguments: [since.seconds])
            let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM outbox") ?? 0
            let remote = try Int64.fetchOne(db, sql: "SELECT max(remote_id) FROM outbox WHERE channel = 'telegram'")
            return (rows.compactMap { Letter($0) }, last + 1, remote)
        }
    }

    /// What was decided at one moment: all of it or none. The owner's acknowledgement stays as it is stored.
    package func keep(_ incidents: [Incident], _ letters: [Letter]) throws(StoreError) {
        try write("keep incidents and letters") { db in
            for one in incidents { try one.write(db) }
            for one in letters { try one.write(db) }
        }
    }

    /// Newest first, those that last before all others.
    ///
    /// - Parameter areLasting: nil: both.
    package func incidents(areLasting: Bool?, limit: Int, offset: Int = 0) throws(StoreError) -> [Incident] {
        try read("list incidents") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM incidents WHERE ?1 IS NULL OR ?1 = (ended IS NULL)
                    ORDER BY ended IS NOT NULL, id DESC LIMIT ?2 OFFSET ?3
                    """,
                arguments: [areLasting, limit, offset]
            ).compactMap { Incident($0) }
        }
    }

    /// - Parameter since: of `opened`: when; the others are of all time.
    package func incidentCounts(
        since: UnixTime
    ) throws(StoreError) -> (opened: Int, lasting: Int, ended: Int) {
        try read("count incidents") { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT count(*), count(*) FILTER (WHERE opened >= ?), count(ended) FROM incidents",
                arguments: [since.seconds])
            guard let row else { return (0, 0, 0) }
            let (all, ended) = (row[0] as Int, row[2] as Int)
            return (row[1], all - ended, ended)
        }
    }

    /// Newest first.
    package func letters(limit: Int) throws(StoreError) -> [Letter] {
        try read("list letters") { db in
            try Row.fetchAll(db, sql: "SELECT * FROM outbox ORDER BY id DESC LIMIT ?", arguments: [limit])
                .compactMap { Letter($0) }
        }
    }

    /// When each of those that last was acknowledged.
    package func acknowledgements() throws(StoreError) -> [Int64: UnixTime] {
        try read("read acknowledgements") { db in
            var found: [Int64: UnixTime] = [:]
            let rows = try Row.fetchCursor(
                db, sql: "SELECT id, acknowledged FROM incidents WHERE ended IS NULL AND acknowledged IS NOT NULL")
            while let row = try rows.next() { found[row[0]] = UnixTime(row[1]) }
            return found
        }
    }

    /// False: there is no such incident, it ended, or was acknowledged before.
    package func acknowledge(_ incident: Int64, at now: UnixTime) throws(StoreError) -> Bool {
        try write("acknowledge an incident") { db in
            try db.execute(
                sql: "UPDATE incidents SET acknowledged = ? WHERE id = ? AND ended IS NULL AND acknowledged IS NULL",
                arguments: [now.seconds, incident])
            return db.changesCount > 0
        }
    }

    // MARK: Silences

    /// Those that are not over, the first to begin first.
    package func silences(at now: UnixTime) throws(StoreError) -> [Silence] {
        try read("read silences") { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM silences WHERE until > ? ORDER BY since, id", arguments: [now.seconds]
            ).compactMap { Silence($0) }
        }
    }

    /// The number it is given is its own.
    package func insert(_ silence: Silence) throws(StoreError) {
        try write("add a silence") { db in
            try db.execute(
                sql: """
                    INSERT INTO silences (rule, subject, since, until, is_maintenance, reason) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    silence.rule?.rawValue, silence.subject?.word, silence.from.seconds, silence.until.seconds,
                    silence.isMaintenance, silence.reason,
                ])
        }
    }

    /// What was silenced so far stays so.
    package func endSilence(_ id: Int64, at now: UnixTime) throws(StoreError) {
        try write("end a silence") { db in
            try db.execute(
                sql: "UPDATE silences SET until = ? WHERE id = ? AND until > ?",
                arguments: [now.seconds, id, now.seconds])
        }
    }

    // MARK: Care

    /// Ended incidents, letters that need no more, silences that are over.
    package func pruneAlerts(before time: UnixTime) throws(StoreError) {
        try write("forget old incidents") { db in
            try db.execute(
                sql: "DELETE FROM incidents WHERE ended < ? AND (told IS NOT NULL OR hold IS NOT NULL)",
                arguments: [time.seconds])
            // The last numbers stay, so that none is given twice.
            try db.execute(
                sql: """
                    DELETE FROM outbox WHERE created < ? AND (state = 'refused' OR sent >= version)
                        AND id <> (SELECT max(id) FROM outbox)
                        AND remote_id IS NOT (SELECT max(remote_id) FROM outbox WHERE channel = 'telegram')
                    """, arguments: [time.seconds])
            try db.execute(sql: "DELETE FROM silences WHERE until < ?", arguments: [time.seconds])
        }
    }

    /// Nil: none was made since the panel notes them.
    package func lastBackup() throws(StoreError) -> UnixTime? {
        try read("look for backups") { db in
            try Int64.fetchOne(db, sql: "SELECT max(at) FROM backups").map { UnixTime($0) }
        }
    }

    package func noteBackup(at now: UnixTime) throws(StoreError) {
        try write("note a backup") { db in
            try db.execute(sql: "DELETE FROM backups")
            try db.execute(sql: "INSERT INTO backups VALUES (?)", arguments: [now.seconds])
        }
    }
}

// MARK: Rows. What another version wrote and this one does not know is left out.

extension Incident {
    fileprivate init?(_ row: Row) {
        guard let rule = Rule(rawValue: row["rule"]), let subject = Subject(word: row["subject"]),
            let severity = Severity(rawValue: row["severity"])
        else { return nil }
        self.init(
            id: row["id"], rule: rule, subject: subject, severity: severity,
            evidence: Evidence(name: row["name"], seen: row["seen"], bound: row["bound"], detail: row["detail"]),
            began: UnixTime(row["began"]), opened: UnixTime(row["opened"]))
        ended = time(row, "ended")
        isDropped = row["is_dropped"]
        cause = row["cause"]
        children = row["children"]
        told = time(row, "told")
        hold = (row["hold"] as String?).flatMap { Hold(rawValue: $0) }
        acknowledged = time(row, "acknowledged")
    }

    fileprivate func write(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO incidents (id, rule, subject, severity, name, seen, bound, detail, began, opened, ended,
                    is_dropped, cause, children, told, hold)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, name = excluded.name, seen = excluded.seen,
                    bound = excluded.bound, detail = excluded.detail, ended = excluded.ended,
                    is_dropped = excluded.is_dropped, cause = excluded.cause, children = excluded.children,
                    told = excluded.told, hold = excluded.hold
                """
        ).execute(arguments: [
            id, rule.rawValue, subject.word, severity.rawValue, evidence.name, evidence.seen, evidence.bound,
            evidence.detail, began.seconds, opened.seconds, ended?.seconds, isDropped, cause, children, told?.seconds,
            hold?.rawValue,
        ])
    }
}

extension Letter {
    fileprivate init?(_ row: Row) {
        guard let channel = Channel(rawValue: row["channel"]), let kind = Kind(rawValue: row["kind"]),
            let state = State(rawValue: row["state"])
        else { return nil }
        self.init(
            id: row["id"], channel: channel, kind: kind,
            incidents: (row["incidents"] as String).split(separator: ",").compactMap { Int64($0) },
            created: UnixTime(row["created"]), body: row["body"], about: row["about"])
        version = row["version"]
        sent = row["sent"]
        self.state = state
        remoteID = row["remote_id"]
        attempts = row["attempts"]
        problem = row["problem"]
        sentAt = time(row, "sent_at")
    }

    fileprivate func write(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO outbox (id, channel, kind, incidents, created, body, version, sent, state, remote_id, about,
                    attempts, problem, sent_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET body = excluded.body, version = excluded.version, sent = excluded.sent,
                    state = excluded.state, remote_id = excluded.remote_id, attempts = excluded.attempts,
                    problem = excluded.problem, sent_at = excluded.sent_at
                """
        ).execute(arguments: [
            id, channel.rawValue, kind.rawValue, incidents.map(String.init).joined(separator: ","), created.seconds,
            body, version, sent, state.rawValue, remoteID, about, attempts, problem, sentAt?.seconds,
        ])
    }
}

extension Silence {
    fileprivate init?(_ row: Row) {
        let rule = (row["rule"] as String?).map { Rule(rawValue: $0) }
        let subject = (row["subject"] as String?).map { Subject(word: $0) }
        // One that this version does not understand must not silence everything.
        if case .some(nil) = rule { return nil }
        if case .some(nil) = subject { return nil }
        self.init(
            id: row["id"], rule: rule ?? nil, subject: subject ?? nil, from: UnixTime(row["since"]),
            until: UnixTime(row["until"]), isMaintenance: row["is_maintenance"], reason: row["reason"])
    }
}

private func time(_ row: Row, _ column: String) -> UnixTime? {
    (row[column] as Int64?).map { UnixTime($0) }
}
