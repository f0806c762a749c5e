"""How cost grows: with what is finished, with what is owed, with functions, connections and cores.

Each line is the same measurement on a host that has more of one thing and nothing else; what grows
with it shows as a falling rate or as memory.
"""

import os
import resource
import time

import load
import table
from host import Failed, Host

FINISHED = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
OWED = (1_000, 10_000, 100_000, 1_000_000)
FUNCTIONS = (5, 100, 1_000, 10_000)
CONNECTIONS = (1, 10, 100, 1_000, 10_000)
CORES = (1, 2, 4, 8)
# More than the default takes: the most that are owed and what is measured beside them.
BACKLOG = {"ROOST_LIMITS_BACKLOG_MAX": "2000000"}
# Each connection waits for a call, where the default refuses the thousand-and-first.
WAITING = {"ROOST_LIMITS_WAITING_CALLS_MAX": "10000"}
SECONDS = 5
FILL = 500_000


def measure(bench):
    figures = []
    for part in (finished, owed, functions, connections, cores):
        try:
            figures += part(bench)
        except Failed as failure:
            # One that fails costs the others nothing.
            figures.append(table.seen(f"growth with {part.__name__}", None, "", note=str(failure)))
    return figures


def finished(bench):
    """One host whose history grows; each rate is measured over all that came before."""
    figures = []
    with Host(bench, "growth") as host:
        load.post_commands(host, 1)
        host.wait_until_settled()
        for count in FINISHED[:bench.pick(5, 2)]:
            bench.say(f"commands settled with {count:,} finished before")
            missing = count - host.counts()["settled"]
            while missing > 0:
                # In steps: commands are accepted faster than they settle.
                host.fill("noop", min(missing, FILL))
                host.wait_until_settled()
                missing -= FILL
            figures.append(settled(host, f"settled with {count:,} finished rows"))
    return figures


def owed(bench):
    figures = []
    with Host(bench, "growth", limits=BACKLOG) as host:
        host.pause("measure-delay")
        for count in OWED[:bench.pick(4, 2)]:
            bench.say(f"commands settled with {count:,} owed to another function")
            missing = count - host.counts()["owed"]
            if missing > 0:
                host.fill("measure-delay", missing)
            figures.append(settled(host, f"settled beside {count:,} owed ones", owed=count))
    return figures


def settled(host, name, owed=0):
    before, start = host.counts()["settled"], time.perf_counter()
    load.post_commands(host, SECONDS)
    counts, end = host.wait_until_settled(but=owed)
    rate = (counts["settled"] - before) / (end - start)
    return table.seen(name, rate, "/s", note=f"host {host.memory():.0f} MiB")


def functions(bench):
    figures = []
    for count in FUNCTIONS[:bench.pick(4, 2)]:
        bench.say(f"commands settled in an app of {count:,} functions")
        os.environ["BENCH_FUNCTIONS"] = str(count)
        try:
            with Host(bench, "growth") as host:
                load.post_commands(host, 1)
                host.wait_until_settled()
                figure = settled(host, f"settled in an app of {count:,} functions")
                figure.note += f", ready in {host.ready_milliseconds:.0f} ms"
                figures.append(figure)
        finally:
            del os.environ["BENCH_FUNCTIONS"]
    return figures


def connections(bench):
    # wrk and the host each hold one descriptor a connection.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    figures = []
    with Host(bench, "growth", limits=WAITING) as host:
        for count in CONNECTIONS[:bench.pick(5, 3)]:
            bench.say(f"hello over {count:,} connections")
            report = load.get(f"{host.listen}/hello", SECONDS, connections=count)
            note = f"99 of 100 within {report['p99Microseconds'] / 1000:.1f} ms, " \
                f"host {host.memory():.0f} MiB"
            figures.append(
                table.seen(f"hello over {count:,} connections", report["perSecond"], "/s", note))
    return figures


def cores(bench):
    """The host and its workers are held to so many cores, as far as the machine has them."""
    figures = []
    for count in CORES:
        if count > os.cpu_count():
            break
        bench.say(f"commands settled on {count} cores")
        with Host(bench, "growth", workers=count, cores=count) as host:
            load.post_commands(host, 1)
            host.wait_until_settled()
            figures.append(settled(host, f"settled on {count} of {os.cpu_count()} cores"))
    return figures
