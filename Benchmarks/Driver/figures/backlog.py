"""A backlog: filled while its function is paused, survived by a killed host, then drained."""

import time

import table
from host import Failed, Host

STALL_SECONDS_MAX = 30


def measure(bench):
    count = bench.pick(1_000_000, 50_000)
    with Host(bench, "backlog") as host:
        host.pause("noop")
        bench.say(f"a backlog of {count:,}: filling")
        filled = host.fill("noop", count)
        memory = host.memory("VmHWM")
        host.kill()
        bench.say(f"a backlog of {count:,}: starting over it")
        host.start()
        ready = host.ready_milliseconds / 1000
        if host.counts()["owed"] != count:
            raise Failed(f"{host.counts()['owed']} are owed after a kill, expected {count}")
        host.resume("noop")
        bench.say(f"a backlog of {count:,}: draining")
        samples = drain(host)
        memory = max(memory, host.memory("VmHWM"))
    return [
        table.seen(f"backlog of {count:,} filled in batches of 1,000", filled, "/s"),
        table.below("  host ready over it after a kill", ready, "s", 1),
        table.at_least("  drained", count / (at(samples, count) - at(samples, 0)), "/s", 20_000),
        table.at_least("  last tenth's rate to the first's", flatness(samples, count), "×", 0.8),
        table.below("  host memory at its highest", memory, "MiB", 200),
    ]


def drain(host):
    """Pairs of a moment and how many were settled by then, from none to all."""
    samples = [(time.perf_counter(), 0)]
    while True:
        counts, now = host.counts(), time.perf_counter()
        if counts["settled"] > samples[-1][1]:
            samples.append((now, counts["settled"]))
        if counts["owed"] == 0:
            return samples
        if now - samples[-1][0] > STALL_SECONDS_MAX:
            owed = counts["owed"]
            raise Failed(f"nothing was settled for {STALL_SECONDS_MAX} s; {owed} are owed")
        time.sleep(0.05)


def at(samples, settled):
    """When that many were settled, between the two samples around it."""
    before = samples[0]
    for sample in samples:
        if sample[1] >= settled:
            if sample[1] == before[1]:
                return sample[0]
            share = (settled - before[1]) / (sample[1] - before[1])
            return before[0] + share * (sample[0] - before[0])
        before = sample
    raise Failed(f"only {before[1]} were settled, expected {settled}")


def flatness(samples, count):
    tenth = count // 10
    first = at(samples, tenth) - at(samples, 0)
    last = at(samples, count) - at(samples, count - tenth)
    return first / last
