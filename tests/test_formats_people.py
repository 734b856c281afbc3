"""Formats for people: a workbook that openpyxl opens, and a page that a browser shows."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import openpyxl
from hypothesis import given, settings
from pyoxigraph import Triple

from imidgraph import KnowledgeGraph
from imidgraph.formats import stream
from imidgraph.formats.columns import text_of
from imidgraph.knowledge.relations import PILLARS
from imidgraph.prose import NOT_ADVICE
from tests import graphs
from tests.conftest import need
from tests.foreign import shown


def test_a_workbook_has_a_sheet_for_each_pillar(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (path,) = kg.write(tmp_path / "imid.xlsx").paths
    book = openpyxl.load_workbook(path, read_only=True)
    assert book.sheetnames == ["about", "entities", *PILLARS, "other relations"]
    rows = list(book["risks"].iter_rows(values_only=True))
    header = rows[0]
    risks = [dict(zip(header, row, strict=True)) for row in rows[1:]]
    harm = next(
        row
        for row in risks
        if (row["subject"], row["object"]) == ("thalidomide", "embryo-fetal toxicity") and row["boxed warning"] is True
    )
    assert harm["relation"] == "has adverse effect"
    assert harm["sources"]
    assert NOT_ADVICE in [row[1] for row in book["about"].iter_rows(values_only=True)]
    book.close()


def test_numbers_and_attributes_are_cells_of_their_own(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (path,) = kg.write(tmp_path / "imid.xlsx").paths
    book = openpyxl.load_workbook(path, read_only=True)
    header, *rows = book["indications"].iter_rows(values_only=True)
    ratios = {row[header.index("hazard ratio")] for row in rows} - {None}
    assert 0.29 in ratios
    assert {type(ratio) for ratio in ratios} <= {float, int}
    header, *rows = book["entities"].iter_rows(values_only=True)
    (drug,) = (dict(zip(header, row, strict=True)) for row in rows if row[-1] == "imid:lenalidomide")
    assert (drug["category"], drug["route"], drug["status"]) == ("drug", "oral", "approved")
    book.close()


def test_every_statement_of_the_pillars_is_a_row(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (path,) = kg.write(tmp_path / "imid.xlsx").paths
    book = openpyxl.load_workbook(path, read_only=True)
    ids = {row[-1] for pillar in PILLARS for row in book[pillar].iter_rows(min_row=2, values_only=True)}
    book.close()
    assert {edge.id for edge in kg.projection.edges() if edge.category} <= ids


@given(found=graphs.triples())
@settings(max_examples=15, deadline=None)
def test_any_graph_makes_a_workbook_and_a_page_in_any_order(found: list[Triple]) -> None:
    for format in ("xlsx", "html"):
        one, two = (b"".join(stream(graphs.projection(order), format)) for order in (found, found[::-1]))
        assert one == two


class _Page(HTMLParser):
    """The anchors and links of a page, and whether each element that was opened is closed."""

    VOID = ("meta", "br", "hr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: set[str] = set()
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.anchors += [str(found["id"])] if "id" in found else []
        self.links |= {str(found["href"])} if "href" in found else set()
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_each_link_of_the_page_leads_somewhere(kg: KnowledgeGraph) -> None:
    text = kg.serialize("html").decode()
    _check_links(text)
    assert NOT_ADVICE in text
    assert "<script" not in text


@given(found=graphs.triples())
@settings(max_examples=30, deadline=None)
def test_each_link_of_any_page_leads_somewhere(found: list[Triple]) -> None:
    _check_links(b"".join(stream(graphs.projection(found), "html")).decode())


def _check_links(text: str) -> None:
    page = _Page(text)
    assert page.open == []
    assert len(set(page.anchors)) == len(page.anchors)
    assert {unquote(link[1:]) for link in page.links if link.startswith("#")} <= set(page.anchors)


def test_the_page_tells_all_that_the_graph_knows_of_a_drug(kg: KnowledgeGraph) -> None:
    page = kg.serialize("html").decode()
    article = re.search(r'<article><h3 id="imid:lenalidomide">.*?</article>', page, re.S)
    assert article is not None
    told = unescape(re.sub("<[^>]*>", "", article[0]))
    node = next(node for node in kg.projection.nodes() if node.id == "imid:lenalidomide")
    for name, values in node.attributes.items():
        if name != "dcterms:source":  # told by its name
            assert all(text_of(value) in told for value in values), name
    for edge in kg.projection.edges():
        if edge.subject == node.id:
            assert all(text_of(value) in told for value in edge.attributes.get("statement", ())), edge.id
    assert "boxed warning" in told
    assert "boxed warning: false" not in told


def test_a_browser_shows_the_page(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (path,) = kg.write(tmp_path / "imid.html").paths
    with shown(path, viewport={"width": 1280, "height": 800}) as page:
        assert page.title() == f"imidgraph {kg.version}"
        assert "second generation" in page.locator('[id="imid:pomalidomide"] + p ~ dl').inner_text()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # skips the contents
        assert page.evaluate("document.activeElement.id") == "content"
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, "something is cut off at the right"


def test_axe_finds_no_barrier_in_the_page(kg: KnowledgeGraph, tmp_path: Path) -> None:
    axe = need("node_modules/axe-core") / "axe.min.js"
    (path,) = kg.write(tmp_path / "imid.html", part=kg.part(neighborhood="CSNK1A1")).paths
    with shown(path) as page:
        assert page.pdf(page_ranges="1-3").startswith(b"%PDF")
        page.add_script_tag(path=axe)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate("axe.run({iframes: false})")
            assert [(scheme, item["id"], item["nodes"][0]["html"]) for item in found["violations"]] == []
