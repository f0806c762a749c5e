"""Builds what is measured: the host, the benchmark app, the peers and the paced sender."""

import os
import subprocess
import sys

from machine import Unusable

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCHMARKS = os.path.join(TOP, "Benchmarks")
OUT = os.path.join(TOP, ".build", "bench")

ROOST = os.path.join(TOP, ".build", "release", "roost")
APP = os.path.join(OUT, "app", "release", "BenchmarkApp")
TRIGGER_APP = os.path.join(OUT, "app", "release", "TriggerBenchmarkApp")
CRON_SPEED = os.path.join(TOP, ".build", "release", "CronSpeed")
HUMMINGBIRD = os.path.join(OUT, "hummingbird", "release", "HummingbirdHello")
HELLO_IN_C = os.path.join(OUT, "hello")
PACE = os.path.join(OUT, "pace")
ROWS = os.path.join(OUT, "rows")
PEERS_PYTHON = os.path.join(OUT, "peers", "bin", "python")


def run(what, *command):
    print(f"building {what}", file=sys.stderr, flush=True)
    try:
        # Standard output is the table's, and with --json a program's.
        ended = subprocess.run(command, cwd=TOP, stdout=sys.stderr)
    except FileNotFoundError as error:
        why = f'"{command[0]}" is not installed, or not in PATH'
        raise Unusable(f"could not build {what}: {why}") from error
    if ended.returncode != 0:
        raise Unusable(f"could not build {what}; the compiler's words are above")


def build_host():
    run("the host", "make", "build")
    swift_package("the benchmark app", "App", "app")
    source = os.path.join(BENCHMARKS, "Load", "pace.c")
    run("the paced sender", "cc", "-O2", "-D_GNU_SOURCE", "-o", PACE, source)


def build_cron():
    swift("the measure of cron patterns", "--product", "CronSpeed")


def build_peers():
    source = os.path.join(BENCHMARKS, "Peers", "C", "hello.c")
    run("the C peer", "cc", "-O2", "-o", HELLO_IN_C, source, "-luv", "-lhttp_parser")
    swift_package("the Hummingbird peer", "Peers/HummingbirdHello", "hummingbird")


def build_queues():
    source = os.path.join(BENCHMARKS, "Peers", "C", "rows.c")
    run("the program that writes rows", "cc", "-O2", "-o", ROWS, source, "-lsqlite3")
    environment = os.path.dirname(os.path.dirname(PEERS_PYTHON))
    run("the queues to measure beside", os.path.join(BENCHMARKS, "Peers", "install"), environment)


def swift_package(what, folder, scratch):
    package, scratch = os.path.join(BENCHMARKS, folder), os.path.join(OUT, scratch)
    swift(what, "--package-path", package, "--scratch-path", scratch)


def swift(what, *arguments):
    # As `make build` does it for the sample app.
    flags = ["--static-swift-stdlib"]
    for flag in ["-enforce-exclusivity=unchecked", "-Xfrontend", "-disable-dynamic-actor-isolation"]:
        flags += ["-Xswiftc", flag]
    run(what, "swift", "build", "-c", "release", *flags, *arguments)


def check(paths):
    for path in paths:
        if not os.access(path, os.X_OK):
            name = os.path.relpath(path, TOP)
            raise Unusable(f'"{name}" is missing; run once without --skip-build')
