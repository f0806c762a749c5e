"""Next instants of the patterns of cron.json, each from 2026 on, one after the other on one thread."""

import json
import subprocess

import table
from host import Failed


def measure(bench):
    bench.say("next instants of cron patterns")
    ended = subprocess.run([bench.cron_speed], text=True, capture_output=True)
    if ended.returncode != 0:
        raise Failed(f"the measure of cron patterns failed: {ended.stderr.strip()[-300:]}")
    report = json.loads(ended.stdout)
    return [
        table.at_least("next instants of cron patterns, all together", report["all"], "/s", 500_000),
        table.at_least(
            f"  slowest, {report['slowestPattern']}", report["slowest"], "/s", 50_000),
    ]
