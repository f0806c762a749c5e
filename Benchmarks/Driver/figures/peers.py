"""Roost beside what a user would pick instead, in the same run on the same machine.

Queues get jobs that do nothing from the same senders, in Python, for each of them (see
Benchmarks/Peers/Queues); so what is slow in Python is slow for all, Roost too, and the figure of
`settle`, sent by wrk, is beside it. A C program that writes our rows and does nothing else is the
limit. HTTP servers say hello to the same wrk.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile

import building
import load
import table
from figures import hello, settling
from host import Failed, Host

# The jobs of a run, so that each takes some seconds.
JOBS = {
    "roost": 16_000, "beanstalkd": 16_000, "nats": 16_000, "huey": 8_000, "procrastinate": 3_200,
    "celery": 1_600, "rq": 800}
RUNS, SECONDS = 5, 5
ROWS, GROUP = 200_000, 64


def measure(bench):
    return queues(bench) + servers(bench)


def queues(bench):
    reports, figures = {}, []
    for name, jobs in JOBS.items():
        try:
            reports[name] = queue(bench, name, jobs)
            figures.append(shown(f"jobs done by {name}", reports[name]))
        except Failed as failure:
            # A peer that fails costs the others nothing; without Roost there is nothing to compare.
            if name == "roost":
                raise
            figures.append(table.seen(f"  {name} is not measured", None, "", note=str(failure)))
    limit = [rows(bench) for _ in range(bench.pick(RUNS, 1))]
    others = {
        name: report["perSecond"] for name, report in reports.items() if name != "roost"}
    if others:
        best = max(others, key=others.get)
        figures.append(
            table.at_least(
                "  Roost beside the fastest of the others",
                reports["roost"]["perSecond"] / others[best], "×", 1, note=best))
    settled = end_to_end(bench)
    figures += [
        spread("rows written by C, the limit", limit),
        spread("no-op commands settled, sent by wrk", settled),
        table.at_least(
            "  times the limit", load.median_of(settled) / load.median_of(limit), "×", 0.5),
    ]
    return figures


def queue(bench, name, jobs):
    bench.say(f"jobs through {name}")
    command = [
        building.PEERS_PYTHON, "-B", os.path.join(building.BENCHMARKS, "Peers", "Queues"), name,
        "--data", os.path.join(bench.data, "peer"), "--jobs", str(bench.pick(jobs, jobs // 10)),
        "--runs", str(bench.pick(RUNS, 1))]
    variables = {"BENCH_HOST": bench.roost, "BENCH_APP": bench.app}
    ended = subprocess.run(command, text=True, capture_output=True, env=os.environ | variables)
    shutil.rmtree(os.path.join(bench.data, "peer"), ignore_errors=True)
    if ended.returncode != 0:
        raise Failed(f"{name} could not be measured: {ended.stderr.strip()[-300:]}")
    return json.loads(ended.stdout)


def shown(name, report):
    note = f"{report['least']:,.0f} to {report['most']:,.0f}"
    note += f"; accepted {report['acceptedPerSecond']:,.0f}/s; {report['version']}"
    return table.seen(name, report["perSecond"], "/s", note=f"{note}; {report['keeps']}")


def spread(name, rates, note=""):
    words = f"{min(rates):,.0f} to {max(rates):,.0f}" + (f"; {note}" if note else "")
    return table.seen(name, load.median_of(rates), "/s", note=words)


def rows(bench):
    bench.say("rows written by a C program")
    with tempfile.TemporaryDirectory(dir=bench.data) as folder:
        command = [building.ROWS, os.path.join(folder, "rows.db"), str(ROWS), str(GROUP)]
        ended = subprocess.run(command, text=True, capture_output=True)
    if ended.returncode != 0:
        raise Failed(f"the C program failed: {ended.stderr.strip()}")
    return json.loads(ended.stdout)["perSecond"]


def end_to_end(bench):
    bench.say("commands settled, sent by wrk")
    with Host(bench, "peers") as host:
        load.post_commands(host, 1)
        host.wait_until_settled()
        return [
            settling.settled_per_second(bench, host, keyed=False)
            for _ in range(bench.pick(RUNS, 1))]


def servers(bench):
    node = ["node", os.path.join(building.BENCHMARKS, "Peers", "Node", "hello.js")]
    framework = [
        os.path.join(os.path.dirname(building.PEERS_PYTHON), "functions-framework"), "--source",
        os.path.join(building.BENCHMARKS, "Peers", "FunctionsFramework", "main.py"), "--target",
        "hello", "--host", "127.0.0.1", "--port"]
    with contextlib.ExitStack() as stack:
        host = stack.enter_context(Host(bench, "peers"))
        urls = {
            "Roost": f"{host.listen}/hello",
            "C on libuv": stack.enter_context(hello.peer([bench.hello_in_c])),
            "Hummingbird 2": stack.enter_context(hello.peer([bench.hummingbird])),
            "Node": stack.enter_context(hello.peer(node)),
            "functions-framework": stack.enter_context(hello.peer(framework)),
        }
        rates = {name: [] for name in urls}
        for url in urls.values():
            hello.check(url)
            load.get(url, 1)
        # Alternating, so that a machine that changes its pace changes it for all.
        for _ in range(bench.pick(RUNS, 1)):
            for name, url in urls.items():
                bench.say(f"hello: {name}")
                rates[name].append(load.get(url, bench.pick(SECONDS, 1))["perSecond"])
    return [spread(f"HTTP hello by {name}", found, versions()[name]) for name, found in rates.items()]


def versions():
    """What each server runs on, as it says itself or as its package was installed."""
    def said(*command):
        ended = subprocess.run(command, text=True, capture_output=True)
        return (ended.stdout or ended.stderr).strip().splitlines()[0] if ended.returncode == 0 else ""

    def package(name):
        return said("dpkg-query", "--showformat=${Version}", "--show", name)

    framework = said(
        building.PEERS_PYTHON, "-c",
        "import importlib.metadata as m; print(m.version('functions-framework'))")
    return {
        "Roost": said(building.ROOST, "--version"), "C on libuv": f"libuv {package('libuv1')}",
        "Hummingbird 2": hummingbird_version(), "Node": said("node", "--version"),
        "functions-framework": framework,
    }


def hummingbird_version():
    """As SwiftPM resolved it for the build."""
    path = os.path.join(building.BENCHMARKS, "Peers", "HummingbirdHello", "Package.resolved")
    with contextlib.suppress(OSError, KeyError, StopIteration):
        with open(path, encoding="utf-8") as file:
            pins = json.load(file)["pins"]
        return next(p["state"]["version"] for p in pins if p["identity"] == "hummingbird")
    return ""
