"""Load: wrk for closed loops, our own `pace` for an open one."""

import json
import os
import statistics
import subprocess

from host import Failed

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Load")
CONNECTIONS = 64


def get(url, seconds, connections=CONNECTIONS):
    """Gets one URL as fast as answers come."""
    return wrk(url, seconds, "report.lua", {}, connections)


def post_commands(host, seconds, batch=1, keyed=False, function="noop"):
    """Posts commands as fast as answers come; answers wrk's report with `commandsPerSecond`."""
    variables = {
        "BENCH_TOKEN": host.token, "BENCH_BATCH": str(batch), "BENCH_KEYED": "1" if keyed else "0"
    }
    url = f"{host.admin}/v1/functions/{function}/invocations"
    report = wrk(url, seconds, "commands.lua", variables)
    report["commandsPerSecond"] = report["perSecond"] * batch
    return report


def put_documents(host, seconds):
    """Puts documents under ever new identifiers, one a request, as fast as answers come."""
    variables = {"BENCH_TOKEN": host.token}
    return wrk(f"{host.admin}/v1/documents/items/", seconds, "documents.lua", variables)


def wrk(url, seconds, script, variables, connections=CONNECTIONS):
    path = os.path.join(FOLDER, script)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", path, url]
    variables = os.environ | {"BENCH_LOAD": FOLDER} | variables
    ended = subprocess.run(command, env=variables, text=True, capture_output=True)
    lines = [line for line in ended.stdout.splitlines() if line.startswith("RESULT ")]
    if ended.returncode != 0 or not lines:
        raise Failed(f"wrk failed: {(ended.stderr or ended.stdout).strip()[-300:]}")
    report = json.loads(lines[-1].removeprefix("RESULT "))
    if report["refused"] or report["broken"]:
        raise Failed(
            f"of {report['requests']} requests {report['refused']} were refused and "
            f"{report['broken']} broke off: {url}")
    if report["requests"] == 0:
        raise Failed(f"nothing was answered: {url}")
    report["perSecond"] = report["requests"] / (report["microseconds"] / 1e6)
    return report


def pace(bench, host, function, rate, seconds):
    """Posts commands at a fixed rate that the answers don't slow down."""
    port = host.admin.rsplit(":", 1)[1]
    path = f"/v1/functions/{function}/invocations"
    command = [bench.pace, port, path, host.token, str(rate), str(seconds)]
    ended = subprocess.run(command, text=True, capture_output=True)
    if ended.returncode != 0:
        raise Failed(f"the paced sender failed: {ended.stderr.strip()}; {host.last_words()}")
    report = json.loads(ended.stdout)
    if report["accepted"] != report["sent"]:
        raise Failed(f"of {report['sent']} paced commands {report['accepted']} were accepted")
    return report


def median_of(values):
    return statistics.median(values)


def spread_of(values):
    """From the least to the most of several rates, for the note beside their median."""
    return f"{min(values):,.0f} to {max(values):,.0f}" if len(values) > 1 else ""
