/// The tables, as the first migrations make them.
///
/// Rows keep their size: what is filled in later has a place holder of the same size from the
/// start, because a row that grows in a full page splits it. So states are two digits, leases begin
/// above 2^40, a worker is stored 2^24 up, and times that are not known yet are the time of
/// acceptance. Indexes are partial, so that an invocation that succeeds at first is only ever in
/// `running`, or in `ready` before.
enum Schema {
    /// "Rost" in ASCII, in the file's header.
    static let applicationID: Int64 = 0x526F_7374

    static let first = """
        CREATE TABLE migrations (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            applied_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            event INTEGER NOT NULL,
            lease INTEGER NOT NULL,
            version INTEGER NOT NULL,
            recorded INTEGER NOT NULL,
            pruned INTEGER NOT NULL,
            dead_bytes INTEGER NOT NULL,
            swept INTEGER NOT NULL,
            secret BLOB NOT NULL
        ) STRICT;

        CREATE TABLE functions (
            number INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            name TEXT NOT NULL,
            declared INTEGER NOT NULL,
            paused INTEGER NOT NULL,
            first_seen_at INTEGER NOT NULL,
            scheduled INTEGER NOT NULL DEFAULT 0,
            ready INTEGER NOT NULL DEFAULT 0,
            running INTEGER NOT NULL DEFAULT 0,
            retrying INTEGER NOT NULL DEFAULT 0,
            succeeded INTEGER NOT NULL DEFAULT 0,
            cancelled INTEGER NOT NULL DEFAULT 0,
            dead INTEGER NOT NULL DEFAULT 0,
            UNIQUE (tenant, name)
        ) STRICT;

        CREATE TABLE events (
            number INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            subject TEXT NOT NULL,
            accepted_at INTEGER NOT NULL,
            content_type TEXT,
            tenant TEXT NOT NULL,
            attributes BLOB,
            trace BLOB,
            trace_state TEXT,
            cause BLOB,
            depth INTEGER NOT NULL,
            call_id BLOB,
            data BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX calls ON events (call_id) WHERE call_id IS NOT NULL;

        CREATE TABLE invocations (
            number INTEGER PRIMARY KEY,
            function INTEGER NOT NULL,
            state INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            lease INTEGER NOT NULL,
            runs INTEGER NOT NULL,
            charged INTEGER NOT NULL,
            suspicion INTEGER NOT NULL,
            series INTEGER NOT NULL,
            first_run_at INTEGER NOT NULL,
            began_at INTEGER NOT NULL,
            finished_at INTEGER NOT NULL,
            worker INTEGER NOT NULL,
            due_at INTEGER,
            error TEXT,
            ordering_key TEXT
        ) STRICT;
        CREATE INDEX ready ON invocations (function) WHERE state = 20 AND turn > 0;
        CREATE INDEX running ON invocations (function) WHERE state = 30;
        CREATE INDEX due ON invocations (function, due_at) WHERE state IN (10, 40);
        CREATE INDEX dead ON invocations (function) WHERE state = 70;
        CREATE INDEX dead_age ON invocations (finished_at) WHERE state = 70;
        CREATE INDEX ordering ON invocations (function, ordering_key)
            WHERE ordering_key IS NOT NULL AND turn < 2 AND state < 50;

        CREATE TABLE attempts (
            invocation INTEGER NOT NULL,
            series INTEGER NOT NULL,
            number INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            error TEXT,
            began_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL,
            worker INTEGER NOT NULL,
            note TEXT,
            PRIMARY KEY (invocation, series, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE stragglers (
            finished_at INTEGER NOT NULL,
            invocation INTEGER NOT NULL,
            PRIMARY KEY (finished_at, invocation)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE keys (
            hash BLOB PRIMARY KEY,
            event INTEGER NOT NULL,
            accepted_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            call_id BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX keys_by_expiry ON keys (expires_at);

        CREATE TABLE responses (
            key_hash BLOB PRIMARY KEY,
            event INTEGER NOT NULL,
            fingerprint BLOB NOT NULL,
            status INTEGER NOT NULL,
            fields BLOB NOT NULL,
            expires_at INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX responses_by_expiry ON responses (expires_at);

        CREATE TABLE documents (
            tenant TEXT NOT NULL,
            collection TEXT NOT NULL,
            id TEXT NOT NULL,
            version INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (tenant, collection, id)
        ) STRICT;
        """

    static let schedules = """
        CREATE TABLE schedules (
            number INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            name TEXT NOT NULL,
            declaration BLOB NOT NULL,
            declared INTEGER NOT NULL,
            paused INTEGER NOT NULL,
            retired INTEGER NOT NULL,
            since INTEGER NOT NULL,
            cursor INTEGER NOT NULL,
            last_fired INTEGER,
            last_tick INTEGER,
            UNIQUE (tenant, name)
        ) STRICT;

        CREATE TABLE firings (
            schedule INTEGER NOT NULL,
            planned_at INTEGER NOT NULL,
            by_hand INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            event INTEGER,
            accepted_at INTEGER,
            reason TEXT,
            PRIMARY KEY (schedule, planned_at, by_hand)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX firings_by_age ON firings (last_at);
        """

    static let files = """
        CREATE TABLE files (
            tenant TEXT NOT NULL,
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            generation INTEGER NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            event INTEGER,
            PRIMARY KEY (tenant, bucket, key)
        ) STRICT, WITHOUT ROWID;
        """

    static let placements = """
        CREATE TABLE placements (
            number INTEGER PRIMARY KEY,
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            name TEXT NOT NULL,
            size INTEGER,
            modified INTEGER,
            inode INTEGER,
            tenant TEXT NOT NULL,
            trace BLOB,
            trace_state TEXT,
            cause BLOB,
            depth INTEGER NOT NULL,
            sender TEXT NOT NULL
        ) STRICT;
        CREATE INDEX placements_by_key ON placements (bucket, key);
        """

    static let indexes = """
        CREATE TABLE indexes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            collection TEXT NOT NULL,
            field TEXT NOT NULL,
            declared INTEGER NOT NULL,
            whole INTEGER NOT NULL,
            filled_collection TEXT NOT NULL,
            filled_id TEXT NOT NULL
        ) STRICT;

        CREATE TABLE entries (
            number INTEGER NOT NULL,
            tenant TEXT NOT NULL,
            collection TEXT NOT NULL,
            value BLOB NOT NULL,
            id TEXT NOT NULL,
            PRIMARY KEY (number, tenant, collection, value, id)
        ) STRICT, WITHOUT ROWID;
        """

    /// Leases begin above it, so that every one takes six bytes.
    static let leaseBase: Int64 = 1 << 40

    /// Added to a worker's process identifier, so that every one takes four bytes.
    static let workerBase: Int64 = 1 << 24
}
