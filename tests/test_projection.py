"""The graph as nodes and edges: nothing lost, nothing in between, the same in any order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from imidgraph import KnowledgeGraph
from imidgraph.formats import projection
from imidgraph.formats.sorting import sort_unique
from imidgraph.formats.subjects import Subjects
from imidgraph.namespaces import IMID, PREFIXES
from tests import graphs


def test_a_drug_is_a_node_with_its_names_and_identifiers(kg: KnowledgeGraph) -> None:
    node = next(node for node in kg.projection.nodes() if node.id == "imid:lenalidomide")
    assert (node.label, node.category) == ("lenalidomide", "Drug")
    assert "Revlimid" in node.attributes["brandName"]
    assert "CHEBI:63791" in node.attributes["exactMatch"]


def test_a_statement_is_an_edge_with_its_evidence(kg: KnowledgeGraph) -> None:
    edges = [edge for edge in kg.projection.edges() if (edge.subject, edge.object) == ("imid:lenalidomide", "imid:CSNK1A1")]
    degraded = next(edge for edge in edges if edge.predicate == "imid:degrades")
    assert degraded.category == "MechanismOfAction"
    assert ("pubmed:26131937",) in [item["source"] for item in degraded.evidence]


def test_what_a_source_denies_is_an_edge_that_says_so(kg: KnowledgeGraph) -> None:
    denied = [edge for edge in kg.projection.edges() if edge.attributes.get("negated") == (True,)]
    assert denied
    assert all(edge.evidence for edge in denied)


def test_the_schema_statements_and_evidence_are_no_nodes(kg: KnowledgeGraph) -> None:
    nodes = {node.id: node for node in kg.projection.nodes()}
    assert not nodes.keys() & {"imid:Drug", "imid:degrades", "imid:"}
    assert not {node.category for node in nodes.values()} & {"Evidence", "Frequency", "Indication", "Risk"}
    edges = list(kg.projection.edges())
    assert {end for edge in edges for end in (edge.subject, edge.object)} <= nodes.keys()
    assert len({edge.id for edge in edges}) == len(edges)


def test_every_association_and_every_piece_of_evidence_is_there(kg: KnowledgeGraph) -> None:
    associations = kg.select("SELECT ?a { ?a imid:subject ?s }").rows
    evidence = kg.select("SELECT ?e { ?a imid:evidence ?e }").rows
    edges = list(kg.projection.edges())
    assert {row[0].curie for row in associations} == {edge.id for edge in edges if edge.category}
    assert {row[0].curie for row in evidence} == {item["id"][0] for edge in edges for item in edge.evidence}
    direct = kg.select("SELECT ?s ?p ?o { ?s ?p ?o . ?p rdfs:subPropertyOf* imid:relatedTo . ?s rdfs:label ?l }").rows
    assert {tuple(term.curie for term in row) for row in direct} <= {
        (edge.subject, edge.predicate, edge.object) for edge in edges
    }


def test_a_type_is_one_for_all_values_of_an_attribute() -> None:
    name, one, two = NamedNode(IMID + "percent"), NamedNode(IMID + "a"), NamedNode(IMID + "b")
    number = NamedNode(PREFIXES["xsd"] + "decimal")
    (column,) = graphs.projection(
        [Triple(one, name, Literal("0.5", datatype=number)), Triple(two, name, Literal(3))]
    ).node_columns
    assert (column.type, column.plural, column.cast((Decimal("0.5"),))) == ("number", False, 0.5)
    mixed = [Triple(one, name, Literal("0.5", datatype=number)), Triple(one, name, Literal("about half"))]
    (column,) = graphs.projection(mixed).node_columns
    assert (column.type, column.plural) == ("string", True)
    (column,) = graphs.projection([Triple(one, name, Literal(2**53 + 1))]).node_columns
    assert column.type == "string"


@given(graphs.triples(), st.randoms())
def test_order_of_insertion_and_size_do_not_matter(found: list[Triple], random: object) -> None:
    nodes, edges = repr(list(graphs.projection(found).nodes())), repr(list(graphs.projection(found).edges()))
    random.shuffle(found)  # type: ignore[attr-defined]
    assert repr(list(graphs.projection(found).nodes())) == nodes
    assert repr(list(graphs.projection(found).edges())) == edges
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(projection, "_HELD", -1)
        assert repr(list(graphs.projection(found).edges())) == edges


@given(st.lists(st.binary(max_size=3).filter(lambda line: b"\n" not in line)), st.integers(1, 5))
def test_sorting_in_runs_gives_what_sorting_at_once_gives(lines: list[bytes], run: int) -> None:
    lines = [line + b"\n" for line in lines]
    assert list(sort_unique(lines, run)) == sorted(set(lines))


@given(graphs.triples())
def test_each_subject_has_all_that_the_store_says_of_it_in_the_order_of_names(found: list[Triple]) -> None:
    store = Store()
    blank, relation = BlankNode("b1"), graphs.RELATIONS[0]
    odd = [Triple(blank, relation, graphs.ENTITIES[0]), Triple(graphs.ENTITIES[1], graphs.PROPERTIES[0], blank)]
    store.extend(Quad(*triple) for triple in found)
    store.extend(Quad(*triple, NamedNode("https://example.org/g")) for triple in [*found[::2], *odd])  # type: ignore[arg-type]
    subjects = list(Subjects(store))
    names = [str(subject.term).strip("<>") for subject in subjects]
    assert names == sorted(set(names), key=str.encode)
    assert {str(quad.subject).strip("<>") for quad in store} <= set(names)
    for term, facts, joined in subjects:
        told = [(f"<{name}>", str(value)) for name, values in facts.items() for value in values] + joined
        assert sorted(told) == sorted({(str(q.predicate), str(q.object)) for q in store.quads_for_pattern(term, None, None)})
