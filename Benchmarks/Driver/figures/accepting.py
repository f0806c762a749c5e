"""Commands accepted durably: each answer comes after the commit that holds the command.

The function is paused, so that acceptance alone is measured; `settle` measures it with the rest.
"""

import load
import table
from host import Failed, Host

BATCH = 100


def measure(bench):
    rounds = bench.pick(5, 1)
    one = [accept(bench, 1, f"one by one, round {n + 1}") for n in range(rounds)]
    many = [accept(bench, BATCH, f"batches, round {n + 1}") for n in range(rounds)]
    return [
        table.at_least(
            "commands accepted durably, one a request", load.median_of(one), "/s", 30_000,
            load.spread_of(one)),
        table.at_least(
            f"  in batches of {BATCH}", load.median_of(many), "/s", 80_000, load.spread_of(many)),
    ]


def accept(bench, batch, words):
    # What is accepted has to fit below the bound of the backlog, whose default 5 s can reach.
    seconds = bench.pick(5, 1)
    with Host(bench, "accept", limits={"ROOST_LIMITS_BACKLOG_MAX": "10000000"}) as host:
        host.pause("noop")
        bench.say(f"acceptance, {words}")
        report = load.post_commands(host, seconds, batch)
        recorded, accepted = host.counts()["recorded"], report["requests"] * batch
        if recorded < accepted:
            raise Failed(f"{accepted} commands were accepted, but only {recorded} are recorded")
    return report["commandsPerSecond"]
