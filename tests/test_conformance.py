"""Conformance: the W3C suites for SPARQL 1.1, in process and over HTTP, and 1,224 queries that real endpoints are asked.

What does not pass is listed in docs/conformance.md with its reason; the list is compared with what happens.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pyoxigraph
import pytest
import rdflib
from pyoxigraph import NamedNode, QueryResultsFormat, QueryTriples, RdfFormat, parse, parse_query_results, serialize

from imidgraph import QueryError, QueryTimeout
from imidgraph.resources import RELEASE
from imidgraph.sparql.text import dataset_graphs, query_form, tokens
from imidgraph.stores.disk import build_store
from imidgraph.stores.oxigraph import OxigraphStore
from imidgraph.workers.worker import WorkerStore
from tests.conftest import ROOT
from tests.servers import Served
from tests.suites import SUITES, W3C, Answer, Case, address, cases, equal, expected, quads, requests, table

pytestmark = pytest.mark.needs("../shared/conformance/w3c-rdf-tests")
EVALUATION = cases("QueryEvaluationTest", leave_out=("entailment", "service"))
SYNTAX = cases("PositiveSyntaxTest11", "NegativeSyntaxTest11")
CSV = cases("CSVResultFormatTest")
DOCUMENT = (ROOT / "docs/conformance.md").read_text(encoding="utf-8")
EXAMPLES = SUITES / "sparql-examples/examples"


def documented(heading: str) -> set[str]:
    """Give the names in the table under a heading of docs/conformance.md."""
    section = DOCUMENT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", section, re.MULTILINE)
    assert all(len(reason) > 20 for _, reason in rows)
    return {name for name, _ in rows}


def answer(given: Any) -> Answer:
    return list(given) if isinstance(given, QueryTriples) else table(given)


@cache
def raw_passes(case: Case) -> bool:
    """Tell whether pyoxigraph itself passes a test."""
    store = pyoxigraph.Store()
    store.extend(quads(case))
    try:
        given = store.query(case.text)
        return case.kind != "NegativeSyntaxTest11" and (case.result is None or equal(answer(given), expected(case)))
    except SyntaxError:
        return case.kind == "NegativeSyntaxTest11"
    except RuntimeError:
        return case.kind == "PositiveSyntaxTest11"  # it can be read; what it calls is not there


AS_ONE = {"aggregates/agg-avg-03", "exists/exists-graph-variable"}
"""Cases that choose no graphs of a store that has some: it asks them as one graph, which the suite does not expect."""


# --- in process ------------------------------------------------------------------------------------------------------


def test_the_suite_is_whole() -> None:
    assert (len(EVALUATION), len(SYNTAX), len(CSV)) == (232, 114, 3)


def test_query_evaluation() -> None:
    failed = set()
    for case in EVALUATION:
        store = pyoxigraph.Store()
        store.extend(quads(case))
        passes = equal(answer(OxigraphStore(store).evaluate(case.text)), expected(case))
        assert passes or not raw_passes(case) or case.name in AS_ONE, f"{case.name}: the engine passes, and we do not"
        if not passes:
            failed.add(case.name)
    assert failed - AS_ONE == documented("Query evaluation")
    assert f"| {len(EVALUATION) - len(failed)} | {len(EVALUATION)} |" in DOCUMENT


def test_query_syntax() -> None:
    failed = set()
    for case in SYNTAX:
        store = pyoxigraph.Store()
        for graph in dataset_graphs(case.text):
            store.add_graph(NamedNode(graph))
        try:
            query_form(case.text)
            OxigraphStore(store).evaluate(case.text)
            accepted = True
        except QueryError as error:
            accepted = error.__cause__ is not None and not isinstance(error.__cause__, SyntaxError)
        if accepted != (case.kind == "PositiveSyntaxTest11"):
            failed.add(case.name)
            assert "SERVICE" in case.text or not raw_passes(case), f"{case.name}: the engine passes, and we do not"
    assert failed == documented("Query syntax")
    assert f"| {len(SYNTAX) - len(failed)} | {len(SYNTAX)} |" in DOCUMENT


# --- over HTTP -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An endpoint that holds every data file of the suite as a graph of its own."""
    folder = tmp_path_factory.mktemp("suite")
    files = {file for case in EVALUATION + CSV for file in case.data + case.graphs}
    lines = []
    for file in sorted(files):
        one = Case("", "", file, graphs=(file,))
        lines += quads(one) or [_placeholder(address(file))]
    (folder / "suite.nq").write_bytes(serialize([*lines, _placeholder("urn:empty")], format=RdfFormat.N_QUADS) or b"")
    build_store([folder / "suite.nq"], folder / "store")
    with Served(folder, graph=folder / "store") as server, httpx.Client(base_url=server.address, timeout=60) as connection:
        yield connection


def _placeholder(graph: str) -> pyoxigraph.Quad:
    """Give a quad that makes a graph exist which has no triples in the suite."""
    return pyoxigraph.Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o"), NamedNode(graph))


def over_http(client: httpx.Client, case: Case, accept: str) -> httpx.Response:
    if dataset_graphs(case.text):  # its own FROM says it
        return client.post("/sparql", data={"query": case.text}, headers={"Accept": accept})
    data = {
        "query": case.text,
        "default-graph-uri": [address(file) for file in case.data],
        "named-graph-uri": [address(file) for file in case.graphs],
    }
    return client.post("/sparql", data=data, headers={"Accept": accept})


@pytest.mark.parametrize(
    "media_type", ["application/sparql-results+json", "application/sparql-results+xml", "text/tab-separated-values"]
)
def test_query_evaluation_over_http(client: httpx.Client, media_type: str) -> None:
    failed = set()
    for case in EVALUATION:
        given = over_http(client, case, f"{media_type}, application/n-triples")
        assert given.status_code == 200, (case.name, given.text)
        kind = given.headers["content-type"].partition(";")[0]
        found: Answer
        if kind == "application/n-triples":
            found = [quad.triple for quad in parse(given.content, format=RdfFormat.N_TRIPLES)]
        else:
            format = QueryResultsFormat.from_media_type(kind)
            assert format is not None
            found = table(parse_query_results(given.content, format=format))
        if not equal(found, expected(case)):
            failed.add(case.name)
    assert failed - AS_ONE == documented("Query evaluation")


def test_csv_results_over_http(client: httpx.Client) -> None:
    def cells(text: str) -> Counter[tuple[str, ...]]:
        rows = list(csv.DictReader(io.StringIO(text)))
        return Counter(tuple(_cell(row[name]) for name in sorted(row)) for row in rows)

    for case in CSV:
        assert case.result is not None
        given = over_http(client, case, "text/csv")
        assert cells(given.text) == cells(case.result.read_text(encoding="utf-8")), case.name
        assert "\r\n" in given.text, "RFC 4180"


def _cell(text: str) -> str:
    if text.startswith("_:"):
        return "_:"
    try:
        return str(float(text))
    except ValueError:
        return text


def test_the_protocol(client: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("protocol")
    data = W3C / "sparql/sparql11/protocol"
    store = pyoxigraph.Store()
    for number in (1, 2, 3):
        graph = NamedNode(f"http://kasei.us/2009/09/sparql/data/data{number}.rdf")
        store.load(path=str(data / f"data{number}.nt"), format=RdfFormat.N_TRIPLES, to_graph=graph)
    store.add(_placeholder("http://kasei.us/2009/09/sparql/data/data0.rdf"))
    store.dump(output=str(folder / "data.nq"), format=RdfFormat.N_QUADS)
    build_store([folder / "data.nq"], folder / "store")
    passed = Counter[str]()
    with Served(folder, graph=folder / "store") as server, httpx.Client(base_url=server.address) as connection:
        before = connection.get("/sparql", params={"query": "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o"}).content
        for test in requests(data / "manifest.ttl"):
            if test.is_update:
                given = [connection.request(**request) for request in test.sent]
                refused = [
                    item.status_code for item, request in zip(given, test.sent, strict=True) if "query" not in _asked(request)
                ]
                assert refused, test.name
                assert all(400 <= status < 500 for status in refused), (test.name, refused)
                passed["update"] += 1
                continue
            for request, response in zip(test.sent, test.responses, strict=True):
                got = connection.request(**request)
                assert f"{got.status_code // 100}xx" in response.statuses, (test.name, got.status_code, got.text)
                kind = got.headers["content-type"].partition(";")[0]
                if response.format == "boolean":
                    found = bool(parse_query_results(got.content, format=_results(kind)))
                    assert response.boolean in {None, found}, test.name
                elif response.format == "tabular":
                    assert table(parse_query_results(got.content, format=_results(kind)))
                elif response.format == "RDF":
                    assert RdfFormat.from_media_type(kind), (test.name, kind)
            passed["query"] += 1
        after = connection.get("/sparql", params={"query": "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o"}).content
    assert passed == {"query": 20, "update": 14}
    assert before == after, "no update changed anything"


def _results(media_type: str) -> QueryResultsFormat:
    format = QueryResultsFormat.from_media_type(media_type)
    assert format is not None, media_type
    return format


def _asked(request: dict[str, Any]) -> str:
    """Tell whether a request of an update test is the query that looks at what it did."""
    kind = request["headers"].get("content-type", "")
    is_query = kind == "application/sparql-query" or "query=" in request["url"] or request["content"].startswith(b"query=")
    return "query" if is_query else ""


# --- what real endpoints are asked -----------------------------------------------------------------------------------


def examples() -> Iterator[tuple[str, str]]:
    """Give the name and the text of each example, with the prefixes that its collection declares."""
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    files = sorted(EXAMPLES.rglob("*.ttl"))
    prefixes: dict[str, dict[str, str]] = {}
    graphs = {file: rdflib.Graph().parse(file, format="turtle") for file in files}
    for file, graph in graphs.items():
        for declared in graph.objects(None, sh.declare):
            prefix, namespace = str(graph.value(declared, sh.prefix)), str(graph.value(declared, sh.namespace))
            prefixes.setdefault(str(file.parent), {})[prefix] = namespace
    for file, graph in graphs.items():
        for verb in (sh.select, sh.ask, sh.construct, sh.describe):
            for text in graph.objects(None, verb):
                known = prefixes.get(str(EXAMPLES), {}) | prefixes.get(str(file.parent), {})
                used = {token.partition(":")[0] for kind, token, _ in tokens(str(text)) if kind == "name"}
                declared = set(re.findall(r"(?i)prefix\s+([\w.-]*)\s*:", str(text)))
                head = "".join(f"PREFIX {name}: <{known[name]}>\n" for name in sorted(used & set(known) - declared))
                yield str(file.relative_to(EXAMPLES)), head + str(text)


def test_the_queries_of_real_endpoints_are_answered_or_refused() -> None:
    empty, outcomes = pyoxigraph.Store(), Counter[str]()
    with WorkerStore(RELEASE) as worker:
        for name, text in examples():
            words = {token.upper() for kind, token, _ in tokens(text) if kind == "word"}
            try:
                worker.query(text, timeout=5, limit=100)
                assert "SERVICE" not in words, name
                outcomes["answered"] += 1
            except QueryTimeout:
                outcomes["stopped"] += 1
            except QueryError as error:
                reason = str(error)
                if "SERVICE" in words:
                    outcome = "SERVICE"
                elif "FROM" in words:
                    outcome = "holds no graph"
                else:
                    outcome = "not valid SPARQL" if _fails(empty, text) else "The query failed"
                assert outcome in reason, (name, reason)
                assert reason.endswith("."), reason
                outcomes[outcome] += 1
    assert sum(outcomes.values()) == 1224
    told = "{} are answered, {} are refused for SERVICE, {} for a FROM"
    counts = [f"{outcomes[kind]:,}" for kind in ("answered", "SERVICE", "holds no graph")]
    assert told.format(*counts) in DOCUMENT


def _fails(store: pyoxigraph.Store, text: str) -> bool:
    try:
        store.query(text)
    except SyntaxError:
        return True
    except (RuntimeError, ValueError):
        return False
    return False
