"""From publishing a message to the start of its handler, and one message for 100 functions.

One publisher sends one message after the other, with a pause: a machine at rest, as most are. The
fan-out is one request, whose answer comes after the commit; its event names every invocation.
"""

import json
import time

import table
from figures import latency
from host import Failed, Host

FUNCTIONS = 100


def measure(bench):
    count = bench.pick(1000, 50)
    with Host(bench, "messages", has_bucket=True) as host:
        publish(host, 20)
        host.wait_until_settled()
        before = latency.delays(host)
        bench.say(f"publishing to handler, {count:,} messages")
        publish(host, count)
        host.wait_until_settled()
        steps, counts = latency.difference(latency.delays(host), before)
        if sum(counts.values()) != count:
            raise Failed(f"{count} messages were sent, but {sum(counts.values())} delays counted")
        bench.say("fan-out to 100 functions")
        fans = sorted(fan_out(host) for _ in range(bench.pick(21, 3)))
    return [
        table.below(
            "publish to handler, median", latency.percentile(counts, steps, 0.5), "ms", 2),
        table.seen("  99 of 100", latency.percentile(counts, steps, 0.99), "ms"),
        table.seen(f"one message for {FUNCTIONS} functions, in one commit", fans[len(fans) // 2],
                   "ms", "median, until the answer"),
    ]


def publish(host, count):
    for _ in range(count):
        data = {"sentMicroseconds": time.time_ns() // 1000}
        host.ask("POST", "/v1/topics/bench.delay/messages", json.dumps({"data": data}))
        time.sleep(0.002)


def fan_out(host):
    """How many milliseconds the answer took; every function is owed to when it comes."""
    body = json.dumps({"data": {"sentMicroseconds": 0}})
    start = time.perf_counter()
    answer = host.ask("POST", "/v1/topics/bench.fan/messages", body)
    milliseconds = (time.perf_counter() - start) * 1000
    event = host.ask("GET", f"/v1/events/{answer['id']}")
    if len(event["invocations"]) != FUNCTIONS:
        raise Failed(f"{len(event['invocations'])} functions were told, not {FUNCTIONS}")
    host.wait_until_settled()
    return milliseconds
