"""The pages and the linked data, as a browser, a reader without scripts and a client of linked data meet them."""

from __future__ import annotations

import csv
import io
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
from tests.servers import Served

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CONSTRUCT = "CONSTRUCT { ?drug imid:degrades ?protein } WHERE { ?drug a imid:Drug ; imid:degrades ?protein }"
DEGRADED = "SELECT * { ?drug imid:degrades ?protein }"
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
    "paths": "/graph?start=thalidomide&end=IKZF1",
    "construct": f"/sparql?query={CONSTRUCT}",
    "table": "/queries/unconfirmed-evidence?_page=2&_sort=-source",
    "queries": "/queries",
    "query": "/queries/boxed-warnings?drug=Revlimid",
    "editor": "/sparql",
    "about": "/about",
    "trial": "/MM-003",
    "three drugs": "/compare?drugs=lenalidomide&drugs=pomalidomide&drugs=thalidomide",
    "no drugs": "/compare",
    "no ends": "/explain",
    "no question": "/why",
    "lookup": "/api/statements?subject=lenalidomide&predicate=degrades",
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


ACCEPTED = {
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8": "text/html",  # a browser
    "application/rdf+xml, text/html;q=0.9, text/turtle;q=0.7, */*;q=0.1": "application/rdf+xml",  # Protege and others
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,*/*;q=0.3": "text/turtle",  # Jena
    "text/turtle;q=0.2, application/ld+json": "application/ld+json",
    "text/html;q=0, text/turtle": "text/turtle",
    "*/*": "text/html",
}


@pytest.mark.parametrize("accept", ACCEPTED)
def test_clients_get_what_they_like_best(client: httpx.Client, accept: str) -> None:
    answer = client.get("/lenalidomide", headers={"Accept": accept})
    kind = answer.headers["Content-Type"].partition(";")[0]
    assert kind == ACCEPTED[accept]
    links = [link for link in answer.headers["Link"].split(", ") if f'type="{kind}"' in link]
    assert links == [], "what is there is no alternative to itself"
    again = {"Accept": accept, "If-None-Match": answer.headers["ETag"]}
    assert client.get("/lenalidomide", headers=again).status_code == 304
    other = "application/n-triples"
    assert client.get("/lenalidomide", headers=again | {"Accept": other}).headers["Content-Type"].startswith(other)
    head = client.head("/lenalidomide", headers={"Accept": accept})
    assert (head.status_code, head.headers["ETag"]) == (200, answer.headers["ETag"])


SCHEMA = rdflib.Namespace("https://schema.org/")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "Dataset"),
        ("/lenalidomide", "Drug"),
        ("/multiple-myeloma", "MedicalCondition"),
        ("/IKZF1", "Protein"),
        ("/sources/pubmed:26131937", "ScholarlyArticle"),
    ],
)
def test_search_engines_read_what_a_page_is_about(client: httpx.Client, path: str, kind: str) -> None:
    (block,) = re.findall(r"<script type=\"application/ld\+json\">(.*?)</script>", client.get(path).text, re.DOTALL)
    written = json.loads(block)
    assert written.pop("@context") == "https://schema.org"
    data = json.dumps(written | {"@context": {"@vocab": str(SCHEMA), "url": {"@type": "@id"}, "sameAs": {"@type": "@id"}}})
    graph = rdflib.Graph().parse(data=data, format="json-ld")
    thing = rdflib.URIRef(named(path.lstrip("/"))[0])
    assert (thing, rdflib.RDF.type, SCHEMA[kind]) in graph
    assert str(graph.value(thing, SCHEMA.name))
    assert "" not in {str(value) for value in graph.objects()}


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
    assert client.get(f"/{STATEMENT}.ris").text.count("TY  - ") >= 4
    assert client.get("/lenalidomide.bib").text.count("@article{") > 100
    assert client.get("/Drug.bib").status_code == 406


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


def test_the_first_page_shows_the_drugs_of_the_graph(client: httpx.Client, kg: KnowledgeGraph) -> None:
    text = client.get("/").text
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    assigned = {item.subject.label for item in kg.statements(predicate="inGeneration")}
    shown = re.findall(r"<th scope=\"row\" data-label=\"Drug\"><a [^>]+>([^<]+)</a> *(?:<span class=\"aside\">([^<]+))?", table)
    assert {name for name, _ in shown} == assigned
    assert [name for name, _ in shown][:3] == ["thalidomide", "lenalidomide", "pomalidomide"], "in the order of approval"
    brands = dict(shown)
    assert brands["lenalidomide"].startswith("Revlimid")
    assert brands["thalidomide"].startswith("Thalomid")
    row = table[table.index(">lenalidomide<") : table.index(">pomalidomide<")]
    assert row.index("multiple myeloma") < row.index("follicular lymphoma"), "first what it has most approvals for"
    assert row.index("embryo-fetal toxicity") < row.index("deep vein thrombosis"), "the gravest first"


def test_a_card_says_what_could_not_be_read(client: httpx.Client) -> None:
    assert "The dose on dialysis of the US label could not be read" in client.get("/lenalidomide").text
    about = client.get("/about").text
    assert "The dose on dialysis of the US label could not be read" in about
    assert "Not curated here" in client.get("/mezigdomide").text


def test_a_comparison_sets_warnings_doses_and_resistance_side_by_side(client: httpx.Client) -> None:
    text = client.get("/compare?drugs=lenalidomide&drugs=pomalidomide").text
    rows = [row[: row.index("</tr>")] for row in text.split("<tr")[1:] if "</tr>" in row]
    for name, words in (
        ("Boxed warnings", "mbryo-fetal toxicity"),
        ("Doses", "on dialysis"),
        ("Resistance", "genetic change of cereblon"),
    ):
        (row,) = [row for row in rows if f'<th scope="row">{name}</th>' in row]
        assert row.lower().count(words.lower()) >= 2, name


def test_doubt_looks_the_same_everywhere(client: httpx.Client) -> None:
    pages = (
        "/lenalidomide",
        "/why?drug=pomalidomide&over=lenalidomide&disease=multiple+myeloma",
        PAGES["explain"],
        PAGES["section"],
    )
    for path in (*pages, PAGES["compare"], PAGES["source"]):
        shown = re.sub(
            r"<(script|svg|title).*?</\1>|<span class=.hidden.>[^<]*</span>|<[^>]*>", "|", client.get(path).text, flags=re.DOTALL
        )
        assert "Hypothesis:" not in shown
        assert "(disputed" not in shown


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
    graph.add((imid["lenalidomide"], rdflib.SKOS.editorialNote, rdflib.Literal(f"{HURT}</script>", lang="en")))
    graph.add((imid["lenalidomide"], imid.brandName, rdflib.Literal(f"{HURT}</script>", lang="en")))
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


def test_the_server_sorts_filters_and_pages_a_table(client: httpx.Client) -> None:
    def column(path: str, name: str) -> list[str]:
        text = client.get(path).text
        return [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(rf'<td data-label="{name}"[^>]*>(.*?)</td>', text)]

    query = "/queries/boxed-warnings"
    assert column(f"{query}?_sort=effect", "Effect") == sorted(column(query, "Effect"), key=str.casefold)
    assert column(f"{query}?_sort=-effect", "Effect")[0] == column(f"{query}?_sort=effect", "Effect")[-1]
    assert set(column(f"{query}?_only.drug=lenalidomide", "Drug")) == {"lenalidomide"}
    assert all("thromboembolism" in effect for effect in column(f"{query}?_has=thromboembolism+venous", "Effect"))
    page = client.get("/queries/unconfirmed-evidence?_page=2&_sort=-source").text
    assert "Page 2 of" in page
    assert re.search(r'aria-sort="descending"', page)
    assert 'href="?_sort=-source&amp;_page=3"' in page
    assert re.search(r"Download all [\d,]+ rows", page)
    assert client.get(f"{query}?_page=99&_sort=nothing&_only.nothing=x").status_code == 200


def test_a_table_goes_into_a_spreadsheet(client: httpx.Client) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    for path, text in (
        ("/queries/risk-frequencies.xlsx?drug=pomalidomide", "/queries/risk-frequencies.csv?drug=pomalidomide"),
        ("/lenalidomide.xlsx?section=approvals", "/lenalidomide.csv?section=approvals"),
        ("/revlimid-us-label.xlsx", "/revlimid-us-label.csv"),
        (
            "/sparql.xlsx?query=SELECT * { ?drug imid:degrades ?protein }",
            "/sparql.csv?query=SELECT * { ?drug imid:degrades ?protein }",
        ),
    ):
        book = openpyxl.load_workbook(io.BytesIO(client.get(path).content))
        header, *rows = book.worksheets[0].iter_rows(values_only=True)
        assert len(rows) == len(list(csv.reader(io.StringIO(client.get(text).text)))) - 1 > 3
        assert all(name[0].isupper() for name in header)
        assert "not medical advice" in str([cell for row in book["about"].iter_rows(values_only=True) for cell in row])
    numbers = openpyxl.load_workbook(io.BytesIO(client.get("/queries/risk-frequencies.xlsx").content)).worksheets[0]
    place = [cell.value for cell in numbers[1]].index("Percent")
    assert {type(row[place]) for row in numbers.iter_rows(min_row=2, values_only=True)} <= {int, float, type(None)}


def test_the_editor_works_without_scripts(client: httpx.Client) -> None:
    page = client.get("/sparql").text
    examples = [unescape(link) for link in re.findall(r'<li><a href="(/sparql\?query=[^"]+)', page)]
    assert len(examples) >= 5
    for example in examples:
        answer = client.get(example)
        assert answer.status_code == 200
        assert re.search(r"<p class=\"counted\"[^>]*>[1-9]", answer.text)
    wrong = client.get("/sparql", params={"query": "SELECT ?x {\n  ?x imid:degrades }"})
    assert wrong.status_code == 400
    assert "Line 2, column 20: this is not valid SPARQL." in wrong.text
    assert "  ?x imid:degrades }\n" + " " * 19 + "^" in unescape(wrong.text)
    for path, kind in (
        ("svg", "image/svg+xml"),
        ("cyjs", "application/json"),
        ("ttl", "text/turtle"),
        ("jsonld", "application/ld+json"),
    ):
        answer = client.get(f"/sparql.{path}", params={"query": CONSTRUCT})
        assert answer.headers["Content-Type"].partition(";")[0] == kind
    assert client.get("/sparql.exe?query=ASK{}").status_code == 404
    terms = client.get("/sparql/terms")
    assert {"imid:degrades", "imid:Drug"} < {term["name"] for term in terms.json()["terms"]}
    assert client.get("/sparql/terms", headers={"If-None-Match": terms.headers["ETag"]}).status_code == 304


def test_the_first_load_is_small(client: httpx.Client) -> None:
    parts = ["/", "/static/style.css", "/static/tools.css", "/static/search.js", "/static/table.js", "/static/icon.svg"]
    sent = sum(len(client.get(part).content) for part in parts)
    assert sent < 100_000


ANSWERED = ("search", "compare", "explain", "why", "graph", "paths", "about")


@pytest.mark.parametrize("name", ANSWERED)
def test_an_answer_is_downloaded_from_its_page(client: httpx.Client, name: str) -> None:
    text = client.get(PAGES[name]).text
    links = {
        link.partition("?")[0].rpartition(".")[2]: unescape(link) for link in re.findall(r"href=\"(/api/[^\"]+)\" download", text)
    }
    assert links.keys() >= {"csv", "json", "xlsx"}
    assert ("ris" in links) == ('id="sources"' in text)
    for suffix in sorted(links) if name == "why" else ("csv", "ris"):  # each is made anew
        if (link := links.get(suffix)) is None:
            continue
        answer = client.get(link)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(SUFFIXES[suffix])
        assert len(answer.content) > 100


def test_what_no_answer_ends_in_is_refused(client: httpx.Client) -> None:
    answer = client.get("/api/search.exe?words=clots", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert ".csv" in answer.json()["detail"]


def test_a_boxed_warning_stands_before_all_else(client: httpx.Client) -> None:
    text = client.get("/lenalidomide").text
    assert text.index("Boxed warnings</h2>") < text.index("Approved for") < text.index('id="pillar-risks"')


def test_a_relation_shows_what_it_relates_and_what_is_denied(client: httpx.Client) -> None:
    text = client.get("/degrades").text
    denied = r"/pomalidomide\">pomalidomide</a></dt><dd>(?:(?!</dd>).)*CSNK1A1</a>\s*<span class=\"doubt\">denied"
    assert re.search(denied, text, re.DOTALL)
    assert "All statements with this relation" in client.get("/hasAdverseEffect").text
