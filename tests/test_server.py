"""The endpoint, run as a user runs it: the protocol, its limits, its descriptions, and the clients that people use."""

from __future__ import annotations

import concurrent.futures
import csv
import gzip
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, SPARQLWrapper

import imidgraph
from imidgraph import EndpointError, KnowledgeGraph, QueryError, QueryTimeout
from imidgraph.namespaces import IMID
from imidgraph.resources import RELEASE
from imidgraph.stores import Results
from imidgraph.stores.disk import build_store
from tests.conftest import need
from tests.servers import Served

SELECT = "SELECT ?drug WHERE { ?drug imid:degrades imid:IKZF1 } ORDER BY ?drug"
ASK = "ASK { imid:lenalidomide imid:degrades imid:IKZF1 }"
CONSTRUCT = "CONSTRUCT WHERE { ?drug imid:degrades imid:IKZF1 }"
DESCRIBE = "DESCRIBE imid:lenalidomide"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with one worker, a short time limit and few rows."""
    options = ("--workers", "1", "--waiting", "1", "--timeout", "1", "--limit", "5")
    with Served(tmp_path_factory.mktemp("strict"), *options) as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.address, timeout=30) as connection:
        yield connection


def asked(client: httpx.Client, query: str, accept: str | None = None, **headers: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query}, headers={**headers, **({"Accept": accept} if accept else {})})


def asked_again(client: httpx.Client, query: str) -> httpx.Response:
    """Ask while the server is busy: on a busy machine a new worker takes longer to start than a query may wait."""
    deadline = time.monotonic() + 20
    while (answer := asked(client, query)).status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return answer


# --- the protocol ---------------------------------------------------------------------------------------------------


def test_the_drugs_that_degrade_ikaros(client: httpx.Client, kg: KnowledgeGraph) -> None:
    answer = asked(client, SELECT).json()
    drugs = [row["drug"]["value"] for row in answer["results"]["bindings"]]
    assert {IMID + "lenalidomide", IMID + "pomalidomide", IMID + "iberdomide"} <= set(drugs)
    assert [(drug,) for drug in drugs] == kg.select(SELECT).rows


def test_a_query_comes_in_three_ways(client: httpx.Client) -> None:
    answers = [
        client.get("/sparql", params={"query": SELECT}),
        client.post("/sparql", data={"query": SELECT}),
        client.post("/sparql", content=SELECT, headers={"Content-Type": "application/sparql-query"}),
        client.post("/sparql", content=SELECT, headers={"Content-Type": "application/sparql-query; charset=utf-8"}),
        client.post("/sparql", content=f"\ufeff{SELECT}", headers={"Content-Type": "application/sparql-query"}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/*", "application/sparql-results+json"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/xml", "application/xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/turtle, text/csv;q=0.1", "text/csv; charset=utf-8"),
        ("Text/CSV", "text/csv; charset=utf-8"),
        ("application/sparql-results+JSON", "application/sparql-results+json"),
        ("text/xml", "text/xml; charset=utf-8"),
        ("application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/xml"),
    ],
)
def test_tables_in_every_media_type(client: httpx.Client, accept: str | None, media_type: str) -> None:
    answer = asked(client, SELECT, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert "Accept" in answer.headers["vary"]
    format = QueryResultsFormat.from_media_type(media_type.partition(";")[0])
    assert format is not None
    if format != QueryResultsFormat.CSV:
        rows = list(parse_query_results(answer.content, format=format))  # type: ignore[arg-type]
        assert len(rows) == len(asked(client, SELECT).json()["results"]["bindings"])
        yes = asked(client, ASK, accept)
        assert bool(parse_query_results(yes.content, format=format)) is True
    else:
        assert next(csv.reader(io.StringIO(answer.text))) == ["drug"]


@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "text/turtle; charset=utf-8"),
        ("*/*", "text/turtle; charset=utf-8"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-quads", "application/n-quads"),
        ("application/trig", "application/trig"),
    ],
)
def test_triples_in_every_media_type(
    client: httpx.Client, kg: KnowledgeGraph, query: str, accept: str | None, media_type: str
) -> None:
    answer = asked(client, query, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    format = RdfFormat.from_media_type(media_type.partition(";")[0])
    assert format is not None
    assert {quad.triple for quad in parse(answer.content, format=format)} == set(kg.construct(query).terms)


def test_what_is_wrong_has_its_status(client: httpx.Client) -> None:
    query = {"query": ASK}
    sparql = {"Content-Type": "application/sparql-query"}
    update = {"Content-Type": "application/sparql-update"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    cases: list[tuple[int, httpx.Response]] = [
        (400, client.get("/sparql", params={"query": "SELECT ?x {"})),
        (400, client.get("/sparql", params={"query": ""})),
        (400, client.get("/sparql", params={"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"})),
        (400, client.get("/sparql", params={"query": "DROP ALL"})),
        (400, client.get("/sparql", params={"query": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"})),
        (400, client.get("/sparql", params={**query, "default-graph-uri": "http://example.org/not-here"})),
        (400, client.get("/sparql", params={**query, "named-graph-uri": "not an iri"})),
        (400, client.get("/sparql?other=1")),
        (400, client.get("/sparql", params=[("query", ASK), ("query", ASK)])),
        (400, client.get("/sparql?query=%FF%FE")),
        (400, client.get("/sparql?" + "&".join(f"a{number}=1" for number in range(200)))),
        (415, client.post("/sparql", data={})),
        (400, client.post("/sparql", content=b"query=\xff", headers=form)),
        (400, client.post("/sparql", content=b"\xff", headers=sparql)),
        (400, client.post("/sparql?query=ASK%7B%7D", content=ASK, headers=sparql)),
        (400, client.get("/sparql", params={"update": "DROP ALL"})),
        (403, client.post("/sparql", data={"update": "DROP ALL"})),
        (403, client.post("/sparql", content="DROP ALL", headers=update)),
        (404, client.get("/nothing")),
        (404, client.get("/queries/nothing")),
        (405, client.put("/sparql", params=query)),
        (405, client.delete("/sparql", params=query)),
        (405, client.patch("/sparql", params=query)),
        (405, client.post("/health")),
        (406, asked(client, ASK, "image/png")),
        (406, asked(client, SELECT, "text/turtle")),
        (406, asked(client, CONSTRUCT, "text/csv")),
        (406, client.get("/void", headers={"Accept": "image/png"})),
        (413, client.post("/sparql", content=b"#" * (1 << 21), headers=sparql)),
        (415, client.post("/sparql", content=ASK, headers={"Content-Type": "text/plain"})),
        (415, client.post("/sparql", content=ASK, headers={"Content-Type": ""})),
    ]
    for number, (status, answer) in enumerate(cases):
        assert answer.status_code == status, (number, answer.request.url, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert (told["type"], told["status"]) == ("about:blank", status)
        assert told["title"]
        assert told["detail"].endswith(".")
        assert "imidgraph " not in told["detail"]  # no command of the shell: who asks here has HTTP
        assert "Traceback" not in answer.text
        assert "etag" not in answer.headers
    assert asked(client, ASK).status_code == 200


def test_a_chunked_body_without_a_length_is_bounded_too(served: Served) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b"#" * 100_000

    with httpx.Client(base_url=served.address) as client:
        try:
            answer = client.post("/sparql", content=chunks(), headers={"Content-Type": "application/sparql-query"})
        except httpx.WriteError:
            return  # it hung up before the end, which is good as well
        assert answer.status_code == 413


def test_a_long_address_is_refused(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        connection.sendall(b"GET /sparql?query=" + b"%20" * 500_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(1000).split(b" ")[1] in {b"400", b"414"}


def test_no_body_of_a_request_hangs_the_reading(client: httpx.Client) -> None:
    """Texts that made the tokenizer take hours: it must be linear, and no reading may hold up other requests."""
    for text in ("a." * 300_000, '"\\"' + '\\"' * 200_000, "a.:" * 100_000, "{" * 500_000):
        answer = client.post("/sparql", content="ASK {} " + text, headers={"Content-Type": "application/sparql-query"})
        assert answer.status_code == 400
    assert asked(client, ASK).json()["boolean"] is True


def test_head_and_options(client: httpx.Client) -> None:
    for path in ("/sparql?query=ASK%7B%7D", "/sparql", "/queries", "/health", "/void", "/catalog", "/openapi.json", "/version"):
        got, head = (
            client.get(path, headers={"Accept-Encoding": "identity"}),
            client.head(path, headers={"Accept-Encoding": "identity"}),
        )
        assert (got.status_code, head.status_code, head.content) == (200, 200, b"")
        for name in ("content-type", "content-length", "etag", "vary"):
            assert got.headers.get(name) == head.headers.get(name), (path, name)
        options = client.options(path)
        assert options.status_code == 204
        assert {"GET", "HEAD", "OPTIONS"} <= set(options.headers["allow"].split(", "))
    assert "POST" in client.options("/sparql").headers["allow"]
    assert "POST" not in client.put("/health").headers["allow"]


# --- caching, packing, other origins --------------------------------------------------------------------------------


def test_who_has_the_answer_is_told_so(client: httpx.Client) -> None:
    first = asked(client, SELECT)
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        again = asked(client, SELECT, **{"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert asked(client, SELECT, **{"If-None-Match": '"other"'}).status_code == 200
    for other in (asked(client, SELECT, "text/csv"), asked(client, ASK)):
        assert other.headers["etag"] != tag, "each answer, and each media type of it, has a tag of its own"
    assert asked(client, SELECT, "text/csv", **{"If-None-Match": tag}).status_code == 200
    assert asked(client, "SELECT ?x {", **{"If-None-Match": tag}).status_code == 400
    assert client.get("/nothing", headers={"If-None-Match": tag}).status_code == 404
    assert "etag" not in client.post("/sparql", data={"query": SELECT}).headers
    assert "etag" not in asked(client, "SELECT (RAND() AS ?n) {}").headers
    assert "etag" not in asked(client, "SELECT (\\u0052AND() AS ?n) {}").headers
    for path in ("/void", "/catalog", "/openapi.json", "/queries", "/sparql", "/queries/boxed-warnings?drug=Revlimid"):
        tag = client.get(path).headers["etag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_long_answers_are_packed_for_who_can_unpack(client: httpx.Client) -> None:
    query = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 2000"
    for accept in ("application/sparql-results+json", "text/csv"):
        plain = asked(client, query, accept, **{"Accept-Encoding": "identity"})
        packed = asked(client, query, accept, **{"Accept-Encoding": "br;q=0.5, gzip"})
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["vary"]
        assert packed.content == plain.content
        assert int(packed.headers["content-length"]) < len(plain.content) / 4
    assert "content-encoding" not in asked(client, query, **{"Accept-Encoding": "gzip;q=0"}).headers
    assert "content-encoding" not in asked(client, ASK, **{"Accept-Encoding": "gzip"}).headers
    assert client.get("/openapi.json").headers["content-encoding"] == "gzip"
    raw = httpx.Request("GET", f"{client.base_url}/catalog", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(b"".join(client.send(raw, stream=True).iter_raw())).startswith(b"@prefix")


def test_pages_of_other_origins_may_not_ask(client: httpx.Client) -> None:
    answer = asked(client, ASK, Origin="https://example.org")
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("open")
    with Served(folder, "--cors", "*", "--workers", "1") as server, httpx.Client(base_url=server.address) as connection:
        yield connection


def test_pages_of_other_origins_may_ask_where_they_are_let(open_to_all: httpx.Client) -> None:
    client = open_to_all
    origin = {"Origin": "https://example.org"}
    preflight = client.options(
        "/sparql",
        headers={
            **origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type, x-requested-with",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "x-requested-with" in preflight.headers["access-control-allow-headers"]
    assert client.options("/sparql", headers={**origin, "Access-Control-Request-Method": "DELETE"}).status_code == 400
    for answer in (asked(client, ASK, **origin), client.get("/queries/nothing", headers=origin)):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "X-Imidgraph-Truncated" in answer.headers["access-control-expose-headers"]


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_slow_query_is_stopped_and_the_next_one_works(strict: Served) -> None:
    with httpx.Client(base_url=strict.address, timeout=30) as client:
        workers = set(strict.workers)
        answer = asked(client, ENDLESS)
        assert answer.status_code == 504
        assert "longer than 1 seconds" in answer.text
        assert asked_again(client, ASK).json()["boolean"] is True
        assert len(workers - set(strict.workers)) == 1, "the worker of free queries is a new one"


def test_a_query_that_kills_its_worker_leaves_the_others(strict: Served) -> None:
    deep = "ASK " + "{" * 100_000 + "}" * 100_000
    with httpx.Client(base_url=strict.address, timeout=30) as client:
        for _ in range(3):
            answer = client.post("/sparql", data={"query": deep})
            assert answer.status_code in {400, 503, 504}
            assert "Traceback" not in answer.text
        assert asked_again(client, ASK).json()["boolean"] is True


def test_rows_beyond_the_limit_are_cut_and_said_to_be(strict: Served) -> None:
    with httpx.Client(base_url=strict.address) as client:
        for accept, count in (
            ("application/json", lambda text: len(json.loads(text)["results"]["bindings"])),
            ("application/sparql-results+xml", lambda text: text.count("<result>")),
            ("text/csv", lambda text: len(list(csv.reader(io.StringIO(text)))) - 1),
            ("text/tab-separated-values", lambda text: len(text.splitlines()) - 1),
        ):
            for rows in (4, 5, 6, 5000):
                answer = asked(client, f"SELECT * {{ ?s ?p ?o }} LIMIT {rows}", accept)
                assert count(answer.text) == min(rows, 5)
                assert answer.headers.get("x-imidgraph-truncated") == ("cut at 5 rows" if rows > 5 else None)
        tricky = 'SELECT ?a ?b { VALUES (?a ?b) { ("}},{" "},{\\"") ("},{\\n},{" UNDEF) ("<result>" "\\n\\n\\n\\n\\n\\n") } }'
        for accept in ("application/json", "application/sparql-results+xml", "text/csv"):
            answer = asked(client, tricky, accept)
            assert "x-imidgraph-truncated" not in answer.headers
            assert "<result>" in answer.text or "&lt;result" in answer.text
        triples = asked(client, "CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples")
        assert len(triples.text.splitlines()) == 5
        assert triples.headers["x-imidgraph-truncated"] == "cut at 5 rows"
        named = client.get("/queries/boxed-warnings")
        assert named.headers["x-imidgraph-truncated"] == "cut at 5 rows"
        assert imidgraph.connect(f"{strict.address}/sparql").select("SELECT * { ?s ?p ?o }").limit == "cut at 5 rows"
        assert imidgraph.connect(f"{strict.address}/sparql").construct("CONSTRUCT WHERE { ?s ?p ?o }").limit == "cut at 5 rows"


def test_what_cannot_be_answered_in_time_is_turned_away(strict: Served) -> None:
    """One worker, one more may wait: of eight at once, six are told to come back, and after that all is well."""

    def ask(_: int) -> httpx.Response:
        with httpx.Client(base_url=strict.address, timeout=30) as client:
            return asked(client, ENDLESS)

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(503) >= 6
    assert 504 in statuses
    for answer in answers:
        assert (answer.headers.get("retry-after") == "1") == (answer.status_code == 503)
    with httpx.Client(base_url=strict.address, timeout=30) as client:
        assert asked_again(client, ASK).json()["boolean"] is True
        assert client.get("/health").status_code == 200


def test_our_own_client_waits_for_a_busy_server(strict: Served) -> None:
    with httpx.Client(base_url=strict.address, timeout=30) as client, concurrent.futures.ThreadPoolExecutor(2) as threads:
        slow = [threads.submit(asked, client, ENDLESS) for _ in range(2)]
        time.sleep(0.3)
        assert imidgraph.connect(f"{strict.address}/sparql", timeout=20).ask(ASK) is True
        assert {future.result().status_code for future in slow} <= {503, 504}


def test_a_client_that_hangs_up_takes_no_worker_with_it(strict: Served) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", strict.port)) as connection:
            connection.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n\r\n")
        with socket.create_connection(("127.0.0.1", strict.port)) as connection:
            connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
    with httpx.Client(base_url=strict.address, timeout=30) as client:
        assert asked(client, ASK).json()["boolean"] is True


def test_a_worker_that_dies_is_replaced(served: Served, client: httpx.Client) -> None:
    for worker in served.workers:
        os.kill(worker, signal.SIGKILL)
    time.sleep(0.2)
    answers = [asked(client, ASK).status_code for _ in range(6)]
    assert answers[-2:] == [200, 200]
    assert len(served.workers) == 4, "two for free queries, two for the rest"


# --- named queries ---------------------------------------------------------------------------------------------------


def test_each_named_query_answers_as_in_python(client: httpx.Client, kg: KnowledgeGraph) -> None:
    listed = {item["name"]: item for item in client.get("/queries").json()}
    assert set(listed) == set(kg.queries)
    for name, query in kg.queries.items():
        assert listed[name]["summary"] == query.summary
        answer = client.get(f"/queries/{name}", params={key: str(value) for key, value in query.example.items()})
        assert answer.status_code == 200, (name, answer.text)
        assert "not medical advice" in answer.headers["x-notice"]
        assert Results.from_json(answer.content).rows == kg.run(name, **query.example).rows


def test_the_parameters_of_named_queries(client: httpx.Client) -> None:
    by_any_name = [
        client.get("/queries/boxed-warnings", params={"drug": name}).content
        for name in ("Revlimid", "lenalidomide", "imid:lenalidomide", "CC-5013", IMID + "lenalidomide")
    ]
    assert len(set(by_any_name)) == 1
    assert b"embryo-fetal" in by_any_name[0]
    cases = {
        "/queries/boxed-warnings?color=red": (400, "It takes: drug"),
        "/queries/boxed-warnings?drug=Revlimid&drug=Thalomid": (400, "given twice"),
        "/queries/boxed-warnings?drug=lenalidomidd": (400, "Did you mean"),
        "/queries/boxed-warning": (404, "Did you mean"),
        "/queries/boxed-warnings?drug=%FF": (400, "URL-encoded"),
        "/queries/approvals-in-year?year=long%20ago": (400, "whole number"),
        "/queries/approvals-in-year?year=" + "9" * 5000: (400, "whole number"),
        "/queries/boxed-warnings?drug=%3Chttp://a%3E%20%7D%20%23": (400, "No entity"),
    }
    for path, (status, message) in cases.items():
        answer = client.get(path)
        assert (answer.status_code, message in answer.text) == (status, True), (path, answer.status_code, answer.text)


# --- what describes the endpoint -------------------------------------------------------------------------------------


def described(client: httpx.Client, path: str) -> rdflib.Graph:
    answer = client.get(path, headers={"Accept": "text/turtle"})
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    return rdflib.Graph().parse(data=answer.text, format="turtle")


def test_the_service_description_names_what_is_true(client: httpx.Client, served: Served) -> None:
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    graph = described(client, "/sparql")
    service = graph.value(predicate=rdflib.RDF.type, object=sd.Service)
    assert str(graph.value(service, sd.endpoint)) == f"{served.address}/sparql"
    assert set(graph.objects(service, sd.supportedLanguage)) == {sd.SPARQL11Query}
    formats = {str(format).rpartition("/")[2] for format in graph.objects(service, sd.resultFormat)}
    assert {"SPARQL_Results_JSON", "SPARQL_Results_CSV", "Turtle", "JSON-LD"} <= formats
    assert graph.value(service, sd.feature) is None, "it neither dereferences addresses nor unites graphs"
    for accept in ("application/n-triples", "application/rdf+xml", "application/ld+json"):
        other = client.get("/sparql", headers={"Accept": accept})
        format = RdfFormat.from_media_type(accept)
        assert len(list(parse(other.content, format=format))) == len(graph)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/void", "/.well-known/void"])
def test_void_counts_what_is_there(client: httpx.Client, kg: KnowledgeGraph, served: Served, path: str) -> None:
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    graph = described(client, path)
    dataset = graph.value(predicate=rdflib.RDF.type, object=void.Dataset)
    assert int(graph.value(dataset, void.triples)) == len(kg)  # type: ignore[arg-type]
    assert str(graph.value(dataset, void.sparqlEndpoint)) == f"{served.address}/sparql"
    assert str(graph.value(dataset, rdflib.DCTERMS.hasVersion)) == kg.version
    parts = {
        str(graph.value(part, void["class"])): int(graph.value(part, void.entities))  # type: ignore[arg-type]
        for part in graph.objects(dataset, void.classPartition)
    }
    assert parts[IMID + "Drug"] == kg.select("SELECT (COUNT(?d) AS ?n) { ?d a imid:Drug }").rows[0][0]


def test_the_catalog_holds_each_query_as_it_runs(client: httpx.Client, kg: KnowledgeGraph) -> None:
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    graph = described(client, "/catalog")
    found = {str(graph.value(item, sh.name)): item for item in graph.subjects(rdflib.RDF.type, sh.SPARQLExecutable)}
    assert set(found) == set(kg.queries)
    for name, item in found.items():
        text = str(graph.value(item, sh.select))
        assert kg.select(text).columns == tuple(column.name for column in kg.queries[name].returns)
        assert len(list(graph.objects(item, sh.parameter))) == len(kg.queries[name].params)


def test_the_host_of_a_request_cannot_change_a_description(served: Served) -> None:
    for host in ("a> <b> <c", 'a"', "a\\b", "[::1", "a b", "é"):
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
            request = f"GET /void HTTP/1.1\r\nHost: {host}\r\nAccept: text/turtle\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode("latin-1"))
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " in head.split(b"\r\n")[0]:
            list(parse(body, format=RdfFormat.TURTLE))
            assert b"<b>" not in body


def test_openapi_is_valid_small_and_names_every_query(client: httpx.Client, kg: KnowledgeGraph) -> None:
    answer = client.get("/openapi.json")
    assert len(answer.content) < 30_000
    document = answer.json()
    validate(document)
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    name = document["paths"]["/queries/{name}"]["get"]["parameters"][0]
    assert set(name["schema"]["enum"]) == set(kg.queries)
    for operation in operations:
        for parameter in operation.get("parameters", []):
            assert parameter["description"]


def test_the_examples_of_openapi_are_real_answers(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    shown = 0
    for path, item in document["paths"].items():
        if not path.startswith("/api/"):
            continue
        given = {parameter["name"]: parameter["example"] for parameter in item["get"]["parameters"] if "example" in parameter}
        answer = client.get(path.format(**given), params=None if "{" in path else given)
        assert answer.status_code == 200, path
        content = item["get"]["responses"]["200"].get("content", {})
        if "example" in content.get("application/json", {}):
            assert content["application/json"]["example"] == answer.json()
            shown += 1
    assert shown >= 2


def test_health_and_version(client: httpx.Client, kg: KnowledgeGraph) -> None:
    assert client.get("/health").json() == {"status": "ok", "triples": len(kg), "version": kg.version}
    assert client.get("/version").json() == {"graph": kg.version, "package": imidgraph.__version__}


# --- the clients that people use -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper(served: Served, kg: KnowledgeGraph, method: str) -> None:
    wrapper = SPARQLWrapper(f"{served.address}/sparql")
    wrapper.setMethod(method)
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(SELECT)
    found = [row["drug"]["value"] for row in wrapper.queryAndConvert()["results"]["bindings"]]  # type: ignore[index, call-overload]
    assert [(drug,) for drug in found] == kg.select(SELECT).rows
    wrapper.setQuery("CONSTRUCT WHERE { ?drug <https://w3id.org/imidgraph/degrades> ?protein }")
    wrapper.setReturnFormat("turtle")
    assert len(rdflib.Graph().parse(data=wrapper.queryAndConvert())) == len(
        kg.construct("CONSTRUCT WHERE { ?d imid:degrades ?p }")
    )


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_the_sparqlstore_of_rdflib(served: Served, kg: KnowledgeGraph, method: Any) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{served.address}/sparql", method=method))
    degrades = rdflib.URIRef(IMID + "degrades")
    found = {str(drug) for drug in graph.subjects(degrades, rdflib.URIRef(IMID + "IKZF1"))}
    assert found == {drug for (drug,) in kg.select(SELECT).rows}
    assert bool(graph.query("ASK { <https://w3id.org/imidgraph/lenalidomide> ?p ?o }"))


def test_curl(served: Served, kg: KnowledgeGraph) -> None:
    command = [need("curl"), "--silent", "--fail", "--compressed", "-H", "Accept: text/csv", f"{served.address}/sparql"]
    done = subprocess.run([*command, "--data-urlencode", f"query={SELECT}"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == [drug for (drug,) in kg.select(SELECT).rows]


def test_our_own_client_finds_the_whole_graph_there(served: Served, kg: KnowledgeGraph) -> None:
    remote = imidgraph.connect(f"{served.address}/sparql")
    assert remote.version == kg.version
    assert len(remote) == len(kg)
    assert remote.entity("Revlimid").risks == kg.entity("Revlimid").risks
    assert str(remote.compare("lenalidomide", "pomalidomide")) == str(kg.compare("lenalidomide", "pomalidomide"))
    assert remote.serialize("ttl") == kg.serialize("ttl")
    for name in ("boxed-warnings", "drugs-by-generation", "neosubstrates-by-drug"):
        example = kg.queries[name].example
        assert remote.run(name, **example).rows == kg.run(name, **example).rows
    with pytest.raises(QueryError, match="refuses the query"):
        remote.select("SELECT ?x WHERE { ?x")
    with pytest.raises(EndpointError, match="Check the path"):
        imidgraph.connect(f"{served.address}/query").ask(ASK)


def test_our_own_client_tells_a_timeout_of_the_server(strict: Served) -> None:
    with pytest.raises((QueryTimeout, EndpointError)):
        imidgraph.connect(f"{strict.address}/sparql", timeout=15).select(ENDLESS)


# --- a disk store with named graphs ----------------------------------------------------------------------------------


def test_a_disk_store_with_named_graphs_is_served(tmp_path: Path) -> None:
    (tmp_path / "a.trig").write_text(
        "PREFIX : <http://example.org/>\n:a :p 1 .\n:g { :b :p 2 . :c :p 3 }\n:h { :d :p 4 }\n", encoding="utf-8"
    )
    build_store([tmp_path / "a.trig"], tmp_path / "store")
    with Served(tmp_path, graph=tmp_path / "store") as server, httpx.Client(base_url=server.address) as client:

        def count(query: str, **graphs: Any) -> int:
            params = {"query": query, **{name.replace("_", "-"): value for name, value in graphs.items()}}
            answer = client.get("/sparql", params=params)
            return int(answer.json()["results"]["bindings"][0]["n"]["value"])

        every, named = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
        g, h = "http://example.org/g", "http://example.org/h"
        assert (count(every), count(named)) == (4, 3), "what is counted is asked"
        assert count(every, default_graph_uri=g) == 2
        assert count(every, default_graph_uri=[g, h]) == 3
        assert count(named, named_graph_uri=h) == 1
        assert count(f"SELECT (COUNT(*) AS ?n) FROM <{g}> {{ ?s ?p ?o }}") == 2
        assert count(f"SELECT (COUNT(*) AS ?n) FROM <{g}> {{ ?s ?p ?o }}", default_graph_uri=h) == 1, "the protocol wins"


# --- the process -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_gracefully(tmp_path: Path, sign: signal.Signals) -> None:
    with Served(tmp_path, "--timeout", "3") as server, concurrent.futures.ThreadPoolExecutor(1) as threads:
        slow = threads.submit(httpx.get, f"{server.address}/sparql", params={"query": ENDLESS}, timeout=30)
        deadline = time.monotonic() + 10
        while not _busy(server.workers):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        workers = server.workers
        server.process.send_signal(sign)
        assert slow.result().status_code == 504, "who was waiting got an answer"
        server.process.wait(20)
        assert server.process.returncode in {0, -sign}
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
        assert all("traceback" not in line for line in server.log())


def test_its_workers_end_with_it_even_if_it_is_killed(tmp_path: Path) -> None:
    with Served(tmp_path) as server:
        workers = server.workers
        assert len(workers) == 4
        server.process.kill()
        server.process.wait()
        deadline = time.monotonic() + 10
        while any(_alive(worker) for worker in workers):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_each_request_is_one_line_of_json(served: Served, client: httpx.Client) -> None:
    before = len(served.log())
    client.get("/queries/%0Aforged%22%7D%0D%0A%1B%5B31m")
    client.post("/sparql", data={"query": "SELECT ?x {"})
    lines: list[dict[str, Any]] = []
    deadline = time.monotonic() + 10
    while len(lines) < 2 and time.monotonic() < deadline:  # a line is written after its answer was sent
        lines = [line for line in served.log()[before:] if isinstance(line["event"], dict)]
    assert [(line["event"]["method"], line["event"]["status"]) for line in lines] == [("GET", 404), ("POST", 400)]
    assert lines[0]["event"]["path"] == '/queries/\nforged"}\r\n\x1b[31m'
    assert set(lines[0]) == {"time", "level", "event"}
    assert lines[0]["event"]["ms"] >= 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--workers", "0"), "workers"),
        (("--timeout", "0"), "timeout"),
        (("--limit", "-1"), "limit"),
        (("--port", "99999"), "port"),
    ],
)
def test_wrong_options_are_one_clear_error(options: tuple[str, ...], message: str) -> None:
    done = subprocess.run([sys.executable, "-m", "imidgraph.cli", "serve", *options], capture_output=True, text=True)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_served_is_one_clear_error(served: Served, tmp_path: Path) -> None:
    for graph, options in (
        ("http://127.0.0.1/sparql", ()),
        (str(tmp_path / "absent.ttl"), ()),
        (str(RELEASE), ("--port", str(served.port))),
    ):
        command = [sys.executable, "-m", "imidgraph.cli", "--graph", graph, "serve", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode != 0
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _busy(processes: list[int]) -> bool:
    return any(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "R" for process in processes)


# --- anything at all -------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=200), accept=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_any_text_is_answered_or_refused(client: httpx.Client, query: str, accept: str) -> None:
    try:
        encoded = query.encode()
    except UnicodeEncodeError:
        return
    answer = client.get("/sparql", params={"query": encoded}, headers={"Accept": accept.strip()})
    assert answer.status_code in {200, 400, 406, 504}


# --- what a browser shows ---------------------------------------------------------------------------------------------

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def shown(client: httpx.Client, path: str, **parameters: str) -> httpx.Response:
    return client.get(path, params=parameters, headers={"Accept": BROWSER})


def test_a_browser_gets_pages(client: httpx.Client, kg: KnowledgeGraph) -> None:
    home = shown(client, "/")
    assert home.headers["Content-Type"].startswith("text/html")
    assert all(f"queries/{name}" in shown(client, "/queries").text for name in kg.queries)
    assert "<textarea" in shown(client, "/sparql").text
    answer = shown(client, "/queries/boxed-warnings", drug="Revlimid")
    assert "embryo-fetal toxicity" in answer.text
    assert 'href="/lenalidomide"' in answer.text
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/' in shown(client, "/queries/articles-by-entity", entity="CRBN").text
    assert ">embryo-fetal toxicity</a>" in answer.text  # a column of labels becomes the text of the links beside it
    assert "Effect label</th>" not in answer.text
    assert 'name="drug" value="Revlimid"' in answer.text
    for page in (home, answer):
        assert "not medical advice" in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<p>yes</p>" in shown(client, "/sparql", query=ASK).text
    assert "imid:degrades imid:" in shown(client, "/sparql", query=CONSTRUCT).text
    assert "cut at 1000 rows" in shown(client, "/sparql", query="SELECT * { ?s ?p ?o }").text
    assert client.get("/").headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "parameters", "status", "message"),
    [
        ("/sparql", {"query": "SELECT"}, 400, "not valid SPARQL"),
        ("/sparql", {"query": "ASK { SERVICE <http://127.0.0.1:9/> {} }"}, 400, "SERVICE"),
        ("/queries/boxed-warnings", {"drug": "Revlimidd"}, 400, "Did you mean"),
        ("/queries/evidence-of-statement", {}, 400, "needs the parameter"),
        ("/queries/nope", {}, 404, "No query is called"),
    ],
)
def test_a_browser_is_told_what_is_wrong(
    client: httpx.Client, path: str, parameters: dict[str, str], status: int, message: str
) -> None:
    answer = shown(client, path, **parameters)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert message in answer.text


def test_nothing_that_a_query_says_becomes_part_of_a_page(client: httpx.Client) -> None:
    hurt = "<script>alert(1)</script>"
    query = f"SELECT ('{hurt}' AS ?text) (IRI('javascript:alert(1)') AS ?iri) {{}}"
    for answer in (shown(client, "/sparql", query=query), shown(client, "/queries/drug-card", drug=hurt)):
        assert "<script>" not in answer.text
        assert 'href="javascript' not in answer.text
        assert "&lt;script&gt;" in answer.text


def test_who_is_lost_is_told_the_way(client: httpx.Client) -> None:
    answer = client.get("/nothing/here")
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is nothing at this address. Start at /.")


def test_a_page_shows_in_a_browser(served: Served, tmp_path: Path) -> None:
    command = [need("chromium"), "--headless", "--no-sandbox", f"--user-data-dir={tmp_path}", "--dump-dom"]
    address = f"{served.address}/queries/neosubstrates-by-drug?drug=lenalidomide"
    page = subprocess.run([*command, address], capture_output=True, text=True, timeout=60).stdout
    assert re.search(r"<td[^>]*>.*CSNK1A1</a>", page)


def test_what_is_not_filled_in_means_all(client: httpx.Client) -> None:
    empty = shown(client, "/queries/boxed-warnings", drug="").text
    assert empty.replace("?drug=", "") == shown(client, "/queries/boxed-warnings").text
    assert "thalidomide</a>" in empty


def test_schemathesis_finds_nothing(served: Served, tmp_path: Path) -> None:
    """Requests made from the OpenAPI document, right and wrong ones: each status, header and body is as it says."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{served.address}/openapi.json"]
    options = ["--max-examples", "3", "--seed", "2026", "--workers", "2", "--exclude-checks", "positive_data_acceptance"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout[-4000:]
    assert re.search(r"(\d+) generated, \1 passed", done.stdout), done.stdout[-4000:]
