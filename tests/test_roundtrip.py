"""Any graph, through every format and back: odd names, classes, languages and values; and any table, through every reader."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from imidgraph import ExportError, OntologyError, formats
from imidgraph.formats.projection import Projection
from imidgraph.formats.readers import as_rdf, read_graph
from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.stores.oxigraph import OxigraphStore
from tests import graphs

NAMES = [
    *("https://w3id.org/imidgraph/a", "https://w3id.org/imidgraph/label", "http://example.org/a#b", "http://example.org/ä"),
    *("http://example.org/a%20b", "urn:uuid:1", "UBERON:0000955", "mailto:a@example.org", "javascript:alert(1)", "tag:x,2020:y"),
    *("http://purl.obolibrary.org/obo/CHEBI_1", "https://bioregistry.io/x:1", "http://example.org/", "imid:a", "x:", "a:b:c"),
]
THINGS = st.sampled_from([*map(NamedNode, NAMES), BlankNode("b1"), BlankNode("b2")])
PROPERTIES = st.sampled_from(
    [
        *(NamedNode(IMID + name) for name in ("source", "target", "id", "key", "name", "type", "shape", "negated", "p", "P")),
        *(NamedNode(f"http://example.org/{name}") for name in ("p", "x/p", "p.q", "größe", "id")),
        *(NamedNode(PREFIXES[prefix] + name) for prefix, name in (("skos", "altLabel"), ("rdfs", "label"), ("biolink", "score"))),
        *(NamedNode(PREFIXES["biolink"] + name) for name in ("name", "primary_knowledge_source", "in_taxon")),
        NamedNode(IMID + "relatedTo"),
        NamedNode(PREFIXES["skos"] + "broader"),
        NamedNode(PREFIXES["skos"] + "exactMatch"),
    ]
)
KINDS = st.sampled_from(
    [NamedNode(IMID + "Drug"), NamedNode(PREFIXES["owl"] + "Class"), NamedNode(PREFIXES["biolink"] + "Gene"), NamedNode("x:T")]
)
DATATYPES = ("boolean", "integer", "decimal", "double", "date", "dateTime", "gYear", "anyURI", "nonNegativeInteger")
VALUES = st.one_of(
    graphs.LITERALS,
    st.builds(
        lambda text, name: Literal(text, datatype=NamedNode(PREFIXES["xsd"] + name)),
        st.sampled_from(["True", "1_0", "²", "", " 1 ", "1e5", "NaN", "2010-W10-5", "2020-01-01T00:00:00.123456789Z", "=1+1"]),
        st.sampled_from(DATATYPES),
    ),
    st.builds(lambda tag: Literal("Wort", language=tag), st.sampled_from(["de", "en-GB", "zh-Hant", "x-a"])),
)


@st.composite
def odd_graphs(draw: st.DrawFn) -> list[Triple]:
    found = [Triple(draw(THINGS), draw(PROPERTIES), draw(st.one_of(THINGS, VALUES))) for _ in range(draw(st.integers(0, 8)))]
    found += [Triple(draw(THINGS), NamedNode(PREFIXES["rdf"] + "type"), draw(KINDS)) for _ in range(draw(st.integers(0, 3)))]
    for number in range(draw(st.integers(0, 3))):
        statement = draw(st.one_of(st.just(NamedNode(f"{IMID}s-{number}")), THINGS))
        for part in ("subject", "predicate", "object"):
            ends = PROPERTIES if part == "predicate" else THINGS
            found += [Triple(statement, NamedNode(IMID + part), draw(ends)) for _ in range(draw(st.integers(0, 2)))]
    return found


def written(graph: Projection, format: str, folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in formats.write(graph, folder / f"a.{format}").paths}


def check(format: str, contents: dict[str, bytes], graph: Projection) -> None:
    """Let a strict reader read what was written."""
    names = {node.id for node in graph.nodes()}
    for name, content in contents.items():
        if format in {"json", "cyjs", "cx2", "jsonld"}:
            json.loads(content, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
        elif format == "kgx.jsonl":
            assert all(isinstance(json.loads(line), dict) for line in content.splitlines())
        elif format in {"graphml", "gexf", "rdf"}:
            ElementTree.fromstring(content)
        elif format == "gml":
            assert set(networkx.parse_gml(content.decode().split("\n"))) == names or not names
        elif format in {"csv", "neo4j.csv"}:
            rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
            assert len({len(row) for row in rows}) == 1, name
        elif format == "kgx.tsv":
            assert len({line.count("\t") for line in content.decode().removesuffix("\n").split("\n")}) == 1
        elif format == "sqlite":
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / name).write_bytes(content)
                with sqlite3.connect(Path(folder) / name) as connection:
                    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
                connection.close()


@pytest.mark.parametrize("format", sorted(formats.FORMATS))
@given(found=odd_graphs())
@settings(max_examples=25, deadline=None)
def test_any_graph_is_written_as_strict_readers_want_it(format: str, found: list[Triple]) -> None:
    graph = graphs.projection(found)
    nodes = {node.id for node in graph.nodes()}
    edges = list(graph.edges())
    assert {end for edge in edges for end in (edge.subject, edge.object)} <= nodes
    assert len({edge.id for edge in edges}) == len(edges)
    with tempfile.TemporaryDirectory() as folder:
        try:
            contents = written(graph, format, Path(folder))
        except ExportError:
            assert format == "rdf"  # XML cannot name every predicate, nor hold every sign
            return
    check(format, contents, graph)


SYNTAXES = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "jsonld": RdfFormat.JSON_LD,
}


def named(triples: Iterable[Any]) -> set[str]:
    """Give the triples without blank nodes, whose names are nobody's."""
    return {
        str(Triple(item.subject, item.predicate, item.object))
        for item in triples
        if not isinstance(item.subject, BlankNode) and not isinstance(item.object, BlankNode)
    }


@pytest.mark.parametrize("format", SYNTAXES)
@given(found=odd_graphs())
@settings(max_examples=25, deadline=None)
def test_any_graph_comes_back_from_rdf(format: str, found: list[Triple]) -> None:
    graph = graphs.projection(found)
    try:
        text = b"".join(formats.stream(graph, format))
    except ExportError:
        assert format == "rdf"
        return
    back = list(parse(text, format=SYNTAXES[format]))
    assert named(back) == named(graph.triples())
    assert len(back) == len(list(graph.triples()))


@pytest.mark.parametrize("format", ["json", "kgx.jsonl", "kgx.tsv"])
@given(found=odd_graphs())
@settings(max_examples=25, deadline=None)
def test_any_graph_comes_back_from_the_formats_that_are_read(format: str, found: list[Triple]) -> None:
    # neither the names of blank nodes nor the schema travels with nodes and edges
    gone = [term for triple in found for term in triple if isinstance(term, BlankNode)] + [NamedNode(PREFIXES["owl"] + "Class")]
    graph = graphs.projection([triple for triple in found if not any(term in gone for term in triple)])
    with tempfile.TemporaryDirectory() as folder:
        paths = formats.write(graph, Path(folder) / f"a.{format}").paths
        parts = as_rdf(paths, Path(folder))
        back = graphs.projection([triple for path in parts for triple in OxigraphStore.read(path).triples()])
    denied = {(edge.subject, edge.object) for edge in graph.edges() if edge.attributes.get("negated") == (True,)}
    assert {node.id for node in graph.nodes()} <= {node.id for node in back.nodes()}
    assert {(edge.subject, edge.object) for edge in graph.edges()} == {(edge.subject, edge.object) for edge in back.edges()}
    assert denied == {(edge.subject, edge.object) for edge in back.edges() if edge.attributes.get("negated") == (True,)}


ODD = ["", " ", "NA", "nan", "X:1", "X:2", "a|b", "true", "TRUE", "0", "[1]", "{", '"', "http://[", "%zz", "\ufeff", "x:"]
CELLS = st.one_of(st.sampled_from(ODD), st.text(st.characters(blacklist_categories=["Cs"]), max_size=6))
COLUMNS = [
    "id",
    "subject",
    "object",
    "predicate",
    "category",
    "name",
    "negated",
    "evidence",
    "synonym",
    "score (%)",
    "",
    "Unnamed: 0",
]
HEADERS, ROWS = st.lists(st.sampled_from(COLUMNS), max_size=6), st.lists(st.lists(CELLS, max_size=6), max_size=4)
VALUES_OF_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), CELLS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(CELLS, inner, max_size=3)),
    max_leaves=5,
)

RECORDS = st.lists(
    st.dictionaries(st.sampled_from([*COLUMNS, "source", "target", "key"]), VALUES_OF_JSON, max_size=6), max_size=3
)


@pytest.mark.parametrize("name", ["a_nodes.tsv", "a_edges.tsv", "a_nodes.csv", "a_edges.csv"])
@given(header=HEADERS, rows=ROWS, quoted=st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_table_is_read_or_refused(name: str, header: list[str], rows: list[list[str]], quoted: bool) -> None:
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter="\t" if name.endswith("tsv") else ",", quoting=quoting).writerows([header, *rows])
    _reads_or_refuses(name, text.getvalue())


@pytest.mark.parametrize("name", ["a.json", "a_nodes.jsonl", "a_edges.jsonl"])
@given(records=RECORDS)
@settings(max_examples=60, deadline=None)
def test_any_record_is_read_or_refused(name: str, records: list[dict[str, Any]]) -> None:
    if name == "a.json":
        _reads_or_refuses(name, json.dumps({"nodes": records, "links": records}))
    else:
        _reads_or_refuses(name, "\n".join(map(json.dumps, records)))


def _reads_or_refuses(name: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(text.encode())
        try:
            found = list(read_graph(path))
        except OntologyError:
            return
    graph = graphs.projection(found)
    assert {end for edge in graph.edges() for end in (edge.subject, edge.object)} <= {node.id for node in graph.nodes()}
