"""rq on Redis, with workers that run jobs in their own process instead of forking for each."""

from importlib.metadata import version

import redis
from redis_server import OnRedis
from rq import Queue
from rq_jobs import nothing
from serving import tool


class Peer(OnRedis):
    @staticmethod
    def version():
        return f"rq {version('rq')}, {OnRedis.server_version()}"

    def start_workers(self):
        for _ in range(2):
            self.spawn(
                tool("rq"), "worker", "--url", self.url, "--worker-class", "rq.SimpleWorker",
                "--logging_level", "ERROR")

    def connect(self):
        return Queue(connection=redis.Redis.from_url(self.url))

    def send_one(self, queue):
        queue.enqueue(nothing, "1042", result_ttl=0)

    def left(self):
        return self.redis.llen("rq:queue:default") + self.redis.zcard("rq:wip:default")
