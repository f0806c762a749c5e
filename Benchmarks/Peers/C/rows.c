/* Writes the rows of commands into SQLite in groups, as Roost does, and does nothing else: the limit
 * of what a host that keeps such rows can reach on one disk.
 *
 *     rows FILE COMMANDS GROUP
 *
 * A group is recorded in one commit, running under its lease, and settled in the next; both sync.
 * Roost mixes both in one commit, and its groups are what waits, up to 1,000 changes.
 * Prints one line of JSON. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *db;

static void check(int code, const char *what) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "rows: %s failed: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void run(const char *sql) { check(sqlite3_exec(db, sql, NULL, NULL, NULL), sql); }

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), sql);
    return statement;
}

static void step(sqlite3_stmt *statement, const char *what) {
    check(sqlite3_step(statement), what);
    check(sqlite3_reset(statement), what);
}

/* As in Sources/StoreSQLite/Schema.swift, for what a command needs. */
static const char *schema =
    "CREATE TABLE ledger (id INTEGER PRIMARY KEY, event INTEGER NOT NULL, lease INTEGER NOT NULL,"
    " version INTEGER NOT NULL, recorded INTEGER NOT NULL, pruned INTEGER NOT NULL,"
    " dead_bytes INTEGER NOT NULL, swept INTEGER NOT NULL) STRICT;"
    "INSERT INTO ledger VALUES (1, 0, 0, 0, 0, 0, 0, 0);"
    "CREATE TABLE functions (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " running INTEGER NOT NULL, succeeded INTEGER NOT NULL) STRICT;"
    "INSERT INTO functions VALUES (1, 'noop', 0, 0);"
    "CREATE TABLE events (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, subject TEXT NOT NULL,"
    " accepted_at INTEGER NOT NULL, content_type TEXT, tenant TEXT NOT NULL, attributes BLOB,"
    " trace BLOB, trace_state TEXT, cause BLOB, depth INTEGER NOT NULL, call_id BLOB,"
    " data BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX calls ON events (call_id) WHERE call_id IS NOT NULL;"
    "CREATE TABLE invocations (number INTEGER PRIMARY KEY, function INTEGER NOT NULL,"
    " state INTEGER NOT NULL, turn INTEGER NOT NULL, lease INTEGER NOT NULL, runs INTEGER NOT NULL,"
    " charged INTEGER NOT NULL, suspicion INTEGER NOT NULL, series INTEGER NOT NULL,"
    " first_run_at INTEGER NOT NULL, began_at INTEGER NOT NULL, finished_at INTEGER NOT NULL,"
    " worker INTEGER NOT NULL, due_at INTEGER, error TEXT, ordering_key TEXT) STRICT;"
    "CREATE INDEX ready ON invocations (function) WHERE state = 20 AND turn > 0;"
    "CREATE INDEX running ON invocations (function) WHERE state = 30;"
    "CREATE INDEX due ON invocations (function, due_at) WHERE state IN (10, 40);"
    "CREATE INDEX dead ON invocations (function) WHERE state = 70;";

int main(int count, char **words) {
    if (count != 4) {
        fprintf(stderr, "usage: rows FILE COMMANDS GROUP\n");
        return 2;
    }
    long commands = atol(words[2]), group = atol(words[3]);
    /* As Roost has it: counting memory takes a lock for every piece of it. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    check(sqlite3_open_v2(words[1], &db,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL), "open");
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run(schema);
    sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
    sqlite3_stmt *event = prepare("INSERT INTO events VALUES (?, 1, 'noop', ?, 'application/json',"
        " 'default', NULL, NULL, NULL, NULL, 0, NULL, ?)");
    sqlite3_stmt *invocation = prepare("INSERT INTO invocations VALUES (?1, 1, 30, 2, ?2, 1, 0, 0,"
        " 0, ?3, ?3, ?3, 16777216, NULL, NULL, NULL)");
    sqlite3_stmt *find = prepare("SELECT function, state, turn, lease, runs, charged, suspicion,"
        " series, first_run_at, began_at, finished_at, worker, ordering_key FROM invocations"
        " WHERE number = ?");
    sqlite3_stmt *settle = prepare("UPDATE invocations SET state = 50, suspicion = 0, began_at = ?2,"
        " finished_at = ?3, worker = ?4, error = NULL WHERE number = ?1");
    sqlite3_stmt *ledger = prepare("UPDATE ledger SET event = ?, lease = ?, recorded = ?");
    sqlite3_stmt *function = prepare("UPDATE functions SET running = ?, succeeded = ?");
    const char *data = "{\"id\":\"1042\"}";
    const sqlite3_int64 lease = (sqlite3_int64)1 << 40;
    sqlite3_int64 now = (sqlite3_int64)time(NULL) * 1000;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long first = 1; first <= commands; first += group) {
        long last = first + group - 1 < commands ? first + group - 1 : commands;
        for (int settles = 0; settles < 2; settles += 1) {
            step(begin, "begin");
            for (long number = first; number <= last; number += 1) {
                if (settles) {
                    sqlite3_bind_int64(find, 1, (sqlite3_int64)number << 12);
                    step(find, "find");
                    sqlite3_bind_int64(settle, 1, (sqlite3_int64)number << 12);
                    sqlite3_bind_int64(settle, 2, now + number);
                    sqlite3_bind_int64(settle, 3, now + number);
                    sqlite3_bind_int64(settle, 4, 16777216 + 4242);
                    step(settle, "settle");
                } else {
                    sqlite3_bind_int64(event, 1, number);
                    sqlite3_bind_int64(event, 2, now + number);
                    sqlite3_bind_blob(event, 3, data, (int)strlen(data), SQLITE_STATIC);
                    step(event, "record an event");
                    sqlite3_bind_int64(invocation, 1, (sqlite3_int64)number << 12);
                    sqlite3_bind_int64(invocation, 2, lease + number);
                    sqlite3_bind_int64(invocation, 3, now + number);
                    step(invocation, "record an invocation");
                }
            }
            sqlite3_bind_int64(ledger, 1, last);
            sqlite3_bind_int64(ledger, 2, lease + last);
            sqlite3_bind_int64(ledger, 3, last);
            step(ledger, "write the ledger");
            sqlite3_bind_int64(function, 1, settles ? 0 : last - first + 1);
            sqlite3_bind_int64(function, 2, settles ? last : first - 1);
            step(function, "count");
            step(commit, "commit");
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    printf("{\"perSecond\":%.1f,\"seconds\":%.3f}\n", (double)commands / seconds, seconds);
    return 0;
}
