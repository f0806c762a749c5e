"""Roost, asked by the same senders as the others, over HTTP."""

import http.client
import json
import os
from urllib.parse import urlsplit

from serving import Served, first_line, wait_until

BODY = '{"data":{"id":"1042"}}'
OWED = ("scheduled", "ready", "running", "retrying")


class Peer(Served):
    keeps = "SQLite, synchronous FULL"

    @staticmethod
    def version():
        return first_line(os.environ["BENCH_HOST"], "--version")

    def begin(self):
        store = os.path.join(self.data, "store")
        server = self.spawn(
            os.environ["BENCH_HOST"], "serve", "--app", os.environ["BENCH_APP"], "--data",
            store, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
        path = os.path.join(store, "host.json")
        wait_until(lambda: os.path.exists(path), "Roost is ready", server)
        with open(path, encoding="utf-8") as file:
            facts = json.load(file)
        self.address = urlsplit(facts["admin"]).netloc
        self.headers = {
            "Authorization": f"Bearer {facts['token']}", "Content-Type": "application/json",
            "Prefer": "respond-async"}

    def connect(self):
        return http.client.HTTPConnection(self.address, timeout=60)

    def send_one(self, connection):
        connection.request("POST", "/v1/functions/noop/invocations", BODY, self.headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 202:
            raise RuntimeError(f"Roost answered {answer.status}")

    def left(self):
        connection = self.connect()
        connection.request("GET", "/v1/status", headers=self.headers)
        counts = json.loads(connection.getresponse().read())["invocations"]
        connection.close()
        return sum(counts[state] for state in OWED)
