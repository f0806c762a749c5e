"""100,000 schedules: how long the host takes to load them, how late ticks are at 1,000 a second, and
what 100,000 ticks of one second do to the store and to others.

Of the 100,000, 60,000 are due once a minute, 1,000 at each second; the rest once a year. A tick has
fired when the host hears that its firing is committed, and counts in /metrics how late that is; how
late its handler begins is measured by the handler. For the last figure all are due at one moment,
while one client asks for /delays 200 times a second.
"""

import datetime
import http.client
import json
import math
import re
import threading
import time

import table
from figures import latency
from host import Failed, Host

COUNT = 100_000
SENDERS = 8


def measure(bench):
    return steady(bench) + burst(bench)


def steady(bench):
    count, seconds = bench.pick(COUNT, 3000), bench.pick(30, 5)
    each = count * 6 // 10 // 60
    with Host(bench, "schedules", has_bucket=True) as host:
        bench.say(f"{count:,} schedules, setting them")
        patterns = [f"{n % 60} * * * * *" if n < each * 60 else "0 0 1 1 *" for n in range(count)]
        set_all(host, "measure-tick", patterns)
        empty = host.ready_milliseconds
        host.stop()
        host.start()
        loading = host.ready_milliseconds - empty
        # The first seconds hold what was due while the host was down.
        time.sleep(5)
        delays_before, lateness_before = latency.delays(host), lateness(host)
        bench.say(f"ticks at {each:,} a second for {seconds} s")
        time.sleep(seconds)
        steps, counts = latency.difference(latency.delays(host), delays_before)
        late = {
            bound: count - lateness_before.get(bound, 0) for bound, count in lateness(host).items()}
    seen = sum(counts.values())
    if seen < each * (seconds - 2):
        raise Failed(f"{seen} ticks in {seconds} s, where {each} a second were due")
    return [
        table.below(f"{count:,} schedules loaded at start", loading / 1000, "s", 1),
        table.below(
            f"firings at {each:,} ticks a second are late, 99 of 100",
            quantile(late, 0.99), "ms", 50),
        table.seen("  median", quantile(late, 0.5), "ms"),
        table.seen(
            "  until the handler begins, 99 of 100", latency.percentile(counts, steps, 0.99), "ms"),
        table.seen("  median", latency.percentile(counts, steps, 0.5), "ms"),
    ]


def lateness(host):
    """How many firings were at most so many seconds late, by the bounds of the host's histogram."""
    found = re.findall(
        r'^roost_schedule_lateness_seconds_bucket\{le="(.+)"\} (\d+)$', host.metrics(), re.MULTILINE)
    return {float(bound): int(count) for bound, count in found}


def quantile(sums, share):
    """Milliseconds, as Prometheus reckons them: evenly spread between two bounds."""
    wanted, lower, below = share * max(sums.values(), default=0), 0, 0
    for bound, count in sums.items():
        if count >= wanted > 0 and bound != math.inf:
            return (lower + (bound - lower) * (wanted - below) / (count - below)) * 1000
        lower, below = bound, count
    raise Failed(f"the lateness of firings can't be told from {sums}")


def burst(bench):
    count = bench.pick(COUNT, 3000)
    with Host(bench, "burst", has_bucket=True) as host:
        host.pause("note-tick")
        bench.say(f"{count:,} schedules that are due at once")
        due = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=bench.pick(90, 15))
        pattern = f"{due.second} {due.minute} {due.hour} {due.day} {due.month} *"
        set_all(host, "note-tick", [pattern] * count)
        moment = due.replace(microsecond=0).timestamp()
        if time.time() > moment - 2:
            raise Failed("setting the schedules took too long")
        time.sleep(moment - 1 - time.time())
        # The host has closed the other one, which was idle for long.
        host.connection = host.connect()
        calls, stop = [], threading.Event()
        caller = threading.Thread(target=call, args=(host, calls, stop))
        caller.start()
        while host.counts()["recorded"] < count:
            if time.time() > moment + 60:
                raise Failed(f"of {count} ticks {host.counts()['recorded']} were recorded")
            time.sleep(0.02)
        seconds = time.time() - moment
        stop.set()
        caller.join()
    calls.sort()
    return [
        table.below(f"{count:,} ticks of one second recorded", seconds, "s", 5),
        table.below(
            "  HTTP meanwhile, 99 of 100", calls[int(len(calls) * 0.99)] * 1000, "ms", 20,
            note=f"{len(calls)} calls"),
    ]


def call(host, calls, stop):
    connection = http.client.HTTPConnection(host.listen.removeprefix("http://"), timeout=10)
    while not stop.is_set():
        start = time.perf_counter()
        connection.request("GET", "/delays")
        connection.getresponse().read()
        calls.append(time.perf_counter() - start)
        time.sleep(0.005)
    connection.close()


def set_all(host, function, patterns):
    left, failures, lock = list(enumerate(patterns)), [], threading.Lock()

    def send():
        connection = host.connect()
        try:
            while not failures:
                with lock:
                    if not left:
                        return
                    number, pattern = left.pop()
                body = json.dumps({"cron": pattern, "function": function})
                host.ask("PUT", f"/v1/schedules/s-{number}", body, connection, (200, 201))
        except Failed as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
