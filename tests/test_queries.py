"""Every named query: its header, its golden answer on each engine, and its parameters."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imidgraph import KnowledgeGraph, QueryError, QueryNotFound
from imidgraph.rdf import Iri
from imidgraph.resources import QUERIES
from imidgraph.sparql.catalog import Catalog, Parameter, Query
from imidgraph.stores import Results
from imidgraph.stores.rdflib import RdflibStore
from tests.conftest import ROOT

CATALOG = Catalog(QUERIES)
NAMES = sorted(CATALOG)
GOLDEN = ROOT / "tests" / "golden"
TYPES: dict[str, type | tuple[type, ...]] = {
    "iri": Iri,
    "string": str,
    "integer": int,
    "decimal": (Decimal, int, float),
    "boolean": bool,
    "date": object,
}


def golden(results: Results) -> str:
    """The rows as CSV with CURIEs: what a golden file holds."""
    text = io.StringIO()
    rows = [[getattr(cell, "curie", "" if cell is None else str(cell)) for cell in row] for row in results.rows]
    csv.writer(text, lineterminator="\n").writerows([results.columns, *rows])
    return text.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_answer(kg: KnowledgeGraph, name: str) -> None:
    results = kg.run(name, **CATALOG[name].example)
    assert results.rows, "an example gives an answer"
    assert golden(results) == (GOLDEN / f"{name}.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_engines_agree(kg: KnowledgeGraph, reference: RdflibStore, name: str) -> None:
    query = CATALOG[name]
    text = kg.query_text(name, **query.example)
    assert Counter(kg.select(text).rows) == Counter(reference.select(text).rows)


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_what_there_is(kg: KnowledgeGraph, name: str) -> None:
    query = CATALOG[name]
    assert re.fullmatch(r"[a-z]+[0-9]*(-[a-z0-9]+){1,3}", name), "two to four words"
    assert query.summary.endswith((".", "?"))
    assert query.topic in query.tags
    results = kg.run(name, **query.example)
    assert results.columns == tuple(column.name for column in query.returns)
    for column, values in zip(query.returns, zip(*results.rows, strict=True), strict=True):
        assert all(isinstance(value, TYPES[column.type]) for value in values if value is not None), column
    for parameter in query.params.values():
        assert parameter.help
        assert f"?{parameter.variable or parameter.name}" in query.body
        assert parameter.type != "entity" or parameter.entity_class


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*/*.rq")), ids=lambda path: path.stem)
def test_the_text_keeps_the_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert "ORDER BY" in body
    assert "SELECT *" not in body
    assert not re.search(r"\b(SERVICE|GRAPH|LOAD)\b", body)
    assert "\t" not in text
    assert text.endswith("\n")
    for prefix in re.findall(r"^PREFIX (\S*):", body, re.M):
        assert len(re.findall(rf"(?<![\w]){re.escape(prefix)}:", body)) > 1, f"{prefix} is unused"
    for keyword in ("select", "where", "optional", "filter", "union", "order by", "bind", "values"):
        assert not re.search(rf"(?<![?\w:-]){keyword}(?![\w-])", re.sub(r'"[^"]*"|<[^>]*>|\?\w+', "", body)), (
            f"{keyword} in lower case"
        )


@pytest.mark.parametrize("query", CATALOG.invariants, ids=lambda query: query.name)
def test_invariants_return_no_rows(kg: KnowledgeGraph, query: Query) -> None:
    assert kg.select(query.text).rows == []


def test_every_golden_file_has_its_query() -> None:
    assert {path.stem for path in GOLDEN.glob("*.csv")} == set(NAMES)


def test_names_are_one_across_topics() -> None:
    assert len({path.stem for path in QUERIES.glob("*/*.rq")}) == len(list(QUERIES.glob("*/*.rq")))


def test_an_unknown_query_gets_a_suggestion(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryNotFound) as caught:
        kg.run("boxed-warning")
    assert "boxed-warnings" in caught.value.suggestions


def test_a_wrong_parameter_names_what_is_allowed(kg: KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match=r"It takes: .*drug"):
        kg.run("boxed-warnings", medicine="lenalidomide")
    with pytest.raises(QueryError, match=r"Did you mean 'lenalidomide'.*thalidomide"):
        kg.run("boxed-warnings", drug="lenalidomid")
    with pytest.raises(QueryError, match=r"Unknown endpoint.*Choose from .*overall survival"):
        kg.run("trial-results", endpoint="multiple myeloma")
    with pytest.raises(QueryError, match="needs the parameter 'drug'"):
        kg.run("drug-card")


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("integer", "12", "twelve"),
        ("decimal", "0.8", "1,5"),
        ("boolean", "True", "yes"),
        ("date", "2015-02-17", "17.2.2015"),
        ("entity", "imid:IKZF1", "<evil> } DROP ALL"),
        ("entity", "https://example.org/a", 'a"b c'),
    ],
)
def test_values_are_checked_against_their_type(type_: str, good: str, bad: str) -> None:
    parameter = Parameter("value", type_)
    assert parameter.term(good)
    with pytest.raises(QueryError, match="It must be"):
        parameter.term(bad)


def test_a_value_outside_the_list_names_the_list() -> None:
    with pytest.raises(QueryError, match="US, EU"):
        Parameter("where", "string", allowed=("US", "EU")).term("Mars")


@settings(max_examples=50)
@given(st.text())
def test_no_name_breaks_a_query(kg: KnowledgeGraph, name: str) -> None:
    try:
        results = kg.run("boxed-warnings", drug=name)
    except QueryError:
        return
    assert results.columns == tuple(column.name for column in CATALOG["boxed-warnings"].returns)


def test_the_catalog_is_a_mapping(kg: KnowledgeGraph) -> None:
    assert kg.queries.get("no such query") is None
    assert "no such query" not in kg.queries
    assert kg.queries.get("drug-card") is not None


@pytest.mark.parametrize("query", CATALOG.values(), ids=lambda query: query.name)
def test_no_group_begins_with_a_filter(query: Query) -> None:
    """What a group does not bind itself, a filter in it does not see, whatever is bound outside of it."""
    assert not re.search(r"\{\s*FILTER\b", query.body)
