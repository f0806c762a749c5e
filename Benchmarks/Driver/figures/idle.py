"""What a host takes that has nothing to do."""

import time

import table
from host import Host


def measure(bench):
    seconds = bench.pick(20, 4)
    with Host(bench, "idle") as host:
        # What the start leaves behind is over by then.
        time.sleep(bench.pick(5, 2))
        bench.say(f"an idle host for {seconds} s")
        before, start = host.processor_seconds(), time.perf_counter()
        time.sleep(seconds)
        used = (host.processor_seconds() - before) / (time.perf_counter() - start) * 100
        memory = host.memory()
        workers = [host.memory(pid=item["pid"]) for item in host.worker_items()]
    return [
        table.below("idle host, memory", memory, "MiB", 40),
        table.below("  processor, of one core", used, "%", 0.5),
        table.seen(f"  memory of each of its {len(workers)} workers", max(workers), "MiB"),
    ]
