"""Every named query end to end, and what becomes of its rows, against raw pyoxigraph, rdflib, oxrdflib and Virtuoso, in one run.

Run it with: python benchmarks/stores.py [--large [EDGES]]
Raw pyoxigraph turns each term into a string; ours gives typed Python values; rdflib gives its own terms, and is stopped after five
seconds a query. The large graph is the release with two million random edges beside it (8 GB, some minutes), in memory and on
disk. What is not installed is left out: oxrdflib (`pip install oxrdflib`), Virtuoso (`virtuoso-t` on the path).
"""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.servers import GRAPH, virtuoso

import imidgraph
from imidgraph import KnowledgeGraph
from imidgraph.errors import ImidgraphError
from imidgraph.resources import QUERIES, RELEASE
from imidgraph.sparql.catalog import Catalog
from imidgraph.stores.disk import build_store, current
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.stores.upload import put_graph
from imidgraph.workers.worker import WorkerStore

PATIENCE = 5  # seconds that a peer may take for one query
EDGES = {
    "edges of one node": "SELECT ?p ?o WHERE { imid:node-7 ?p ?o }",
    "two hops": "SELECT (COUNT(*) AS ?n) WHERE { imid:node-40000 ?p ?o . ?o ?q ?r }",
    "three hops, DISTINCT": """SELECT DISTINCT ?d WHERE {
        imid:node-40000 imid:binds ?b . ?b imid:causes ?c . ?c imid:degrades ?d }""",
    "4,000 rows": "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 4000",
}


class _Impatient(Exception):
    pass


def fastest(call: Callable[[], object], rounds: int) -> float:
    """Give the milliseconds of the fastest round; not a number where one takes longer than patience allows."""

    def ring(*_: object) -> None:
        raise _Impatient

    signal.signal(signal.SIGALRM, ring)
    best = float("inf")
    try:
        for _ in range(rounds):
            signal.alarm(PATIENCE)
            start = time.perf_counter()
            call()
            best = min(best, time.perf_counter() - start)
    except (_Impatient, ImidgraphError):
        return float("nan")
    finally:
        signal.alarm(0)
    return best * 1000


def strings(store: pyoxigraph.Store, text: str) -> list[list[str | None]]:
    """Ask raw pyoxigraph, and take each term as a string."""
    prefixes = {"imid": GRAPH}
    return [[term and str(getattr(term, "value", term)) for term in row] for row in store.query(text, prefixes=prefixes)]  # type: ignore[union-attr]


@contextlib.contextmanager
def on_virtuoso(kg: KnowledgeGraph) -> Iterator[KnowledgeGraph | None]:
    """Load a graph into Virtuoso."""
    program = shutil.which("virtuoso-t")
    if program is None:
        yield None
        return
    with virtuoso(program) as address:
        put_graph(f"{address}/sparql-graph-crud-auth", GRAPH, kg.triples(), ("dba", "dba"), timeout=600)
        yield imidgraph.connect(f"{address}/sparql", GRAPH, timeout=PATIENCE)


def rdflib_graphs() -> dict[str, Any]:
    """Parse the release with rdflib, and with oxrdflib where it is installed."""
    import rdflib

    graphs = {"rdflib": rdflib.Graph().parse(RELEASE)}
    if importlib.util.find_spec("oxrdflib"):
        graphs["oxrdflib"] = rdflib.Graph(store="Oxigraph").parse(RELEASE)
    return graphs


def named_queries(
    kg: KnowledgeGraph, raw: pyoxigraph.Store, guard: WorkerStore, peers: dict[str, Callable[[str], object]]
) -> None:
    """Print a line a query: raw and ours in milliseconds, what the worker adds, and the peers as multiples of ours."""
    heads = ["rows", "raw ms", "ours ms", "ours/raw", "worker +ms", *(f"{name}/ours" for name in peers)]
    print(f"{'':32}" + "".join(f"{head:>14}" for head in heads))
    columns: list[list[float]] = [[] for _ in heads]
    for name, query in sorted(Catalog(QUERIES).items()):
        values = kg.names.resolve(query, query.example)
        text = query.bind(values)
        line(name, kg, raw, guard, peers, text, lambda name=name, values=values: kg.run(name, **values).rows, columns)
    medians = [statistics.median([value for value in column if value == value] or [float("nan")]) for column in columns]
    print(f"{'median':32}" + "".join(f"{value:14.2f}" for value in medians))
    worst = [max([value for value in column if value == value], default=float("nan")) for column in columns]
    print(f"{'most':32}" + "".join(f"{value:14.2f}" for value in worst) + "\n")


def line(
    name: str,
    kg: KnowledgeGraph,
    raw: pyoxigraph.Store,
    guard: WorkerStore,
    peers: dict[str, Callable[[str], object]],
    text: str,
    ours: Callable[[], Any],
    columns: list[list[float]],
) -> None:
    """Measure one query everywhere, and print it."""
    floor = fastest(lambda: strings(raw, text), 15)
    own = fastest(ours, 15)
    guarded = fastest(lambda: guard.query(text, PATIENCE, 100_000).rows, 15)  # type: ignore[union-attr]
    values = [len(ours()), floor, own, own / floor, guarded - own]
    values += [fastest(lambda peer=peer: peer(text), 3) / own for peer in peers.values()]
    print(f"{name:32}" + "".join(f"{value:14.2f}" for value in values), flush=True)
    for column, value in zip(columns, values, strict=True):
        column.append(value)


def conversions(kg: KnowledgeGraph, raw: pyoxigraph.Store, guard: WorkerStore) -> None:
    """Print what it costs to turn rows into Python objects, JSON and a frame."""
    print(f"{'rows become':32}{'rows':>14}{'raw ms':>14}{'ours ms':>14}{'ours/raw':>14}{'worker +ms':>14}")
    for limit in (10, 4_000, 30_000):
        for name, calls in ways(f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {limit}", kg, raw, guard).items():
            floor, own, guarded = (fastest(call, 9) for call in calls)
            print(f"{name:32}" + "".join(f"{value:14.2f}" for value in (limit, floor, own, own / floor, guarded - own)))
    print()


def ways(text: str, kg: KnowledgeGraph, raw: pyoxigraph.Store, guard: WorkerStore) -> dict[str, tuple[Callable[[], object], ...]]:
    """Give for each form of an answer how raw pyoxigraph, our engine and our worker come to it."""
    import pandas

    def guarded() -> Any:
        return guard.query(text, PATIENCE, 100_000)

    json = pyoxigraph.QueryResultsFormat.JSON
    return {
        "Python values": (lambda: strings(raw, text), lambda: kg.select(text).rows, lambda: guarded().rows),
        "W3C JSON": (
            lambda: raw.query(text).serialize(format=json),
            lambda: kg.select(text).serialize(),
            lambda: guarded().serialize(),
        ),
        "a frame": (
            lambda: pandas.DataFrame(strings(raw, text)),
            lambda: kg.select(text).to_pandas(),
            lambda: guarded().to_pandas(),
        ),
    }


def small() -> None:
    """Measure on the graph that ships."""
    kg = imidgraph.load()
    raw = pyoxigraph.Store()
    raw.load(path=str(RELEASE), format=pyoxigraph.RdfFormat.TURTLE)
    graphs = rdflib_graphs()
    with WorkerStore(RELEASE) as guard, on_virtuoso(kg) as remote:
        peers: dict[str, Callable[[str], object]] = {
            name: lambda text, graph=graph: list(graph.query(text))
            for name, graph in graphs.items()  # type: ignore[misc]
        }
        if remote:
            peers["Virtuoso"] = lambda text: remote.select(text).rows
        print(f"{len(kg)} triples in memory")
        named_queries(kg, raw, guard, peers)
        conversions(kg, raw, guard)
        guard.query("ASK {}")
        alone = fastest(lambda: kg.ask("ASK {}"), 500)
        print(f"the least that the worker adds: {fastest(lambda: guard.query('ASK {}'), 500) - alone:.2f} ms a query\n")


def large(edges: int) -> None:
    """Measure on the release with random edges beside it, in memory and on disk."""
    from networks import wired

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        wired(edges).embedded().dump(
            output=str(folder / "edges.nt"), format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph()
        )
        print(f"{edges} edges written in {time.perf_counter() - start:.0f} s")
        files = [RELEASE, folder / "edges.nt"]
        start = time.perf_counter()
        bare = pyoxigraph.Store(str(folder / "raw"))
        for file in files:
            bare.bulk_load(path=str(file))
        bare.optimize()
        bare.flush()
        floor = time.perf_counter() - start
        del bare
        start = time.perf_counter()
        build_store(files, folder / "store")
        own = time.perf_counter() - start
        print(f"load to disk: raw bulk_load {floor:.1f} s, ours {own:.1f} s, {own / floor:.2f} times")
        opened = fastest(lambda: OxigraphStore.open(folder / "store"), 3)
        print(f"open from disk: {opened:.0f} ms")
        kg = imidgraph.load(folder / "store")
        raw = pyoxigraph.Store.read_only(str(current(folder / "store")))
        with WorkerStore(folder / "store") as guard, on_virtuoso(kg) as remote:
            peers: dict[str, Callable[[str], object]] = {}
            if remote:
                peers["Virtuoso"] = lambda text: remote.select(text).rows
            print(f"{len(kg)} triples on disk")
            named_queries(kg, raw, guard, peers)
            for name, text in EDGES.items():
                line(
                    name, kg, raw, guard, peers, text, lambda text=text: kg.select(text).rows, [[] for _ in range(5 + len(peers))]
                )
            memory = pyoxigraph.Store()
            for file in files:
                memory.bulk_load(path=str(file))
            ours = KnowledgeGraph(OxigraphStore(memory), guard, kg.queries)
            print(f"{len(memory)} triples in memory (the worker's on disk)")
            named_queries(ours, memory, guard, peers)
            for name, text in EDGES.items():
                line(
                    name,
                    ours,
                    memory,
                    guard,
                    peers,
                    text,
                    lambda text=text: ours.select(text).rows,
                    [[] for _ in range(5 + len(peers))],
                )


def main() -> None:
    """Measure what the arguments ask for."""
    if "--large" in sys.argv:
        large(int(sys.argv[-1]) if sys.argv[-1].isdigit() else 2_000_000)
    else:
        small()


if __name__ == "__main__":
    main()
