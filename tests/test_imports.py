"""Imports: a graph of others comes in whole, meets ours through its identifiers, and what we wrote comes back as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from pyoxigraph import Triple

import imidgraph
from imidgraph import KnowledgeGraph, OntologyError, export
from imidgraph.cli import main
from imidgraph.export.records import edge_records, node_records
from imidgraph.imports import own_entities, read_graph
from tests import graphs
from tests.test_kgx import SAMPLES

NODES = """id\tcategory\tname\tequivalent_identifiers
MONDO:0009693\tbiolink:Disease\tplasma cell myeloma\tDOID:9538
CHEBI:63791\tbiolink:Drug\tlenalidomide\t
HGNC:99999999\tbiolink:Gene\tMADE-UP\t
"""
EDGES = """id\tsubject\tpredicate\tobject\tpublications\tknowledge_level\tagent_type\tnegated
e:1\tCHEBI:63791\tbiolink:affects\tHGNC:99999999\tPMID:1|PMID:2\tprediction\ttext_mining_agent\t
e:2\tCHEBI:63791\tbiolink:treats\tMONDO:0009693\tPMID:3\tprediction\ttext_mining_agent\ttrue
"""


@pytest.fixture
def other(tmp_path: Path) -> tuple[Path, Path]:
    nodes, edges = tmp_path / "other_nodes.tsv", tmp_path / "other_edges.tsv"
    nodes.write_text(NODES, encoding="utf-8")
    edges.write_text(EDGES, encoding="utf-8")
    return nodes, edges


def test_a_graph_of_others_meets_ours_through_its_identifiers(other: tuple[Path, Path], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["load", *map(str, other), "--beside", "--store", str(tmp_path / "joined")])
    assert result.exit_code == 0, result.output
    with imidgraph.load(tmp_path / "joined") as kg:
        found = kg.relationships(subject="Revlimid", object="MADE-UP")
        assert [(item.predicate.iri, item.predicate.label) for item in found] == [
            ("https://w3id.org/biolink/vocab/affects", "affects")
        ]
        assert {source.curie for source in found[0].sources} == {"pubmed:1", "pubmed:2"}
        assert kg.ask("ASK { imid:lenalidomide biolink:affects <http://identifiers.org/hgnc/99999999> }")
        assert not kg.ask("ASK { imid:lenalidomide biolink:treats ?anything }")
        assert kg.ask("ASK { ?a imid:negated true ; imid:subject imid:lenalidomide ; imid:object imid:multiple-myeloma }")
        assert kg.ask("ASK { ?a imid:evidence/imid:source pubmed:2 ; imid:predicate biolink:affects }")
        assert kg.entity("Revlimid").label == "lenalidomide"


def test_an_identifier_that_two_entities_share_means_neither(kg: KnowledgeGraph) -> None:
    rows = kg.select("SELECT ?id { ?id ^skos:exactMatch ?entity } GROUP BY ?id HAVING(COUNT(DISTINCT ?entity) > 1)").rows
    assert not {str(row[0]) for row in rows} & own_entities(kg.triples()).keys()


@given(found=graphs.triples())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_node_link_json_comes_back_as_it_was(found: list[Triple], tmp_path: Path) -> None:
    graph = graphs.projection(found)
    (path,) = export.write(graph, tmp_path / "g.json").paths
    back = graphs.projection(read_graph(path))
    again = json.loads(b"".join(export.stream(back, "json")))
    first = json.loads(path.read_bytes())
    assert {node["id"] for node in again["nodes"]} == {node["id"] for node in first["nodes"]}
    assert {(edge["source"], edge["predicate"], edge["target"]) for edge in again["edges"]} == {
        (edge["source"], edge["predicate"], edge["target"]) for edge in first["edges"]
    }


def test_our_graph_comes_back_with_every_attribute_and_all_evidence(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (path,) = kg.write(tmp_path / "imid.json").paths
    back = graphs.projection(read_graph(path))
    assert list(node_records(back)) == list(node_records(kg.projection))
    assert list(edge_records(back)) == list(edge_records(kg.projection))


def test_our_kgx_comes_back_with_every_statement_and_its_sources(kg: KnowledgeGraph, tmp_path: Path) -> None:
    nodes, edges = kg.write(tmp_path / "imid.kgx.jsonl").paths
    back = graphs.projection([*read_graph(nodes), *read_graph(edges)])
    own = {edge.id: edge for edge in kg.projection.edges() if edge.category}
    found = {edge.id: edge for edge in back.edges() if edge.id in own}
    assert found.keys() == own.keys()
    for name, edge in own.items():
        assert (found[name].subject, found[name].object) == (edge.subject, edge.object)
        assert [item["source"] for item in found[name].evidence] == [item["source"] for item in edge.evidence]


@pytest.mark.parametrize("name", ["chebi_kgx_tsv", "graph", "graph_multi_category", "test", "x1", "valid"])
def test_samples_of_kgx_come_in(name: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the samples lie in ../shared/conformance, which is not here")
    for path in sorted(SAMPLES.glob(f"{name}_[ne]*s.*")):
        assert list(read_graph(path)), path


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.json", "[1]"), ("a.json", "{"), ("a_nodes.jsonl", '{"name": 1}'), ("a.tsv", "id"), ("absent_nodes.tsv", None)],
)
def test_what_is_no_graph_is_one_line(name: str, text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(OntologyError, match=r"\.$"):
        list(read_graph(tmp_path / name))
