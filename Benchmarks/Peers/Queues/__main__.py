"""Measures one queue as its users run it: jobs that do nothing, from sending to done.

    python Benchmarks/Peers/Queues NAME --data DIR --jobs N --runs N

Two processes of eight senders each hand the jobs over one by one, each waits for the queue's word
that it has the job; two worker processes take them at the same time. The rate counts from the first
job sent until none is left. Prints one line of JSON.
"""

import argparse
import concurrent.futures
import importlib
import json
import multiprocessing
import shutil
import statistics
import sys
import time

SENDERS, THREADS, WARM_JOBS = 2, 8, 64
LEFT_SECONDS_MAX = 300
NAMES = ("beanstalkd", "celery", "huey", "nats", "procrastinate", "roost", "rq")


def main():
    parser = argparse.ArgumentParser(prog="Queues", description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--data", required=True, help="an empty directory on a real disk")
    parser.add_argument("--jobs", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    module = importlib.import_module(f"{options.name}_peer")
    rates, accepted = [], []
    for _ in range(options.runs):
        shutil.rmtree(options.data, ignore_errors=True)
        # In a process of its own: what a peer's modules and variables remember of a run ends with it.
        with concurrent.futures.ProcessPoolExecutor(1) as process:
            sent, done = process.submit(run, module.Peer(options.data), options.jobs).result()
        accepted.append(options.jobs / sent)
        rates.append(options.jobs / done)
    print(json.dumps({
        "name": options.name, "version": module.Peer.version(), "jobs": options.jobs,
        "perSecond": statistics.median(rates), "least": min(rates), "most": max(rates),
        "acceptedPerSecond": statistics.median(accepted), "keeps": module.Peer.keeps,
    }))


def run(peer, jobs):
    """Seconds until the last job was accepted, and until the last was done."""
    with peer:
        # Workers that are still starting would count as slow ones.
        peer.send(WARM_JOBS, THREADS)
        wait_until_done(peer)
        share = jobs // SENDERS
        senders = [
            multiprocessing.Process(target=peer.send, args=(share, THREADS))
            for _ in range(SENDERS)
        ]
        start = time.perf_counter()
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
            if sender.exitcode != 0:
                sys.exit(f"a sender failed with exit status {sender.exitcode}")
        sent = time.perf_counter() - start
        wait_until_done(peer)
        return sent, time.perf_counter() - start


def wait_until_done(peer):
    deadline = time.monotonic() + LEFT_SECONDS_MAX
    while (left := peer.left()) > 0:
        if time.monotonic() > deadline:
            sys.exit(f"{left} jobs were still left after {LEFT_SECONDS_MAX} s")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
