"""The endpoint speaks the SPARQL protocol: each way to ask, each media type, each status, whatever is sent."""

from __future__ import annotations

import csv
import io
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from imidgraph import KnowledgeGraph
from imidgraph.namespaces import IMID
from imidgraph.stores.disk import build_store
from tests.asking import ASK, CONSTRUCT, DESCRIBE, SELECT, asked
from tests.servers import Served


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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=200), accept=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_any_text_is_answered_or_refused(client: httpx.Client, query: str, accept: str) -> None:
    try:
        encoded = query.encode()
    except UnicodeEncodeError:
        return
    answer = client.get("/sparql", params={"query": encoded}, headers={"Accept": accept.strip()})
    assert answer.status_code in {200, 400, 406, 504}


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
