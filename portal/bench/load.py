"""A small bounded load generator for pages on this machine."""

import http.client
import statistics
import threading
import time
from dataclasses import dataclass


@dataclass
class Load:
    """What a run of requests showed; times in seconds."""

    requests: int
    failures: int
    seconds: float
    times: list

    @property
    def per_second(self):
        return self.requests / self.seconds

    @property
    def p95(self):
        return percentile(self.times, 95)

    @property
    def median(self):
        return statistics.median(self.times)


def percentile(times, share):
    """Return the time that ``share`` percent of the requests did not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def load_pages(address, paths, cookie, *, seconds, clients):
    """Ask for the paths in turn from some clients at once; each path gets its own result.

    The paths are interleaved request by request, so that whatever else the machine does
    falls on all of them alike.
    """
    host, port = address
    times = {path: [] for path in paths}
    failures = dict.fromkeys(paths, 0)
    end = time.monotonic() + seconds

    def client():
        connection = http.client.HTTPConnection(host, port, timeout=30)
        while time.monotonic() < end:
            for path in paths:
                began = time.perf_counter()
                connection.request("GET", path, headers={"Cookie": cookie})
                reply = connection.getresponse()
                reply.read()
                times[path].append(time.perf_counter() - began)
                failures[path] += reply.status != 200
        connection.close()

    threads = [threading.Thread(target=client) for _number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        # Each client spends its time on one path after another: a path's own rate is what
        # the clients would reach on it alone.
        path: Load(len(spent), failures[path], sum(spent) / clients, spent)
        for path, spent in times.items()
    }
