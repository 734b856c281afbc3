"""The pages and the linked data, as a browser, a reader without scripts and a client of linked data meet them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
import rdflib

import imidgraph
from imidgraph import KnowledgeGraph
from imidgraph.namespaces import IMID
from imidgraph.server.explorer.addresses import RESERVED, SUFFIXES, address, named
from imidgraph.server.explorer.cards import CARDS
from imidgraph.server.explorer.things import Kind, thing
from tests.conftest import need
from tests.servers import Served

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
STATEMENT = "lenalidomide-degrades-CSNK1A1-763bbd7d"
PAGES = {
    "home": "/",
    "search": "/search?q=blood+clots",
    "drug": "/lenalidomide",
    "effect": "/neutropenia",
    "disease": "/multiple-myeloma",
    "section": "/lenalidomide?section=approvals",
    "statement": f"/{STATEMENT}",
    "source": "/revlimid-us-label",
    "article": "/sources/pubmed:26131937",
    "class": "/Drug",
    "relation": "/degrades",
    "retired": "/SafetyProgramme",
    "compare": "/compare?drugs=lenalidomide&drugs=pomalidomide",
    "explain": "/explain?start=thalidomide&end=birth+defects",
    "why": "/why?drug=pomalidomide&over=lenalidomide&disease=multiple+myeloma",
    "graph": "/graph?center=cereblon",
    "queries": "/queries",
    "query": "/queries/boxed-warnings?drug=Revlimid",
    "editor": "/sparql",
    "about": "/about",
    "unknown": "/lenalidomid",
}
"""A page of each kind."""


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.address, timeout=60, headers=BROWSER) as connection:
        yield connection


def test_no_thing_has_the_name_of_a_page(kg: KnowledgeGraph) -> None:
    rows = kg.select("SELECT DISTINCT ?thing WHERE { ?thing ?property ?value }").rows
    names = {str(iri).removeprefix(IMID) for (iri,) in rows if str(iri).startswith(IMID)}
    assert len(names) > 6000
    assert not names & RESERVED
    assert not [name for name in names if name.rpartition(".")[2] in SUFFIXES and "." in name]
    assert [name for name in names if named(address(IMID + name).lstrip("/")) != (IMID + name, "")] == []


def test_every_kind_of_thing_has_a_page(kg: KnowledgeGraph) -> None:
    assert set(CARDS) | {Kind.EVIDENCE} == set(Kind)
    rows = kg.select("SELECT DISTINCT ?thing WHERE { ?thing a ?class }").rows
    sample = sorted(str(iri) for (iri,) in rows if str(iri).startswith(("http://", "https://")))[::40]
    for iri in sample:
        found = thing(kg, iri)
        assert found is not None
        if found.kind in CARDS:
            assert CARDS[found.kind](kg, found).title


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_is_whole_without_scripts(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (404 if path == PAGES["unknown"] else 200)
    text = answer.text
    assert text.count("<h1") == 1
    assert "not medical advice" in text
    assert re.search(r"<title>[^<]+ · imidgraph</title>", text)
    assert "style=" not in text
    assert not re.search(r"<script(?![^>]*(?: src=\"/static/|application/ld\+json))", text)
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"(?:src|href)=\"(?!/|#|https?://|[\w.?=&;%+-]+\")", text)
    for block in re.findall(r"<script type=\"application/ld\+json\">(.*?)</script>", text, re.DOTALL):
        assert json.loads(block)["@context"] == "https://schema.org"


def test_a_link_leads_to_a_page(client: httpx.Client) -> None:
    """Every address that a page of each kind links to on this server answers; it is asked for once."""
    seen: set[str] = set()
    for page in PAGES.values():
        links = {unescape(link) for link in re.findall(r"(?:href|src)=\"([^\"#]+)", client.get(page).text)}
        seen |= {urljoin(f"{client.base_url}{page}", link) for link in links}
    ours = sorted(link for link in seen if urlsplit(link).netloc == client.base_url.netloc.decode())
    assert len(ours) > 400
    wrong = [link for link in ours[::6] if client.get(link).status_code != 200]
    assert wrong == []


@pytest.mark.parametrize("path", ["/lenalidomide", f"/{STATEMENT}", "/sources/pubmed:26131937", "/Drug", "/revlimid-us-label"])
def test_a_thing_is_data_to_who_asks_for_data(client: httpx.Client, path: str) -> None:
    iri = named(path.lstrip("/"))[0]
    for media_type, parser in (("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("application/n-triples", "nt")):
        answer = client.get(path, headers={"Accept": media_type})
        assert answer.headers["Content-Type"].partition(";")[0] == media_type
        graph = rdflib.Graph().parse(data=answer.text, format=parser)
        assert (rdflib.URIRef(iri), None, None) in graph
        assert f'<{iri}>; rel="cite-as"' in answer.headers["Link"]
        same = client.get(answer.headers["Content-Location"])
        assert same.headers["Content-Type"].partition(";")[0] == media_type
        assert "Accept" in answer.headers["Vary"]
    page = client.get(path)
    assert page.headers["Content-Location"] == f"{path}.html"
    assert 'rel="describedby"; type="text/turtle"' in page.headers["Link"]
    assert client.get(path, headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    assert json.loads(client.get(f"{path}.json").text)
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


def test_a_client_of_linked_data_reads_the_statement_and_its_evidence(client: httpx.Client) -> None:
    graph = rdflib.Graph().parse(f"{client.base_url}/{STATEMENT}")
    name = rdflib.URIRef(IMID + STATEMENT)
    assert len(list(graph.objects(name, rdflib.URIRef(IMID + "evidence")))) >= 4
    assert len(set(graph.subjects(rdflib.URIRef(IMID + "source")))) >= 4
    answer = client.get("/", headers={"Accept": "text/turtle"})
    assert "void:Dataset" in answer.text


def test_a_passage_leads_to_its_statement(client: httpx.Client) -> None:
    answer = client.get(f"/{STATEMENT}-a", follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/{STATEMENT}#{STATEMENT}-a")
    assert f'id="{STATEMENT}-a"' in client.get(f"/{STATEMENT}").text


def test_a_source_goes_into_a_citation_manager(client: httpx.Client) -> None:
    assert client.get("/sources/pubmed:26131937.ris").text.startswith("TY  - JOUR")
    assert client.get("/sources/pubmed:26131937.bib").text.startswith("@article{pubmed26131937,")
    assert client.get("/lenalidomide.bib").status_code == 406


def test_a_name_that_is_not_there_says_what_was_meant(client: httpx.Client) -> None:
    answer = client.get("/nothing-at-all")
    assert answer.status_code == 404
    assert "Nothing has this name here" in answer.text
    assert client.get("/nothing-at-all", headers={"Accept": "application/json"}).json()["status"] == 404
    assert client.get("/compare?drugs=lenalidomid&drugs=pomalidomide").status_code == 404
    assert "Did you mean" in client.get("/compare?drugs=lenalidomid&drugs=pomalidomide").text


def test_a_query_is_downloaded(client: httpx.Client) -> None:
    page = client.get("/queries/boxed-warnings?drug=Revlimid").text
    for suffix, kind in (("csv", "text/csv"), ("json", "application/sparql-results+json")):
        link = f"/queries/boxed-warnings.{suffix}?drug=Revlimid"
        assert f'href="{link}"' in page
        assert client.get(link).headers["Content-Type"].startswith(kind)
    assert client.get("/queries/boxed-warnings.exe").status_code == 404


HURT = "<img src=x onerror=alert(1)>\u202e\"'"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server of a graph whose names, sentences and addresses try to become part of a page."""
    folder = tmp_path_factory.mktemp("hostile")
    graph = rdflib.Graph().parse(data=imidgraph.load().serialize("ttl"), format="turtle")
    imid, label = rdflib.Namespace(IMID), rdflib.RDFS.label
    for name in ("lenalidomide", "neutropenia", "revlimid-us-label", "degrades"):
        graph.set((imid[name], label, rdflib.Literal(HURT + "x" * 10_000, lang="en")))
    graph.set((imid[STATEMENT], imid.statement, rdflib.Literal(f"Hurt {HURT}", lang="en")))
    graph.set((imid["revlimid-us-label"], imid.url, rdflib.Literal("javascript:alert(1)", datatype=rdflib.XSD.anyURI)))
    path = folder / "hostile.ttl"
    graph.serialize(path, format="turtle")
    with Served(folder, graph=path) as server, httpx.Client(base_url=server.address, timeout=60, headers=BROWSER) as connection:
        yield connection


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_hostile_graph_is_shown_as_text(hostile: httpx.Client, path: str) -> None:
    text = hostile.get(path).text
    assert "<img src=x" not in text
    assert not re.search(r"(?:href|src)=\"\s*javascript:", text)
    assert text.count("<h1") == 1


TASKS = {
    "may a man on lenalidomide donate sperm?": (["/", "/lenalidomide"], "no sperm donation|sperm"),
    "who says that pomalidomide is third generation?": (
        ["/", "/pomalidomide", "/pomalidomide?section=class+and+generation"],
        "third",
    ),
    "the label behind a boxed warning": (["/", "/lenalidomide", "/revlimid-us-label"], "dailymed"),
    "why does thalidomide harm the unborn child?": (["/", "/explain?start=thalidomide&end=birth+defects"], "SALL4"),
    "lenalidomide beside pomalidomide": (["/", "/compare?drugs=lenalidomide&drugs=pomalidomide"], "neutropenia"),
    "a reference into a citation manager": (["/", "/lenalidomide", "/revlimid-us-label"], r"revlimid-us-label\.ris"),
    "boxed warnings as CSV": (["/", "/queries", "/queries/boxed-warnings"], r"boxed-warnings\.csv"),
}
"""What people come for: the clicks from the first page, each a link of the page before, and what the last one shows."""


@pytest.mark.parametrize("task", TASKS)
def test_a_task_takes_few_clicks(client: httpx.Client, task: str) -> None:
    clicks, found = TASKS[task]
    assert len(clicks) <= 4
    for place, page in enumerate(clicks[1:], 1):
        links = {
            unescape(link).replace("%20", "+") for link in re.findall(r"href=\"([^\"]+)", client.get(clicks[place - 1]).text)
        }
        assert page in links
    assert re.search(found, client.get(clicks[-1]).text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_axe_finds_no_barrier(served: Served, browsers: dict[str, object], path: str, scheme: str) -> None:
    page = browsers[scheme].new_page()  # type: ignore[attr-defined]
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    try:
        page.goto(served.address + path)
        page.evaluate((need("node_modules/axe-core") / "axe.min.js").read_text())
        found = page.evaluate("axe.run()")
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    finally:
        page.close()
    assert [text for text in heard if "404" not in text or path != PAGES["unknown"]] == []
    assert [url for url in requests if not url.startswith(served.address)] == []


@pytest.fixture(scope="module")
def browsers() -> Iterator[dict[str, object]]:
    need("node_modules/axe-core")
    program = need("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=program, args=["--no-sandbox"]) as browser:
        size = {"width": 1280, "height": 900}
        yield {scheme: browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=False) for scheme in ("light", "dark")}


@pytest.mark.needs("chromium", "node_modules/axe-core")
def test_names_appear_as_one_types(served: Served, browsers: dict[str, object]) -> None:
    page = browsers["light"].new_page()  # type: ignore[attr-defined]
    page.goto(served.address)
    page.locator("input[name=q]").press_sequentially("revlim", delay=20)
    option = page.locator("[role=option]").first
    option.wait_for(timeout=20_000)
    assert "lenalidomide" in option.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lenalidomide", timeout=20_000)
    page.close()


@pytest.mark.needs("chromium", "node_modules/axe-core")
def test_a_table_is_sorted_and_filtered(served: Served, browsers: dict[str, object]) -> None:
    page = browsers["light"].new_page()  # type: ignore[attr-defined]
    page.goto(f"{served.address}/queries/boxed-warnings")
    page.get_by_role("button", name="Effect").click()
    first = page.locator("tbody tr:visible").first.inner_text()
    page.get_by_role("button", name="Effect").click()
    assert page.locator("tbody tr:visible").first.inner_text() != first
    page.get_by_label("Only rows with").fill("thalidomide stroke")
    assert page.locator("tbody tr:visible").count() < 5
    page.close()


def test_the_first_load_is_small(client: httpx.Client) -> None:
    parts = ["/", "/static/style.css", "/static/search.js", "/static/table.js", "/static/icon.svg"]
    sent = sum(len(client.get(part).content) for part in parts)
    assert sent < 100_000
