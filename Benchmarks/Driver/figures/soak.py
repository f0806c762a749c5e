"""An hour at half load: what should stay as it is, and does it?

History is at its bound before the hour begins, so each command that ends lets another be forgotten.
Commands come at a fixed rate, and twenty times a second somebody connects, asks for /hello and goes.
Memory, descriptors and the store's files are looked at every ten seconds; of each, the median of the
hour's last sixth is set beside that of its first. What grew fails the run.
"""

import http.client
import os
import statistics
import threading

import load
import table
from figures import settling
from host import Failed, Host

COMMANDS_PER_SECOND = 14_000
LOOK_SECONDS, CALL_SECONDS = 10, 0.05
HISTORY = {"ROOST_LIMITS_HISTORY_BYTES_MAX": "256MiB"}
# More than this is growth and no chance.
GROWTH_MAX = 1.05


def measure(bench):
    minutes = bench.pick(wanted_minutes(), 1)
    with Host(bench, "soak", limits=HISTORY) as host:
        bench.say("a soak: filling history")
        while host.counts()["pruned"] == 0:
            host.fill("noop", 100_000)
            host.wait_until_settled()
        settling.wait_for_pruning(host)
        bench.say(f"a soak of {minutes} minutes")
        looks, report = run(bench, host, minutes * 60)
        # It fails where one is dead or cancelled.
        host.wait_until_settled()
    sixth = max(1, len(looks) // 6)
    figures = [
        table.seen(f"soak of {minutes} minutes, commands", report["accepted"], ""),
        table.seen("  owed at most", max(look["owed"] for look in looks), ""),
    ]
    for name, unit in (
            ("memory of the host", "MiB"), ("memory of the workers", "MiB"),
            ("descriptors of the host", ""), ("files of the store", "MiB")):
        first, last = (
            statistics.median(look[name] for look in part)
            for part in (looks[:sixth], looks[-sixth:]))
        figures += [
            table.seen(f"  {name}, at first", first, unit),
            table.below(
                f"  {name} at the end, of that at first", last / first, "×", GROWTH_MAX),
        ]
    return figures


def wanted_minutes():
    text = os.environ.get("MINUTES") or "60"
    if not text.isdecimal() or int(text) == 0:
        raise Failed(f'MINUTES is "{text}", expected a whole number from 1')
    return int(text)


def run(bench, host, seconds):
    """Loads the host for so long; answers what was seen of it and what the sender said."""
    looks, reports, failures, stop = [], [], [], threading.Event()

    def send():
        try:
            reports.append(load.pace(bench, host, "measure-delay", COMMANDS_PER_SECOND, seconds))
        except Failed as failure:
            failures.append(failure)
        finally:
            stop.set()

    def call():
        while not stop.wait(CALL_SECONDS):
            connection = http.client.HTTPConnection(
                host.listen.removeprefix("http://"), timeout=10)
            try:
                connection.request("GET", "/hello")
                if connection.getresponse().status != 200:
                    raise Failed("a call during the soak was not answered with 200")
            except (Failed, OSError, http.client.HTTPException) as error:
                failures.append(Failed(f"a call during the soak failed: {error!r}"))
                return
            finally:
                connection.close()

    threads = [threading.Thread(target=work) for work in (send, call)]
    for thread in threads:
        thread.start()
    while not stop.wait(LOOK_SECONDS):
        looks.append(look(host))
        if len(looks) % 30 == 0:
            bench.say(f"a soak, minute {len(looks) * LOOK_SECONDS // 60}: {looks[-1]}")
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return looks, reports[0]


def look(host):
    names = os.listdir(host.directory)
    return {
        "memory of the host": host.memory(),
        "memory of the workers": sum(host.memory(pid=item["pid"]) for item in host.worker_items()),
        "descriptors of the host": len(os.listdir(f"/proc/{host.process.pid}/fd")),
        "files of the store": sum(
            os.path.getsize(os.path.join(host.directory, name))
            for name in names if name.startswith("roost.sqlite")) / (1 << 20),
        "owed": host.counts()["owed"],
    }
