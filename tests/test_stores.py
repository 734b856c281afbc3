from __future__ import annotations

import datetime
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import QueryResultsFormat

import imidgraph
from imidgraph import KnowledgeGraph, OntologyError, QueryError
from imidgraph.rdf import Iri
from imidgraph.resources import RELEASE
from imidgraph.sparql.results import Results
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.stores.rdflib import RdflibStore

VALUES = """
SELECT ?value WHERE { VALUES (?n ?value) {
    (1 <https://w3id.org/imidgraph/IKZF1>) (2 1) (3 1.5) (4 true) (5 "2013-02-08"^^xsd:date) (6 "1998"^^xsd:gYear)
    (7 "a \\" \\n\\t, <>&"@en) (8 UNDEF) (9 "not a number"^^xsd:integer) (10 "é😀") (11 1.5e0)
} } ORDER BY ?n
"""
PLAIN = [
    Iri("https://w3id.org/imidgraph/IKZF1"),
    1,
    Decimal("1.5"),
    True,
    datetime.date(2013, 2, 8),
    "1998",
    'a " \n\t, <>&',
    None,
    "not a number",
    "é😀",
    1.5,
]


def test_terms_become_plain_values_on_each_engine(kg: KnowledgeGraph, reference: RdflibStore) -> None:
    for results in (kg.select(VALUES), reference.select(VALUES)):
        assert [value for (value,) in results.rows] == PLAIN
        assert [type(value) for (value,) in results.rows] == [type(value) for value in PLAIN]


_DATATYPES = ["string", "integer", "decimal", "double", "boolean", "date", "dateTime", "anyURI"]
_LITERALS = st.one_of(
    st.builds(pyoxigraph.Literal, st.text()),
    st.builds(lambda text: pyoxigraph.Literal(text, language="en"), st.text()),
    st.builds(
        lambda text, name: pyoxigraph.Literal(text, datatype=pyoxigraph.NamedNode(f"http://www.w3.org/2001/XMLSchema#{name}")),
        st.text()
        | st.integers().map(str)
        | st.decimals().map(str)
        | st.sampled_from(["true", "1", "01", "+1", "1.", ".5", "1e3"]),
        st.sampled_from(_DATATYPES),
    ),
    st.builds(pyoxigraph.BlankNode),
    st.just(pyoxigraph.NamedNode("http://example.org/a?b#c%20é")),
    st.just(pyoxigraph.Triple(*[pyoxigraph.NamedNode("http://example.org/a")] * 2, pyoxigraph.Literal("a\tb"))),
)


@given(st.lists(_LITERALS, max_size=5))
def test_rows_that_are_read_from_text_are_those_of_the_terms(values: list[Any]) -> None:
    thing, value = pyoxigraph.NamedNode("http://example.org/thing"), pyoxigraph.NamedNode("http://example.org/value")
    graph = pyoxigraph.Store()
    graph.extend(pyoxigraph.Quad(thing, value, each) for each in values)
    store = OxigraphStore(graph)
    query = "SELECT ?thing ?value ?none { ?thing ?property ?value OPTIONAL { ?value ?value ?none } }"
    assert Counter(map(_typed, store.rows(query))) == Counter(map(_typed, store.select(query).rows))
    assert Counter(map(_typed, store.rows("SELECT ?value { ?s ?p ?value }"))) == Counter(
        map(_typed, store.select("SELECT ?value { ?s ?p ?value }").rows)
    )


def _typed(row: tuple[Any, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((type(value).__name__, repr(value)) for value in row)


def test_rows_of_the_release_are_those_of_its_terms() -> None:
    query = "SELECT ?subject ?property ?value { ?subject ?property ?value }"
    store = OxigraphStore.read(RELEASE)
    assert Counter(map(_typed, store.rows(query))) == Counter(map(_typed, store.select(query).rows))


def test_results_tell_their_columns_version_and_time(kg: KnowledgeGraph) -> None:
    results = kg.select("SELECT ?b ?a WHERE { VALUES (?a ?b) { (1 2) } }")
    assert results.columns == ("b", "a")
    assert results.to_dicts() == [{"b": 2, "a": 1}]
    assert [row.a for row in results] == [1]
    assert results.graph_version == kg.version
    assert results.elapsed > 0
    assert results.limit is None
    assert len(results) == 1


@pytest.mark.parametrize("format", ["json", "csv", "tsv", "xml"])
def test_w3c_formats_read_back(kg: KnowledgeGraph, format: str) -> None:
    import pyoxigraph

    results = kg.select(VALUES)
    written = results.serialize(format)
    formats = {"json": "JSON", "csv": "CSV", "tsv": "TSV", "xml": "XML"}
    if format == "csv":  # CSV has no way back to terms
        assert written.decode().splitlines()[0] == "value"
        return
    read = pyoxigraph.parse_query_results(written, format=getattr(pyoxigraph.QueryResultsFormat, formats[format]))
    assert isinstance(read, pyoxigraph.QuerySolutions)
    assert Results.of(read).rows == results.rows


def test_json_has_native_numbers(kg: KnowledgeGraph) -> None:
    values = [row["value"] for row in json.loads(kg.select(VALUES).to_json())["rows"]]
    assert values[1:4] == [1, 1.5, True]


def test_pandas_frame(kg: KnowledgeGraph) -> None:
    frame = kg.select("SELECT ?a ?b WHERE { VALUES (?a ?b) { (1 2) (3 4) } } ORDER BY ?a").to_pandas()
    assert list(frame.columns) == ["a", "b"]
    assert frame["a"].tolist() == [1, 3]


def test_an_unknown_format_names_those_that_exist(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match="json, csv, tsv, xml"):
        kg.select("SELECT ?a WHERE {}").serialize("yaml")
    with pytest.raises(QueryError, match="turtle, ntriples"):
        kg.construct("CONSTRUCT WHERE { ?s ?p ?o }").serialize("yaml")


def test_each_verb_takes_its_own_form(kg: KnowledgeGraph, reference: RdflibStore) -> None:
    for store in (kg, reference):
        with pytest.raises(QueryError):
            store.select("ASK {}")
        with pytest.raises(QueryError):
            store.ask("SELECT ?s WHERE { ?s ?p ?o } LIMIT 1")
        with pytest.raises(QueryError):
            store.construct("SELECT ?s WHERE { ?s ?p ?o } LIMIT 1")
        with pytest.raises(QueryError):
            store.select("SELECT ?s WHERE { ?s")


def test_construct_is_equal_on_each_engine(kg: KnowledgeGraph, reference: RdflibStore) -> None:
    query = "CONSTRUCT { ?drug imid:degrades ?protein } WHERE { ?drug imid:degrades ?protein }"
    ours, theirs = kg.construct(query), reference.construct(query)
    assert len(ours) > 5
    assert list(ours) == list(theirs)
    assert ours.serialize("ntriples") == theirs.serialize("ntriples")


def test_rdflib_graph_is_isomorphic(kg: KnowledgeGraph, reference: RdflibStore) -> None:
    def by_value(graph: rdflib.Graph) -> set[object]:  # pyoxigraph spells 26.0 as 26
        return {(s, p, o.toPython() if isinstance(o, rdflib.Literal) else o) for s, p, o in graph}

    assert by_value(kg.to_rdflib()) == by_value(reference.graph)


BROKEN = "@prefix imid: <https://w3id.org/imidgraph/> .\nimid:a imid:b ."


@pytest.mark.parametrize("store", [OxigraphStore, RdflibStore])
def test_a_broken_file_is_one_clear_error(tmp_path: Path, store: type[OxigraphStore] | type[RdflibStore]) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text(BROKEN)
    with pytest.raises(OntologyError):
        store.read(path)
    with pytest.raises(OntologyError):
        store.read(tmp_path / "absent.ttl")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OntologyError):
        store.read(path)


def test_a_broken_file_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text(BROKEN)
    with pytest.raises(OntologyError, match="line 2"):
        imidgraph.load(path)


def test_an_unknown_suffix_names_those_that_exist(tmp_path: Path) -> None:
    path = tmp_path / "graph.xlsx"
    path.write_text("")
    with pytest.raises(OntologyError, match=r"\.ttl"):
        imidgraph.load(path)


def test_another_graph_can_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "own.nt"
    path.write_text("<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n")
    with imidgraph.load(path) as own:
        assert len(own) == 1
        assert own.version is None


def test_a_notebook_shows_a_table(kg: KnowledgeGraph) -> None:
    shown = kg.select("SELECT ?drug ('<b>' AS ?text) ?none { ?drug imid:degrades imid:CSNK1A1 }")._repr_html_()
    assert "<th>drug</th>" in shown
    assert "<td>imid:lenalidomide</td><td>&lt;b&gt;</td><td></td>" in shown
    assert "The first 50 of" in kg.select("SELECT ?s { ?s a imid:Article }")._repr_html_()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {}",
        "SELECT ?x { VALUES ?x { UNDEF 1 UNDEF } }",
        "SELECT ?x ?y { VALUES (?x ?y) { (UNDEF UNDEF) (1 UNDEF) (UNDEF 2) } }",
        r"""SELECT ?x { VALUES ?x { "a\tb" "c\nd" "e\\f" '"q"' "é😀"@en } }""",
        r"""SELECT ?x { VALUES ?x { 1.50 1e3 true "x"^^<a:b> "\r" "" <http://a/ü> "a\u000Bb" } }""",
        'SELECT ?t { BIND(<<( <a:s> <a:p> <<( <a:s> <a:p> "o"@en )>> )>> AS ?t) }',
    ],
)
@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
def test_results_are_written_as_the_engine_writes_them(kg: KnowledgeGraph, query: str, format: str) -> None:
    extensions = {"json": "srj", "xml": "srx"}
    engine = QueryResultsFormat.from_extension(extensions.get(format, format))
    assert kg.select(query).serialize(format) == pyoxigraph.Store().query(query).serialize(format=engine)
