"""Celery on Redis, with jobs acknowledged when they are done."""

import importlib
import os
from importlib.metadata import version

from redis_server import OnRedis
from serving import tool


class Peer(OnRedis):
    @staticmethod
    def version():
        return f"celery {version('celery')}, {OnRedis.server_version()}"

    def start_workers(self):
        os.environ["PEER_URL"] = self.url
        self.spawn(
            tool("celery"), "-A", "celery_app", "worker", "--concurrency", "2", "--loglevel",
            "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat",
            PEER_URL=self.url)

    def connect(self):
        return importlib.import_module("celery_app").nothing

    def send_one(self, task):
        task.delay("1042")

    def left(self):
        return self.redis.llen("celery") + self.redis.zcard("unacked_index")
