"""huey on SQLite, synced at every commit: our nearest peer by what it stands on."""

import importlib
import os
from importlib.metadata import version

from serving import Served, tool


class Peer(Served):
    keeps = "SQLite, synchronous FULL"

    @staticmethod
    def version():
        import sqlite3

        return f"huey {version('huey')}, SQLite {sqlite3.sqlite_version}"

    def begin(self):
        os.environ["PEER_DATA"] = self.data
        self.app = importlib.import_module("huey_app")
        self.spawn(
            tool("huey_consumer"), "huey_app.huey", "--workers", "2", "--worker-type", "process",
            "--no-periodic", "--quiet")

    def connect(self):
        return self.app.nothing

    def send_one(self, task):
        task("1042")

    def left(self):
        return self.app.huey.pending_count()
