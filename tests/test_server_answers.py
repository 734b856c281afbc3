"""How the endpoint sends its answers: kept by who has them, packed, and to pages of other origins."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import httpx
import pytest

from tests.asking import ASK, SELECT, asked
from tests.servers import Served


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
