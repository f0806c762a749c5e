"""No-op commands from acceptance to settled: accepted one by one, run in workers, settled.

The rate counts from the first request until nothing is owed, so what piles up is paid for.
"""

import time

import load
import table
from host import Failed, Host

ASKED, KEYED_ASKED, STEADY_SHARE = 25_000, 10_000, 0.6
STEADY_FORGOTTEN_MIN = 0.9

# The smallest history that is still long enough to be pruned in steps.
HISTORY = {"ROOST_LIMITS_HISTORY_BYTES_MAX": "16MiB"}


def measure(bench):
    plain = rates(bench, "settle", keyed=False)
    keyed = rates(bench, "settle", keyed=True)
    return [
        shown("no-op commands, acceptance to settled", plain, ASKED),
        shown("  with a random key each", keyed, KEYED_ASKED),
    ]


def shown(name, found, asked):
    return table.at_least(name, load.median_of(found), "/s", asked, load.spread_of(found))


def measure_steady(bench):
    plain, share = rate_while_pruning(bench, keyed=False)
    keyed, keyed_share = rate_while_pruning(bench, keyed=True)
    return [
        shown("no-op commands while history is pruned", plain, ASKED * STEADY_SHARE),
        forgotten("  forgotten for each one settled", share),
        shown("  with a random key each", keyed, KEYED_ASKED * STEADY_SHARE),
        forgotten("  forgotten for each one settled, keyed", keyed_share),
    ]


def forgotten(name, share):
    """Near 1 the state is steady; below, pruning falls behind and the rate flatters."""
    is_behind = share < STEADY_FORGOTTEN_MIN
    return table.seen(name, share, "", note="pruning falls behind" if is_behind else "")


def rates(bench, name, keyed):
    """Five on one host, so that what one leaves behind is in the next."""
    with Host(bench, name) as host:
        bench.say(f"settling{', keyed' if keyed else ''}")
        load.post_commands(host, 1, keyed=keyed)
        host.wait_until_settled()
        return [settled_per_second(bench, host, keyed) for _ in range(bench.pick(5, 1))]


def rate_while_pruning(bench, keyed):
    with Host(bench, "steady", limits=HISTORY) as host:
        bench.say(f"settling while history is pruned{', keyed' if keyed else ''}: filling history")
        host.fill("noop", bench.pick(400_000, 200_000))
        host.wait_until_settled()
        before = wait_for_pruning(host)
        bench.say(f"settling while history is pruned{', keyed' if keyed else ''}")
        found = [settled_per_second(bench, host, keyed) for _ in range(bench.pick(5, 1))]
        after = host.counts()
        pruned = after["pruned"] - before["pruned"]
        return found, pruned / (after["settled"] - before["settled"])


def wait_for_pruning(host):
    """Waits until history has come down to its bound: more is forgotten only as more is added."""
    deadline = time.perf_counter() + 120
    last = host.counts()
    while time.perf_counter() < deadline:
        # Pruning starts once a second.
        time.sleep(2.5)
        counts = host.counts()
        if counts["pruned"] > 0 and counts["pruned"] == last["pruned"]:
            return counts
        last = counts
    count = last["pruned"]
    raise Failed(f"history did not come down to its bound: {count} were forgotten in 120 s")


def settled_per_second(bench, host, keyed):
    """How many were settled a second."""
    before = host.counts()["settled"]
    start = time.perf_counter()
    report = load.post_commands(host, bench.pick(6, 2), keyed=keyed)
    counts, end = host.wait_until_settled()
    settled = counts["settled"] - before
    if settled < report["requests"]:
        raise Failed(f"{report['requests']} commands were accepted, but only {settled} settled")
    return settled / (end - start)
