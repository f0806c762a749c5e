"""beanstalkd with a log that is synced at every write (`-f 0`)."""

import os
import sys

import greenstalk
from serving import Served, first_line, free_port, wait_for_port

WORKER = """
import sys, greenstalk
client = greenstalk.Client(("127.0.0.1", int(sys.argv[1])))
while True:
    client.delete(client.reserve())
"""


class Peer(Served):
    keeps = "synced at every write"

    @staticmethod
    def version():
        return first_line("beanstalkd", "-v")

    def begin(self):
        self.port = free_port()
        log = os.path.join(self.data, "jobs")
        os.mkdir(log)
        server = self.spawn(
            "beanstalkd", "-l", "127.0.0.1", "-p", str(self.port), "-b", log, "-f", "0")
        wait_for_port(self.port, server)
        for _ in range(2):
            self.spawn(sys.executable, "-c", WORKER, str(self.port))

    def connect(self):
        return greenstalk.Client(("127.0.0.1", self.port))

    def send_one(self, client):
        client.put('{"id":"1042"}')

    def left(self):
        stats = self.connect().stats()
        return stats["current-jobs-ready"] + stats["current-jobs-reserved"]
