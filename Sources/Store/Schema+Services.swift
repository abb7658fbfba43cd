extension Schema {
    /// How services were, and how far ahead the probes' stamps are promised.
    static let services = """
        CREATE TABLE services (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE        -- ServiceState.id
        ) STRICT;
        CREATE TABLE service_spans (         -- time that is in none was not looked at
            service INTEGER NOT NULL REFERENCES services,
            since INTEGER NOT NULL,
            until INTEGER NOT NULL,          -- exclusive; of the one under way it moves on
            status TEXT NOT NULL CHECK (status IN ('online', 'offline', 'blocked')),
            evidence TEXT NOT NULL,
            detail TEXT,
            PRIMARY KEY (service, since)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX service_spans_by_end ON service_spans (until);
        CREATE TABLE probe_stamp (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            ceiling INTEGER NOT NULL         -- seconds; every stamp that was given is below
        ) STRICT;
        """
}
