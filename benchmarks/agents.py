"""The tools for agents: how long the first answers take after a start on standard streams, and what a call costs there and over HTTP.

Run it with: python benchmarks/agents.py
The client writes and reads lines itself, so that no SDK of a client is measured.
"""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "search a brand": ("search", {"words": "Revlimid"}),
    "search lay words": ("search", {"words": "blood clots"}),
    "search with a slip": ("search", {"words": "revlimd"}),
    "get a drug": ("get", {"name": "Revlimid"}),
    "get a section": ("get", {"name": "Revlimid", "section": "adverse effects"}),
    "status": ("status", {"subject": "lenalidomide", "predicate": "approvedFor", "object": "CLL"}),
    "compare": ("compare", {"drugs": ["lenalidomide", "pomalidomide"]}),
    "explain": ("explain", {"start": "pomalidomide", "end": "multiple myeloma"}),
    "list_queries": ("list_queries", {"topic": "risks"}),
    "run_query": ("run_query", {"name": "boxed-warnings", "parameters": {"drug": "Revlimid"}}),
}
INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "benchmark", "version": "1"}}
Ask = Callable[[str, dict[str, Any]], Any]


@contextlib.contextmanager
def streams() -> Iterator[Ask]:
    """Start the command, and ask it by lines."""
    command = [sys.executable, "-m", "imidgraph.cli", "mcp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout

        def ask(method: str, params: dict[str, Any]) -> Any:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())["result"]

        yield ask
        process.stdin.close()


@contextlib.contextmanager
def served() -> Iterator[Ask]:
    """Start the server, and ask it over HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "imidgraph.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}

        def ask(method: str, params: dict[str, Any]) -> Any:
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
            with urllib.request.urlopen(urllib.request.Request(f"{address}/mcp", body, headers)) as answer:
                return json.load(answer)["result"]

        while process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/health").read()
                break
            time.sleep(0.05)
        yield ask
        process.terminate()


def start() -> tuple[float, float, float]:
    """Start once, and give the seconds until the handshake, the list of tools and the first card are there."""
    begun = time.perf_counter()
    with streams() as ask:
        ask("initialize", INITIALIZE)
        shaken = time.perf_counter() - begun
        ask("tools/list", {})
        listed = time.perf_counter() - begun
        ask("tools/call", {"name": "get", "arguments": {"name": "Revlimid"}})
        return shaken, listed, time.perf_counter() - begun


def cost(ask: Ask, rounds: int) -> dict[str, list[float]]:
    """Make each call again and again, and give the seconds of each."""
    ask("initialize", INITIALIZE)
    found: dict[str, list[float]] = {}
    for label, (name, arguments) in CALLS.items():
        for _ in range(rounds + 1):
            begun = time.perf_counter()
            assert not ask("tools/call", {"name": name, "arguments": arguments}).get("isError")
            found.setdefault(label, []).append(time.perf_counter() - begun)
    return found


def main(starts: int = 7, rounds: int = 50) -> None:
    """Measure and print medians."""
    times = list(zip(*(start() for _ in range(starts)), strict=True))
    for label, values in zip(("handshake", "list of tools", "first card"), times, strict=True):
        print(f"{'start to ' + label:26} {statistics.median(values):6.2f} s  (best {min(values):.2f})")
    with streams() as ask:
        on_streams = cost(ask, rounds)
    with served() as ask:
        over_http = cost(ask, rounds)
    print(f"\n{'call':20} {'streams, first':>15} {'median':>10} {'HTTP, first':>15} {'median':>10}")
    for label in CALLS:
        cells = (_ms(each) for found in (on_streams, over_http) for each in (found[label][:1], found[label][1:]))
        print(f"{label:20}  {'   '.join(cells)}")
    every = [[each for times in found.values() for each in times] for found in (on_streams, over_http)]
    print(f"median of all: {_ms(every[0])} on streams, {_ms(every[1])} over HTTP")


def _ms(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:6.1f} ms"


if __name__ == "__main__":
    main()
