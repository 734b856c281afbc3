"""Requests a second and 99th percentile of the endpoint, against rdflib-endpoint and Virtuoso on the same graph, in one run.

Run it with: python benchmarks/endpoint.py [SECONDS]
The load generator is bounded and speaks to this machine only. rdflib-endpoint is looked for beside this Python and in the
folder that IMIDGRAPH_PEERS names; what is missing is left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.servers import GRAPH, free_port, virtuoso, wait_for

from imidgraph.resources import RELEASE
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.stores.upload import put_graph

BIN = Path(sys.executable).parent
CLIENTS = (1, 8, 64)
PREFIX = "PREFIX imid: <https://w3id.org/imidgraph/> "


def queries() -> dict[str, list[str]]:
    """Give the queries of each kind; a kind has many, so that no cache of answers can help."""
    store = OxigraphStore.read(RELEASE)
    drugs = [drug for (drug,) in store.select(PREFIX + "SELECT ?drug { ?drug a imid:Drug } ORDER BY ?drug").rows]
    join = (
        PREFIX + "SELECT ?object ?label ?source {{ ?a imid:subject <{}> ; imid:predicate ?p ; imid:object ?object ;"
        " imid:evidence ?e . ?e imid:source ?source . ?object <http://www.w3.org/2000/01/rdf-schema#label> ?label }}"
    )
    return {
        "lookup": [f"SELECT ?p ?o {{ <{drug}> ?p ?o }}" for drug in drugs],
        "join": [join.format(drug) for drug in drugs],
        "4,000 rows": [f"SELECT ?s ?p ?o {{ ?s ?p ?o }} OFFSET {offset} LIMIT 4000" for offset in range(10)],
    }


class Client(asyncio.Protocol):
    """One connection that asks again as soon as it has an answer."""

    def __init__(self, requests: list[bytes], start: int, times: list[float], stop: float) -> None:
        self.requests, self.position, self.times, self.stop = requests, start, times, stop
        self.done = asyncio.get_running_loop().create_future()
        self.buffer = bytearray()
        self.length = -2  # unknown; -1: chunked

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        """Send the next request."""
        self.position += 1
        self.asked = time.perf_counter()
        self.transport.write(self.requests[self.position % len(self.requests)])  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Read an answer as far as it came."""
        self.buffer += data
        if self.length == -2:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.buffer[:end]).lower()
            if b" 200" not in head[:20]:
                self.done.set_exception(AssertionError(bytes(self.buffer[:300])))
                return
            self.length = -1
            for line in head.split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    self.length = end + 4 + int(line[15:])
        if len(self.buffer) >= self.length if self.length >= 0 else self.buffer.endswith(b"\r\n0\r\n\r\n"):
            now = time.perf_counter()
            self.times.append(now - self.asked)
            self.buffer.clear()
            self.length = -2
            if now < self.stop:
                self.ask()
            else:
                self.finish()

    def finish(self) -> None:
        """Stop asking."""
        self.transport.close()
        if not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell that the server hung up."""
        if not self.done.done():
            self.done.set_exception(error or ConnectionResetError("the server hung up"))


async def load(address: str, texts: list[str], clients: int, seconds: float) -> tuple[float, float]:
    """Give the requests a second and the 99th percentile in milliseconds."""
    parts = urlsplit(address)
    requests = []
    for text in texts:
        query = urlencode({"query": text})
        path = f"{parts.path}?{parts.query + '&' if parts.query else ''}{query}"
        head = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: application/sparql-results+json\r\n\r\n"
        requests.append(head.encode())
    times: list[float] = []
    start = time.perf_counter()
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(
            lambda number=number: Client(requests, number, times, start + seconds),  # type: ignore[misc]
            parts.hostname,
            parts.port,
            local_addr=(f"127.0.0.{number + 1}", 0),  # a client each: what comes from one address shares a lane
        )
        for number in range(clients)
    ]
    await asyncio.wait_for(asyncio.gather(*(client.done for _, client in made)), seconds + 60)
    elapsed = time.perf_counter() - start
    return len(times) / elapsed, statistics.quantiles(times, n=100, method="inclusive")[98] * 1000 if len(times) > 1 else 0


@contextlib.contextmanager
def served(command: Callable[[int], list[str]], path: str) -> Iterator[str]:
    """Start a server by its command, and give the address of its endpoint."""
    port = free_port()
    process = subprocess.Popen(command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}{path}"
        wait_for(f"{address}?query=ASK%7B%7D", process)
        yield address
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def on_virtuoso() -> Iterator[str]:
    """Start Virtuoso with the graph in it."""
    program = shutil.which("virtuoso-t")
    assert program
    with virtuoso(program) as address:
        put_graph(f"{address}/sparql-graph-crud-auth", GRAPH, OxigraphStore.read(RELEASE).triples(), ("dba", "dba"))
        yield f"{address}/sparql?{urlencode({'default-graph-uri': GRAPH})}"


def servers() -> dict[str, Callable[[], contextlib.AbstractContextManager[str]]]:
    """Give the servers that are installed here."""
    found: dict[str, Callable[[], contextlib.AbstractContextManager[str]]] = {
        "imidgraph": lambda: served(
            lambda port: [str(BIN / "imidgraph"), "serve", "--port", str(port), "--waiting", "64"], "/sparql"
        )
    }
    peer = shutil.which("rdflib-endpoint", path=os.pathsep.join([str(BIN), os.environ.get("IMIDGRAPH_PEERS", "")]))
    if peer:
        plain = [peer, "serve", str(RELEASE), "--host", "127.0.0.1", "--port"]
        found["rdflib-endpoint"] = lambda: served(lambda port: [*plain, str(port)], "/")
        found["rdflib-endpoint on Oxigraph"] = lambda: served(lambda port: [*plain, str(port), "--store", "Oxigraph"], "/")
    if shutil.which("virtuoso-t"):
        found["Virtuoso"] = on_virtuoso
    return found


def main() -> None:
    """Measure and print each server, and how much more ours answers."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3
    with contextlib.suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    kinds = queries()
    rates: dict[tuple[str, str, int], tuple[float, float]] = {}
    found = servers()
    for name, start in found.items():
        with start() as address:
            for kind, texts in kinds.items():
                asyncio.run(load(address, texts, 2, seconds / 3))  # warm
                for clients in CLIENTS:
                    try:
                        rates[name, kind, clients] = asyncio.run(load(address, texts, clients, seconds))
                    except (AssertionError, OSError, TimeoutError) as error:
                        print(f"{name}, {kind}, {clients} clients: {error!r:.200}", file=sys.stderr)
    print(f"{'':12} {'clients':>7}" + "".join(f"{name:>30}" for name in found))
    for kind in kinds:
        for clients in CLIENTS:
            ours = rates.get(("imidgraph", kind, clients), (0, 0))[0]
            cells = []
            for name in found:
                rate, tail = rates.get((name, kind, clients), (float("nan"), float("nan")))
                cells.append(f"{rate:8.0f}/s {tail:7.1f} ms {ours / rate:6.1f}x")
            print(f"{kind:12} {clients:7}" + "".join(f"{cell:>30}" for cell in cells))
    print("requests a second, 99th percentile, and how many times as many imidgraph answers")


if __name__ == "__main__":
    main()
