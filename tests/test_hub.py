"""A hub of 100,000 edges: whatever looks at it stops when its time is up, by a clock that ticks when it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

from imidgraph import Answer, KnowledgeGraph
from imidgraph.namespaces import IMID
from imidgraph.resources import ONTOLOGY, QUERIES
from imidgraph.sparql.catalog import Catalog
from imidgraph.stores.oxigraph import OxigraphStore

SPOKES = 100_000
TICK = 0.001
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
KIND = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"

VERBS: dict[str, Callable[[KnowledgeGraph, float], Answer]] = {
    "similar to the hub": lambda graph, seconds: graph.similar("imid:hub", timeout=seconds),
    "similar to a spoke": lambda graph, seconds: graph.similar("imid:e1", timeout=seconds),
    "neighborhood": lambda graph, seconds: graph.neighborhood("imid:hub", hops=3, limit=10 * SPOKES, timeout=seconds),
    "without": lambda graph, seconds: graph.without("imid:protein", timeout=seconds),
    "betweenness": lambda graph, seconds: graph.centrality(timeout=seconds),
    "degree": lambda graph, seconds: graph.centrality("degree", timeout=seconds),
    "pagerank": lambda graph, seconds: graph.centrality("pagerank", timeout=seconds),
    "articulation points": lambda graph, seconds: graph.articulation_points(timeout=seconds),
    "communities": lambda graph, seconds: graph.communities(timeout=seconds),
}


class Clock:
    """A clock that goes on by a millisecond whenever it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += TICK
        return self.now


class Watched(OxigraphStore):
    """An engine that notes the time of each query."""

    def __init__(self, store: pyoxigraph.Store, clock: Clock) -> None:
        super().__init__(store)
        self.clock = clock
        self.asked: list[float] = []

    def evaluate(self, *arguments: Any, **options: Any) -> Any:
        self.asked.append(self.clock.now)
        return super().evaluate(*arguments, **options)


@pytest.fixture(scope="module")
def wired() -> pyoxigraph.Store:
    """A drug and a protein that both lead to each of the spokes, and 50 drugs that lead to some."""

    def entity(name: str, kind: str) -> str:
        return f'<{IMID}{name}> {KIND} <{IMID}{kind}> .\n<{IMID}{name}> {LABEL} "{name}" .\n'

    lines = [entity("hub", "Drug"), entity("protein", "Protein"), f"<{IMID}hub> <{IMID}increases> <{IMID}protein> .\n"]
    lines += [entity(f"d{number}", "Drug") for number in range(50)]
    for number in range(SPOKES):
        spoke = f"<{IMID}e{number}>"
        lines.append(f"{spoke} {KIND} <{IMID}AdverseEffect> .\n<{IMID}hub> <{IMID}hasAdverseEffect> {spoke} .\n")
        lines.append(f"<{IMID}protein> <{IMID}increases> {spoke} .\n<{IMID}d{number % 50}> <{IMID}hasAdverseEffect> {spoke} .\n")
    lines.append(entity("e1", "AdverseEffect"))
    store = pyoxigraph.Store()
    store.bulk_load("".join(lines).encode(), format=RdfFormat.N_TRIPLES)
    store.load(path=str(ONTOLOGY / "schema.ttl"), format=RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize("seconds", [0.003, 0.05])
@pytest.mark.parametrize("verb", VERBS)
def test_it_stops_when_its_time_is_up(
    wired: pyoxigraph.Store, monkeypatch: pytest.MonkeyPatch, verb: str, seconds: float
) -> None:
    clock = Clock()
    store = Watched(wired, clock)
    graph = KnowledgeGraph(store, lambda: pytest.fail("no free query is asked"), Catalog(QUERIES))
    assert graph.version
    assert graph.names.find("hub")
    assert graph.network.relations
    monkeypatch.setattr("imidgraph.limits.time", clock)
    end = clock.now + seconds
    answer = VERBS[verb](graph, seconds)
    assert answer.limit or clock.now < end
    assert answer.limit is None or f"stopped after {seconds:g} seconds" in answer.limit
    assert answer.limit is None or "stopped after" in str(answer)
    assert clock.now - end < 20 * TICK, "nothing goes on after the first look that finds the time up"
    assert len([time for time in store.asked if time > end]) <= 4, "but the names of the first that were found"


def test_communities_stop_between_two_moves(wired: pyoxigraph.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    graph = KnowledgeGraph(OxigraphStore(wired), lambda: pytest.fail("no free query is asked"), Catalog(QUERIES))
    assert graph.network.relations
    monkeypatch.setattr("imidgraph.limits.time", clock)
    edges_read = 3 * SPOKES * TICK
    assert "stopped after" in str(graph.communities(timeout=edges_read + 10).limit)
    assert edges_read < clock.now < edges_read + 11
