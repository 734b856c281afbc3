"""What a browser shows of the endpoint."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import httpx
import pytest

from imidgraph import KnowledgeGraph
from tests.asking import ASK, CONSTRUCT
from tests.conftest import need
from tests.servers import Served

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
    assert ">yes</p>" in shown(client, "/sparql", query=ASK).text
    assert "imid:degrades imid:" in shown(client, "/sparql", query=CONSTRUCT).text
    assert "cut at 10000 rows" in shown(client, "/sparql", query="SELECT * { ?s ?p ?o }").text
    assert client.get("/").headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "parameters", "status", "message"),
    [
        ("/sparql", {"query": "SELECT ?x { ?x }"}, 400, "Line 1, column 17: something is missing before the end"),
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
