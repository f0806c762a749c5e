"""What docs/benchmarks.md says around its figures.

A number in these texts is of the day that is beside it; what is measured anew comes from page.py.
"""

HEAD = """# Benchmarks

What was measured, how, and the command that measures it again: `make bench PAGE=1` for all of it. A figure
with a spread, from one number to another, is the median of five runs; all others are one run, see
[All figures](#all-figures). Every queue that can is told to sync before it answers, as Roost does by default.
What else was set, for Roost and for the others, and why, stands in [Settings](#settings).

{runs}
"""

QUEUES = """## Queues that a user would pick instead

![jobs a second](benchmarks/queues.svg)

Every queue gets its jobs one by one from the same two processes of eight senders each, in Python, over a
client from PyPI: its own, and for Roost the binding of curl, which its README uses. Two worker processes take
them. So the senders' cost is in every figure, and it bounds the fastest: sent by wrk, the same Roost settles
what the table below says. A job costs its sender 78 µs of processor for Roost, 195 µs over Python's own
`http.client`, and 23 µs for beanstalkd, which takes a line and bytes over a socket (4,000 jobs over one
connection, 27 November 2026). What a figure does not show: all others run Python functions, Roost runs Swift
ones.
What NATS answers is not on the disk yet: Debian's server is older than its option to sync at every write.
The limit of the disk and of SQLite is a C program that writes the same rows: it has the commands already,
where Roost parses each from HTTP, hands it to another process and takes back what came of it. It records 64
commands in one commit and settles them in the next, where Roost mixes both in commits of up to 1,000 changes.
Since each of wrk's 64 connections waits for its answer, a commit of Roost records 64 at most; how many
settlements are beside them is not measured, so that the groups are alike is an assumption.

Measure it again: `Benchmarks/run --page --only peers`.

"""

QUEUES_VERDICT = """
Roost did {times} times as many as {best}, the fastest of the others. That rests on two things. One is the
client: over `http.client` Roost came to 6,584 in an earlier run, in which beanstalkd did 7,083, and NATS
6,596; so with that client the order is the other way round. The other is how much a worker holds at once:
beanstalkd's two reserve and delete one job at a time, those of NATS fetch 100, and Roost's two have 128 slots
each. Jobs that are only accepted beanstalkd takes faster, 16,192 a second against Roost's 13,079 (all on
27 November 2026).
"""

SERVERS = """## HTTP servers

![requests a second](benchmarks/http.svg)

C on libuv, Hummingbird 2, Node and functions-framework answer in their own process; Roost hands each request
to a worker process and back, so that a crash of the function costs nobody anything. C wins, for it does
nothing but parse and answer.

wrk, with one thread, shares the machine's cores with what it asks: with Roost's host and its workers, one a
core, or with the one process of C or of Node. At the rate of C it takes nearly a core itself. So the limit of
C may be a little higher than its figure; that would make what Roost misses larger, not smaller.

"""

GROWTH = """## How cost grows

Each chart is the same measurement on a host that has more of one thing and of nothing else, one run for
each bar. Cores are what the host and its workers are held to; the load beside them has all that the machine has,
which is also the most that is shown.

Measure it again: `Benchmarks/run --page --only growth`.

"""

MISSED = """## Where Roost misses its own goals

What is missed stands in the table below. Why the two goals of speed are, by a profile under the same load on two
cores of such a Xeon:

- **HTTP hello, asked 0.65 of C.** A request takes 6.2 µs of processor in wrk, 11.5 in the host, 5.3 of them in
  the kernel, and 6.3 in the workers. C takes 5.6 alone, so 0.65 of C leaves about 17 on two cores for all of it.
  wrk and the kernel's part of the host are 11.5 of that; what is left is less than half of the 12.5 that the
  host's own code and the workers take.
- **Commands settled, asked 0.5 of the rows of C.** A command takes 14.7 µs in the store's thread, 20 in the
  loop, 10 in the workers and 7.5 in wrk, 52 together. C writes its rows in 8.4, so half of its rate leaves 16.7
  by the clock, 33 on two cores. The loop, one thread, takes longer than that by itself.

Tried, and not kept: pages of 16 changes handed to the store early (+3 %), frames sent to workers before a turn
ends (-3 %), and changes lent instead of copied.
"""

SETTINGS = """## Settings

All that is not as it comes; some defaults are in brackets. Besides, ports are free ones of this machine, and
data lies in an empty folder.

| queue | set | why |
|---|---|---|
| all | two worker processes, 16 senders | the same for all |
| Roost | nothing | that is two workers on two cores, 128 slots each, `synchronous: full` |
| beanstalkd | `-b`, `-f 0` | jobs outlive it; synced at every write |
| NATS | JetStream on files, retention `workqueue`; workers fetch 100; senders are coroutines | jobs are kept until done; the client is asynchronous |
| huey | `fsync=True`, `results=False`, `--worker-type process`, `--no-periodic`, `--quiet` | synced at every commit; nobody reads results; two processes, as the others; no periodic tasks here |
| celery | `task_acks_late`, `task_ignore_result`, `--concurrency 2`, no gossip, mingle or heartbeat, log level ERROR | a killed worker loses nothing; nobody reads results; no talk among workers |
| rq | `SimpleWorker`, `result_ttl=0`, log level ERROR | no fork for each job; nobody reads results |
| Redis, for those two | `appendonly yes`, `appendfsync always`, no `save` | synced at every write; no snapshots beside that |
| procrastinate | `--concurrency 32` for each worker (1) | several jobs at once, as Roost |
| PostgreSQL, for that | no socket but TCP, `trust` | reached as the others; it syncs every commit by itself |

| Roost in group | set | why |
|---|---|---|
| `accept` | `backlogMax` 10,000,000 (1,000,000) | nothing is run, and 5 s can reach the default |
| `steady` | `historyBytesMax` 16 MiB (10 GiB) | pruning has work |
| `soak` | `historyBytesMax` 256 MiB (10 GiB) | history is at its bound before the hour begins |
| `growth`, owed | `backlogMax` 2,000,000 (1,000,000) | a million are owed, and others come |
| `growth`, connections | `waitingCallsMax` 10,000 (1,000); as many descriptors as the system allows | each connection waits for a call |
| `growth`, cores | `--workers`, `taskset` | that is what is measured |
| `start`, of a worker | `--workers 1` | the only one is killed |
| `messages`, `documents`, `files`, `schedules` | one bucket in roost.yaml | files are dropped there |

The servers of C, Node and functions-framework have their own settings, which is one process that answers, on one
thread with C and Node. Hummingbird is built with the flags of Roost's release build. wrk has one thread and 64
connections for all, or as many as `growth` says. The C program that writes rows has SQLite's log and
`synchronous = FULL`, and its count of memory off, as Roost has.
"""

ALL = """## All figures

`Benchmarks/run --page --only NAME` measures one group again and puts it into this page; `make bench` measures
all but `peers` and `growth`, and writes nothing.

Five runs each: `hello`, `accept`, `settle`, `steady`, `documents`, `peers`. One run: `backlog`, `waiting`,
`latency`, `idle`, `messages`, `files`, `schedules`, `cron`, `growth`. In one run, a median is that of its calls,
as of 30,000 for `latency`, of nine times a thousand commands for `waiting`, of 21 for the fan-out in `messages`;
`cron` asks each pattern for 20 ms. `start` has the medians of nine starts of a host and of five killed workers.

"""
