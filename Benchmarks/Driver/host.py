"""A host under measurement: started on a data directory of its own, asked through its API."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from urllib.parse import urlsplit

READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 60
SETTLE_SECONDS_MAX = 300
BATCH = 1000
OWED = ("scheduled", "ready", "running", "retrying")


class Failed(Exception):
    """A figure could not be measured; the text says why."""


class Host:
    """`roost serve` with a benchmark app, default settings unless `limits` says otherwise.

    With a bucket, the app is the one of messages, documents, files and schedules.
    """

    def __init__(self, bench, name, limits=None, workers=None, has_bucket=False, cores=None):
        self.bench = bench
        self.app = bench.trigger_app if has_bucket else bench.app
        self.folder = os.path.join(bench.data, f"{name}.folder")
        self.bucket = os.path.join(self.folder, "drops")
        self.directory = os.path.join(bench.data, name)
        self.log = os.path.join(bench.data, f"{name}.log")
        self.limits = limits or {}
        self.workers = workers
        self.cores = cores
        self.process = None
        self.ready_milliseconds = None
        self.connection = None
        for directory in (self.directory, self.folder):
            shutil.rmtree(directory, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.log)
        os.makedirs(self.bucket if has_bucket else self.folder)
        if has_bucket:
            with open(os.path.join(self.folder, "roost.yaml"), "w", encoding="utf-8") as file:
                file.write("buckets: {drops: {directory: drops}}\n")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        for directory in (self.directory, self.folder):
            shutil.rmtree(directory, ignore_errors=True)

    def start(self):
        """Starts the host, and notes how long it took until host.json said that it is ready."""
        command = [self.bench.roost, "serve", "--app", self.app, "--data", self.directory]
        command += ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
        if self.cores:
            command = ["taskset", "--cpu-list", f"0-{self.cores - 1}", *command]
        if self.workers:
            command += ["--workers", str(self.workers)]
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ROOST_")}
        with open(self.log, "ab") as log:
            start = time.perf_counter()
            # In a folder of its own no roost.yaml but ours changes the settings.
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=plain | self.limits,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            self.wait_for_file(start)
        self.ready_milliseconds = (time.perf_counter() - start) * 1000
        self.read_file()

    def wait_for_file(self, start):
        path = os.path.join(self.directory, "host.json")
        while not self.is_announced(path):
            if self.process.poll() is not None:
                raise Failed(f"the host ended before it was ready: {self.last_words()}")
            if time.perf_counter() - start > READY_SECONDS_MAX:
                words = self.last_words()
                raise Failed(f"the host was not ready within {READY_SECONDS_MAX} s: {words}")
            time.sleep(0.0005)

    def is_announced(self, path):
        # A host that was killed leaves its file; the new one replaces it and says its own pid.
        try:
            with open(path, encoding="utf-8") as file:
                return json.load(file)["pid"] == self.process.pid
        except FileNotFoundError:
            return False

    def read_file(self):
        with open(os.path.join(self.directory, "host.json"), encoding="utf-8") as file:
            known = json.load(file)
        self.listen, self.admin, self.token = known["listen"], known["admin"], known["token"]
        self.connection = self.connect()

    def connect(self):
        return http.client.HTTPConnection(urlsplit(self.admin).netloc, timeout=60)

    def stop(self):
        if not self.process or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def last_words(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            lines = log.read().strip().splitlines()
        return " | ".join(lines[-3:]) or "it said nothing"

    # Asking

    def ask(self, method, path, body=None, connection=None, expected=(200, 202)):
        connection = connection or self.connection
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if path.endswith("/invocations"):
            headers["Prefer"] = "respond-async"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Failed(f"{method} {path} failed: {error!r}; {self.last_words()}") from error
        if answer.status not in expected:
            words = text[:300].decode(errors="replace")
            raise Failed(f"{method} {path} answered {answer.status}: {words}")
        return json.loads(text)

    def metrics(self):
        """What Prometheus would read."""
        connection = self.connect()
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {self.token}"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != 200:
            raise Failed(f"GET /metrics answered {answer.status}")
        return text

    def counts(self):
        """The counts of invocations: all recorded ones, those still owed, those forgotten since."""
        counts = self.ask("GET", "/v1/status")["invocations"]
        owed = sum(counts[state] for state in OWED)
        return {
            "recorded": counts["recorded"],
            "owed": owed,
            "settled": counts["recorded"] - owed,
            "pruned": counts["pruned"],
            "unhappy": counts["dead"] + counts["cancelled"],
        }

    def pause(self, function):
        self.ask("POST", f"/v1/functions/{function}/pause")

    def resume(self, function):
        self.ask("POST", f"/v1/functions/{function}/resume")

    def wait_until_settled(self, but=0):
        """Waits until nothing is owed `but` so many; answers the last counts and when it saw that."""
        deadline = time.perf_counter() + SETTLE_SECONDS_MAX
        while True:
            counts, now = self.counts(), time.perf_counter()
            if counts["owed"] <= but:
                if counts["unhappy"]:
                    words = self.last_words()
                    raise Failed(f"{counts['unhappy']} are dead or cancelled: {words}")
                return counts, now
            if now > deadline:
                raise Failed(f"{counts['owed']} were still owed after {SETTLE_SECONDS_MAX} s")
            time.sleep(0.02)

    def fill(self, function, count):
        """Records exactly `count` commands in batches; answers how many a second."""
        order = {"data": {"id": "1042"}}
        body = json.dumps({"commands": [order] * BATCH}, separators=(",", ":"))
        path, senders = f"/v1/functions/{function}/invocations", 4
        left, failures, lock = [count // BATCH], [], threading.Lock()

        def send():
            connection = self.connect()
            try:
                while not failures:
                    with lock:
                        if left[0] == 0:
                            return
                        left[0] -= 1
                    self.ask("POST", path, body, connection)
            except Failed as failure:
                failures.append(failure)
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(senders)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return count / (time.perf_counter() - start)

    # Watching the process

    def memory(self, key="VmRSS", pid=None):
        """MiB of the process: VmRSS now, VmHWM at its highest."""
        with open(f"/proc/{pid or self.process.pid}/status", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith(key):
                    return int(line.split()[1]) / 1024
        raise Failed(f"/proc does not tell {key} of process {pid or self.process.pid}")

    def processor_seconds(self):
        """The time that all threads of the host have run, in seconds, to the nanosecond."""
        folder, total = f"/proc/{self.process.pid}/task", 0
        for thread in os.listdir(folder):
            with open(f"{folder}/{thread}/schedstat", encoding="utf-8") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def worker_items(self):
        return self.ask("GET", "/v1/workers")["items"]
