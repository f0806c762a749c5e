"""What the figures depend on: the processor, the system, the disk below the data directory."""

import os
import platform
import statistics
import time

MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs", "devtmpfs"}

# The figures for durable acceptance are asked of a disk that syncs faster than this.
SYNC_MILLISECONDS_ASKED = 0.5


class Unusable(Exception):
    """The benchmarks can't run here; the text says why and what to do."""


def file_system(path):
    """The type of the file system that holds a path, and its device."""
    path = os.path.realpath(path)
    best = ("", "unknown", "unknown")
    with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
        for line in mounts:
            place, _, source = line.partition(" - ")
            point = place.split()[4].encode().decode("unicode_escape")
            kind, device = source.split()[:2]
            holds = path == point or path.startswith(point.rstrip("/") + "/")
            # Of two mounts on one point, the later one is what is seen.
            if holds and len(point) >= len(best[0]):
                best = (point, kind, device)
    return best[1], best[2]


def refuse_memory(path):
    kind, _ = file_system(path)
    if kind in MEMORY_FILE_SYSTEMS:
        raise Unusable(
            f'the data directory "{path}" lies on {kind}, which keeps nothing over a power cut; '
            "durable figures need a disk: choose a directory on one with --data DIR"
        )


def sync_milliseconds(directory, count):
    """The median time of fdatasync after 4 KiB were appended."""
    path = os.path.join(directory, "sync-probe")
    times = []
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        for _ in range(count):
            os.write(file, bytes(4096))
            start = time.perf_counter()
            os.fdatasync(file)
            times.append(time.perf_counter() - start)
    finally:
        os.close(file)
        os.unlink(path)
    return statistics.median(times) * 1000


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def facts(data):
    kind, device = file_system(data)
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "loadAverage": round(os.getloadavg()[0], 2),
        "dataDirectory": data,
        "fileSystem": kind,
        "device": device,
        "fdatasyncMilliseconds": round(sync_milliseconds(data, 200), 3),
    }


def busy(facts):
    """What is to be said beside the load, where there is too much."""
    if facts["loadAverage"] <= 0.25 * facts["cores"]:
        return ""
    return ", so something else was running and the figures are worth less"


def text(facts):
    sync = facts["fdatasyncMilliseconds"]
    slow = ""
    if sync >= SYNC_MILLISECONDS_ASKED:
        slow = f", slower than the {SYNC_MILLISECONDS_ASKED} ms that durable figures are asked of"
    return "\n".join(
        [
            f"machine  {facts['cores']} cores, {facts['processor']}, {facts['system']}",
            f"load     {facts['loadAverage']} before the start{busy(facts)}",
            f"data     {facts['dataDirectory']}: {facts['fileSystem']} on {facts['device']}, "
            f"fdatasync median {sync} ms{slow}",
        ]
    )
