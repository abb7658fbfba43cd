extension Schema {
    /// v3: how the owner gets in at first and with a second factor, browsers that were in before, links for users, and
    /// an audit whose lines are told in any language.
    static let door = """
        CREATE TABLE setup_token (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            expires INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE second_factor (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            secret BLOB NOT NULL CHECK (length(secret) = 20),
            since INTEGER NOT NULL,
            last_counter INTEGER NOT NULL    -- of the last code that was taken; it and those before are used up
        ) STRICT;
        CREATE TABLE recovery_codes (        -- a used one is deleted
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE devices (
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
            since INTEGER NOT NULL,
            last_used INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE links (
            id INTEGER PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
            user INTEGER NOT NULL,           -- Telegram's number
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            last_used INTEGER,
            revoked INTEGER
        ) STRICT;
        CREATE INDEX links_by_user ON links (user);
        ALTER TABLE tokens RENAME TO tokens_v2;
        CREATE TABLE tokens (
            name TEXT PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
            scope TEXT NOT NULL CHECK (scope IN ('read', 'metrics', 'links')),
            created INTEGER NOT NULL,
            expires INTEGER,
            last_used INTEGER,
            revoked INTEGER
        ) STRICT, WITHOUT ROWID;
        INSERT INTO tokens SELECT * FROM tokens_v2;
        DROP TABLE tokens_v2;
        ALTER TABLE audit ADD COLUMN event TEXT;     -- these three: null in lines of earlier versions
        ALTER TABLE audit ADD COLUMN subject TEXT;
        ALTER TABLE audit ADD COLUMN address TEXT;
        """
}
