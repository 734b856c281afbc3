"""What endless free queries cost everyone else: requests to an idle server and to one whose workers are all taken twice over.

Run it with: python benchmarks/lanes.py [SECONDS]
"""

from __future__ import annotations

import concurrent.futures
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.servers import Served

ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PATHS = ("/health", "/queries/boxed-warnings?drug=lenalidomide", "/lenalidomide", "/api/entities/revlimid")
WORKERS = 4


def measured(address: str, seconds: float) -> dict[str, list[float]]:
    """Ask for each path in turn for a while, and give the milliseconds of each answer in order."""
    times: dict[str, list[float]] = {path: [] for path in PATHS}
    end = time.monotonic() + seconds
    with httpx.Client(base_url=address, timeout=60) as client:
        while time.monotonic() < end:
            for path, found in times.items():
                start = time.perf_counter()
                client.get(path).raise_for_status()
                found.append(1000 * (time.perf_counter() - start))
    return {path: sorted(found) for path, found in times.items()}


def ask_until(address: str, number: int, over: threading.Event) -> None:
    """Ask an endless query again and again, as a client of its own."""
    transport = httpx.HTTPTransport(local_address=f"127.0.1.{number + 1}")
    with httpx.Client(base_url=address, timeout=60, transport=transport) as client:
        while not over.is_set():
            client.get("/sparql", params={"query": ENDLESS})


def main() -> None:
    """Measure, and print the two side by side."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    over = threading.Event()
    with (
        Served(Path(tempfile.mkdtemp()), "--timeout", "2", "--workers", str(WORKERS)) as served,
        concurrent.futures.ThreadPoolExecutor(2 * WORKERS) as threads,
    ):
        measured(served.address, 2)
        idle = measured(served.address, seconds)
        for number in range(2 * WORKERS):
            threads.submit(ask_until, served.address, number, over)
        time.sleep(1)
        busy = measured(served.address, seconds)
        over.set()
    print(f"{2 * WORKERS} endless queries beside, {WORKERS} workers; milliseconds")
    print(f"{'':42}{'idle p50':>9}{'p99':>7}{'busy p50':>10}{'p99':>7}{'p99 ratio':>11}")
    for path in PATHS:
        (half, most), (then, worst) = (
            (found[len(found) // 2], found[len(found) * 99 // 100]) for found in (idle[path], busy[path])
        )
        print(f"{path:42}{half:9.1f}{most:7.1f}{then:10.1f}{worst:7.1f}{worst / most:11.1f}")


if __name__ == "__main__":
    main()
