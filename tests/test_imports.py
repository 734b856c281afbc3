"""Imports: a graph of others comes in whole, meets ours through its identifiers, and what we wrote comes back as it was."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from pyoxigraph import Literal, NamedNode, Triple

import imidgraph
from imidgraph import KnowledgeGraph, OntologyError, formats
from imidgraph.cli import main
from imidgraph.formats.readers import as_rdf, own_entities, read_graph
from imidgraph.formats.records import edge_records, node_records
from imidgraph.namespaces import PREFIXES
from imidgraph.stores.disk import build_store
from imidgraph.stores.oxigraph import OxigraphStore
from tests import graphs
from tests.conftest import need

VERSION_INFO = PREFIXES["owl"] + "versionInfo"
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


@pytest.mark.parametrize(("publications", "source"), [("PMID:12345678", "pubmed:12345678"), ("", "infores:my-database")])
def test_what_others_cite_is_shown_as_the_source(tmp_path: Path, publications: str, source: str) -> None:
    (tmp_path / "my_nodes.tsv").write_text(
        "id\tcategory\tname\nCHEBI:63791\tbiolink:Drug\tLEN\nX:1\tbiolink:Disease\tmy disease\n"
    )
    (tmp_path / "my_edges.tsv").write_text(
        "id\tsubject\tpredicate\tobject\tprimary_knowledge_source\tpublications\n"
        f"e1\tCHEBI:63791\tbiolink:treats\tX:1\tinfores:my-database\t{publications}\n"
    )
    paths = [str(tmp_path / name) for name in ("my_nodes.tsv", "my_edges.tsv")]
    result = CliRunner().invoke(main, ["store", *paths, "--beside", "--to", str(tmp_path / "joined")])
    assert result.exit_code == 0, result.output
    with imidgraph.load(tmp_path / "joined") as kg:
        status = kg.status("lenalidomide", "treats", "my disease")
        assert [found.curie for found in status.sources] == [source]
        assert f"[1] {source}" in str(status)
        assert f"[1] {source}." in str(kg.entity("my disease"))
        assert "infores:my-database" in kg.statements(object="my disease").rows[0][3]


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
        ("a.json", '{"nodes": {"a": 1}, "links": []}', "JSON object"),
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
    paths.append(tmp_path / "lists.json.gz")
    with gzip.open(paths[-1], "wb", 1) as file:
        file.write(b'{"nodes": [')
        file.writelines(b"[]," * (1 << 20) for _ in range(80))  # 240 MB, and 5 GB as Python has it
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


EDGE = "subject\tpredicate\tobject\tnegated\nX:1\tbiolink:treats\tX:2\t{}\n"


def asserted(path: Path) -> bool:
    return any(triple.predicate.value.endswith("/treats") for triple in read_graph(path) if triple.subject == NamedNode("X:1"))


@pytest.mark.parametrize("word", ["true", "True", "TRUE", "t", "T", "1", "1.0", "yes", "Y", " TRUE "])
@pytest.mark.parametrize("form", ["tsv", "csv", "jsonl", "json"])
def test_a_denial_is_never_an_assertion(tmp_path: Path, word: str, form: str) -> None:
    record = {"subject": "X:1", "predicate": "biolink:treats", "object": "X:2", "negated": word}
    path = tmp_path / ("a.json" if form == "json" else f"a_edges.{form}")
    text = {
        "tsv": EDGE.format(word),
        "csv": EDGE.format(word).replace("\t", ","),
        "jsonl": json.dumps(record),
        "json": json.dumps({"nodes": [], "edges": [record]}),
    }
    path.write_text(text[form])
    assert not asserted(path)
    for name in ("Negated", " negated ", "biolink:negated", "https://w3id.org/biolink/vocab/negated", "is_negated"):
        path.write_text(text[form].replace("negated", name))
        assert not asserted(path), name


@pytest.mark.parametrize("word", ["", "false", "FALSE", "F", "0", "0.0", "no", "NA", "nan"])
def test_what_is_not_denied_is_asserted(tmp_path: Path, word: str) -> None:
    path = tmp_path / "a_edges.tsv"
    path.write_text(EDGE.format(word))
    assert asserted(path)


@pytest.mark.parametrize("word", ["maybe", "2", "-", "truee", "vrai"])
def test_a_truth_value_that_is_unknown_is_an_error(tmp_path: Path, word: str) -> None:
    path = tmp_path / "a_edges.tsv"
    path.write_text(EDGE.format(word))
    with pytest.raises(OntologyError, match=f"line 2: '{word}' is no truth value"):
        list(read_graph(path))
    path.write_text("subject\tobject\tnegated\tNegated\nX:1\tX:2\tfalse\ttrue\n")
    with pytest.raises(OntologyError, match="2 columns are called 'negated'"):
        list(read_graph(path))
    path = tmp_path / "a_edges.jsonl"
    path.write_text('{"subject": "X:1", "object": "X:2", "negated": false, "biolink:negated": true}')
    with pytest.raises(OntologyError, match="'negated', 'biolink:negated' say the same"):
        list(read_graph(path))


def test_a_property_of_biolink_stands_beside_our_column_of_the_same_name(tmp_path: Path) -> None:
    path = tmp_path / "a_nodes.tsv"
    path.write_text("id\tname\tbiolink:name\nX:1\tours\ttheirs\n")
    (node,) = graphs.projection(read_graph(path)).nodes()
    assert (node.label, node.attributes["biolink:name"]) == ("ours", ("theirs",))


def told(found: Iterable[Triple]) -> set[tuple[str, str, str, str]]:
    return {
        (edge.subject, edge.predicate, edge.object, str(edge.attributes.get("biolink:score")))
        for edge in graphs.projection(found).edges()
    }


def test_an_identifier_of_others_need_not_be_unique(tmp_path: Path) -> None:
    rows = [("X:1", "biolink:treats", "X:2", 1), ("X:2", "biolink:affects", "X:3", 2), ("X:1", "biolink:treats", "X:2", 3)]
    records = [{"id": "e:1", "subject": s, "predicate": p, "object": o, "score": number} for s, p, o, number in rows]
    wanted = {(s, p, o, f"({number},)") for s, p, o, number in rows}
    one, two, both = tmp_path / "a_edges.jsonl", tmp_path / "b_edges.jsonl", tmp_path / "c.json"
    one.write_text("\n".join(map(json.dumps, records)))
    assert told(read_graph(one)) == wanted
    both.write_text(json.dumps({"nodes": [], "links": [{**item, "key": "e:1"} for item in records]}))
    assert {edge[:3] for edge in told(read_graph(both))} == {edge[:3] for edge in wanted}
    one.write_text(json.dumps(records[0]))
    two.write_text("\n".join(map(json.dumps, records[1:])))
    parts = [triple for path in as_rdf([two, one], tmp_path) for triple in OxigraphStore.read(path).triples()]
    assert told(parts) == wanted
    nodes = tmp_path / "a_nodes.jsonl"
    nodes.write_text('{"id": "e:1", "name": "a node"}')
    parts = [triple for path in as_rdf([one, nodes], tmp_path) for triple in OxigraphStore.read(path).triples()]
    assert "e:1" in {node.id for node in graphs.projection(parts).nodes()}, "an edge takes no name of a node"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a_nodes.tsv", "id\tname\n\nX:1\tone\n\t\n \t \nX:2\ttwo\n\n"),
        ("a_nodes.csv", "id,name\nX:1,one\n,\n\nX:2,two\n"),
        ("a_nodes.jsonl", '{"id": "X:1", "name": "one"}\n\n \n{"id": "X:2", "name": "two"}\n'),
        ("a_nodes.csv", ",id,name\n0,X:1,one\n1,X:2,two\n"),
        ("a_nodes.csv", "Unnamed: 0,ID,Name\n0,X:1,one\n1,X:2 ,two\n"),
        ("a_nodes.tsv", '"id"\t"name"\n"1"\t"X:1"\t"one"\n"2"\t"X:2"\t"two"\n'),
        ("a_nodes.tsv", "id\tname\tsymbol\tin_taxon\nX:1\tone\tNaN\tNA\nX:2\ttwo\t\t<NA>\n"),
    ],
)
def test_what_pandas_and_spreadsheets_leave_in_tables_is_no_data(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    nodes = list(graphs.projection(read_graph(path)).nodes())
    assert [(node.id, node.label, node.attributes) for node in nodes] == [("X:1", "one", {}), ("X:2", "two", {})]


def test_names_of_columns_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "a_nodes.tsv"
    path.write_text("id\tname\tscore (%)\tscore (#)\tx\tx\nX:1\tone\t5\t7\t8\t9\n")
    (node,) = graphs.projection(read_graph(path)).nodes()
    assert sorted(value for values in node.attributes.values() for value in values) == ["5", "7", "8", "9"]
    assert len(node.attributes) == 4


def test_edges_of_old_files_name_the_places_of_nodes(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    nodes = [{"id": "X:1"}, {"id": "X:2"}, {"id": "X:3"}]
    path.write_text(json.dumps({"nodes": nodes, "links": [{"source": 0, "target": 2}]}))
    assert {edge[:3] for edge in told(read_graph(path))} == {("X:1", "biolink:related_to", "X:3")}
    path.write_text(json.dumps({"nodes": [{"id": number} for number in (0, 1, 2)], "links": [{"source": 0, "target": 2}]}))
    (edge,) = graphs.projection(read_graph(path)).edges()
    assert (edge.subject[-1], edge.object[-1]) == ("0", "2")


def test_a_node_is_found_by_what_its_file_calls_it(tmp_path: Path) -> None:
    nodes, edges = tmp_path / "a_nodes.tsv", tmp_path / "a_edges.tsv"
    nodes.write_text(
        "id\tcategory\tname\nUBERON:0000955\tbiolink:AnatomicalEntity\tbrain\n"
        "HGNC:7\t\tgene seven\nHGNC:8\tbiolink:Gene\t\nNCBI_Gene:9\t\t\n"
    )
    edges.write_text("id\tsubject\tpredicate\tobject\tscore\nuuid:1\tHGNC:7\tbiolink:expressed_in\tUBERON:0000955\t1\n")
    build_store(as_rdf([nodes, edges], tmp_path), tmp_path / "store")
    with imidgraph.load(tmp_path / "store") as kg:
        assert kg.entity("UBERON:0000955").label == kg.entity("brain").label == "brain"
        assert kg.entity("HGNC:7").label == kg.entity("gene seven").label == "gene seven"
        assert kg.entity("HGNC:8").category == "Gene"
        assert kg.entity("NCBI_Gene:9").category == "NamedThing"
        kg.write(tmp_path / "b.kgx.tsv")
    (row,) = (tmp_path / "b_edges.tsv").read_text().splitlines()[1:]
    assert row.split("\t")[0] == "uuid:1"
    assert "UBERON:0000955" in row.split("\t")
    assert "\nUBERON:0000955\t" in (tmp_path / "b_nodes.tsv").read_text()


def test_lists_that_we_joined_come_apart_again(tmp_path: Path) -> None:
    names = ["a|b", "c\\d", "e"]
    (tmp_path / "a_nodes.jsonl").write_text(json.dumps({"id": "X:1", "name": "one", "synonym": names}))
    graph = graphs.projection(
        [*read_graph(tmp_path / "a_nodes.jsonl"), Triple(NamedNode("a:o"), NamedNode(VERSION_INFO), Literal("1"))]
    )
    nodes, _ = formats.write(graph, tmp_path / "b.kgx.tsv").paths
    node = graphs.projection(read_graph(nodes)).named["X:1"]
    assert sorted(node.attributes["altLabel"]) == sorted(names)
