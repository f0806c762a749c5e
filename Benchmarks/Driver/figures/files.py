"""Files in a bucket: from closing to handler, many at once, and many that are there at start.

Every file is written as most programs write: open, write, close. The handlers of `many` do nothing;
what counts is that each file is announced once, so the counts have to be exact.
"""

import os
import time

import table
from figures import latency
from host import Failed, Host

MANY = 10_000
PRESENT = 100_000
KIB = b"x" * 1024


def measure(bench):
    return one_by_one(bench) + many(bench) + present(bench)


def one_by_one(bench):
    count = bench.pick(500, 30)
    with Host(bench, "drop", has_bucket=True) as host:
        drop(host, "warm", 10)
        wait_for(host, 10)
        before = latency.delays(host)
        bench.say(f"file to handler, {count} files")
        drop(host, "measured", count)
        wait_for(host, count + 10)
        steps, counts = latency.difference(latency.delays(host), before)
    if sum(counts.values()) != count:
        raise Failed(f"{count} files were written, but {sum(counts.values())} delays counted")
    return [
        table.below("file dropped to handler, median", latency.percentile(counts, steps, 0.5), "ms", 5),
        table.seen("  99 of 100", latency.percentile(counts, steps, 0.99), "ms"),
    ]


def drop(host, name, count):
    for number in range(count):
        with open(os.path.join(host.bucket, f"late-{name}-{number}"), "wb") as file:
            file.write(str(time.time_ns() // 1000).encode())
        time.sleep(0.005)


def many(bench):
    count = bench.pick(MANY, 500)
    with Host(bench, "many", has_bucket=True) as host:
        before = host.memory("VmHWM")
        bench.say(f"{count:,} files of 1 KiB")
        write(os.path.join(host.bucket, "many"), count)
        closed = time.perf_counter()
        ended = wait_for(host, count)
        growth = host.memory("VmHWM") - before
    return [
        table.below(f"{count:,} files: last close to last handler's end", ended - closed, "s", 3),
        table.seen("  the host's memory grew by", growth, "MiB"),
    ]


def present(bench):
    count = bench.pick(PRESENT, 2000)
    with Host(bench, "present", has_bucket=True) as host:
        host.pause("note-file")
        host.stop()
        bench.say(f"{count:,} files that are there at start")
        for folder in range(count // 1000):
            write(os.path.join(host.bucket, "many", str(folder)), 1000)
        start = time.perf_counter()
        host.start()
        while host.counts()["recorded"] < count:
            if time.perf_counter() - start > 60:
                raise Failed(f"of {count} files {host.counts()['recorded']} were recorded")
            time.sleep(0.01)
        seconds = time.perf_counter() - start
        memory = host.memory("VmHWM")
    return [
        table.below(f"{count:,} new files at start recorded", seconds, "s", 5),
        table.seen("  the host's memory at most", memory, "MiB"),
    ]


def write(folder, count):
    os.makedirs(folder)
    for number in range(count):
        with open(os.path.join(folder, str(number)), "wb") as file:
            file.write(KIB)


def wait_for(host, count):
    """Waits until exactly `count` invocations are recorded and settled; answers when that was."""
    deadline = time.perf_counter() + 60
    while True:
        counts, now = host.counts(), time.perf_counter()
        if counts["settled"] == count:
            return now
        if counts["recorded"] > count:
            raise Failed(f"{counts['recorded']} announcements of {count} files")
        if now > deadline:
            raise Failed(f"{counts['settled']} of {count} files were handled after 60 s")
        time.sleep(0.005)
