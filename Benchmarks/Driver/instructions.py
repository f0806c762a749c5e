"""make instructions: what the hot paths cost, in instructions a call, beside what they cost before.

Host and worker run under callgrind, which counts the same on a busy machine as on a quiet one. Calls
go one after the other over one connection, so nothing is shared between them that more load would
share: a figure says what a change costs, not how fast Roost is. Every path is called a while before
its counters are set to nothing. What timers and waking threads do meanwhile is in the figures, so a
figure is the least of three rounds.
"""

import argparse
import glob
import http.client
import json
import os
import subprocess
import sys
import time

import building
from host import Failed, Host

FIGURES = os.path.join(building.BENCHMARKS, "instructions.json")
WARM_UP, CALLS, ROUNDS = 300, 1000, 3
# What a figure may grow by, and what it has to shrink by to be worth renewing.
GROWTH_MAX = 0.10
PART_MIN = 1_000


class Bench:
    """What a Host has to know."""

    trigger_app = building.TRIGGER_APP

    def __init__(self, folder):
        self.data = folder
        # Valgrind gives up on Swift's debugging information.
        self.app = stripped(building.APP, folder)
        roost = stripped(building.ROOST, folder)
        self.roost = os.path.join(folder, "roost-under-callgrind")
        out = os.path.join(folder, "counts.%p")
        with open(self.roost, "w", encoding="utf-8") as file:
            file.write(
                "#!/bin/sh\nexec valgrind --tool=callgrind --trace-children=yes --quiet "
                f"--callgrind-out-file={out} {roost} \"$@\"\n")
        os.chmod(self.roost, 0o755)


def stripped(binary, folder):
    copy = os.path.join(folder, os.path.basename(binary))
    subprocess.run(["strip", "--strip-debug", "-o", copy, binary], check=True)
    return copy


def hello(host):
    connection = http.client.HTTPConnection(host.listen.split("//")[1], timeout=60)

    def call():
        connection.request("GET", "/hello")
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise Failed(f"GET /hello answered {answer.status}")

    return call


def command(host):
    body = json.dumps({"data": {"id": "1042"}}, separators=(",", ":"))
    return lambda: host.ask("POST", "/v1/functions/noop/invocations", body)


def keyed(host):
    keys = iter(range(1_000_000_000))

    def call():
        body = json.dumps({"data": {"id": "1042"}, "key": f"k-{next(keys)}"}, separators=(",", ":"))
        host.ask("POST", "/v1/functions/noop/invocations", body)

    return call


def message(host):
    body = json.dumps({"data": {"id": "1042"}}, separators=(",", ":"))
    return lambda: host.ask("POST", "/v1/topics/bench.unheard/messages", body)


def document(host):
    numbers = iter(range(1_000_000_000))
    return lambda: host.ask(
        "PUT", f"/v1/documents/items/i-{next(numbers)}", '{"number":1042}', expected=(200, 201))


PATHS = {
    "hello": (hello, "HTTP hello through a worker"),
    "command": (command, "one durable command accepted, run and settled"),
    "keyed": (keyed, "the same with a key of its own"),
    "message": (message, "one message that nobody subscribes to"),
    "document": (document, "one document written"),
}


def control(*words):
    ended = subprocess.run(["callgrind_control", *words], capture_output=True, text=True)
    if ended.returncode != 0 or "OK" not in ended.stdout:
        raise Failed(f"callgrind_control {' '.join(words)}: {ended.stdout} {ended.stderr}")


def counted(bench, pid):
    """Writes down the counters of a process; answers the instructions since they were nothing."""
    pattern = os.path.join(bench.data, f"counts.{pid}.*")
    before = set(glob.glob(pattern))
    control("--dump", str(pid))
    for path in set(glob.glob(pattern)) - before:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("totals:"):
                    return int(line.split()[1])
    raise Failed(f"callgrind wrote no counters of process {pid}")


def measure(bench, host, path):
    call = PATHS[path][0](host)
    for _ in range(WARM_UP):
        call()
    host.wait_until_settled()
    processes = {"host": host.process.pid, "worker": host.worker_items()[0]["pid"]}
    rounds = [count_round(bench, host, call, processes) for _ in range(ROUNDS)]
    least = {name: min(found[name] for found in rounds) for name in processes}
    # A process that has no part in a path only wakes up now and then.
    return {name: count for name, count in least.items() if count >= PART_MIN}


def count_round(bench, host, call, processes):
    for pid in processes.values():
        control("--zero", str(pid))
    for _ in range(CALLS):
        call()
    # Asking whether all is settled would be counted too.
    time.sleep(1)
    found = {name: counted(bench, pid) // CALLS for name, pid in processes.items()}
    if host.counts()["owed"]:
        raise Failed("not all was settled when the counters were read")
    return found


def measure_all():
    folder = os.path.join(building.OUT, "instructions")
    os.makedirs(folder, exist_ok=True)
    for path in glob.glob(os.path.join(folder, "counts.*")):
        os.unlink(path)
    bench = Bench(folder)
    # Everything takes fifty times as long here.
    patience = {"ROOST_LIMITS_WORKER_START": "5m", "ROOST_LIMITS_WORKER_SILENCE": "5m"}
    with Host(bench, "host", limits=patience, workers=1) as host:
        return {path: measure(bench, host, path) for path in PATHS}


def compare(found, known):
    """Prints a table; answers what fails: what grew too much, and parts that are new or gone."""
    failures = []
    print(f"{'instructions a call':<48}{'process':<9}{'before':>10}{'now':>10}{'':>9}")
    for path in PATHS | known:
        words = PATHS[path][1] if path in PATHS else path
        now, before = found.get(path, {}), known.get(path, {})
        for process in now | before:
            pair = before.get(process), now.get(process)
            change = f"{100 * (pair[1] / pair[0] - 1):+8.1f} %" if all(pair) else ""
            print(f"{words:<48}{process:<9}{pair[0] or '':>10}{pair[1] or '':>10}{change:>11}")
            if failure := failure_of(*pair):
                failures.append(f"{path} in the {process}: {failure}")
    return failures


def failure_of(before, now):
    """Why a part fails, or nothing; what it has no figure of is None."""
    if before is None:
        return f"{now} now, but there is no figure of before; run make instructions RENEW=1"
    if now is None:
        return f"{before} before, but none was measured now; run make instructions RENEW=1"
    if now > before * (1 + GROWTH_MAX):
        return (f"{before} before, {now} now, which is more than {GROWTH_MAX:.0%} over it; make it "
                "cheaper, or say why and run make instructions RENEW=1")
    return None


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/instructions", description=__doc__)
    parser.add_argument("--renew", action="store_true",
                        help="write what is found into Benchmarks/instructions.json")
    parser.add_argument("--skip-build", action="store_true", help="count what was built before")
    options = parser.parse_args()
    known = {}
    if os.path.exists(FIGURES):
        with open(FIGURES, encoding="utf-8") as file:
            known = json.load(file)
    try:
        os.makedirs(building.OUT, exist_ok=True)
        if not options.skip_build:
            building.build_host()
        found = measure_all()
    except (building.Unusable, Failed, OSError, subprocess.CalledProcessError) as error:
        print(f"Benchmarks/instructions: {error}", file=sys.stderr)
        return 1
    failures = compare(found, known)
    if options.renew:
        with open(FIGURES, "w", encoding="utf-8") as file:
            json.dump(found, file, indent=2)
            file.write("\n")
        print("Benchmarks/instructions.json is renewed")
        return 0
    for words in failures:
        print(f"Benchmarks/instructions: {words}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
