"""Graphs of others in our formats: odd names, types and ends of edges stay what they are, for every reader."""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import networkx
import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat, Triple, parse

import imidgraph
from imidgraph import ExportError, formats
from imidgraph.cli import main
from imidgraph.formats.readers import read_graph
from tests import graphs

HEAD = """
@prefix ex: <http://example.org/> . @prefix other: <http://example.com/> . @prefix imid: <https://w3id.org/imidgraph/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ONE_FILE = sorted(name for name, format in formats.FORMATS.items() if isinstance(format.writers, str))


def read(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(HEAD + text, format=RdfFormat.TURTLE)]


def written(found: Iterable[Triple], format: str) -> bytes:
    return b"".join(formats.stream(graphs.projection(found), format))


def listed(found: Iterable[Triple]) -> Any:
    return json.loads(written(found, "json"))


ENDS = {
    "class": "ex:drug ex:treats ex:D1 . ex:D1 a owl:Class ; rdfs:label 'a class' .",
    "property": "ex:drug ex:about ex:p . ex:p a owl:ObjectProperty .",
    "statement": "imid:s imid:subject ex:a ; imid:predicate ex:p ; imid:object ex:b . ex:paper ex:discusses imid:s .",
    "evidence": """
        imid:s imid:subject ex:a ; imid:predicate ex:p ; imid:object ex:b ; imid:evidence imid:e .
        imid:e a imid:Evidence ; imid:source ex:paper . ex:paper ex:holds imid:e .""",
    "retired": "ex:a ex:p ex:old . ex:old owl:deprecated true .",
    "stated": "imid:s imid:subject ex:C ; imid:predicate ex:p ; imid:object ex:D . ex:C a owl:Class . ex:D a owl:Class .",
    "itself": "imid:s imid:subject imid:s ; imid:predicate ex:p ; imid:object imid:s .",
    "blank": "ex:a ex:p [ ex:q ex:b ] .",
}


@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize("format", sorted(formats.FORMATS))
def test_each_end_of_an_edge_is_a_node(tmp_path: Path, kind: str, format: str) -> None:
    graph = graphs.projection(read(ENDS[kind]))
    names = {node.id for node in graph.nodes()}
    edges = list(graph.edges())
    assert edges
    assert {end for edge in edges for end in (edge.subject, edge.object)} <= names
    if format == "rdf" and kind == "blank":
        return
    written = formats.write(graph, tmp_path / f"a.{format}")
    if format == "cyjs":
        elements = json.loads(written.paths[0].read_bytes())["elements"]
        found = [item["data"]["id"] for group in elements.values() for item in group]
        assert len(found) == len(set(found)), "Cytoscape.js takes no id twice"
    if format == "sqlite":
        with sqlite3.connect(written.paths[0]) as connection:
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_statement_with_several_ends_joins_no_pair_that_nobody_stated() -> None:
    plain = listed(read("imid:s imid:subject ex:a , ex:b ; imid:predicate ex:p ; imid:object ex:c ; imid:note 'n' ."))["edges"]
    assert {(edge["source"][-1], edge["target"][-1]) for edge in plain} == {("a", "c"), ("b", "c")}
    assert len({edge["key"] for edge in plain}) == 2
    assert "imid:s" in {edge["key"] for edge in plain}
    text = "imid:s imid:subject ex:a , ex:b ; imid:predicate ex:p ; imid:object ex:c , ex:d . ex:a ex:p ex:c . ex:b ex:p ex:d ."
    edges = listed(read(text))["edges"]
    assert {(edge["source"][-1], edge["target"][-1]) for edge in edges} == {("a", "c"), ("b", "d")}
    assert written(read(text), "sqlite").startswith(b"SQLite")


WORDS = [
    "group",
    "order",
    "from",
    "to",
    "index",
    "table",
    "values",
    "default",
    "check",
    "limit",
    "references",
    "unique",
    "primary",
    "case",
    "when",
    "all",
    "add",
    "select",
]


def odd(tmp_path: Path, attributes: dict[str, Any], edge: dict[str, Any]) -> Any:
    path = tmp_path / "odd.json"
    nodes = [{"id": "X:a", "label": "A", **attributes}, {"id": "X:b", "label": "B"}]
    path.write_text(json.dumps({"nodes": nodes, "edges": [{"source": "X:a", "target": "X:b", "id": "X:e", **edge}]}))
    return graphs.projection(read_graph(path))


@pytest.mark.parametrize("format", sorted(formats.FORMATS))
def test_words_of_languages_are_names_of_attributes(tmp_path: Path, format: str) -> None:
    values = {word: f"value of {word}" for word in WORDS}
    written = formats.write(odd(tmp_path, values, values), tmp_path / f"a.{format}")
    if format == "sqlite":
        with sqlite3.connect(written.paths[0]) as connection:
            row = connection.execute('SELECT "group", "order", "select" FROM edges').fetchone()
        assert row == ("value of group", "value of order", "value of select")


def test_a_table_of_too_many_columns_is_one_clear_error(tmp_path: Path) -> None:
    graph = odd(tmp_path, {f"attribute{number}": number for number in range(17_000)}, {})
    for format in ("sqlite", "xlsx"):
        with pytest.raises(ExportError, match=r"at most [0-9]+ columns, and \w+ has 17[0-9]+"):
            formats.write(graph, tmp_path / f"a.{format}")


KEYS = (
    "source",
    "target",
    "key",
    "name",
    "parent",
    "interaction",
    "represents",
    "shape",
    "image",
    "URL",
    "color",
    "weight",
    "type",
)


@pytest.mark.parametrize("format", ["json", "cyjs", "cx2"])
def test_no_attribute_takes_the_place_of_a_key_of_the_format(tmp_path: Path, format: str) -> None:
    values = {f"imid:{key}": f"own {key}" for key in KEYS}
    document = json.loads(b"".join(formats.stream(odd(tmp_path, values, values), format)))
    if format == "json":
        graph = networkx.node_link_graph(document, edges="edges")
        assert list(graph.edges(keys=True)) == [("X:a", "X:b", "X:e")]
        node, edge = graph.nodes["X:a"], graph.edges["X:a", "X:b", "X:e"]
    elif format == "cyjs":
        node, edge = document["elements"]["nodes"][0]["data"], document["elements"]["edges"][0]["data"]
        assert (node["id"], node["name"], edge["source"], edge["target"]) == ("X:a", "A", "X:a", "X:b")
        assert "parent" not in node
    else:
        parts = {name: value for part in document for name, value in part.items()}
        node, edge = parts["nodes"][0]["v"], parts["edges"][0]["v"]
        assert (node["name"], node["represents"], edge["interaction"]) == ("A", "X:a", "biolink:related_to")
        declared = parts["attributeDeclarations"][0]
        assert node.keys() <= declared["nodes"].keys()
        assert edge.keys() <= declared["edges"].keys()
    for found in (node, edge):
        assert {f"own {key}" for key in KEYS} <= {value for value in found.values() if isinstance(value, str)}


def test_what_graphviz_draws_is_no_data(tmp_path: Path) -> None:
    values = dict.fromkeys(KEYS, "/etc/hostname") | {"label": "R&amp;D <b>\\N \\l"}
    text = b"".join(formats.stream(odd(tmp_path, values, {}), "dot")).decode()
    (line,) = (line for line in text.splitlines() if line.startswith('"X:a" ['))
    names = re.findall(r'"(\w+)"=', line)
    drawn = {"shape", "image", "URL", "weight", "target", "label"}
    assert [name for name in names if name in drawn] == ["label"]
    assert '"label"="R&amp;amp;D <b>\\\\N \\\\l"' in line


TWO = "ex:a a ex:T ; rdfs:label 'A' ; ex:weight 5 ; other:weight 7 . ex:b a ex:T ; rdfs:label 'B' ; other:weight 9 ; ex:id 1 ."


def test_two_properties_of_one_name_stay_two(tmp_path: Path) -> None:
    page = written(read(TWO), "html").decode()
    assert "weight (http://example.org/weight): 5; weight (http://example.com/weight): 7" in page.replace(
        "weight (http://example.com/weight): 7; weight (http://example.org/weight): 5",
        "weight (http://example.org/weight): 5; weight (http://example.com/weight): 7",
    )
    openpyxl = pytest.importorskip("openpyxl")
    (tmp_path / "a.xlsx").write_bytes(written(read(TWO), "xlsx"))
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx")["entities"].iter_rows(values_only=True))
    assert len(set(rows[0])) == len(rows[0])
    found = dict(zip(rows[0], rows[1], strict=True))
    assert (found["weight (http://example.org/weight)"], found["weight (http://example.com/weight)"]) == (5, 7)


def test_a_long_cell_is_cut_where_excel_would_cut_it(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (tmp_path / "a.xlsx").write_bytes(written(read(f"ex:a a ex:T ; rdfs:label '{'💊' * 20_000}' ."), "xlsx"))
    (label,) = (row[0] for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["entities"].iter_rows(min_row=2, values_only=True))
    assert label.endswith("💊 ... (cut)")
    assert len(label.encode("utf-16-le")) <= 2 * 32_767


KGX = {
    "a_nodes.tsv": "id\tcategory\tname\tprovided_by\tin_taxon\tscore (%)\n"
    "HGNC:1\tbiolink:Gene\tG1\tinfores:hgnc\tNCBITaxon:9606|NCBITaxon:10090\t5\nMONDO:2\tbiolink:Disease\tD2\tinfores:mondo\t\t\n",
    "a_edges.tsv": "id\tcategory\tsubject\tpredicate\tobject\tprimary_knowledge_source\taggregator_knowledge_source"
    "\thas_evidence\n"
    "uuid:1\tbiolink:Association\tHGNC:1\tbiolink:contributes_to\tMONDO:2\tinfores:orphanet\tinfores:a|infores:b\tECO:1|ECO:2\n"
    "uuid:2\tbiolink:Association\tHGNC:1\tbiolink:contributes_to\tMONDO:2\t\tinfores:a\t\n",
}


@pytest.mark.parametrize("format", ["kgx.jsonl", "kgx.tsv"])
def test_the_provenance_of_others_stays_theirs(tmp_path: Path, format: str) -> None:
    found: list[Triple] = []
    for name, text in KGX.items():
        (tmp_path / name).write_text(text)
        found += read_graph(tmp_path / name)
    for _ in range(2):  # and once more, from what we wrote
        paths = formats.write(graphs.projection(found), tmp_path / f"b.{format}").paths
        found = [triple for path in paths for triple in read_graph(path)]
    if format == "kgx.tsv":
        header, *rows = (line.split("\t") for line in paths[1].read_text().splitlines())
        assert not [name for name in header if name.startswith("biolink:")]
        edges = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
        assert edges["uuid:1"]["aggregator_knowledge_source"] == "infores:a|infores:b"
        assert [edges[name]["primary_knowledge_source"] for name in ("uuid:1", "uuid:2")] == ["infores:orphanet", ""]
        assert "score (%)" in paths[0].read_text().splitlines()[0].split("\t")
        return
    nodes, edges = ({item["id"]: item for item in map(json.loads, path.read_text().splitlines())} for path in paths)
    assert sorted(nodes["HGNC:1"]["in_taxon"]) == ["NCBITaxon:10090", "NCBITaxon:9606"]
    assert (nodes["HGNC:1"]["provided_by"], nodes["HGNC:1"]["score (%)"]) == (["infores:hgnc"], "5")
    assert edges["uuid:1"]["primary_knowledge_source"] == "infores:orphanet"
    assert edges["uuid:1"]["has_evidence"] == ["ECO:1", "ECO:2"]
    assert "primary_knowledge_source" not in edges["uuid:2"], "what others state is not signed by us"


def test_only_web_addresses_become_links() -> None:
    text = """ex:a a ex:T ; rdfs:label 'A' ; skos:exactMatch <javascript:alert(1)> , <http://example.org/x> , <data:text/html,x> .
        imid:s imid:subject ex:a ; imid:predicate ex:p ; imid:object ex:b ; imid:evidence imid:e .
        imid:e imid:source <javascript:alert(2)> , ex:paper . ex:paper a imid:Source ; rdfs:label 'P' ; imid:url 'vbscript:x' ."""
    links = re.findall(r'href="([^"#][^"]*)"', written(read(text), "html").decode())
    assert "http://example.org/x" in links
    assert all(link.startswith(("http://", "https://")) for link in links)


def test_gml_names_what_igraph_knows_by_name() -> None:
    text = written(read("""ex:a rdfs:label 'the "red" A&B' ."""), "gml").decode()
    assert 'name "the &quot;red&quot; A&amp;B"' in text
    assert "#34" not in text


def test_an_edge_list_says_how_a_hash_is_read(tmp_path: Path) -> None:
    written = formats.write(
        graphs.projection(read("<http://e.org/o#a> <http://e.org/o#p> <http://e.org/o#b> .")), tmp_path / "a.edges"
    )
    assert "comments=None" in written.note
    graph = networkx.read_edgelist(tmp_path / "a.edges", delimiter="\t", comments=None, data=(("predicate", str),))
    assert list(graph.edges(data="predicate")) == [("http://e.org/o#a", "http://e.org/o#b", "http://e.org/o#p")]


@pytest.mark.parametrize(
    "name", ["area_m²", "x²y", "größe", "a·b", "properties:p", "term%20", "x/", "1a", "-a", "a.b-c", "𝒳", "ªb", "a٣"]
)
def test_rdfxml_is_well_formed_or_says_why_not(name: str) -> None:
    found = list(parse(f"<http://ex.org/a> <http://ex.org/{name}> 5 .", format=RdfFormat.TURTLE))
    try:
        text = written([quad.triple for quad in found], "rdf")
    except ExportError as error:
        assert "XML has no name for the predicate" in str(error)  # noqa: PT017 - one of two right answers
        return
    ElementTree.fromstring(text)
    assert [quad.triple for quad in parse(text, format=RdfFormat.RDF_XML)] == [quad.triple for quad in found]


@pytest.mark.parametrize("value", ["True", "yes", "1_000", "²", "٣", "2010-W10-5", " ", "1E5", "0x1", "NaN", ""])
@pytest.mark.parametrize("type", ["boolean", "integer", "decimal", "date", "double", "dateTime", "int"])
def test_what_is_no_value_of_its_type_is_text(value: str, type: str) -> None:
    found = read(f'ex:a ex:p "{value}"^^xsd:{type} .')
    graph = graphs.projection(found)
    (node,) = graph.nodes()
    (kept,) = node.attributes["http://example.org/p"]
    if type not in {"double", "boolean"} and value not in {"1E5", "NaN"}:
        assert kept == value
    for format in ONE_FILE:
        assert written(found, format)
    back = [quad.triple for quad in parse(written(found, "jsonld"), format=RdfFormat.JSON_LD)]
    assert back == list(graph.triples())


def test_a_fork_that_ends_leaves_the_files_of_its_parent(tmp_path: Path) -> None:
    code = """
import os, sys, tempfile, imidgraph
from pathlib import Path
kg = imidgraph.load()
kg.write(sys.argv[1] + "/a.gml")
if os.fork() == 0:
    sys.exit()
os.wait()
kg.projection.__dict__.pop("_held_nodes", None)
names = list(kg.projection.nodes())
for left in Path(tempfile.gettempdir()).glob("imidgraph-*"):
    left.unlink()
kg.projection.__dict__.pop("_held_nodes", None)
assert names == list(kg.projection.nodes())
"""
    folder = tmp_path / "tmp"
    folder.mkdir()
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env=os.environ | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert list(folder.iterdir()) == []


def test_digits_and_times_are_those_of_the_data() -> None:
    query = """
    SELECT (0.0000001 AS ?small) (1e300 AS ?large) (12345678901234567890.1234567890 AS ?long) (xsd:double("INF") AS ?most)
        (xsd:dateTime("2020-01-01T00:00:00Z") AS ?time) (xsd:dateTime("2020-01-01T00:00:00.123456789Z") AS ?exact) {}
    """
    wanted = "0.0000001,1e+300,12345678901234567890.123456789,INF,2020-01-01T00:00:00+00:00,2020-01-01T00:00:00.123456789Z"
    for format, told in (("csv", wanted), ("tsv", wanted.replace(",", "\t"))):
        result = CliRunner().invoke(main, ["sparql", query, "--format", format])
        assert result.stdout.splitlines()[1] == told
    assert imidgraph.load().select(query).to_dict()["rows"][0]["time"] == "2020-01-01T00:00:00+00:00"


def test_the_label_is_english_where_there_is_one() -> None:
    labels = {
        "'Stoff'@de , 'agent'@en-GB , 'plain'": "agent",
        "'Stoff'@de , 'z'": "z",
        "'b'@fr , 'a'@it": "b",
        "'x'@en-us , 'y'@en": "y",
    }
    for text, wanted in labels.items():
        (node,) = graphs.projection(read(f"ex:a rdfs:label {text} .")).nodes()
        assert node.label == wanted


@pytest.mark.parametrize("value", ["true", '"TRUE"^^xsd:boolean', '"True"', '"1"', "1", '"ja"', "true , false"])
def test_a_denial_is_drawn_and_listed_as_one_however_it_is_spelled(value: str) -> None:
    found = read(f"imid:s imid:subject ex:a ; imid:predicate ex:p ; imid:object ex:b ; imid:negated {value} .")
    assert b"not p" in written(found, "dot")
    assert b"not p" in written(found, "mmd")
    assert b"example.org/a" not in written(found, "edges")
    graph = graphs.projection(found)
    assert [graph.statement(edge).negated for edge in graph.edges()] == [True]


def test_a_label_with_quotes_is_one_cell_of_sssom() -> None:
    text = written(
        read("""imid:a rdfs:label '"red" a' ; skos:exactMatch <http://purl.obolibrary.org/obo/CHEBI_1> ."""), "sssom.tsv"
    ).decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t"))
    assert [(row["subject_label"], row["object_id"]) for row in rows] == [('"red" a', "CHEBI:1")]
