extension Schema {
    /// What is told of, what goes out, and what the owner does not want to hear.
    static let alerts = """
        CREATE TABLE incidents (
            id INTEGER PRIMARY KEY,          -- in the order of opening
            rule TEXT NOT NULL,
            subject TEXT NOT NULL,
            severity TEXT NOT NULL,
            name TEXT NOT NULL,              -- what was seen last
            seen INTEGER,
            bound INTEGER,
            detail TEXT NOT NULL,
            began INTEGER NOT NULL,
            opened INTEGER NOT NULL,
            ended INTEGER,                   -- null: it lasts
            is_dropped INTEGER NOT NULL CHECK (is_dropped IN (0, 1)),
            cause INTEGER,                   -- of an incident; null: it stands for itself
            children INTEGER NOT NULL,
            told INTEGER,                    -- null: in no letter
            hold TEXT,                       -- why not
            acknowledged INTEGER             -- written by the owner's hand alone
        ) STRICT;
        CREATE INDEX incidents_lasting ON incidents (id) WHERE ended IS NULL OR told IS NULL;
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,          -- the order
            channel TEXT NOT NULL,
            kind TEXT NOT NULL,
            incidents TEXT NOT NULL,         -- ids, parted by commas
            created INTEGER NOT NULL,
            body TEXT NOT NULL,
            version INTEGER NOT NULL,
            sent INTEGER NOT NULL,           -- the version that arrived; 0: none
            state TEXT NOT NULL,
            remote_id INTEGER,               -- Telegram's number of the message
            about INTEGER,                   -- the letter it answers
            attempts INTEGER NOT NULL,
            problem TEXT,
            sent_at INTEGER
        ) STRICT;
        CREATE INDEX outbox_by_time ON outbox (created);
        CREATE TABLE silences (
            id INTEGER PRIMARY KEY,
            rule TEXT,                       -- null: of every rule
            subject TEXT,                    -- null: whatever it is about
            since INTEGER NOT NULL,
            until INTEGER NOT NULL,
            is_maintenance INTEGER NOT NULL CHECK (is_maintenance IN (0, 1)),
            reason TEXT NOT NULL
        ) STRICT;
        CREATE TABLE backups (at INTEGER PRIMARY KEY) STRICT;
        """
}
