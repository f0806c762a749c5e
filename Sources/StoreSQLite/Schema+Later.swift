/// What later versions added or laid out anew.
extension Schema {
    static let responsesOfAttempts = "ALTER TABLE attempts ADD COLUMN response BLOB"

    /// Rows of firings come one after the other, as they are recorded: kept by schedule, those of one
    /// second would lie in as many pages as there are schedules. So each names the one before it, and
    /// its schedule the last. Numbers may come again once all are pruned; then `previous` is no lower.
    static let firingsInOrder = """
        ALTER TABLE firings RENAME TO old_firings;
        DROP INDEX firings_by_age;
        CREATE TABLE firings (
            number INTEGER PRIMARY KEY,
            schedule INTEGER NOT NULL,
            planned_at INTEGER NOT NULL,
            by_hand INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            event INTEGER,
            accepted_at INTEGER,
            reason TEXT,
            previous INTEGER
        ) STRICT;
        INSERT INTO firings
            SELECT number, schedule, planned_at, by_hand, last_at, event, accepted_at, reason,
                lag(number) OVER (PARTITION BY schedule ORDER BY number)
            FROM (
                SELECT *, row_number() OVER (ORDER BY last_at, schedule, planned_at, by_hand)
                    AS number
                FROM old_firings
            );
        CREATE UNIQUE INDEX firings_once ON firings (planned_at, schedule, by_hand);
        CREATE INDEX firings_by_age ON firings (last_at);
        DROP TABLE old_firings;

        ALTER TABLE schedules ADD COLUMN last_firing INTEGER;
        UPDATE schedules SET last_firing = last.number
            FROM (SELECT schedule, max(number) AS number FROM firings GROUP BY schedule) AS last
            WHERE last.schedule = schedules.number;
        """
    /// One index says both: that nothing is decided twice, and which firings are old. A stretch of
    /// instants ends where nothing else of its schedule does, for the cursor is moved there.
    static let firingsByLastInstant = """
        DROP INDEX firings_once;
        DROP INDEX firings_by_age;
        CREATE UNIQUE INDEX firings_once ON firings (last_at, schedule, by_hand);
        """
}
