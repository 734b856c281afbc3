"""Answers: one contract for every verb; values that are pickled, cross processes and outlive their graph."""

from __future__ import annotations

import json
import math
import pickle
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import imidgraph
from imidgraph import KnowledgeGraph, QueryError, Results, Triples
from imidgraph.answers import NOT_ADVICE, Answer, Drawable, Table, write_json
from imidgraph.pages.outlines import outline
from imidgraph.pages.picture import Picture
from imidgraph.pages.tables import table
from imidgraph.prose.citations import short

MYELOMA = "multiple myeloma"
ANSWERS: dict[str, Callable[[KnowledgeGraph], Answer]] = {
    "select": lambda kg: kg.select("SELECT ?drug ?n { ?drug imid:degrades imid:CSNK1A1 BIND(0.10 AS ?n) }"),
    "query": lambda kg: kg.query("SELECT ?s { ?s ?p ?o }", limit=2),  # type: ignore[dict-item]
    "run": lambda kg: kg.run("boxed-warnings", drug="Revlimid"),
    "construct": lambda kg: kg.construct("CONSTRUCT WHERE { imid:lenalidomide imid:degrades ?protein }"),
    "entity": lambda kg: kg.entity("Revlimid"),
    "search": lambda kg: kg.search("blood clots"),
    "statements": lambda kg: kg.statements(predicate="degrades"),
    "status": lambda kg: kg.status("pomalidomide", "inGeneration", "third generation"),
    "nothing": lambda kg: kg.status("thalidomide", "degrades", "GSPT1"),
    "compare": lambda kg: kg.compare("lenalidomide", "pomalidomide"),
    "explain": lambda kg: kg.explain("pomalidomide", MYELOMA),
    "explain what is stated": lambda kg: kg.explain("lenalidomide", "blood clots"),
    "explain nothing": lambda kg: kg.explain("eragidomide", "leprosy"),
    "why": lambda kg: kg.why("lenalidomide", over="thalidomide", disease=MYELOMA),
    "paths": lambda kg: kg.paths("thalidomide", "leprosy", max_length=3, limit=20),
    "neighborhood": lambda kg: kg.neighborhood("CRBN"),
    "similar": lambda kg: kg.similar("pomalidomide"),
    "without": lambda kg: kg.without("cereblon"),
    "centrality": lambda kg: kg.centrality("degree"),
    "communities": lambda kg: kg.communities(["mechanisms"]),
    "articulation points": lambda kg: kg.articulation_points(["mechanisms"]),
    "stats": lambda kg: kg.stats(),
    "validate": lambda kg: kg.validate(shapes=False),
    "queries": lambda kg: kg.queries.tagged("risks"),
}


@pytest.fixture(scope="module")
def outlived() -> dict[str, Answer]:
    """The answer of each verb, after the graph was closed."""
    with imidgraph.load() as kg:
        found = {name: ask(kg) for name, ask in ANSWERS.items()}
        entity = found["entity"]
        assert isinstance(entity, imidgraph.Entity)
        assert entity.risks
        assert entity.as_object
        assert entity.attributes
        assert entity.articles
        assert entity.sections
        assert entity.of_kinds == []
    return found


def test_each_type_that_a_user_meets_is_exported(outlived: dict[str, Answer]) -> None:
    entity = outlived["entity"]
    assert isinstance(entity, imidgraph.Entity)
    met = [*outlived.values(), *entity.sections, *entity.risks, entity.risks[0].predicate, entity.risks[0].evidence[0]]
    met += [item for answer in outlived.values() for item in getattr(answer, "items", ())]
    assert {type(each).__name__ for each in met if type(each).__module__ != "builtins"} <= set(imidgraph.__all__)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_outlives_its_graph_in_every_form(outlived: dict[str, Answer], name: str) -> None:
    answer = outlived[name]
    assert all(len(row) == len(answer.columns) for row in answer.rows)
    assert answer.to_dicts() == [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    assert list(answer.to_pandas().columns) == list(answer.columns)
    assert len(answer.to_pandas()) == len(answer.rows)
    assert str(answer)
    assert repr(answer).startswith(f"<{type(answer).__name__}: ")
    assert len(repr(answer)) < 150
    document = json.loads(answer.to_json(), parse_constant=pytest.fail)
    assert document == json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert document["limit"] == answer.limit
    assert document["notice"] == answer.notice
    named = [source["id"] for source in document["sources"]]
    assert named == [source.curie for source in answer.sources][: len(named)]
    assert len(named) == len(answer.sources) or name == "entity"  # a brief card names what it cites
    assert bool(answer) == (name not in {"nothing", "explain nothing", "validate"})
    if name != "queries":
        assert answer.graph_version == document["graph_version"] == imidgraph.load().version


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_a_value(outlived: dict[str, Answer], name: str) -> None:
    answer = outlived[name]
    again = pickle.loads(pickle.dumps(answer))
    assert again == answer
    assert (again.columns, list(again.rows), again.to_json()) == (answer.columns, list(answer.rows), answer.to_json())
    assert (str(again), again.markdown(), again._repr_html_()) == (str(answer), answer.markdown(), answer._repr_html_())
    assert again.graph_version == answer.graph_version


def test_answers_cross_processes(outlived: dict[str, Answer], tmp_path: Path) -> None:
    path = tmp_path / "answers.pickle"
    path.write_bytes(pickle.dumps(outlived))
    code = "import pickle, sys; print([a.to_json() for a in pickle.load(open(sys.argv[1], 'rb')).values()])"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == f"{[answer.to_json() for answer in outlived.values()]}\n"


@pytest.mark.parametrize("name", ANSWERS)
def test_html_is_static_and_well_formed_and_carries_the_notice(outlived: dict[str, Answer], name: str) -> None:
    answer = outlived[name]
    html = answer._repr_html_()
    root = ElementTree.fromstring(html)
    tags = {element.tag for element in root.iter()}
    assert tags <= {"article", "h3", "h4", "p", "em", "a", "ul", "ol", "li", "table", "tr", "th", "td"} | {
        *("br", "code", "dd", "dl", "dt", "small", "span", "strong")
    }
    assert not [key for element in root.iter() for key in element.attrib if key not in {"class", "href", "scope", "value"}]
    assert (NOT_ADVICE in html) == (NOT_ADVICE in answer.markdown()) == (answer.notice == NOT_ADVICE)


@pytest.mark.parametrize("name", ["entity", "status", "compare", "explain", "explain what is stated", "why"])
def test_a_number_is_the_same_source_wherever_it_is_told(outlived: dict[str, Answer], name: str) -> None:
    answer = outlived[name]
    body, listed = re.split(r"\n[Ss]ources \(", str(answer))
    body, listed = " ".join(body.split()), " ".join(listed.split())
    cited = {
        int(number)
        for marks in re.findall(r"\[([^\]]*)\]", body)
        for number in re.findall(r"(?:^|; |, |by )(\d{1,3})(?=\*?(?:[:,;]|$))", marks)
    }
    assert cited
    assert cited == {int(number) for number in re.findall(r"\[(\d+)\] ", listed)}
    for number in cited:
        source = answer.sources[number - 1]
        names = "|".join(re.escape(name[:50].removesuffix(".")) for name in (source.citation, short(source)))
        assert re.search(rf"\[{number}\](?: \[\d+\])* (?:{names})", listed), (number, source.citation)
    numbered = {source["number"]: source["citation"] for source in answer.to_dict()["sources"]}
    assert all(numbered[number] == answer.sources[number - 1].citation for number in cited)
    assert {item.source for item in answer.evidence} == set(answer.sources)


@pytest.mark.parametrize("name", ["explain", "explain what is stated", "compare", "paths", "neighborhood", "why"])
def test_what_is_a_graph_is_drawn_after_its_graph_was_closed(kg: KnowledgeGraph, outlived: dict[str, Answer], name: str) -> None:
    answer = outlived[name]
    assert isinstance(answer, Drawable)
    picture = answer.picture()
    assert isinstance(picture, Picture)
    assert picture.mermaid() == kg.draw(answer).mermaid()
    assert pickle.loads(pickle.dumps(answer)).picture() == picture
    assert any(arrow.sign is not None for arrow in picture.arrows)


def test_a_pickled_entity_holds_all_that_it_can_show(kg: KnowledgeGraph) -> None:
    fresh = kg.entity("lenalidomide")
    again = pickle.loads(pickle.dumps(fresh))
    assert again.risks == kg.entity("lenalidomide").risks
    assert (again.definition, again.articles, again.programs) == (fresh.definition, fresh.articles, fresh.programs)


def test_a_closed_graph_refuses_instead_of_knowing_nothing() -> None:
    kg = imidgraph.load()
    entity = kg.entity("lenalidomide")
    kg.close()
    for ask in (lambda: kg.select("SELECT * {}"), lambda: entity.risks, lambda: kg.statements(predicate="degrades")):
        with pytest.raises(QueryError, match="closed"):
            ask()


def test_a_frame_has_floats_for_numbers_and_exact_texts(kg: KnowledgeGraph) -> None:
    results = kg.select(
        """SELECT ?n ?text ?both ?iri ?flag {
            VALUES (?n ?text ?both ?iri ?flag) {
                (1.5 "1.50" 1 imid:IKZF1 true) (2 UNDEF "b" UNDEF false) (UNDEF "" UNDEF UNDEF true)
            }
        }"""
    )
    frame = results.to_pandas()
    assert dict(frame.dtypes.astype(str)) == {"n": "float64", "text": "object", "both": "object", "iri": "object", "flag": "bool"}
    assert frame["n"].sum() == 3.5
    assert math.isnan(frame["n"][2])
    assert list(frame["text"]) == ["1.50", None, ""]
    assert list(frame["both"]) == ["1", "b", None]
    assert list(frame["iri"]) == ["https://w3id.org/imidgraph/IKZF1", None, None]
    empty = kg.select("SELECT ?a ?b { ?a imid:nothing ?b }").to_pandas()
    assert list(empty.columns) == ["a", "b"]
    assert len(empty) == 0
    assert kg.run("risk-frequencies").to_pandas()["percent"].dtype == "float64"


def test_numbers_of_every_query_can_be_plotted(kg: KnowledgeGraph) -> None:
    plotted = 0
    for name, query in kg.queries.items():
        columns = {column.name for column in query.returns if column.type in {"decimal", "integer"}}
        columns |= {column.name for column in query.returns if "percent" in column.name.lower()}
        if columns:
            frame = kg.run(name, **{key: value for key, value in query.example.items() if query.params[key].required}).to_pandas()
            assert {str(frame[column].dtype) for column in columns} == {"float64"}, name
            plotted += len(columns)
    assert plotted > 80


@given(st.decimals(allow_nan=False, allow_infinity=False, places=25) | st.integers() | st.decimals(-1000, 1000, places=2))
def test_json_keeps_every_digit(number: Decimal | int) -> None:
    table = Table(("n",), [(number,)])
    assert json.loads(table.to_json(), parse_float=Decimal, parse_int=Decimal)["rows"] == [{"n": Decimal(number)}]
    json.dumps(table.to_dict())


def test_what_json_has_no_number_for_is_a_text(kg: KnowledgeGraph) -> None:
    results = kg.select('SELECT ?n { VALUES ?n { "NaN"^^xsd:double "INF"^^xsd:double "-INF"^^xsd:float 1e3 } }')
    document = json.loads(results.to_json(), parse_constant=pytest.fail)
    assert sorted(map(str, (row["n"] for row in document["rows"]))) == ["-INF", "1000.0", "INF", "NaN"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_the_json_that_is_written_reads_back(value: object) -> None:
    assert json.loads(write_json(value)) == value


def test_what_is_told_as_a_table_is_known_to_no_page() -> None:
    told = {*outline.registry, *table.registry} - {object}
    assert not [kind for kind in told if kind.is_table]


def test_a_result_is_iterated_whatever_its_variables_are_called(kg: KnowledgeGraph) -> None:
    assert [tuple(row) for row in kg.select("SELECT ?class ?_a ?b { BIND(1 AS ?class) BIND(2 AS ?_a) BIND(3 AS ?b) }")] == [
        (1, 2, 3)
    ]
    assert next(iter(kg.select("SELECT ?drug { BIND(1 AS ?drug) }"))).drug == 1


@pytest.mark.parametrize(
    ("columns", "written"),
    [
        (["callret-0", "callret_0"], ["callret_0", "callret_0_"]),  # as Virtuoso names what a query does not
        (["a", "a"], ["a", "a_"]),
        (["a b", "", "x\ty", "\u00aa"], ["a_b", "_", "x_y", "__"]),
    ],
)
def test_columns_that_are_no_variables_are_written_all_the_same(columns: list[str], written: list[str]) -> None:
    answer = {"head": {"vars": columns}, "results": {"bindings": [{columns[0]: {"type": "literal", "value": "1"}}]}}
    results = Results.from_json(json.dumps(answer))
    assert list(results.columns) == columns
    assert json.loads(results.serialize("json"))["head"]["vars"] == written
    assert results.serialize("csv").decode().splitlines()[0] == ",".join(written)


def test_blank_nodes_with_labels_of_dots_are_written(kg: KnowledgeGraph) -> None:
    row = {"a": {"type": "bnode", "value": f"b{'.' * 100}0"}, "b": {"type": "bnode", "value": "b.0"}}
    results = Results.from_json(json.dumps({"head": {"vars": ["a", "b", "c"]}, "results": {"bindings": [row, row]}}))
    first, second = json.loads(results.serialize("json"))["results"]["bindings"]
    assert first == second
    assert first["a"] != first["b"]


def test_what_was_cut_says_so(kg: KnowledgeGraph) -> None:
    with imidgraph.load() as guarded:
        cut = guarded.query("SELECT ?s { ?s ?p ?o }", limit=2)
        triples = guarded.query("CONSTRUCT WHERE { ?s ?p ?o }", limit=3)
    assert isinstance(cut, Results)
    assert cut.limit == "cut at 2 rows"
    assert "cut at 2 rows" in str(cut)
    assert isinstance(triples, Triples)
    assert (len(triples), triples.limit) == (3, "cut at 3 rows")
    assert kg.search("lenalidomide", limit=1).limit == "cut at 1 matches; there are more"
    assert kg.similar("pomalidomide", limit=2).limit == "cut at 2 entities; there are more"
    assert kg.similar("pomalidomide", limit=1000).limit is None


def test_a_parameter_of_any_name_is_told_to_be_unknown(kg: KnowledgeGraph) -> None:
    for name in ("name", "self", "limit"):
        with pytest.raises(QueryError, match="no parameter"):
            kg.run("boxed-warnings", **{name: "x"})


def test_a_part_around_an_entity_is_never_cut_unsaid(kg: KnowledgeGraph) -> None:
    graph = networkx.Graph(kg.to_networkx())
    assert set(kg.to_networkx(around=MYELOMA, hops=2)) == set(networkx.ego_graph(graph, "imid:multiple-myeloma", radius=2))


def test_betweenness_is_that_of_networkx(kg: KnowledgeGraph) -> None:
    kg.network.fetch_all()
    graph = networkx.Graph((one, other) for one, _, other in kg.network.edges() if one != other)
    found = {item.entity.curie: item.value for item in kg.centrality()}
    wanted = networkx.betweenness_centrality(graph)
    assert found.keys() == wanted.keys()
    assert all(found[node] == pytest.approx(value, abs=1e-12) for node, value in wanted.items())


def test_a_terminal_gets_no_control_characters_and_no_line_that_is_too_long(
    kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    table = str(Table(("a", "b"), [("x\x1b[31mred\nnext", "word " * 50), ("", "y")]))
    assert "\x1b" not in table
    assert max(map(len, table.splitlines())) <= 60
    blocks = str(Table(tuple("abcdef"), [tuple("uvwxyz")]))
    assert blocks.splitlines() == ["u", "  b: v", "  c: w", "  d: x", "  e: y", "  f: z"]


def test_markdown_of_a_table_takes_nothing_for_markup() -> None:
    text = Table(("a|b",), [("x|y\nz *w* <b>",)]).markdown()
    assert r"| x\|y z \*w\* \<b\> |" in text
