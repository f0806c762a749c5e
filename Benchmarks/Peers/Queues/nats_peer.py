"""NATS JetStream on files, one work queue.

Debian's server is older than the option to sync at every write, so what it answers is not on the
disk yet: its figure is not one of a durable queue, and the page says so.
"""

import asyncio
import os
import sys

import nats
from serving import Served, first_line, free_port, wait_for_port

WORKER = """
import asyncio, sys, nats
async def main():
    client = await nats.connect(f"nats://127.0.0.1:{sys.argv[1]}")
    jobs = await client.jetstream().pull_subscribe("jobs", "workers")
    while True:
        try:
            for job in await jobs.fetch(100, timeout=1):
                await job.ack()
        except nats.errors.TimeoutError:
            pass
asyncio.run(main())
"""


class Peer(Served):
    keeps = "file, not synced before the answer"

    @staticmethod
    def version():
        return first_line("nats-server", "--version")

    def begin(self):
        self.port = free_port()
        server = self.spawn(
            "nats-server", "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd",
            os.path.join(self.data, "stream"))
        wait_for_port(self.port, server)
        asyncio.run(self.make_stream())
        for _ in range(2):
            self.spawn(sys.executable, "-c", WORKER, str(self.port))

    async def make_stream(self):
        client = await self.client()
        await client.jetstream().add_stream(
            name="jobs", subjects=["jobs"], retention="workqueue", storage="file")
        await client.close()

    async def client(self):
        return await nats.connect(f"nats://127.0.0.1:{self.port}")

    def send(self, count, threads):
        asyncio.run(self.send_all(count, threads))

    async def send_all(self, count, senders):
        await asyncio.gather(*(self.send_share(count // senders) for _ in range(senders)))

    async def send_share(self, share):
        client = await self.client()
        stream = client.jetstream()
        for _ in range(share):
            await stream.publish("jobs", b'{"id":"1042"}')
        await client.close()

    def left(self):
        return asyncio.run(self.count())

    async def count(self):
        client = await self.client()
        state = await client.jetstream().stream_info("jobs")
        await client.close()
        return state.state.messages
