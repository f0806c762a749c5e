"""What the peers share: processes that end with the block, a free port, threads that send."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time

READY_SECONDS_MAX = 30
HERE = os.path.dirname(os.path.abspath(__file__))


class Served:
    """A peer whose servers and workers run as long as its `with` block."""

    def __init__(self, data):
        self.data = os.path.abspath(data)
        self.processes = []

    def __enter__(self):
        os.makedirs(self.data)
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
        self.processes = []

    def spawn(self, *command, **variables):
        log = open(os.path.join(self.data, "log"), "ab")
        process = subprocess.Popen(
            command, cwd=self.data, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=os.environ | {"PYTHONPATH": HERE, "PEER_DATA": self.data} | variables)
        log.close()
        self.processes.append(process)
        return process

    def send(self, count, threads):
        """Sends `count` jobs from so many threads, each over a connection of its own."""
        failures = []

        def sender(share):
            try:
                connection = self.connect()
                for _ in range(share):
                    self.send_one(connection)
            except Exception as error:
                failures.append(error)

        running = [
            threading.Thread(target=sender, args=(count // threads,)) for _ in range(threads)
        ]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        if failures:
            raise failures[0]


def tool(name):
    """A command of the environment that this Python belongs to."""
    return os.path.join(os.path.dirname(sys.executable), name)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process):
    wait_until(lambda: accepts(port), f"something listens on port {port}", process)


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(holds, what, process=None):
    deadline = time.monotonic() + READY_SECONDS_MAX
    while not holds():
        if process and process.poll() is not None:
            sys.exit(f"the server ended before {what}: exit status {process.returncode}")
        if time.monotonic() > deadline:
            sys.exit(f"{what} was not true within {READY_SECONDS_MAX} s")
        time.sleep(0.02)


def first_line(*command):
    ended = subprocess.run(command, text=True, capture_output=True)
    return (ended.stdout or ended.stderr).strip().splitlines()[0]
