"""Paths: every one a path, each once, all of them within the bounds, and an honest word where a bound was hit."""

from __future__ import annotations

import itertools

import networkx
import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, RdfFormat

from imidgraph import KnowledgeGraph, PathNotFound, QueryError
from imidgraph.knowledge.network import Network
from imidgraph.knowledge.statements import Reader
from imidgraph.limits import NEVER
from imidgraph.namespaces import IMID
from imidgraph.resources import ONTOLOGY
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.traversals.edges import Edges
from imidgraph.traversals.paths import Paths, paths
from imidgraph.traversals.walks import Walker

NODES = st.integers(min_value=0, max_value=6)


def _wired(edges: list[tuple[str, str]]) -> Edges:
    """Make a network of bindings between nodes that nothing else describes."""
    store = pyoxigraph.Store()
    store.load(path=str(ONTOLOGY / "schema.ttl"), format=RdfFormat.TURTLE)
    store.bulk_extend(Quad(NamedNode(IMID + one), NamedNode(IMID + "binds"), NamedNode(IMID + other)) for one, other in edges)
    engine = OxigraphStore(store)
    return Edges(Network(engine), Reader(engine))


def _search(edges: Edges, start: str, end: str, **bounds: int) -> Paths:
    return paths(edges, f"imid:{start}", f"imid:{end}", NEVER, **bounds)


@given(
    st.sets(st.tuples(NODES, NODES)),
    st.integers(min_value=1, max_value=8),
    st.sets(st.integers(min_value=2, max_value=6), max_size=2),
    st.booleans(),
)
def test_the_search_finds_what_brute_force_finds(
    edges: set[tuple[int, int]], max_length: int, via: set[int], directed: bool
) -> None:
    graph = networkx.DiGraph() if directed else networkx.Graph()
    graph.add_nodes_from(map(str, range(7)))
    graph.add_edges_from((str(one), str(other)) for one, other in edges)
    required = set(map(str, via))
    wanted = [path for path in networkx.all_simple_paths(graph, "0", "1", cutoff=max_length) if required <= set(path)]
    behind = (lambda node: set(graph.pred[node])) if directed else (lambda node: set(graph[node]))
    walker = Walker(lambda node: set(graph[node]), behind)
    found = list(walker.paths("0", "1", max_length, required))
    assert sorted(found) == sorted(map(tuple, wanted))
    assert [len(path) for path in found] == sorted(len(path) for path in found)
    assert walker.done == max_length


def test_every_path_is_a_simple_path_of_the_projection(kg: KnowledgeGraph) -> None:
    graph = kg.to_networkx()
    found = kg.paths("pomalidomide", "multiple myeloma", max_length=3, limit=1000)
    assert found.limit is None
    assert found.complete_to == 3
    for path in found:
        assert len(set(path.nodes)) == len(path.nodes)
        assert 1 <= len(path) <= 3
        assert all(graph.has_edge(*pair) or graph.has_edge(*pair[::-1]) for pair in itertools.pairwise(path.nodes))
    needing = {row[0].curie for row in kg.select("SELECT ?relation { ?relation imid:needs ?qualifier }")}
    undirected = networkx.Graph((one, other) for one, other, relation in graph.edges(data="predicate") if relation not in needing)
    ends = "imid:pomalidomide", "imid:multiple-myeloma"
    assert {path.nodes for path in found} == set(map(tuple, networkx.all_simple_paths(undirected, *ends, cutoff=3)))


def test_each_hop_carries_its_evidence(kg: KnowledgeGraph) -> None:
    found = kg.paths("thalidomide", "pomalidomide", max_length=2, predicates=["degrades"])
    assert {path.terms[1].label for path in found} >= {"IKZF1", "IKZF3"}
    assert all(item.evidence for path in found for step in path.steps for item in step.statements)
    assert "\n  thalidomide --[degrades]--> IKZF1 <--[degrades]-- pomalidomide\n" in str(found)
    assert "all paths of at most 2 hops" in str(found)
    assert found[0].sign is None
    assert found.to_dict()["paths"][0]["steps"][0][0]["evidence"]


def test_the_sign_of_a_path_is_the_product_of_its_hops(kg: KnowledgeGraph) -> None:
    lowered = kg.paths("lenalidomide", "MYC", max_length=2, via=["IKZF1"], predicates=["degrades", "increases"], directed=True)
    assert [path.sign for path in lowered] == [-1]
    direct = kg.paths("lenalidomide", "CRBN", max_length=1, predicates=["binds"])
    assert direct[0].sign is None  # to bind is no effect yet


def test_via_avoid_and_direction_are_kept(kg: KnowledgeGraph) -> None:
    through = kg.paths("thalidomide", "multiple myeloma", max_length=3, via=["IKZF1"])
    assert all("imid:IKZF1" in path.nodes for path in through)
    around = kg.paths("thalidomide", "multiple myeloma", max_length=3, avoid=["IKZF1", "lenalidomide"])
    assert not any({"imid:IKZF1", "imid:lenalidomide"} & set(path.nodes) for path in around)
    for path in kg.paths("thalidomide", "multiple myeloma", max_length=3, directed=True):
        assert all(step.ahead for step in path.steps)


def test_a_negated_statement_joins_nothing(kg: KnowledgeGraph) -> None:
    with pytest.raises(PathNotFound):
        kg.paths("lenalidomide", "chronic lymphocytic leukemia", max_length=1, predicates=["approvedFor"])


def test_bounds_are_said(kg: KnowledgeGraph) -> None:
    few = kg.paths("thalidomide", "pomalidomide", max_length=3, limit=5)
    assert len(few) == 5
    assert few.limit == "stopped at 5 paths; there are more"
    assert few.complete_to < 3
    late = kg.paths("thalidomide", "pomalidomide", max_length=50, limit=100_000, timeout=0.2)
    assert "stopped after 0.2 seconds" in str(late.limit)
    assert late.complete_to < 50


def test_bad_input_is_a_typed_error(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="Name a different one"):
        kg.paths("lenalidomide", "Revlimid")
    with pytest.raises(PathNotFound, match="at most 1 hops") as caught:
        kg.paths("SALL4", "leprosy", max_length=1)
    assert (caught.value.start, caught.value.end) == ("imid:SALL4", "imid:leprosy")
    for bounds in ({"max_length": 0}, {"limit": 0}, {"limit": 10**9}, {"timeout": 0}):
        with pytest.raises(QueryError, match=r"must be|at most"):
            kg.paths("SALL4", "leprosy", **bounds)  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="avoid"):
        kg.paths("SALL4", "leprosy", avoid=["SALL4"])
    with pytest.raises(QueryError, match="degrades"):
        kg.paths("SALL4", "leprosy", predicates=["destroys"])


def test_ends_that_nothing_joins_are_told_apart_at_once() -> None:
    islands = _wired([(f"a{i}", f"a{j}") for i in range(12) for j in range(i)] + [("b0", "b1")])
    with pytest.raises(PathNotFound, match="at most 50 hops") as caught:
        _search(islands, "a0", "b0", max_length=50)
    assert caught.value.limit is None


def test_a_clique_and_a_length_of_fifty_give_a_bounded_answer() -> None:
    clique = _wired([(f"n{i}", f"n{j}") for i in range(11) for j in range(i)])
    found = _search(clique, "n0", "n1", max_length=50)
    assert len(found) == 100
    assert found.limit
    ladder = _wired([("n0", "n1")])
    assert _search(ladder, "n0", "n1", max_length=50).complete_to == 50


def test_a_hub_is_passed_without_asking_for_all_its_spokes() -> None:
    spokes = 5000
    hub = _wired([("hub", f"s{number}") for number in range(spokes)])
    found = _search(hub, "s1", "s2", max_length=4)
    assert [path.nodes for path in found] == [("imid:s1", "imid:hub", "imid:s2")]
    assert found.limit is None
    asked = [number for number in range(spokes) if f"imid:s{number}" in hub.network._fetched]
    assert asked == [1, 2]
