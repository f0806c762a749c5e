"""How soon a host is ready, and how soon a new worker has answered its first request."""

import datetime
import http.client
import os
import signal
import time

import load
import table
from host import Failed, Host

# A worker that dies younger than this is restarted with a delay, which is not what is measured.
LIFE_SECONDS = 1.5


def measure(bench):
    rounds = bench.pick(9, 3)
    bench.say("start of the host")
    ready = []
    for _ in range(rounds):
        with Host(bench, "start") as host:
            ready.append(host.ready_milliseconds)
    return [
        table.below("host ready", load.median_of(ready), "ms", 150),
        table.below("worker start to first answer", worker_milliseconds(bench), "ms", 50),
    ]


def worker_milliseconds(bench):
    """Kills the only worker and asks at once: the answer comes from the one that replaces it."""
    rounds, times = bench.pick(5, 2), []
    with Host(bench, "start", workers=1) as host:
        for number in range(rounds):
            bench.say(f"start of a worker, round {number + 1} of {rounds}")
            time.sleep(LIFE_SECONDS)
            old = host.worker_items()[0]["pid"]
            os.kill(old, signal.SIGKILL)
            answered = first_answer(host)
            times.append(answered - started_milliseconds(host, old))
    return load.median_of(times)


def first_answer(host):
    """When the first answer came, in milliseconds of the wall clock."""
    connection = http.client.HTTPConnection(host.listen.removeprefix("http://"), timeout=10)
    while True:
        connection.request("GET", "/hello")
        answer = connection.getresponse()
        answer.read()
        now = time.time() * 1000
        if answer.status == 200:
            connection.close()
            return now
        # A request that was handed to the dying worker is taken for what killed it: 500.
        if answer.status not in (500, 503):
            raise Failed(f"GET /hello answered {answer.status} while the worker was replaced")


def started_milliseconds(host, old):
    new = [item for item in host.worker_items() if item["pid"] != old and item["state"] == "ready"]
    if not new:
        raise Failed("the killed worker was not replaced, and yet there was an answer")
    started = datetime.datetime.fromisoformat(new[0]["startedAt"].replace("Z", "+00:00"))
    return started.timestamp() * 1000
