"""XLSX: a workbook with a sheet for each pillar, one statement a row, in words; for Excel, LibreOffice and Numbers."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from imidgraph.errors import ExportError, MissingExtra
from imidgraph.formats.columns import Facts, text_of
from imidgraph.formats.elements import Edge, Node, iri_of
from imidgraph.formats.projection import Projection
from imidgraph.prose import NOT_ADVICE
from imidgraph.prose.citations import passage
from imidgraph.prose.statement import sentence

_LONGEST = 32_767  # units of UTF-16 in a cell: a letter beyond the first 65,536 takes two
_WIDEST = 16_384  # columns
_MOST = 1_048_575  # rows below the header
_CUT = " ... (cut)"
_WIDTHS = {"value": 80, "statement": 60, "sources": 60, "definition": 60, "label": 45, "id": 24}
_ENTITY = ("label", "category", "definition", "also called", "identifiers")
_ARTICLE = ("label", "category", "first author", "journal", "published", "address", "id")
_MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_TOLD = {"altLabel", "brandName", "definition", *_MATCHES}
_HIDDEN = {"agentType", "knowledgeLevel", "label", "negated", "statement"}
_LONGEST_TITLE = 255
_EXACT = 2**53  # what a spreadsheet counts exactly
Cell = str | bool | int | float


def write_xlsx(graph: Projection) -> Iterator[bytes]:
    """Write a graph as a workbook.

    Raises
    ------
    MissingExtra
        Where XlsxWriter is not installed.
    ExportError
        Where a sheet would have more rows or columns than one can.
    """
    buffer = io.BytesIO()
    with _book(buffer, f"imidgraph {graph.version}") as book:
        styles = _styles(book)
        _sheet(book, styles, "about", ("what", "value"), _about(graph.version))
        _sheet(book, styles, "entities", *_entities(graph))
        edges = [edge for edge in graph.edges() if edge.predicate != "imid:isAbout"]
        placed = {relation.curie for relations in graph.relations.pillars.values() for relation in relations}
        for pillar, relations in graph.relations.pillars.items():
            if pillar == "articles":
                _sheet(book, styles, pillar, _ARTICLE, _articles(graph))
            else:
                names = {relation.curie for relation in relations}
                _sheet(book, styles, pillar, *_statements(graph, [edge for edge in edges if edge.predicate in names]))
        if others := [edge for edge in edges if edge.predicate not in placed]:
            _sheet(book, styles, "other relations", *_statements(graph, others))
    yield buffer.getvalue()


def write_table(title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], cut: str, version: str) -> bytes:
    """Write one table as a workbook: its rows, and a sheet that says what it is.

    Parameters
    ----------
    title : str
        What it answers.
    header : sequence of str
        The names of its columns.
    rows : sequence of sequence of str, bool, int or float
        Its rows.
    cut : str
        Why it stopped before the end; empty where it is whole.
    version : str
        The version of the graph.

    Raises
    ------
    MissingExtra
        Where XlsxWriter is not installed.
    ExportError
        Where it has more rows or columns than a sheet can.
    """
    buffer = io.BytesIO()
    with _book(buffer, title) as book:
        styles = _styles(book)
        _sheet(book, styles, "rows", header, rows)
        told: list[tuple[str, Cell]] = [
            ("title", title),
            ("rows", len(rows)),
            *([("incomplete", cut)] if cut else []),
            *_about(version),
        ]
        _sheet(book, styles, "about", ("what", "value"), told)
    return buffer.getvalue()


def _book(buffer: io.BytesIO, title: str) -> Any:
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtra("XlsxWriter", "xlsx") from error
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": title[:_LONGEST_TITLE], "created": datetime.datetime(2000, 1, 1)})
    return book


def _styles(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _about(version: str | None) -> list[tuple[str, Cell]]:
    return [
        ("imidgraph", version or ""),
        ("license", "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"),
        ("", NOT_ADVICE),
    ]


def _statements(graph: Projection, edges: Sequence[Edge]) -> tuple[list[str], list[list[Cell]]]:
    cells = [_cells(graph, {name: values for name, values in edge.attributes.items() if name not in _HIDDEN}) for edge in edges]
    columns = sorted({name for row in cells for name in row})
    rows = []
    for edge, row in zip(edges, cells, strict=True):
        item = graph.statement(edge)
        ends = [item.subject.label, item.relation, item.object.label, sentence(item) if item.statement else ""]
        sources = "\n".join(passage(evidence) for evidence in item.evidence)
        rows.append([*ends, *(row.get(name, "") for name in columns), sources, edge.id])
    return ["subject", "relation", "object", "statement", *columns, "sources", "id"], rows


def _cells(graph: Projection, facts: Facts) -> dict[str, Cell]:
    """Give attributes by their labels, numbers as numbers and truth values as truth values."""
    cells: dict[str, Cell] = dict(graph.in_words(facts))
    for name, values in facts.items():
        value = float(values[0]) if isinstance(values[0], Decimal) else values[0]
        if len(values) == 1 and isinstance(value, int | float) and abs(value) <= _EXACT:
            cells[graph.titles[name]] = value
    return cells


def _entities(graph: Projection) -> tuple[list[str], list[list[Cell]]]:
    found: list[tuple[list[str], dict[str, Cell], str]] = []
    for node in graph.named.values():
        texts = {name: [text_of(value) for value in values] for name, values in node.attributes.items()}
        names = texts.get("brandName", []) + texts.get("altLabel", [])
        matches = [match for name in _MATCHES for match in texts.get(name, [])]
        definition = " ".join(texts.get("definition", []))
        if "journal" not in texts and "url" not in texts:
            first = [node.label, _kind(graph, node), definition, ", ".join(names), ", ".join(matches)]
            others = {name: values for name, values in node.attributes.items() if name not in _TOLD}
            found.append((first, _cells(graph, others), node.id))
    columns = sorted({name for _, cells, _ in found for name in cells})
    found.sort(key=lambda row: (row[0][1], row[0][0], row[2]))
    rows = [[*first, *(cells.get(name, "") for name in columns), own] for first, cells, own in found]
    return [*_ENTITY, *columns, "id"], rows


def _kind(graph: Projection, node: Node) -> str:
    return graph.label(node.category) if node.category else ""


def _articles(graph: Projection) -> list[list[Cell]]:
    cited = {str(source) for edge in graph.edges() for item in edge.evidence for source in item.get("source", ())}
    rows: list[list[Cell]] = []
    for name in sorted(cited & graph.named.keys()):
        node = graph.named[name]
        texts = {key: ", ".join(map(text_of, values)) for key, values in node.attributes.items()}
        parts = [texts.get(key, "") for key in ("firstAuthor", "journal", "published")]
        rows.append([node.label, _kind(graph, node), *parts, texts.get("url", iri_of(node.id)), node.id])
    return rows


def _sheet(book: Any, styles: dict[str, Any], name: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    if len(rows) > _MOST:
        raise ExportError(
            f"A sheet can have at most {_MOST} rows, and {name} has {len(rows)}. Write CSV, SQLite or Parquet instead."
        )
    if len(header) > _WIDEST:
        raise ExportError(
            f"A sheet can have at most {_WIDEST} columns, and {name} has {len(header)}. Write JSON or Parquet instead."
        )
    sheet = book.add_worksheet(name)
    for place, column in enumerate(header):
        sheet.write_string(0, place, _fitting(column), styles["head"])
        sheet.set_column(place, place, _WIDTHS.get(column, 22), styles["text"])
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, bool):
                sheet.write_boolean(number, place, cell)
            elif not isinstance(cell, str):
                sheet.write_number(number, place, cell)
            elif cell:
                sheet.write_string(number, place, _fitting(cell))
    sheet.freeze_panes(1, 1)
    if rows and name != "about":
        sheet.autofilter(0, 0, len(rows), len(header) - 1)


def _fitting(text: str) -> str:
    """Cut a text that is too long for a cell, and mark the cut."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * _LONGEST:
        return text
    return units[: 2 * (_LONGEST - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
