"""The network and its projection: the same nodes and edges as SPARQL counts, with their meaning."""

from __future__ import annotations

import os
import subprocess

import networkx
import pytest

from imidgraph import EntityNotFound, KnowledgeGraph, QueryError
from imidgraph.knowledge.network import Network
from imidgraph.resources import RELEASE
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.stores.rdflib import RdflibStore
from tests.conftest import ROOT, need

_STATED = "SELECT (COUNT(*) AS ?n) { ?a imid:subject ?s ; imid:predicate ?p ; imid:object ?o %s }"
_NOT_NEGATED = "FILTER NOT EXISTS { ?a imid:negated true }"


def _count(kg: KnowledgeGraph, query: str) -> int:
    return int(kg.select(query).rows[0][0])


def test_the_projection_and_sparql_agree_on_counts(kg: KnowledgeGraph) -> None:
    graph = kg.to_networkx()
    assert isinstance(graph, networkx.MultiDiGraph)
    entities = "SELECT (COUNT(DISTINCT ?e) AS ?n) { ?c rdfs:subClassOf+ imid:Entity . ?e a ?c }"
    assert graph.number_of_nodes() == _count(kg, entities)
    stated = [key for _, _, key, data in graph.edges(keys=True, data=True) if "association" in data]
    assert len(stated) == _count(kg, _STATED % _NOT_NEGATED)
    hierarchy = [data for _, _, data in graph.edges(data=True) if data["predicate"] == "skos:broader"]
    assert len(hierarchy) == _count(kg, "SELECT (COUNT(*) AS ?n) { ?s skos:broader ?o }")
    assert graph.number_of_edges() == len(stated) + len(hierarchy)


def test_negated_statements_come_when_asked_for_and_are_marked(kg: KnowledgeGraph) -> None:
    graph = kg.to_networkx(negated=True)
    stated = [data for _, _, data in graph.edges(data=True) if "association" in data]
    assert len(stated) == _count(kg, _STATED % "")
    edges = graph["imid:lenalidomide"]["imid:chronic-lymphocytic-leukemia"].values()
    assert any(data["negated"] and data["predicate"] == "imid:approvedFor" for data in edges)


def test_nodes_and_edges_keep_their_meaning(kg: KnowledgeGraph) -> None:
    graph = kg.to_networkx()
    drug = graph.nodes["imid:lenalidomide"]
    assert (drug["label"], drug["category"]) == ("lenalidomide", "Drug")
    assert "Revlimid" in drug["brandName"]
    assert "CHEBI:63791" in drug["exactMatch"]
    (edge,) = graph["imid:lenalidomide"]["imid:CSNK1A1"].values()
    assert (edge["label"], edge["sign"], edge["negated"]) == ("degrades", -1, False)
    assert edge["strength"] > 0.8
    assert "pubmed:26131937" in {item["source"] for item in edge["evidence"]}
    dates = {
        date for data in graph["imid:lenalidomide"]["imid:multiple-myeloma"].values() for date in data.get("approvalDate", ())
    }
    assert "2006-06-29" in dates


def test_the_projection_does_not_depend_on_what_was_asked_before() -> None:
    store = OxigraphStore.read(RELEASE)
    before, after = Network(store), Network(store)
    after.fetch_all()
    relations = after.relations.keys()
    assert set(before.stream(relations)) == set(after.stream(relations))


def test_an_attribute_is_a_list_on_all_nodes_or_on_none(kg: KnowledgeGraph) -> None:
    kinds: dict[str, set[bool]] = {}
    for _, data in kg.to_networkx(pillars=["articles"]).nodes(data=True):
        for name, value in data.items():
            kinds.setdefault(name, set()).add(isinstance(value, list))
    assert all(len(kind) == 1 for kind in kinds.values())


@pytest.mark.parametrize("kind", ["DiGraph", "Graph"])
def test_simple_graphs_lose_no_statement(kg: KnowledgeGraph, kind: str) -> None:
    multi, simple = kg.to_networkx(), kg.to_networkx(kind)
    assert type(simple).__name__ == kind
    told = [statement for _, _, data in simple.edges(data=True) for statement in data["statements"]]
    assert len(told) == multi.number_of_edges()
    assert {(item["subject"], item["object"]) for item in told} == set(multi.edges())
    edge = simple.edges["imid:lenalidomide", "imid:IKZF1"]
    assert edge["sign"] == -1
    assert edge["strength"] > 0.8


def test_algorithms_of_networkx_run_on_it(kg: KnowledgeGraph) -> None:
    graph = kg.to_networkx("Graph")
    assert networkx.shortest_path(graph, "imid:lenalidomide", "imid:IRF4")
    assert networkx.degree_centrality(graph)["imid:multiple-myeloma"] > 0.05


def test_a_part_by_predicate_pillar_and_neighborhood(kg: KnowledgeGraph) -> None:
    by_predicate = kg.to_networkx(predicates=["degrades"])
    assert {data["predicate"] for _, _, data in by_predicate.edges(data=True)} == {"imid:degrades"}
    by_pillar = kg.to_networkx(pillars=["generations"])
    assert {data["predicate"] for _, _, data in by_pillar.edges(data=True)} == {"imid:inGeneration"}
    around = kg.to_networkx(around="CSNK1A1", hops=1)
    assert set(around) == {"imid:CSNK1A1", *kg.to_networkx("Graph")["imid:CSNK1A1"]}
    articles = kg.to_networkx(pillars=["articles"])
    assert articles.nodes["pubmed:26131937"]["category"] == "Article"
    assert articles.has_edge("pubmed:26131937", "imid:CSNK1A1")
    with pytest.raises(QueryError, match="Unknown pillar"):
        kg.to_networkx(pillars=["drug"])
    with pytest.raises(QueryError, match="MultiDiGraph"):
        kg.to_networkx("Tree")


def test_the_six_pillars_hold_every_relation_that_is_stated(kg: KnowledgeGraph) -> None:
    used = {row[0].rpartition("/")[2] for row in kg.select("SELECT DISTINCT ?p { ?a imid:predicate ?p }").rows}
    assert used <= {
        relation.curie.removeprefix("imid:") for names in kg.network.vocabulary.pillars.values() for relation in names
    }


def test_a_construct_becomes_a_graph(kg: KnowledgeGraph) -> None:
    query = "CONSTRUCT { ?a imid:degrades ?b . ?b imid:brandName 'x' } WHERE { ?a imid:degrades ?b }"
    graph = kg.to_networkx(construct=query)
    assert set(graph.edges()) == set(kg.to_networkx(predicates=["degrades"]).edges())
    assert graph.nodes["imid:IKZF1"] == {"brandName": "x", "label": "IKZF1", "category": "Protein"}
    edge = next(iter(graph["imid:lenalidomide"]["imid:IKZF1"].values()))
    assert edge == {"predicate": "imid:degrades", "label": "degrades", "sign": -1}
    assert kg.to_networkx("Graph", construct=query).number_of_edges() == graph.number_of_edges()


def test_what_is_fetched_as_needed_is_what_the_whole_graph_has(kg: KnowledgeGraph) -> None:
    whole, part = Network(kg._store), Network(kg._store)
    whole.fetch_all()
    nodes = sorted({*whole.objects, *whole.subjects})
    part.fetch(nodes)
    assert set(part.edges()) == set(whole.edges())
    assert part.subjects == whole.subjects
    for node in ("imid:multiple-myeloma", "imid:lenalidomide"):
        assert part.neighbors(node, part.joining) == whole.neighbors(node, whole.joining)


def test_the_network_is_the_same_on_another_engine(kg: KnowledgeGraph, reference: RdflibStore) -> None:
    ours, theirs = Network(kg._store), Network(reference)
    nodes = ["imid:CRBN", "imid:multiple-myeloma", "imid:thalidomide"]
    ours.fetch(nodes)
    theirs.fetch(nodes)
    assert set(ours.edges()) == set(theirs.edges())
    assert ours.terms(nodes) == theirs.terms(nodes)


def test_what_can_be_no_iri_is_refused(kg: KnowledgeGraph) -> None:
    with pytest.raises(EntityNotFound):
        Network(kg._store).fetch(["imid:a> } UNION { ?s ?p <b"])


def test_a_neighborhood_has_rings_and_says_where_it_was_cut(kg: KnowledgeGraph) -> None:
    around = kg.neighborhood("CSNK1A1", hops=2, predicates=["degrades"])
    assert [term.label for term in around.rings[1]] == ["lenalidomide"]
    assert {"IKZF1", "IKZF3"} <= {term.label for term in around.rings[2]}
    assert all(item.evidence for item in around.statements)
    assert around.limit is None
    cut = kg.neighborhood("multiple myeloma", hops=2, limit=50)
    assert len(cut) == 50
    assert cut.limit == "cut at 50 entities; there are more"
    with pytest.raises(QueryError):
        kg.neighborhood("CRBN", hops=-1)


@pytest.mark.parametrize("kind", ["MultiDiGraph", "DiGraph", "Graph"])
def test_the_tables_of_networkx_are_filled_as_networkx_fills_them(kg: KnowledgeGraph, kind: str) -> None:
    ours = kg.to_networkx(kind)
    theirs = type(ours)()
    theirs.add_nodes_from(ours.nodes(data=True))
    theirs.add_edges_from(ours.edges(keys=True, data=True) if ours.is_multigraph() else ours.edges(data=True))
    assert ours.adj == theirs.adj
    assert ours.number_of_edges() == theirs.number_of_edges()
    assert networkx.utils.graphs_equal(ours, theirs)
    if ours.is_directed():
        assert ours.pred == theirs.pred
    one, other = next(iter(ours.edges()))[:2]
    ours.remove_edge(one, other)
    assert ours.number_of_edges() == theirs.number_of_edges() - 1
    ours.remove_node(one)
    assert one not in ours


def test_no_two_edges_share_their_data(kg: KnowledgeGraph) -> None:
    graph = kg.to_networkx()
    data = [id(data) for _, _, data in graph.edges(data=True)]
    assert len(set(data)) == len(data)


BACKEND = """
import imidgraph, networkx
graph = imidgraph.load().to_networkx("Graph")
assert "parallel" in networkx.config.backends
assert networkx.square_clustering(graph) == networkx.square_clustering(graph, backend="parallel")
assert abs(networkx.local_efficiency(graph) - networkx.local_efficiency(graph, backend="parallel")) < 1e-9
print(graph.number_of_nodes())
"""


def test_a_backend_of_networkx_answers_alike(kg: KnowledgeGraph) -> None:
    python = need("IMIDGRAPH_LOWEST_PYTHON")  # its networkx is one that the backend nx-parallel works with
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([python, "-W", "ignore", "-c", BACKEND], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == f"{kg.to_networkx('Graph').number_of_nodes()}\n", done.stderr
