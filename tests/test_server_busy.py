"""The endpoint is busy: slow queries, cut rows, those who wait, those who hang up, and workers that die."""

from __future__ import annotations

import concurrent.futures
import csv
import io
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import imidgraph
from imidgraph import EndpointError, QueryTimeout
from tests.asking import ASK, ENDLESS, asked
from tests.servers import Served


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with one worker, a short time limit and few rows."""
    options = ("--workers", "1", "--waiting", "1", "--timeout", "1", "--limit", "5")
    with Served(tmp_path_factory.mktemp("strict"), *options) as server:
        yield server


def asked_again(client: httpx.Client, query: str) -> httpx.Response:
    """Ask while the server is busy: on a busy machine a new worker takes longer to start than a query may wait."""
    deadline = time.monotonic() + 20
    while (answer := asked(client, query)).status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return answer


def test_a_slow_query_is_stopped_and_the_next_one_works(strict: Served) -> None:
    with httpx.Client(base_url=strict.address, timeout=30) as client:
        workers = set(strict.workers)
        answer = asked(client, ENDLESS)
        assert answer.status_code == 504
        assert "longer than 1 seconds" in answer.text
        assert asked_again(client, ASK).json()["boolean"] is True
        assert len(workers - set(strict.workers)) == 1, "the worker of free queries is a new one"


def test_a_query_that_kills_its_worker_leaves_the_others(strict: Served) -> None:
    deep = "ASK " + "{" * 100_000 + "}" * 100_000
    with httpx.Client(base_url=strict.address, timeout=30) as client:
        for _ in range(3):
            answer = client.post("/sparql", data={"query": deep})
            assert answer.status_code in {400, 503, 504}
            assert "Traceback" not in answer.text
        assert asked_again(client, ASK).json()["boolean"] is True


def test_rows_beyond_the_limit_are_cut_and_said_to_be(strict: Served) -> None:
    with httpx.Client(base_url=strict.address) as client:
        for accept, count in (
            ("application/json", lambda text: len(json.loads(text)["results"]["bindings"])),
            ("application/sparql-results+xml", lambda text: text.count("<result>")),
            ("text/csv", lambda text: len(list(csv.reader(io.StringIO(text)))) - 1),
            ("text/tab-separated-values", lambda text: len(text.splitlines()) - 1),
        ):
            for rows in (4, 5, 6, 5000):
                answer = asked(client, f"SELECT * {{ ?s ?p ?o }} LIMIT {rows}", accept)
                assert count(answer.text) == min(rows, 5)
                assert answer.headers.get("x-imidgraph-truncated") == ("cut at 5 rows" if rows > 5 else None)
        tricky = 'SELECT ?a ?b { VALUES (?a ?b) { ("}},{" "},{\\"") ("},{\\n},{" UNDEF) ("<result>" "\\n\\n\\n\\n\\n\\n") } }'
        for accept in ("application/json", "application/sparql-results+xml", "text/csv"):
            answer = asked(client, tricky, accept)
            assert "x-imidgraph-truncated" not in answer.headers
            assert "<result>" in answer.text or "&lt;result" in answer.text
        triples = asked(client, "CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples")
        assert len(triples.text.splitlines()) == 5
        assert triples.headers["x-imidgraph-truncated"] == "cut at 5 rows"
        named = client.get("/queries/boxed-warnings")
        assert named.headers["x-imidgraph-truncated"] == "cut at 5 rows"
        assert imidgraph.connect(f"{strict.address}/sparql").select("SELECT * { ?s ?p ?o }").limit == "cut at 5 rows"
        assert imidgraph.connect(f"{strict.address}/sparql").construct("CONSTRUCT WHERE { ?s ?p ?o }").limit == "cut at 5 rows"


def test_what_cannot_be_answered_in_time_is_turned_away(strict: Served) -> None:
    """One worker, one more may wait: of eight at once, six are told to come back, and after that all is well."""

    def ask(_: int) -> httpx.Response:
        with httpx.Client(base_url=strict.address, timeout=30) as client:
            return asked(client, ENDLESS)

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(503) >= 6
    assert 504 in statuses
    for answer in answers:
        assert (answer.headers.get("retry-after") == "1") == (answer.status_code == 503)
    with httpx.Client(base_url=strict.address, timeout=30) as client:
        assert asked_again(client, ASK).json()["boolean"] is True
        assert client.get("/health").status_code == 200


def test_our_own_client_waits_for_a_busy_server(strict: Served) -> None:
    with httpx.Client(base_url=strict.address, timeout=30) as client, concurrent.futures.ThreadPoolExecutor(2) as threads:
        slow = [threads.submit(asked, client, ENDLESS) for _ in range(2)]
        time.sleep(0.3)
        assert imidgraph.connect(f"{strict.address}/sparql", timeout=20).ask(ASK) is True
        assert {future.result().status_code for future in slow} <= {503, 504}


def test_a_client_that_hangs_up_takes_no_worker_with_it(strict: Served) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", strict.port)) as connection:
            connection.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n\r\n")
        with socket.create_connection(("127.0.0.1", strict.port)) as connection:
            connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
    with httpx.Client(base_url=strict.address, timeout=30) as client:
        assert asked(client, ASK).json()["boolean"] is True


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with Served(tmp_path) as served, httpx.Client(base_url=served.address, timeout=30) as client:
        for worker in served.workers:
            os.kill(worker, signal.SIGKILL)
        time.sleep(0.2)
        answers = [asked(client, ASK).status_code for _ in range(6)]
        assert answers[-2:] == [200, 200]
        assert len(served.workers) == 4, "two for free queries, two for the rest"


def test_our_own_client_tells_a_timeout_of_the_server(strict: Served) -> None:
    with pytest.raises((QueryTimeout, EndpointError)):
        imidgraph.connect(f"{strict.address}/sparql", timeout=15).select(ENDLESS)
