"""Documents written one by one by 64 clients, each with a trigger: a commit of document and event."""

import load
import table
from host import Failed, Host


def measure(bench):
    seconds = bench.pick(5, 1)
    rates = []
    for number in range(bench.pick(5, 1)):
        with Host(bench, "documents", has_bucket=True) as host:
            bench.say(f"documents, round {number + 1}")
            report = load.put_documents(host, seconds)
            counts, _ = host.wait_until_settled()
            if counts["recorded"] < report["requests"]:
                raise Failed(
                    f"{report['requests']} documents were written, but {counts['recorded']} changes "
                    "recorded")
            rates.append(report["perSecond"])
    return [table.at_least(
        "documents written by 64 clients, a trigger each", load.median_of(rates), "/s", 10_000,
        load.spread_of(rates))]
