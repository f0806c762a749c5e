"""From sending a command to the start of its handler, at a rate that leaves room.

The sender's clock is read before it writes, the handler reads its own first of all; so the figure
holds the way to the host, its parsing, the commit and its sync, and the way to the worker.
"""

import http.client
import json
import threading
import time

import load
import table
from host import Failed, Host

RATE = 1000
ASKING_SECONDS_MAX = 15


def measure(bench):
    seconds = bench.pick(30, 3)
    with Host(bench, "latency") as host:
        load.pace(bench, host, "measure-delay", RATE, 2)
        host.wait_until_settled()
        before = delays(host)
        bench.say(f"latency at {RATE:,} a second for {seconds} s")
        report = load.pace(bench, host, "measure-delay", RATE, seconds)
        host.wait_until_settled()
        after = delays(host)
    steps, counts = difference(after, before)
    if sum(counts.values()) != report["sent"]:
        counted = sum(counts.values())
        raise Failed(f"{report['sent']} commands were sent, but {counted} delays counted")
    late = report["senderLateMicrosecondsMax"] / 1000
    return [
        table.below(
            "acceptance to handler at 1,000/s, median", percentile(counts, steps, 0.5), "ms", 2),
        table.below("  99 of 100", percentile(counts, steps, 0.99), "ms", 10),
        table.seen("  longest", percentile(counts, steps, 1), "ms"),
        table.seen("  the sender was late by at most", late, "ms"),
    ]


def delays(host):
    """The counts of every worker, by its pid: asked many at once, until each one has answered."""
    wanted = {item["pid"] for item in host.worker_items()}
    found, deadline = {}, time.monotonic() + ASKING_SECONDS_MAX
    while wanted - set(found):
        if time.monotonic() > deadline:
            raise Failed(f"workers {wanted - set(found)} did not tell their delays")
        threads = [threading.Thread(target=ask, args=(host, found)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return found


def ask(host, found):
    connection = http.client.HTTPConnection(host.listen.removeprefix("http://"), timeout=10)
    connection.request("GET", "/delays")
    told = json.loads(connection.getresponse().read())
    connection.close()
    found[told["worker"]] = (told["stepMicroseconds"], dict(map(tuple, told["counts"])))


def difference(after, before):
    """The microseconds of a step, and all workers' counts together without those of before."""
    total, step = {}, 1
    for worker, (step, counts) in after.items():
        for place, count in counts.items():
            old = before[worker][1].get(place, 0) if worker in before else 0
            total[place] = total.get(place, 0) + count - old
    return step, {place: count for place, count in total.items() if count}


def percentile(counts, step_microseconds, share):
    """The upper end of the step in which that share of all delays is reached, in milliseconds."""
    wanted, sum_so_far = share * sum(counts.values()), 0
    for place in sorted(counts):
        sum_so_far += counts[place]
        if sum_so_far >= wanted:
            return (place + 1) * step_microseconds / 1000
    raise Failed("no delays were counted")
