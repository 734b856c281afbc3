"""Formats for people: a workbook that openpyxl opens, and a page that a browser shows."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
from hypothesis import given, settings
from pyoxigraph import Triple

from imidgraph import KnowledgeGraph
from imidgraph.citations import NOT_ADVICE
from imidgraph.export import stream
from imidgraph.network import PILLARS
from tests import graphs
from tests.foreign import require


def test_a_workbook_has_a_sheet_for_each_pillar(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (path,) = kg.write(tmp_path / "imid.xlsx").paths
    book = openpyxl.load_workbook(path, read_only=True)
    assert book.sheetnames == ["about", "entities", *PILLARS]
    rows = list(book["risks"].iter_rows(values_only=True))
    header = rows[0]
    risks = [dict(zip(header, row, strict=True)) for row in rows[1:]]
    harm = next(
        row
        for row in risks
        if (row["subject"], row["object"]) == ("thalidomide", "embryo-fetal toxicity") and row["boxed warning"] == "true"
    )
    assert harm["relation"] == "has adverse effect"
    assert harm["sources"]
    assert NOT_ADVICE in [row[1] for row in book["about"].iter_rows(values_only=True)]
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
    page = _Page(kg.serialize("html").decode())
    assert page.open == []
    assert len(set(page.anchors)) == len(page.anchors)
    inner = {link[1:] for link in page.links if link.startswith("#")}
    sources = {node.id for node in kg.projection.nodes()}
    assert inner <= set(page.anchors)
    assert len(sources) > 100
    assert not any("<script" in part for part in page.text)
    assert NOT_ADVICE in " ".join(page.text)


def test_a_browser_shows_the_page(kg: KnowledgeGraph, tmp_path: Path) -> None:
    program = next((name for name in ("chromium", "chromium-browser", "google-chrome") if shutil.which(name)), None)
    require(program, "chromium")
    kg.write(tmp_path / "imid.html", part=kg.part(only=["generations"]))
    flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync"
    command = [
        str(program),
        *flags.split(),
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
        (tmp_path / "imid.html").as_uri(),
    ]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    section = re.search(r'<h3 id="imid-pomalidomide">.*?</article>', shown, re.S)
    assert section is not None
    assert "second generation" in section[0]
    assert "third generation" in section[0]
