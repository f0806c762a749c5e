"""make bench: measures how fast and how small Roost is, and prints it beside what was asked."""

import argparse
import json
import os
import signal
import sys

import building
import machine
import page
import table
from figures import (
    accepting, backlog, crons, documents, files, growth, hello, idle, latency, messages, peers,
    schedules, settling, soak, starting, waiting)
from host import Failed

FIGURES = {
    "hello": (hello.measure, "HTTP through a worker process, beside C on libuv and Hummingbird 2"),
    "accept": (accepting.measure, "commands accepted durably, one by one and in batches"),
    "settle": (settling.measure, "no-op commands from acceptance to settled"),
    "steady": (settling.measure_steady, "the same with history at its bound and pruning running"),
    "backlog": (backlog.measure, "a host start over a backlog of 1,000,000, and its drain"),
    "waiting": (waiting.measure, "1,000 commands behind 500,000 of another function"),
    "latency": (latency.measure, "from sending to the start of the handler at 1,000 a second"),
    "start": (starting.measure, "host ready; worker start to first answer"),
    "idle": (idle.measure, "memory and processor of an idle host"),
    "messages": (messages.measure, "from publishing to the handler; fan-out to 100 functions"),
    "documents": (documents.measure, "documents written one by one, with one trigger each"),
    "files": (files.measure, "files dropped into a bucket, and many there at start"),
    "schedules": (schedules.measure, "100,000 schedules: loading, lateness, all due at once"),
    "cron": (crons.measure, "next instants of cron patterns"),
    "growth": (growth.measure, "the same with ever more rows, functions and connections"),
    "peers": (peers.measure, "queues and servers that a user would pick instead; takes minutes"),
    "soak": (soak.measure, "an hour at half load, or MINUTES: what should stay flat"),
}

# Those that take many minutes, measured when they are asked for.
LONG = {"growth", "peers"}
# Those that are measured only where they are named.
NAMED_ONLY = {"soak"}
# Those that fail where they miss: what is slow may be the machine, what grows is a fault.
FAIL_WHERE_MISSED = {"soak"}


class Bench:
    """What all figures share: the binaries, the data directory, how long to measure."""

    roost, app, pace = building.ROOST, building.APP, building.PACE
    hello_in_c, hummingbird = building.HELLO_IN_C, building.HUMMINGBIRD
    trigger_app, cron_speed = building.TRIGGER_APP, building.CRON_SPEED

    def __init__(self, data, is_quick):
        self.data = data
        self.is_quick = is_quick

    def pick(self, usual, quick):
        return quick if self.is_quick else usual

    def say(self, words):
        print(f"measuring {words}", file=sys.stderr, flush=True)


def arguments():
    names = "\n".join(f"  {name:<11}{words}" for name, (_, words) in FIGURES.items())
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run", description=__doc__, epilog=f"figures:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", action="append", choices=FIGURES,
                        help="measure this figure; can be given several times")
    parser.add_argument("--quick", action="store_true",
                        help="short runs, to see that everything works; no figures to rely on")
    parser.add_argument("--page", action="store_true",
                        help="also put what is measured into docs/benchmarks.md and its charts")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--data", metavar="DIR", default=os.path.join(building.OUT, "data"),
                        help="for the hosts' data, on a real disk; default: .build/bench/data")
    parser.add_argument("--skip-build", action="store_true", help="measure what was built before")
    options = parser.parse_args()
    if options.quick and options.page:
        parser.error("--quick gives no figures to rely on, so --page does not take them")
    return options


def build(names, is_skipped):
    os.makedirs(building.OUT, exist_ok=True)
    if not is_skipped:
        building.build_host()
        if "hello" in names or "peers" in names:
            building.build_peers()
        if "peers" in names:
            building.build_queues()
        if "cron" in names:
            building.build_cron()
    needed = [building.ROOST, building.APP, building.TRIGGER_APP, building.PACE]
    if "cron" in names:
        needed += [building.CRON_SPEED]
    if "peers" in names:
        needed += [building.ROWS, building.PEERS_PYTHON]
    if "hello" in names or "peers" in names:
        needed += [building.HELLO_IN_C, building.HUMMINGBIRD]
    building.check(needed)


def measure(bench, names):
    """All figures in order; one that can't be measured says so and stops no other."""
    figures = []
    for name in names:
        try:
            found = FIGURES[name][0](bench)
        except Failed as failure:
            found = [table.seen(FIGURES[name][1], None, "", note=str(failure))]
        for figure in found:
            figure.group = name
        figures += found
    return figures


def show(facts, figures, options):
    if options.json:
        whole = {"machine": facts, "quick": options.quick, "figures": table.objects(figures)}
        print(json.dumps(whole, indent=2))
        return
    print(machine.text(facts))
    if options.quick:
        print("runs     short ones (--quick): they show that it works, not how fast it is")
    print()
    print(table.text(figures))
    missed = sum(figure.is_missed for figure in figures)
    print(f"\n{missed} missed" if missed else "\nnothing missed")


def is_passed(figures):
    """Whether all was measured, and nothing grew; says what did."""
    strict = [figure for figure in figures if figure.group in FAIL_WHERE_MISSED]
    faults = [figure for figure in strict if figure.is_missed]
    for figure in faults:
        measured = table.number(figure.measured, figure.unit)
        asked = table.bound(figure.asked, figure.unit, figure.is_ceiling)
        print(f"Benchmarks/run: {figure.group}: {figure.name.strip()}: {measured}, asked {asked}",
              file=sys.stderr)
    return not faults and all(figure.measured is not None for figure in figures)


def main():
    # A bench that is ended ends its hosts too: `with` blocks run on the way out.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(1))
    options = arguments()
    usual = set(FIGURES) - NAMED_ONLY - (set() if options.page else LONG)
    wanted = options.only or usual
    names = [name for name in FIGURES if name in wanted]
    data = os.path.abspath(options.data)
    try:
        machine.refuse_memory(data)
        os.makedirs(data, mode=0o700, exist_ok=True)
        build(names, options.skip_build)
        facts = machine.facts(data)
    except (machine.Unusable, OSError) as error:
        print(f"Benchmarks/run: {error}", file=sys.stderr)
        return 1
    figures = measure(Bench(data, options.quick), names)
    show(facts, figures, options)
    if options.page:
        page.write(facts, figures, list(FIGURES))
    return 0 if is_passed(figures) else 1


sys.exit(main())
