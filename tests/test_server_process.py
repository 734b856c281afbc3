"""The server as a process: how it starts, stops, and what it writes."""

from __future__ import annotations

import concurrent.futures
import datetime
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from imidgraph.resources import RELEASE
from tests.asking import ENDLESS
from tests.servers import Served


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_gracefully(tmp_path: Path, sign: signal.Signals) -> None:
    with Served(tmp_path, "--timeout", "3") as server, concurrent.futures.ThreadPoolExecutor(1) as threads:
        slow = threads.submit(httpx.get, f"{server.address}/sparql", params={"query": ENDLESS}, timeout=30)
        deadline = time.monotonic() + 10
        while not _busy(server.workers):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        workers = server.workers
        server.process.send_signal(sign)
        assert slow.result().status_code == 504, "who was waiting got an answer"
        server.process.wait(20)
        assert server.process.returncode in {0, -sign}
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
        assert all("traceback" not in line for line in server.log())


def test_its_workers_end_with_it_even_if_it_is_killed(tmp_path: Path) -> None:
    with Served(tmp_path) as server:
        workers = server.workers
        assert len(workers) == 4
        server.process.kill()
        server.process.wait()
        deadline = time.monotonic() + 10
        while any(_alive(worker) for worker in workers):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_each_request_is_one_line_of_json(served: Served, client: httpx.Client) -> None:
    before = len(served.log())
    client.get("/queries/%0Aforged%22%7D%0D%0A%1B%5B31m")
    client.post("/sparql", data={"query": "SELECT ?x {"})
    lines: list[dict[str, Any]] = []
    deadline = time.monotonic() + 10
    while len(lines) < 2 and time.monotonic() < deadline:  # a line is written after its answer was sent
        lines = [line for line in served.log()[before:] if isinstance(line["event"], dict)]
    assert [(line["event"]["method"], line["event"]["status"]) for line in lines] == [("GET", 404), ("POST", 400)]
    assert lines[0]["event"]["path"] == '/queries/\nforged"}\r\n\x1b[31m'
    assert set(lines[0]) == {"time", "level", "event"}
    assert lines[0]["event"]["ms"] >= 0
    assert lines[0]["event"]["route"] == "/queries/{name}"
    assert lines[0]["event"]["query"] == '\nforged"}\r\n\x1b[31m'
    assert datetime.datetime.fromisoformat(lines[0]["time"]).utcoffset() == datetime.timedelta(0)


def test_what_was_counted_is_there_for_prometheus(client: httpx.Client) -> None:
    def counted() -> dict[str, float]:
        answer = client.get("/metrics")
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    before = counted()
    for path in ("/lenalidomide.nt", "/IKZF1.nt", "/queries/boxed-warnings.csv", "/no-such-thing.nt"):
        client.get(path)
    after = counted()
    grown = {name: value - before.get(name, 0) for name, value in after.items() if name.startswith("imidgraph_requests_total")}
    assert grown['imidgraph_requests_total{route="/{name}",method="GET",status="200"}'] == 2
    assert grown['imidgraph_requests_total{route="/{name}",method="GET",status="404"}'] == 1
    assert grown['imidgraph_requests_total{route="/queries/{name}",method="GET",status="200"}'] == 1
    assert after["imidgraph_triples"] == client.get("/health").json()["triples"]
    every = 'imidgraph_request_seconds_bucket{route="/{name}",le="+Inf"}'
    assert after[every] == after['imidgraph_request_seconds_count{route="/{name}"}'] >= 3


@pytest.mark.parametrize("trusted", [True, False])
def test_only_a_trusted_proxy_says_who_asks(tmp_path: Path, trusted: bool) -> None:
    options = ("--trust-proxy", "127.0.0.1" if trusted else "192.0.2.1")
    forwarded = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https", "Accept": "text/turtle"}
    with Served(tmp_path, *options) as server:
        described = httpx.get(f"{server.address}/void", headers=forwarded).text
        deadline = time.monotonic() + 10
        while not (lines := [line for line in server.log() if line["event"]["path"] == "/void"]):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert lines[0]["event"]["client"] == ("198.51.100.7" if trusted else "127.0.0.1")
    assert f"<{'https' if trusted else 'http'}://127.0.0.1:{server.port}/sparql>" in described


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "0"), "workers"),
        (("--timeout", "0"), "timeout"),
        (("--limit", "-1"), "limit"),
        (("--port", "99999"), "port"),
    ],
)
def test_wrong_options_are_one_clear_error(options: tuple[str, ...], message: str) -> None:
    done = subprocess.run([sys.executable, "-m", "imidgraph.cli", "serve", *options], capture_output=True, text=True)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_served_is_one_clear_error(served: Served, tmp_path: Path) -> None:
    for graph, options in (
        ("http://127.0.0.1/sparql", ()),
        (str(tmp_path / "absent.ttl"), ()),
        (str(RELEASE), ("--port", str(served.port))),
    ):
        command = [sys.executable, "-m", "imidgraph.cli", "--graph", graph, "serve", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode != 0
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _busy(processes: list[int]) -> bool:
    return any(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "R" for process in processes)
