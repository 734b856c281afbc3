"""The projection and the path search on a graph of two million edges, against their peers, side by side in one run.

Run it with: python benchmarks/networks.py [EDGES]   (two million edges need 8 GB and some minutes)

The graph is wired at random between 47,031 nodes whose degrees follow a heavy tail, as in Hetionet. The floor of the
projection is networkx building the same graph from tuples that lie ready; rdflib's own helper is measured on a tenth.
"""

from __future__ import annotations

import gc
import itertools
import random
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import networkx
import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from imidgraph.errors import PathNotFound
from imidgraph.knowledge.network import Network
from imidgraph.knowledge.statements import Reader
from imidgraph.limits import NEVER, Deadline
from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.resources import ONTOLOGY
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.networkx import project, read_attributes
from imidgraph.traversals.paths import paths, walker_of, ways

NODES = 47_031
RELATIONS = ("binds", "causes", "decreases", "degrades", "hasAdverseEffect", "increases", "interactsWith", "modulates")


def wired(edges: int) -> OxigraphStore:
    """Build a store with so many random edges, and the schema that names their relations."""
    chance = random.Random(2026)
    weights = list(itertools.accumulate(chance.paretovariate(1.1) for _ in range(NODES)))
    terms = [NamedNode(f"{IMID}node-{number}") for number in range(NODES)]
    predicates = [NamedNode(IMID + name) for name in RELATIONS]
    store = pyoxigraph.Store()
    for done in range(0, edges, 100_000):
        count = min(100_000, edges - done)
        ends = chance.choices(range(NODES), cum_weights=weights, k=2 * count)
        store.bulk_extend(
            Quad(terms[ends[2 * i]], predicates[(done + i) % len(predicates)], terms[ends[2 * i + 1]]) for i in range(count)
        )
    named, kind = NamedNode(PREFIXES["rdfs"] + "label"), NamedNode(PREFIXES["rdf"] + "type")
    store.bulk_extend(Quad(term, named, Literal(f"node {number}")) for number, term in enumerate(terms))
    store.bulk_extend(Quad(term, kind, NamedNode(IMID + "Protein")) for term in terms)
    store.load(path=str(ONTOLOGY / "schema.ttl"), format=RdfFormat.TURTLE)
    return OxigraphStore(store)


def projected(store: OxigraphStore, kind: str = "MultiDiGraph") -> Any:
    """Project a graph, the attributes of its nodes included."""
    network = Network(store)
    return project(network, (), read_attributes(store, network), kind=kind)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Give the seconds of processor time that a call takes, and its result."""
    gc.collect()
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def projections(store: OxigraphStore) -> None:
    """Compare the projection with networkx on ready tuples."""
    print(f"{'projection':34} {'s':>7} {'ratio':>6}")
    for kind in ("MultiDiGraph", "DiGraph", "Graph"):
        ours, graph = timed(lambda kind=kind: projected(store, kind))
        if kind == "MultiDiGraph":
            tuples = [(one, other, key, dict(data)) for one, other, key, data in graph.edges(keys=True, data=True)]
        else:
            tuples = [(one, other, dict(data)) for one, other, data in graph.edges(data=True)]
        del graph
        floor, _ = timed(lambda kind=kind, tuples=tuples: getattr(networkx, kind)(tuples))
        print(f"{kind:34} {ours:7.2f} {ours / floor:6.2f}\n{'  ready tuples':34} {floor:7.2f} {1:6.2f}")


def helper(edges: int) -> None:
    """Compare the projection with rdflib's own helper."""
    from rdflib.extras.external_graph_libs import rdflib_to_networkx_multidigraph

    from imidgraph.stores.rdflib import RdflibStore

    store = wired(edges)
    ours, _ = timed(lambda: projected(store))
    turtle = pyoxigraph.serialize(store.triples(), format=RdfFormat.TURTLE)
    parse, graph = timed(lambda: RdflibStore.from_turtle(turtle).graph)
    theirs, _ = timed(lambda: rdflib_to_networkx_multidigraph(graph))
    print(f"{f'{edges} edges, ours':34} {ours:7.2f} {1:6.2f}")
    print(f"{'  rdflib helper':34} {theirs:7.2f} {theirs / ours:6.2f}")
    print(f"{'  rdflib helper and the load':34} {theirs + parse:7.2f} {(theirs + parse) / ours:6.2f}")


def searches(store: OxigraphStore) -> None:
    """Compare the search for all paths of at most three hops with igraph, rustworkx and networkx."""
    import igraph
    import rustworkx

    network = Network(store)
    taken, _ = timed(network.fetch_all)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"\nadjacency of the whole graph: {taken:.1f} s, {memory:.1f} GB in all")
    names = sorted({*network.objects, *network.subjects})
    index = {name: number for number, name in enumerate(names)}
    edges = [(index[one], index[other]) for one, other in {(one, other) for one, _, other in network.edges()} if one != other]
    edges = sorted({(min(edge), max(edge)) for edge in edges})
    degrees = sorted(names, key=lambda name: len(network.neighbors(name, network.joining)))
    graph = igraph.Graph(n=len(names), edges=edges)
    rust = rustworkx.PyGraph(multigraph=False)
    rust.add_nodes_from(names)
    rust.add_edges_from_no_data(edges)
    print(f"{'all paths of at most 3 hops':34} {'paths':>8} {'ms':>9} {'ratio':>8}")
    for share in (0.5, 0.9, 0.99):
        one, other = degrees[int(share * len(degrees))], degrees[int(share * len(degrees)) - 7]
        ours, found = timed(lambda one=one, other=other: _count(network, one, other))
        again, _ = timed(lambda one=one, other=other: _count(network, one, other))
        print(f"{f'degree percentile {share:.0%}, first':34} {found:8} {ours * 1000:9.1f}")
        print(f"{'  again':34} {found:8} {again * 1000:9.1f} {1:8.1f}")
        for name, call in (
            ("igraph", lambda: len(graph.get_all_simple_paths(index[one], index[other], maxlen=3))),  # noqa: B023
            ("rustworkx", lambda: len(rustworkx.all_simple_paths(rust, index[one], index[other], cutoff=4))),  # noqa: B023
        ):
            theirs, count = timed(call)
            print(f"{'  ' + name:34} {count:8} {theirs * 1000:9.1f} {theirs / again:8.1f}")
    simple = networkx.Graph(edges)
    start, found = time.perf_counter(), 0
    for _ in networkx.all_simple_paths(
        simple, index[degrees[len(degrees) // 2]], index[degrees[len(degrees) // 2 - 7]], cutoff=3
    ):
        found += 1
        if time.perf_counter() - start > 60:
            break
    print(f"{'  networkx (median degree, 60 s cap)':34} {found:8} {(time.perf_counter() - start) * 1000:9.1f}")


def hub(spokes: int = 100_000) -> None:
    """Search across a hub of so many edges."""
    store = pyoxigraph.Store()
    binds = NamedNode(IMID + "binds")
    center = NamedNode(IMID + "hub")
    store.bulk_extend(Quad(center, binds, NamedNode(f"{IMID}s{number}")) for number in range(spokes))
    store.bulk_extend(Quad(NamedNode(f"{IMID}s{number}"), binds, NamedNode(f"{IMID}t")) for number in range(0, spokes, 1000))
    store.load(path=str(ONTOLOGY / "schema.ttl"), format=RdfFormat.TURTLE)
    engine = OxigraphStore(store)
    for one, other, length in (("hub", "t", 4), ("s1", "s2", 4), ("s1", "hub", 50), ("s1", "t", 50)):
        edges = Edges(Network(engine), Reader(engine))
        seconds, answer = timed(lambda one=one, other=other, length=length: _answer(edges, one, other, length))  # noqa: B023
        print(f"hub of {spokes}: {one} to {other}, at most {length:2} hops: {seconds * 1000:8.1f} ms, {answer}")


def _count(network: Network, one: str, other: str) -> int:
    walker = walker_of(network, network.joining, frozenset(), False, Deadline(60))
    return len(ways(walker, one, other, 3, 1_000_000)[0])


def _answer(edges: Edges, one: str, other: str, length: int) -> str:
    try:
        found = paths(edges, "imid:" + one, "imid:" + other, NEVER, max_length=length)
        return f"{len(found)} paths, complete to {found.complete_to}, limit {found.limit}"
    except PathNotFound as error:
        return str(error)


def main() -> None:
    """Measure everything."""
    edges = int(sys.argv[1]) if len(sys.argv) > 1 else 2_060_000
    hub()
    helper(edges // 10)
    seconds, store = timed(lambda: wired(edges))
    print(f"{edges} edges between {NODES} nodes, built in {seconds:.0f} s")
    searches(store)
    projections(store)


if __name__ == "__main__":
    main()
