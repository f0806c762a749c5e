"""Roost, asked by the same senders as the others, over HTTP by curl, as its README does."""

import io
import json
import os
from http import HTTPStatus

import pycurl
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
        self.admin = facts["admin"]
        self.headers = [
            f"Authorization: Bearer {facts['token']}", "Content-Type: application/json",
            "Prefer: respond-async"]

    def connect(self):
        curl = pycurl.Curl()
        curl.setopt(pycurl.URL, f"{self.admin}/v1/functions/noop/invocations")
        curl.setopt(pycurl.HTTPHEADER, self.headers)
        curl.setopt(pycurl.WRITEFUNCTION, lambda answer: None)
        curl.setopt(pycurl.TIMEOUT, 60)
        return curl

    def send_one(self, curl):
        curl.setopt(pycurl.POSTFIELDS, BODY)
        curl.perform()
        if (status := curl.getinfo(pycurl.RESPONSE_CODE)) != HTTPStatus.ACCEPTED:
            raise RuntimeError(f"Roost answered {status}")

    def left(self):
        answer = io.BytesIO()
        curl = self.connect()
        curl.setopt(pycurl.URL, f"{self.admin}/v1/status")
        curl.setopt(pycurl.WRITEDATA, answer)
        curl.perform()
        curl.close()
        counts = json.loads(answer.getvalue())["invocations"]
        return sum(counts[state] for state in OWED)
