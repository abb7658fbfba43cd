import GRDB

/// The tables. A migration that was shipped is never edited: a new one follows it.
///
/// Numbers of 64 bits without sign are stored by their bit pattern (see `Bits`), so one of 2^63 or more looks negative
/// in the sqlite3 shell. Times are seconds since 1970 UTC; hours are whole hours since then.
enum Schema {
    /// "vpnw": marks the file as ours, for file(1) and for ourselves.
    static let applicationID: Int32 = 0x7670_6e77

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: ledger)
            try db.execute(sql: history)
            try db.execute(sql: access)
        }
        migrator.registerMigration("v2") { db in
            try db.execute(sql: journal)
            try Paging(db).run()
            try db.execute(sql: "DROP TABLE hours_v1")
        }
        migrator.registerMigration("v3") { db in try db.execute(sql: door) }
        migrator.registerMigration("v4") { db in try db.execute(sql: services) }
        migrator.registerMigration("v5") { db in try db.execute(sql: alerts) }
        migrator.registerMigration("v6") { db in
            try db.execute(sql: nodeHours)
            try NodePages.fill(db, .nodeHours, from: .hours)
        }
        migrator.registerMigration("v7") { db in
            try db.execute(sql: widePages)
            try WidePages.fill(db)
            try NodePages.fill(db, .nodeDays, from: .days)
        }
        return migrator
    }

    private static let ledger = """
        CREATE TABLE nodes (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            samples INTEGER NOT NULL,        -- booked so far
            last_at INTEGER NOT NULL,
            recent BLOB NOT NULL             -- fingerprints of the last samples, 8 bytes each, big-endian
        ) STRICT;
        CREATE TABLE interfaces (
            id INTEGER PRIMARY KEY,
            node INTEGER NOT NULL REFERENCES nodes,
            name TEXT NOT NULL,
            boot_id TEXT,
            ifindex INTEGER,
            life INTEGER NOT NULL,
            life_cause TEXT,
            seen_sample INTEGER NOT NULL,
            seen_at INTEGER NOT NULL,
            complete_sample INTEGER,         -- null: never shown by a complete sample
            complete_at INTEGER,
            UNIQUE (node, name)
        ) STRICT;
        CREATE TABLE counters (
            id INTEGER PRIMARY KEY,
            interface INTEGER NOT NULL REFERENCES interfaces,
            public_key BLOB NOT NULL CHECK (length(public_key) = 32),
            rx INTEGER NOT NULL,             -- the cursor: what the node showed
            tx INTEGER NOT NULL,
            handshake INTEGER,               -- null: never
            read_sample INTEGER NOT NULL,
            read_at INTEGER NOT NULL,
            is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
            epoch INTEGER NOT NULL,
            life INTEGER NOT NULL,
            counted_since INTEGER NOT NULL,
            UNIQUE (interface, public_key)
        ) STRICT;
        CREATE INDEX counters_by_key ON counters (public_key);
        CREATE TABLE owners (
            id INTEGER PRIMARY KEY,
            telegram_id INTEGER UNIQUE       -- null, in row 0: unmatched
        ) STRICT;
        INSERT INTO owners VALUES (0, NULL);
        CREATE TABLE totals (
            counter INTEGER NOT NULL REFERENCES counters,
            owner INTEGER NOT NULL REFERENCES owners,
            rx INTEGER NOT NULL,             -- dated: the sum of deltas
            tx INTEGER NOT NULL,
            opening_rx INTEGER NOT NULL,     -- what was there before anybody looked
            opening_tx INTEGER NOT NULL,
            PRIMARY KEY (counter, owner)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX totals_by_owner ON totals (owner);
        """

    private static let history = """
        CREATE TABLE hours (
            hour INTEGER NOT NULL,
            counter INTEGER NOT NULL REFERENCES counters,
            owner INTEGER NOT NULL REFERENCES owners,
            rx INTEGER NOT NULL,
            tx INTEGER NOT NULL,
            gap INTEGER NOT NULL CHECK (gap IN (0, 1)),
            PRIMARY KEY (hour, counter, owner)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX hours_by_counter ON hours (counter, owner, hour);
        CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            since INTEGER,
            interface INTEGER NOT NULL REFERENCES interfaces,
            counter INTEGER REFERENCES counters,     -- null: of the interface as a whole
            sample INTEGER NOT NULL,
            kind TEXT NOT NULL,
            cause TEXT,
            is_inferred INTEGER NOT NULL DEFAULT 0 CHECK (is_inferred IN (0, 1)),
            before_rx INTEGER,
            before_tx INTEGER,
            after_rx INTEGER,
            after_tx INTEGER,
            rx INTEGER,
            tx INTEGER,
            owner INTEGER REFERENCES owners
        ) STRICT;
        CREATE INDEX events_by_time ON events (at);
        CREATE INDEX events_by_counter ON events (counter, at) WHERE counter IS NOT NULL;
        """

    /// History in pages instead of rows, and the journal before it.
    private static let journal = """
        ALTER TABLE hours RENAME TO hours_v1;
        ALTER TABLE counters ADD COLUMN seat INTEGER NOT NULL DEFAULT -1;  -- from 0 in each node, without holes
        ALTER TABLE counters ADD COLUMN dated_from INTEGER;                -- null: no dated bytes yet
        ALTER TABLE counters ADD COLUMN session BLOB;                      -- the one under way; see OwnedSession
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY,
            node INTEGER NOT NULL,
            sample INTEGER NOT NULL,         -- of those above nodes.samples nothing is in other tables yet
            at INTEGER NOT NULL,
            fingerprint INTEGER NOT NULL,
            body BLOB NOT NULL               -- see Journal
        ) STRICT;
        CREATE UNIQUE INDEX journal_by_node ON journal (node, sample, at);
        CREATE TABLE five_minutes (          -- these three: see HistoryTable and HistoryPage
            id INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT;
        CREATE TABLE hours (
            id INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT;
        CREATE TABLE days (
            id INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT;
        CREATE TABLE activity (
            id INTEGER PRIMARY KEY,
            counts BLOB NOT NULL
        ) STRICT;
        CREATE TABLE horizons (
            kept TEXT PRIMARY KEY,           -- samples, five_minutes, hours, sessions
            start INTEGER NOT NULL           -- before it, nothing is
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE peer_sessions (
            id INTEGER PRIMARY KEY,
            counter INTEGER NOT NULL REFERENCES counters,
            owner INTEGER NOT NULL REFERENCES owners,
            since INTEGER NOT NULL,
            handshake INTEGER NOT NULL,      -- the last one
            until INTEGER NOT NULL,
            rx INTEGER NOT NULL,
            tx INTEGER NOT NULL,
            network INTEGER                  -- 24 bits, or 48 and the 49th set; null: not told
        ) STRICT;
        CREATE INDEX peer_sessions_by_counter ON peer_sessions (counter, until);
        """

    /// What a node's counters have in each hour, together; and who was counted first.
    private static let nodeHours = """
        CREATE TABLE node_hours (            -- see HistoryTable
            id INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX counters_by_first ON counters (interface, counted_since);
        CREATE INDEX events_of_interfaces ON events (at) WHERE counter IS NULL;
        """

    /// The days again, by eight and by sixty-four, and of nodes as a whole: see HistoryTable.
    private static let widePages = """
        CREATE TABLE eight_days (
            id INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT;
        CREATE TABLE sixty_four_days (
            id INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT;
        CREATE TABLE node_days (
            id INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        ) STRICT;
        """

    private static let access = """
        CREATE TABLE password (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            hash TEXT NOT NULL,
            changed INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE sessions (
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
            created INTEGER NOT NULL,
            last_seen INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            address TEXT NOT NULL,
            user_agent TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE tokens (
            name TEXT PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
            scope TEXT NOT NULL CHECK (scope IN ('read', 'metrics')),
            created INTEGER NOT NULL,
            expires INTEGER,
            last_used INTEGER,
            revoked INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            who TEXT NOT NULL,
            what TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
        CREATE TRIGGER audit_grows BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
        """
}
