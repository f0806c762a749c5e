"""procrastinate on PostgreSQL with its own settings, which sync every commit."""

import glob
import importlib
import os
import shutil
import subprocess
from importlib.metadata import version

import psycopg
from serving import Served, first_line, free_port, tool, wait_until

PROGRAMS = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1:]


class Peer(Served):
    keeps = "PostgreSQL, synchronous_commit on"

    @staticmethod
    def version():
        server = first_line(os.path.join(PROGRAMS[0], "postgres"), "--version")
        return f"procrastinate {version('procrastinate')}, {server}"

    def begin(self):
        # PostgreSQL runs under no root; Debian's package makes it a user.
        as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        cluster = os.path.join(self.data, "cluster")
        os.mkdir(cluster, 0o700)
        # That user has to get there.
        os.chmod(os.path.dirname(self.data), 0o711)
        if as_user:
            shutil.chown(cluster, "postgres")
        initdb = [os.path.join(PROGRAMS[0], "initdb"), "-D", cluster, "-A", "trust", "-U", "peer"]
        subprocess.run(
            as_user + initdb, check=True, cwd="/", stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        port = free_port()
        server = self.spawn(
            *as_user, os.path.join(PROGRAMS[0], "postgres"), "-D", cluster, "-p", str(port), "-c",
            "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
        self.database = f"host=127.0.0.1 port={port} user=peer dbname=postgres"
        wait_until(self.answers, "PostgreSQL answers", server)
        os.environ["PEER_DATABASE"] = self.database
        command = [tool("procrastinate"), "--app", "procrastinate_app.app"]
        here = {"PYTHONPATH": os.path.dirname(__file__), "PEER_DATABASE": self.database}
        subprocess.run(
            [*command, "schema", "--apply"], check=True, env=os.environ | here,
            stdout=subprocess.DEVNULL)
        for _ in range(2):
            self.spawn(*command, "worker", "--concurrency", "32", PEER_DATABASE=self.database)

    def answers(self):
        try:
            psycopg.connect(self.database).close()
            return True
        except psycopg.OperationalError:
            return False

    def send(self, count, threads):
        os.environ["PEER_SENDS"] = "1"
        self.app = importlib.import_module("procrastinate_app")
        with self.app.app.open():
            super().send(count, threads)

    def connect(self):
        return self.app.nothing

    def send_one(self, task):
        task.defer(identifier="1042")

    def left(self):
        with psycopg.connect(self.database) as connection:
            query = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
            return connection.execute(query).fetchone()[0]
