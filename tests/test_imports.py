"""Imports: a graph of others comes in whole, meets ours through its identifiers, and what we wrote comes back as it was."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from pyoxigraph import Triple

import imidgraph
from imidgraph import KnowledgeGraph, formats
from imidgraph.cli import main
from imidgraph.formats.readers import own_entities, read_graph
from imidgraph.formats.records import edge_records, node_records
from imidgraph.stores.disk import build_store
from tests import graphs
from tests.conftest import need

NODES = """id\tcategory\tname\tequivalent_identifiers
MONDO:0009693\tbiolink:Disease\tplasma cell myeloma\tDOID:9538
CHEBI:63791\tbiolink:Drug\tlenalidomide\t
HGNC:99999999\tbiolink:Gene\tMADE-UP\t
"""
GENE = "HGNC:13178\tbiolink:Gene\tIKZF3 gene\t\n"
EDGES = """id\tsubject\tpredicate\tobject\tpublications\tknowledge_level\tagent_type\tnegated
e:1\tCHEBI:63791\tbiolink:affects\tHGNC:99999999\tPMID:1|PMID:2\tprediction\ttext_mining_agent\t
e:2\tCHEBI:63791\tbiolink:treats\tMONDO:0009693\tPMID:3\tprediction\ttext_mining_agent\ttrue
"""


@pytest.fixture
def other(tmp_path: Path) -> tuple[Path, Path]:
    nodes, edges = tmp_path / "other_nodes.tsv", tmp_path / "other_edges.tsv"
    nodes.write_text(NODES + GENE, encoding="utf-8")
    edges.write_text(EDGES, encoding="utf-8")
    return nodes, edges


def test_a_graph_of_others_meets_ours_through_its_identifiers(other: tuple[Path, Path], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["store", *map(str, other), "--beside", "--to", str(tmp_path / "joined")])
    assert result.exit_code == 0, result.output
    with imidgraph.load(tmp_path / "joined") as kg:
        found = kg.statements(subject="Revlimid", object="MADE-UP")
        assert [(item.predicate.iri, item.predicate.label) for item in found] == [
            ("https://w3id.org/biolink/vocab/affects", "affects")
        ]
        assert {source.curie for source in found[0].sources} == {"pubmed:1", "pubmed:2"}
        assert kg.ask("ASK { imid:lenalidomide biolink:affects <http://identifiers.org/hgnc/99999999> }")
        assert not kg.ask("ASK { imid:lenalidomide biolink:treats ?anything }")
        assert kg.ask("ASK { ?a imid:negated true ; imid:subject imid:lenalidomide ; imid:object imid:multiple-myeloma }")
        degraded = kg.select(
            "SELECT ?label { imid:lenalidomide imid:degrades/skos:closeMatch ?gene . ?gene a biolink:Gene ; rdfs:label ?label }"
        )
        assert [row[0] for row in degraded.rows] == ["IKZF3 gene"], "a gene meets our protein through the close match"
        assert kg.ask("ASK { ?a imid:evidence/imid:source pubmed:2 ; imid:predicate biolink:affects }")
        assert kg.entity("Revlimid").label == "lenalidomide"
        assert kg.entity("MONDO:0009693").label == "multiple myeloma", "our names stand, theirs are synonyms"
        assert "plasma cell myeloma" in kg.entity("multiple myeloma").synonyms
        assert [str(path) for path in kg.paths("lenalidomide", "MADE-UP", max_length=1)] == [
            "lenalidomide --[affects]--> MADE-UP"
        ]


def test_an_identifier_that_two_entities_share_means_neither(kg: KnowledgeGraph) -> None:
    rows = kg.select("SELECT ?id { ?id ^skos:exactMatch ?entity } GROUP BY ?id HAVING(COUNT(DISTINCT ?entity) > 1)").rows
    assert not {str(row[0]) for row in rows} & own_entities(kg.triples()).keys()


@given(found=graphs.triples())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_node_link_json_comes_back_as_it_was(found: list[Triple], tmp_path: Path) -> None:
    graph = graphs.projection(found)
    (path,) = formats.write(graph, tmp_path / "g.json").paths
    back = graphs.projection(read_graph(path))
    again = json.loads(b"".join(formats.stream(back, "json")))
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
    for path in sorted(need("../shared/conformance/kgx-samples").glob(f"{name}_[ne]*s.*")):
        assert list(read_graph(path)), path


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.json", "[1]", "a JSON object is expected"),
        ("a.json", "{", "Expecting"),
        ("a.json", DEEP, "recursion"),
        ("a.json", '{"nodes": {"a": 1}, "links": []}', "no id|attribute"),
        ("a.json", '{"nodes": [{"id": "a"}]}', "'links' is missing"),
        ("a_nodes.jsonl", '{"name": 1}', "line 1: it has no id"),
        ("a_nodes.jsonl", '{"id": "a"}\n{"id": {"b": 1}}', "line 2: it has no id"),
        ("a_nodes.jsonl", f'{{"id": "a", "name": {DEEP}}}', "recursion"),
        ("a_nodes.jsonl", '{"id": "a", "name": "\\ud800"}', "line 1"),
        ("a_nodes.jsonl", "5", "a JSON object is expected"),
        ("a_edges.jsonl", '{"subject": "a", "object": null}', "line 1: it has no object or target"),
        ("a_edges.jsonl", '{"subject": "a", "object": "b", "evidence": "[1]"}', "its evidence is not a list of JSON objects"),
        ("a.tsv", "id", "must end in _nodes.tsv or _edges.tsv"),
        ("a_nodes.tsv", "", "it is empty"),
        ("a_nodes.tsv", "a\tb\nc\td\n", "line 2: it has no id"),
        ("a_nodes.tsv", "id\tcategory\nX:1\ta\tb\n", "line 2: 3 fields for 2 columns"),
        ("a_nodes.tsv", "id\tname\nX:1\t" + "x" * (1 << 25), "line 2: it has more than 16777216 bytes"),
        ("a_nodes.csv", 'id,name\nX:1,"' + "x\n" * (1 << 23) + "x", "field larger than"),
        ("a_nodes.tsv", "id\nhttp://[\n".encode("utf-16"), "utf-8"),
        ("absent_nodes.tsv", None, "Check the path"),
    ],
)
def test_what_is_no_graph_is_one_line_and_leaves_the_old_store(
    name: str, text: str | bytes | None, told: str, tmp_path: Path
) -> None:
    good, store = tmp_path / "good.nt", tmp_path / "store"
    good.write_text("<a:a> <a:b> <a:c> .")
    build_store([good], store)
    if text is not None:
        (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    result = CliRunner().invoke(main, ["store", str(tmp_path / name), "--to", str(store)])
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert re.search(told, result.stderr)
    assert result.stderr.count("\n") == 1
    assert result.stderr.endswith(".\n")
    with imidgraph.load(store) as graph:
        assert len(graph) == 1


def test_a_bomb_is_refused_in_little_memory(tmp_path: Path) -> None:
    """A line of 2 GB, packed in 2 MB: what has no end is not read to its end."""
    packer, paths = zlib.compressobj(9, zlib.DEFLATED, 31), [tmp_path / "bomb_nodes.tsv.gz", tmp_path / "bomb.json.gz"]
    piece = b"a" * (1 << 24)
    content = packer.compress(b"id\tname\nX:1\t") + b"".join(packer.compress(piece) for _ in range(32)) + packer.flush()
    for path in paths:
        path.write_bytes(content)
    code = """
import resource, sys
from pathlib import Path
from imidgraph import OntologyError
from imidgraph.formats.readers import read_graph
resource.setrlimit(resource.RLIMIT_AS, (1_200_000_000, 1_200_000_000))
try:
    list(read_graph(Path(sys.argv[1])))
except OntologyError as error:
    print(error)
"""
    for path in paths:
        done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
        assert "it has more than" in done.stdout


@pytest.mark.parametrize("packed", ["gz", "zst"])
@pytest.mark.parametrize("format", ["kgx.tsv", "kgx.jsonl", "json"])
def test_what_we_wrote_packed_comes_back(kg: KnowledgeGraph, tmp_path: Path, format: str, packed: str) -> None:
    part = kg.part(only=["generations"])
    paths = kg.write(tmp_path / f"a.{format}.{packed}", part=part).paths
    back = graphs.projection([triple for path in paths for triple in read_graph(path)])
    assert {edge.id for edge in part.edges()} <= {edge.id for edge in back.edges()}


def test_a_table_from_a_spreadsheet_comes_in(tmp_path: Path) -> None:
    """Spreadsheets put a byte order mark before the first column, and end lines as Windows does."""
    path = tmp_path / "a_nodes.tsv"
    path.write_bytes("\ufeffid\tcategory\tname\r\nCHEBI:63791\tbiolink:Drug\tlenalidomide\r\n".encode())
    (node,) = graphs.projection(read_graph(path)).nodes()
    assert (node.id, node.label) == ("CHEBI:63791", "lenalidomide")
