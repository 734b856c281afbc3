"""A server under mixed load for a while: what fails, what grows, how long cheap requests wait.

Run it with: python benchmarks/soak.py [SECONDS]
Ten minutes by default. Cheap requests, named queries, lookups and pages, free queries that are light, heavy or crash their
worker, names that nothing has, clients that hang up; two workers, 2 seconds a query. It ends with 1 where there is an answer of 500,
or where memory or descriptors grow from the first half to the end.
"""

from __future__ import annotations

import contextlib
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.servers import Served

HEAVY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CRASHING = "ASK " + "{" * 100_000 + "}" * 100_000
KINDS = {
    "cheap": (16, ["/health", "/version", "/openapi.json"]),
    "named": (16, ["/queries/boxed-warnings?drug=lenalidomide", "/queries/drugs-by-generation"]),
    "lookup": (
        8,
        ["/api/search?words=myeloma", "/api/entities/revlimid", "/api/statements?subject=lenalidomide&predicate=degrades"],
    ),
    "page": (4, ["/", "/queries/boxed-warnings?drug=lenalidomide"]),
    "unknown": (8, ["/api/entities/aspirinoid", "/queries/no-such-query", "/nowhere"]),
    "free": (8, ["/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"]),
    "heavy": (1, [HEAVY]),
    "crashing": (1, [CRASHING]),
    "hang-up": (2, ["/sparql?query=" + HEAVY.replace(" ", "+")]),
}
"""By kind, how often it is asked beside the others, and what is asked."""
CLIENTS = 8
PAUSE = 0.05  # seconds that a client waits: people and programs do


class Load:
    """What the clients saw."""

    def __init__(self) -> None:
        self.times: defaultdict[str, list[float]] = defaultdict(list)
        self.statuses: defaultdict[str, Counter[object]] = defaultdict(Counter)
        self.lock = threading.Lock()

    def note(self, kind: str, status: object, seconds: float) -> None:
        """Take down one answer."""
        with self.lock:
            self.times[kind].append(1000 * seconds)
            self.statuses[kind][status] += 1


def ask(client: httpx.Client, kind: str, what: str, port: int) -> object:
    """Ask once, and give the status."""
    if kind == "hang-up":
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(f"GET {what} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.02)
        return "left"
    if kind in {"heavy", "crashing"}:
        return client.post("/sparql", data={"query": what}).status_code
    return client.get(what, headers={"Accept": "text/html" if kind == "page" else "*/*"}).status_code


def work(served: Served, load: Load, until: float, seed: int) -> None:
    """Be one client until the time is up."""
    choice = random.Random(seed)
    kinds = [kind for kind, (weight, _) in KINDS.items() for _ in range(weight)]
    with httpx.Client(base_url=served.address, timeout=60) as client:
        while time.monotonic() < until:
            kind = choice.choice(kinds)
            start = time.monotonic()
            status: object = "broken"
            with contextlib.suppress(httpx.TransportError, OSError):
                status = ask(client, kind, choice.choice(KINDS[kind][1]), served.port)
            load.note(kind, status, time.monotonic() - start)
            time.sleep(choice.random() * 2 * PAUSE)


def state(served: Served) -> tuple[int, int]:
    """Give the memory of the server in MiB, and its open files."""
    folder = Path(f"/proc/{served.process.pid}")
    lines = (folder / "status").read_text().splitlines()
    memory = int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) >> 10
    return memory, len(list((folder / "fd").iterdir()))


def main(seconds: float = 600) -> int:
    """Run the load, and print what came of it."""
    load = Load()
    with Served(Path(tempfile.mkdtemp()), "--timeout", "2") as served:
        until = time.monotonic() + seconds
        clients = [threading.Thread(target=work, args=(served, load, until, seed)) for seed in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(seconds / 2)
        before = state(served)
        for client in clients:
            client.join()
        time.sleep(4)  # until what was left is stopped
        after = state(served)
    print(f"{'':10} {'requests':>9} {'p50 ms':>8} {'p99 ms':>8}  statuses")
    for kind, times in load.times.items():
        times.sort()
        told = ", ".join(f"{status}: {number}" for status, number in sorted(load.statuses[kind].items(), key=str))
        print(f"{kind:10} {len(times):9} {statistics.median(times):8.0f} {times[int(len(times) * 0.99)]:8.0f}  {told}")
    print(f"memory {before[0]} to {after[0]} MiB, open files {before[1]} to {after[1]}, in {seconds:g} seconds")
    failed = sum(found[status] for found in load.statuses.values() for status in (500, "broken"))
    grown = after[0] > before[0] + 32 or after[1] > before[1] + 8
    return int(failed > 0 or grown)


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
