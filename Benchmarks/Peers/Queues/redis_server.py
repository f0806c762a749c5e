"""A Redis that syncs its log at every write, for the queues that stand on one."""

import redis
from serving import Served, first_line, free_port, wait_for_port


class OnRedis(Served):
    keeps = "Redis, appendfsync always"

    @staticmethod
    def server_version():
        words = first_line("redis-server", "--version").split()
        return "Redis " + next(word[2:] for word in words if word.startswith("v="))

    def begin(self):
        self.port = free_port()
        server = self.spawn(
            "redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.data,
            "--appendonly", "yes", "--appendfsync", "always", "--save", "")
        wait_for_port(self.port, server)
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.redis = redis.Redis.from_url(self.url)
        self.start_workers()
