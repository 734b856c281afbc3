"""Traversals on other engines: the same answers, from a disk store and over the network, a neighbourhood at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import imidgraph
from imidgraph import KnowledgeGraph
from imidgraph.resources import RELEASE
from imidgraph.stores.disk import build_store


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    directory: Path = tmp_path_factory.mktemp("disk")
    build_store([RELEASE], directory)
    with imidgraph.load(directory) as graph:
        yield graph


@pytest.fixture(params=["on_disk"])
def elsewhere(request: pytest.FixtureRequest) -> KnowledgeGraph:
    found: KnowledgeGraph = request.getfixturevalue(request.param)
    return found


def test_traversals_give_the_same_elsewhere(kg: KnowledgeGraph, elsewhere: KnowledgeGraph) -> None:
    ours, theirs = (graph.explain("pomalidomide", "multiple myeloma") for graph in (kg, elsewhere))
    assert theirs.to_dict() == ours.to_dict()
    bounds = {"max_length": 3, "limit": 50}
    assert str(elsewhere.paths("thalidomide", "leprosy", **bounds)) == str(kg.paths("thalidomide", "leprosy", **bounds))
    assert [item.to_dict() for item in elsewhere.similar("pomalidomide")] == [
        item.to_dict() for item in kg.similar("pomalidomide")
    ]
    choices = [graph.why("lenalidomide", over="thalidomide", for_="multiple myeloma") for graph in (kg, elsewhere)]
    assert choices[0].to_dict() == choices[1].to_dict()
    assert elsewhere.neighbourhood("CRBN", hops=2).to_dict() == kg.neighbourhood("CRBN", hops=2).to_dict()


def test_only_the_neighbourhoods_that_are_passed_are_fetched(elsewhere: KnowledgeGraph) -> None:
    fresh = KnowledgeGraph(elsewhere._store, elsewhere._guard, elsewhere.queries)
    fresh.explain("lenalidomide", "imid:myelodysplastic-syndrome-del5q")
    fresh.paths("CSNK1A1", "TP53", max_length=2)
    assert not fresh.network.whole
    assert 0 < len(fresh.network._fetched) < 100


def test_the_projection_is_the_same_elsewhere(kg: KnowledgeGraph, elsewhere: KnowledgeGraph) -> None:
    ours, theirs = kg.to_networkx(), elsewhere.to_networkx()
    assert dict(theirs.nodes(data=True)) == dict(ours.nodes(data=True))
    edges = [{(one, other, key): data for one, other, key, data in graph.edges(keys=True, data=True)} for graph in (ours, theirs)]
    assert edges[0] == edges[1]
