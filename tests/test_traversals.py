"""Traversals on other engines: the same answers, from a disk store and over the network, a neighborhood at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imidgraph import KnowledgeGraph
from imidgraph.stores.endpoint import EndpointStore

DEL5Q = "imid:myelodysplastic-syndrome-del5q"
MYELOMA = "multiple myeloma"


@pytest.fixture(params=["on_disk", "on_virtuoso", "on_oxigraph", "on_served"])
def elsewhere(request: pytest.FixtureRequest) -> KnowledgeGraph:
    found: KnowledgeGraph = request.getfixturevalue(request.param)
    return found


class Counted(EndpointStore):
    """An endpoint that counts what it is asked."""

    requests = 0

    def _fetch(self, query: str, accept: str, timeout: float) -> tuple[bytes, Any]:
        self.requests += 1
        return super()._fetch(query, accept, timeout)


def fresh(graph: KnowledgeGraph) -> KnowledgeGraph:
    """A graph on the same server that knows nothing yet, and counts its requests."""
    store = graph._store
    assert isinstance(store, EndpointStore)
    return KnowledgeGraph(Counted(store.url, store.graph, timeout=120), lambda: store, graph.queries)


LONG = 120.0
"""Seconds: a server on a busy machine takes its time."""

ANSWERS: dict[str, Callable[[KnowledgeGraph], Any]] = {
    "explain a drug and a disease": lambda graph: graph.explain("pomalidomide", MYELOMA, timeout=LONG).to_dict(),
    "explain a drug and a risk": lambda graph: str(graph.explain("thalidomide", "birth defects", timeout=LONG)),
    "explain two drugs": lambda graph: graph.explain("lenalidomide", "pomalidomide", timeout=LONG).to_dict(),
    "explain a resistance": lambda graph: graph.explain("CRBN loss", "pomalidomide", timeout=LONG).to_dict(),
    "paths": lambda graph: str(graph.paths("thalidomide", "leprosy", max_length=3, limit=50, timeout=LONG)),
    "compare": lambda graph: graph.compare("lenalidomide", "pomalidomide", "iberdomide", timeout=LONG).to_dict(),
    "why": lambda graph: str(graph.why("lenalidomide", over="thalidomide", disease=MYELOMA, timeout=LONG)),
    "neighborhood": lambda graph: graph.neighborhood("CRBN", hops=2, timeout=LONG).to_dict(),
    "similar": lambda graph: graph.similar("pomalidomide", timeout=LONG).to_dict(),
    "without": lambda graph: graph.without("cereblon", timeout=LONG).to_dict(),
    "draw": lambda graph: graph.draw("thalidomide", "birth defects").mermaid(),
    "draw around": lambda graph: graph.draw("CK1 alpha").mermaid(),
    "centrality": lambda graph: graph.centrality("degree", ["mechanisms"], timeout=LONG),
    "articulation points": lambda graph: graph.articulation_points(["mechanisms"], timeout=LONG),
    "stats": lambda graph: graph.stats(),
    "statements": lambda graph: graph.statements(predicate="degrades"),
    "a part": lambda graph: list(graph.part(only=["mechanisms"], neighborhood="CK1 alpha").edges()),
    "GraphML": lambda graph: graph.serialize("graphml"),
    "Turtle": lambda graph: graph.serialize("ttl"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_the_same_elsewhere(kg: KnowledgeGraph, elsewhere: KnowledgeGraph, name: str) -> None:
    assert ANSWERS[name](elsewhere) == ANSWERS[name](kg)


def test_a_projection_is_the_same_elsewhere(kg: KnowledgeGraph, elsewhere: KnowledgeGraph) -> None:
    pattern = "?drug imid:degrades ?target ; rdfs:label ?name"
    parts: tuple[dict[str, Any], ...] = (
        {},
        {"around": "CRBN"},
        {"pillars": ["articles"], "kind": "Graph"},
        {"predicates": ["degrades"], "negated": True},
        {"construct": f"CONSTRUCT {{ {pattern} }} WHERE {{ {pattern} }}"},
    )
    for part in parts:
        ours, theirs = (graph.to_networkx(**part) for graph in (kg, elsewhere))
        assert type(theirs) is type(ours)
        assert dict(theirs.nodes(data=True)) == dict(ours.nodes(data=True))
        edges = [sorted(map(str, graph.edges(data=True))) for graph in (ours, theirs)]
        assert edges[0] == edges[1]


@pytest.mark.parametrize(
    ("requests", "nodes", "look"),
    [
        (25, 50, lambda graph: graph.explain("pomalidomide", MYELOMA)),
        (25, 20, lambda graph: graph.explain("lenalidomide", DEL5Q)),
        (25, 10, lambda graph: str(graph.explain("lenalidomide", "pomalidomide"))),
        (15, 20, lambda graph: str(graph.paths("CSNK1A1", "TP53", max_length=2))),
        (15, 20, lambda graph: str(graph.paths("thalidomide", "leprosy", max_length=3, limit=50))),
        (12, 50, lambda graph: graph.neighborhood("CRBN").to_dict()),
        (15, 100, lambda graph: str(graph.compare("lenalidomide", "pomalidomide"))),
        (45, 100, lambda graph: str(graph.why("lenalidomide", over="thalidomide", disease=MYELOMA))),
        (25, 600, lambda graph: graph.similar("pomalidomide")),
        (7, 0, lambda graph: graph.entity("Revlimid").risks),
    ],
    ids=["explain", "explain del(5q)", "drugs", "paths", "long paths", "neighborhood", "compare", "why", "similar", "entity"],
)
def test_a_server_is_asked_few_times_and_only_for_what_is_passed(
    on_oxigraph: KnowledgeGraph, requests: int, nodes: int, look: Callable[[KnowledgeGraph], object]
) -> None:
    graph = fresh(on_oxigraph)
    look(graph)
    assert isinstance(graph._store, Counted)
    assert 0 < graph._store.requests <= requests
    assert not graph.network.whole
    assert len(graph.network._fetched) <= nodes
