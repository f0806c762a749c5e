/* What SQLite's interface has for C compilers only: functions with a variable list of arguments. */
#ifndef ROOST_CSQLITE_SHIM_H
#define ROOST_CSQLITE_SHIM_H

#include <sqlite3.h>

/* Counts no memory, which would take a lock for every piece of it. Only before the first use. */
static inline int roost_sqlite_count_no_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

#endif
