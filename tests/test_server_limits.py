"""What one client can make the endpoint hold, wait for or give away: nothing that others would feel."""

from __future__ import annotations

import concurrent.futures
import contextlib
import gzip
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from imidgraph.resources import RELEASE
from imidgraph.server import connections
from imidgraph.stores.disk import build_store
from tests.servers import Served

ASK = "ASK { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
MIB = 1 << 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served"), "--timeout", "5") as server:
        yield server


def memory(server: Served) -> int:
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) << 10


def answers(server: Served, seconds: float = 2.0) -> None:
    """Named queries, pages and health answer, and soon."""
    for path, accept in (("/health", "*/*"), ("/queries/boxed-warnings", "text/csv"), ("/", "text/html")):
        start = time.monotonic()
        assert httpx.get(server.address + path, headers={"Accept": accept}, timeout=20).status_code == 200
        assert time.monotonic() - start < seconds, path


def raw(server: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def test_long_headers_and_addresses_are_refused_at_once(served: Served) -> None:
    before = memory(served)
    for head, status in (
        (b"GET /version HTTP/1.1\r\nHost: localhost\r\nX-Long: ", b" 431 "),
        (b"GET /version?", b" 414 "),
        (b"GET /version HTTP/1.1\r\n" + b"X-A: b\r\n" * 20_000, b" 431 "),
    ):
        with raw(served) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(head)
                for _ in range(64):
                    connection.sendall(b"a" * MIB)
            with contextlib.suppress(ConnectionError):
                assert status in connection.recv(200)
        answers(served)
    assert memory(served) - before < 40 * MIB


def test_an_address_of_sixty_thousand_signs_is_told_what_to_do(served: Served) -> None:
    with raw(served) as connection:
        connection.sendall(f"GET /sparql?query={'+' * 70_000} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = connection.recv(MIB).decode()
    assert " 414 " in answer
    assert "POST" in answer


def test_what_is_pipelined_is_bounded(served: Served) -> None:
    before = memory(served)
    request = b"GET /queries/boxed-warnings HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n"
    with raw(served) as connection, contextlib.suppress(OSError):
        connection.settimeout(3)
        for _ in range(25):
            connection.sendall(request * (MIB // len(request)))
    answers(served)
    assert memory(served) - before < 60 * MIB


def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    with raw(served) as connection:
        head = b"GET /version HTTP/1.1\r\nHost: localhost\r\n"
        connection.sendall((head + b"\r\n") * 3 + head + b"Connection: close\r\n\r\n")
        received = b""
        while part := connection.recv(MIB):
            received += part
    assert received.count(b"HTTP/1.1 200 OK") == 4


def test_long_accept_headers_are_not_kept(served: Served) -> None:
    before = memory(served)
    for number in range(120):
        httpx.get(f"{served.address}/version", headers={"Accept": f"text/csv;a={number}, " + "x/y," * 10_000 + "*/*"})
    assert memory(served) - before < 40 * MIB


def test_an_answer_that_nobody_reads_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds of time are those of a minute and more: here the protocol itself is asked, with shorter ones."""
    import asyncio

    import uvicorn
    from starlette.responses import StreamingResponse

    monkeypatch.setattr(connections, "SECONDS_UNREAD", 0.5)
    monkeypatch.setattr(connections, "SECONDS_OF_HEAD", 0.5)
    given = 0

    async def app(scope: object, receive: object, send: object) -> None:
        async def pieces():  # type: ignore[no-untyped-def]
            nonlocal given
            for _ in range(1000):
                given += 1
                yield b"x" * MIB
                await asyncio.sleep(0)

        await StreamingResponse(pieces())(scope, receive, send)  # type: ignore[arg-type]

    async def run() -> None:
        listener = connections.listen("127.0.0.1", 0)
        config = uvicorn.Config(app, http=connections.BoundedProtocol, ws="none", lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        address = listener.getsockname()
        reader, writer = await asyncio.open_connection(*address)
        slow, slow_writer = await asyncio.open_connection(*address)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        slow_writer.write(b"GET / HTTP/1.1\r\nHo")
        await asyncio.sleep(3)
        assert await slow.read() == b"", "a head that does not come is not waited for"
        assert not reader.at_eof()
        assert len(server.server_state.connections) == 0
        server.should_exit = True
        await task
        for each in (writer, slow_writer):
            each.close()
            with contextlib.suppress(ConnectionError):
                await each.wait_closed()

    asyncio.run(run())
    assert given < 100


def test_slow_senders_are_timed_out_and_keep_nobody_out(served: Served) -> None:
    with contextlib.ExitStack() as stack:
        senders = [stack.enter_context(raw(served)) for _ in range(400)]
        for sender in senders:
            sender.sendall(b"GET /version HTTP/1.1\r\nX-A: ")
        answers(served)
        time.sleep(connections.SECONDS_OF_HEAD + 1)
        for sender in senders:
            sender.settimeout(20)
            with contextlib.suppress(ConnectionError):
                assert sender.recv(1) == b""


def test_free_queries_leave_the_rest_alone(served: Served) -> None:
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        running = [
            threads.submit(httpx.get, f"{served.address}/sparql", params={"query": ENDLESS}, timeout=60) for _ in range(12)
        ]
        time.sleep(0.5)
        for _ in range(5):
            answers(served)
        statuses = {future.result().status_code for future in running}
    assert statuses <= {503, 504}


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no priorities")
def test_free_queries_step_back_for_the_rest(served: Served) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert sorted({os.getpriority(os.PRIO_PROCESS, worker) - ours for worker in served.workers}) == [0, min(10, 19 - ours)]


def test_a_client_that_leaves_frees_its_query(served: Served) -> None:
    for _ in range(4):
        with raw(served) as connection:
            connection.sendall(f"GET /sparql?query={ENDLESS.replace(' ', '+')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.1)
    start = time.monotonic()
    assert httpx.get(f"{served.address}/sparql", params={"query": ASK}, timeout=30).status_code == 200
    assert time.monotonic() - start < 3, "nobody waits for who has left"
    told = [line["traceback"] for line in served.log() if "traceback" in line]
    assert told == []


def test_too_large_an_answer_is_refused_alike_in_every_format(served: Served) -> None:
    query = f"SELECT ?s ('{'x' * 4000}' AS ?x) WHERE {{ ?s ?p ?o }}"
    texts = set()
    for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"):
        answer = httpx.post(f"{served.address}/sparql", data={"query": query}, headers={"Accept": accept}, timeout=60)
        assert answer.status_code == 400, accept
        texts.add(answer.text)
    assert len(texts) == 1
    assert "larger than" in texts.pop()


def test_a_page_is_never_huge(served: Served) -> None:
    query = f"SELECT ?s ('{'x' * 4000}' AS ?x) WHERE {{ ?s ?p ?o }}"
    answer = httpx.get(f"{served.address}/sparql", params={"query": query}, headers={"Accept": "text/html"}, timeout=60)
    assert len(answer.content) < 16 * MIB


def test_a_request_that_is_packed_is_told_so(served: Served) -> None:
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
    answer = httpx.post(f"{served.address}/sparql", content=gzip.compress(ASK.encode()), headers=headers)
    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "identity"


def test_it_answers_to_its_own_names_only(served: Served, tmp_path: Path) -> None:
    for host, status in (("localhost", 200), ("127.0.0.1:1", 200), ("[::1]:80", 200), ("evil.example", 421), ("a\x00b", 400)):
        with raw(served) as connection:
            connection.sendall(f"GET /void HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            received = b""
            while part := connection.recv(MIB):
                received += part
        assert received.startswith(f"HTTP/1.1 {status} ".encode()), host
        assert b"evil.example" not in received.partition(b"\r\n\r\n")[2] or status == 421
    with Served(tmp_path, "--allow-host", "graph.example", "--workers", "1") as other:
        assert httpx.get(f"{other.address}/void", headers={"Host": "graph.example"}).status_code == 200


def test_every_answer_says_what_it_is(served: Served) -> None:
    for path in ("/", "/sparql?query=ASK{}", "/health", "/nothing", "/queries"):
        assert httpx.get(served.address + path).headers["x-content-type-options"] == "nosniff"


def test_a_worker_stopped_from_outside_is_no_fault_of_the_query(served: Served) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        before = set(served.workers)
        asked = threads.submit(httpx.get, f"{served.address}/sparql", params={"query": ENDLESS}, timeout=30)
        time.sleep(0.7)
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        answer = asked.result()
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    answers(served, 5)


def test_a_port_that_is_taken_is_said_before_anything_else(served: Served) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "imidgraph.cli", "serve", "--port", str(served.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Serving at" not in done.stderr
    assert "--port" in done.stderr
    assert len(done.stderr.splitlines()) == 1


# --- graphs that are replaced -------------------------------------------------------------------------------------------


def count(server: Served) -> tuple[int, str]:
    """What one answer says: how many triples, and its tag."""
    answer = httpx.get(f"{server.address}/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}, timeout=30)
    return int(answer.json()["results"]["bindings"][0]["n"]["value"]), answer.headers["etag"]


def triples(server: Served) -> int:
    return int(httpx.get(f"{server.address}/health", timeout=30).json()["triples"])


@pytest.mark.parametrize("is_store", [False, True], ids=["file", "store"])
def test_a_graph_that_is_replaced_is_served_whole(tmp_path: Path, is_store: bool) -> None:
    old, new = tmp_path / "old.nt", tmp_path / "new.nt"
    old.write_text('<a:a> <a:b> "1" .\n')
    new.write_text("".join(f'<a:a> <a:b> "{number}" .\n' for number in range(5)))
    served = tmp_path / "served" if is_store else tmp_path / "served.nt"
    if is_store:
        build_store([old], served)
    else:
        shutil.copy(old, served)
    with Served(tmp_path, "--timeout", "2", graph=served) as server:
        before = count(server)
        assert before[0] == triples(server) == 1
        if is_store:
            build_store([new], served)
        else:
            shutil.copy(new, served)
        deadline = time.monotonic() + 20
        while (now := count(server))[0] == 1:
            assert now == before, "the tag and the count are those of the graph that answers"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        for worker in server.workers:
            os.kill(worker, signal.SIGKILL)
        time.sleep(1)
        assert [count(server) for _ in range(6)] == [now] * 6
        assert (now[0], now[1] != before[1]) == (triples(server), True)


def test_a_graph_that_is_broken_meanwhile_stays_as_it_was(tmp_path: Path) -> None:
    served = tmp_path / "served.nt"
    shutil.copy(RELEASE, tmp_path / "served.ttl")
    served = tmp_path / "served.ttl"
    with Served(tmp_path, graph=served) as server:
        before = count(server)
        served.write_bytes(RELEASE.read_bytes()[:100_000])
        time.sleep(3)
        for worker in server.workers:
            os.kill(worker, signal.SIGKILL)
        time.sleep(1)
        assert [count(server) for _ in range(6)] == [before] * 6
