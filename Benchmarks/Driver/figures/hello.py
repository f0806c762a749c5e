"""HTTP hello: a worker process behind Roost, beside two servers that answer in-process."""

import contextlib
import http.client
import socket
import subprocess
import time

import load
import table
from host import Failed, Host

START_SECONDS_MAX, STOP_SECONDS_MAX = 10, 5
HELLO = b"Hello, world!"


@contextlib.contextmanager
def peer(command):
    """A peer on a free port, ended with the block; answers its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*command, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(process, command[0], port)
        yield f"http://127.0.0.1:{port}/hello"
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process, executable, port):
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise Failed(f"{executable} did not listen on port {port} within {START_SECONDS_MAX} s")


def check(url):
    """All three say the same, or the comparison means nothing."""
    address, path = url.removeprefix("http://").split("/", 1)
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("GET", f"/{path}")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200 or body != HELLO:
        raise Failed(f"{url} answered {answer.status} {body[:80]!r}, expected 200 {HELLO!r}")


def measure(bench):
    rounds, seconds = bench.pick(5, 1), bench.pick(5, 2)
    with Host(bench, "hello") as host, peer([bench.hello_in_c]) as c, \
            peer([bench.hummingbird]) as hummingbird:
        urls = {"roost": f"{host.listen}/hello", "hummingbird": hummingbird, "c": c}
        rates = {name: [] for name in urls}
        for url in urls.values():
            check(url)
            load.get(url, 1)
        # Alternating, so that a machine that changes its pace changes it for all three.
        for number in range(rounds):
            for name, url in urls.items():
                bench.say(f"hello, round {number + 1} of {rounds}: {name}")
                rates[name].append(load.get(url, seconds)["perSecond"])
    roost, other, c = (load.median_of(rates[name]) for name in ("roost", "hummingbird", "c"))
    return [
        table.seen(
            "HTTP hello through a worker, 64 connections", roost, "/s", load.spread_of(rates["roost"])),
        table.seen(
            "  Hummingbird 2 in-process", other, "/s", load.spread_of(rates["hummingbird"])),
        table.seen("  C on libuv in-process", c, "/s", load.spread_of(rates["c"])),
        table.at_least("  times Hummingbird 2", roost / other, "×", 1.3),
        table.at_least("  times C on libuv", roost / c, "×", 0.65),
    ]
