"""The conformance suites that lie beside the project: their tests, their data and what they expect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import rdflib
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)
from rdflib.collection import Collection

from tests.conftest import ROOT

SUITES = ROOT.parent / "shared" / "conformance"
W3C = SUITES / "w3c-rdf-tests"
BASE = "https://w3c.github.io/rdf-tests/"
XSD = "http://www.w3.org/2001/XMLSchema#"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float")}


@dataclass(frozen=True)
class Case:
    """A test of a manifest."""

    name: str
    kind: str
    query: Path
    data: tuple[Path, ...] = ()
    graphs: tuple[Path, ...] = ()
    result: Path | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The query, with its address as base."""
        return f"BASE <{address(self.query)}>\n{self.query.read_text(encoding='utf-8')}"


def address(path: Path) -> str:
    return urljoin(BASE, path.relative_to(W3C).as_posix())


def cases(*kinds: str, leave_out: tuple[str, ...] = ()) -> list[Case]:
    """List the query tests of SPARQL 1.1 of some kinds."""
    return [case for case in _cases() if case.kind in kinds and case.name.partition("/")[0] not in leave_out]


@cache
def _cases() -> list[Case]:
    return [case for manifest in sorted((W3C / "sparql/sparql11").glob("*/manifest.ttl")) for case in _of(manifest)]


def _of(manifest: Path) -> Iterator[Case]:
    graph = rdflib.Graph().parse(manifest, publicID=address(manifest))

    def path(node: Any) -> Path:
        return W3C / str(node).removeprefix(BASE)

    for entries in graph.objects(None, MF.entries):
        for test in Collection(graph, entries):
            kind = str(graph.value(test, rdflib.RDF.type)).rpartition("#")[2]
            action, result = graph.value(test, MF.action), graph.value(test, MF.result)
            if action is None or not kind.endswith(("SyntaxTest11", "EvaluationTest", "FormatTest")) or "Update" in kind:
                continue
            query = graph.value(action, QT.query) or action
            yield Case(
                name=f"{manifest.parent.name}/{str(test).rpartition('#')[2]}",
                kind=kind,
                query=path(query),
                data=tuple(map(path, graph.objects(action, QT.data))),
                graphs=tuple(sorted(map(path, graph.objects(action, QT.graphData)))),
                result=path(result) if isinstance(result, rdflib.URIRef) else None,
            )


def quads(case: Case) -> list[Quad]:
    """Give the data of a test."""
    found: list[Quad] = []
    for file in case.data:
        found += _parsed(file)
    for file in case.graphs:
        found += [Quad(*quad.triple, NamedNode(address(file))) for quad in _parsed(file)]
    return found


def _parsed(path: Path) -> list[Quad]:
    format = RdfFormat.from_extension(path.suffix[1:])
    return list(parse(path=str(path), format=format, base_iri=address(path), rename_blank_nodes=True))


Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
Answer = bool | Table | list[Triple]


def expected(case: Case) -> Answer:
    """Give what a test expects, as pyoxigraph's terms."""
    assert case.result is not None
    format = QueryResultsFormat.from_extension(case.result.suffix[1:])
    if format is not None:
        return table(parse_query_results(path=str(case.result), format=format))
    triples = [quad.triple for quad in _parsed(case.result)]
    return _result_set(case.result) if any("ResultSet" in str(triple.object) for triple in triples) else triples


def _result_set(path: Path) -> Answer:
    rs = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
    graph = rdflib.Graph().parse(path)
    root = graph.value(predicate=rdflib.RDF.type, object=rs.ResultSet)
    boolean = graph.value(root, rs.boolean)
    if boolean is not None:
        return bool(boolean)
    columns = tuple(str(name) for name in graph.objects(root, rs.resultVariable))
    rows = []
    for solution in graph.objects(root, rs.solution):
        row = {str(graph.value(item, rs.variable)): graph.value(item, rs.value) for item in graph.objects(solution, rs.binding)}
        rows.append(tuple(_term(row.get(column)) for column in columns))
    return columns, rows


def _term(node: Any) -> Any:
    if node is None:
        return None
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if node.language:
        return Literal(str(node), language=node.language)
    return Literal(str(node), datatype=NamedNode(str(node.datatype)) if node.datatype else None)


def table(solutions: Any) -> Answer:
    """Give the solutions of an engine as a plain table; a boolean as it is."""
    if not hasattr(solutions, "variables"):
        return bool(solutions)
    return tuple(variable.value for variable in solutions.variables), [tuple(row) for row in solutions]


def equal(one: Answer, other: Answer) -> bool:
    """Tell whether two answers are the same, up to the names of blank nodes and the spelling of numbers."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, tuple) and isinstance(other, tuple) and set(one[0]) != set(other[0]):
        return False
    return _canonical(one) == _canonical(other)


def _canonical(answer: Table | list[Triple]) -> Dataset:
    if isinstance(answer, tuple):
        columns, rows = answer
        seen: dict[str, int] = {}
        found = []
        for row in rows:
            cells = {name: _plain(term) for name, term in zip(columns, row, strict=True) if term is not None}
            ground = not any("_:" in str(term) for term in cells.values())
            key = str(sorted((name, str(term)) for name, term in cells.items()))
            seen[key] = seen.get(key, 0) + 1
            name = NamedNode(f"row:{abs(hash(key))}-{seen[key]}") if ground else BlankNode()
            found.append(Quad(name, NamedNode("is:row"), Literal("")))
            found += [Quad(name, NamedNode(f"column:{column}"), term) for column, term in cells.items()]
    else:
        found = [Quad(triple.subject, triple.predicate, _plain(triple.object)) for triple in answer]
    dataset = Dataset(found)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def _plain(term: Any) -> Any:
    """Spell a number or a boolean in one way: the engine does so when it loads them, which the standard allows."""
    if isinstance(term, Literal) and term.datatype.value == XSD + "boolean":
        return Literal({"1": "true", "0": "false"}.get(term.value, term.value), datatype=term.datatype)
    if isinstance(term, Literal) and term.datatype.value in NUMBERS:
        try:
            return Literal(str(float(term.value)), datatype=term.datatype)
        except ValueError:
            return term
    return term


@dataclass(frozen=True)
class Response:
    """What the protocol expects of one request."""

    statuses: frozenset[str]
    format: str | None
    boolean: bool | None


@dataclass(frozen=True)
class Exchange:
    """A test of the protocol: requests as httpx takes them, and what is expected of each."""

    name: str
    sent: list[dict[str, Any]]
    responses: list[Response]

    @property
    def is_update(self) -> bool:
        """Whether the test is about updates."""
        return "update" in self.name


def requests(manifest: Path) -> Iterator[Exchange]:
    """Read the tests of the protocol."""
    ht = rdflib.Namespace("http://www.w3.org/2011/http#")
    cnt = rdflib.Namespace("http://www.w3.org/2011/content#")
    graph = rdflib.Graph().parse(manifest)
    (entries,) = graph.objects(None, MF.entries)
    for test in Collection(graph, entries):
        connection = graph.value(test, MF.action)
        sent, responses = [], []
        for item in Collection(graph, graph.value(connection, ht.requests)):  # type: ignore[arg-type]
            body = graph.value(item, ht.body)
            chars, encoding = graph.value(body, cnt.chars), str(graph.value(body, cnt.characterEncoding) or "UTF-8")
            fields = graph.value(item, ht.headers)
            headers = {
                str(graph.value(field, ht.fieldName)): str(graph.value(field, ht.fieldValue))
                for field in (Collection(graph, fields) if fields else ())
            }
            sent.append(
                {
                    "method": str(graph.value(item, ht.methodName)),
                    "url": str(graph.value(item, ht.absolutePath)).replace("/sparql/", "/sparql", 1),
                    "headers": headers,
                    "content": str(chars or "").encode(encoding),
                }
            )
            response = graph.value(item, ht.resp)
            format, boolean = graph.value(response, MF.expectedFormat), graph.value(response, MF.expectedBoolean)
            responses.append(
                Response(
                    frozenset(str(status)[-3:] for status in graph.objects(response, MF.expectedStatus)),
                    str(format) if format else None,
                    bool(boolean) if boolean is not None else None,
                )
            )
        yield Exchange(str(test).rpartition("#")[2].rpartition("/")[2], sent, responses)
