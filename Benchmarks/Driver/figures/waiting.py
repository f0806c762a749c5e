"""A thousand commands of one function behind a great many of others that can't run.

The others are paused, or limited to one at a time; what is measured is how much longer the thousand
take than they took before anything else was owed.
"""

import json
import time

import load
import table
from host import BATCH, Failed, Host

OWED, ROUNDS, SECONDS_MAX = 500_000, 9, 60


def measure(bench):
    owed = bench.pick(OWED, 20_000)
    with Host(bench, "waiting") as host:
        bench.say("1,000 commands with nothing else owed")
        median(host)
        alone = median(host)
        host.pause("measure-delay")
        bench.say(f"1,000 commands behind {owed:,} of a paused function")
        host.fill("measure-delay", owed)
        paused = median(host)
    with Host(bench, "waiting") as host:
        bench.say(f"1,000 commands behind {owed:,} of a function that runs one at a time")
        host.pause("slow")
        host.fill("slow", owed)
        host.resume("slow")
        limited = median(host)
        # Its one slot would hold up the drain.
        host.kill()
    return [
        table.seen("1,000 commands, nothing else owed", alone, "ms"),
        table.below("  later behind 500,000 of a paused function", paused - alone, "ms", 50),
        table.below("  later behind 500,000 of a limited one", limited - alone, "ms", 50),
    ]


def median(host):
    """Of several rounds; the first ones warm a host up."""
    return load.median_of([thousand(host) for _ in range(ROUNDS)])


def thousand(host):
    """Milliseconds from sending a thousand in one request until all of them are settled."""
    order = {"data": {"id": "1042"}}
    body = json.dumps({"commands": [order] * BATCH}, separators=(",", ":"))
    wanted = host.counts()["settled"] + BATCH
    start = time.perf_counter()
    host.ask("POST", "/v1/functions/noop/invocations", body)
    while host.counts()["settled"] < wanted:
        if time.perf_counter() - start > SECONDS_MAX:
            raise Failed(f"1,000 commands were not settled within {SECONDS_MAX} s")
    return (time.perf_counter() - start) * 1000
