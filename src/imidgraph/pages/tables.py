"""Tables: the rows of an answer for a person, as text, Markdown or HTML."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from functools import singledispatch
from html import escape
from typing import Any

from imidgraph.answers import Answer
from imidgraph.pages.markup import plain
from imidgraph.words import lexical

_WIDTH = 140  # characters of a line that is written to a file or a pipe
_NARROWEST = 16  # characters that a column needs to be read
_GAP = "  "
_SHOWN = 50  # rows in a notebook

Table = tuple[Sequence[str], Sequence[Sequence[str]]]


@singledispatch
def table(answer: Answer) -> Table:
    """Give the columns and rows that a person reads: an entity gives way to its label."""
    kept = [place for place, name in enumerate(answer.columns) if f"{name}Label" not in answer.columns]
    names = [answer.columns[place].removesuffix("Label") for place in kept]
    return names, [[shown(row[place]) for place in kept] for row in answer.rows]


def shown(cell: Any) -> str:
    """Give the value of a cell as a person reads it.

    Examples
    --------
    >>> shown(None), shown(True), shown(1.5)
    ('', 'true', '1.5')
    """
    if cell is None:
        return ""
    return lexical(getattr(cell, "curie", cell))


def text(answer: Answer) -> str:
    """Lay the rows out for a terminal: a table, or a block for each row where a table would be too narrow to read."""
    names, rows = table(answer)
    width = shutil.get_terminal_size((_WIDTH, 24)).columns
    if len(names) * _NARROWEST > width:
        return "\n".join(_blocks(names, rows, width))
    return "\n".join(_lines(names, rows, width))


def _lines(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    widths = [max(len(name), *(len(row[place]) for row in rows), 0) for place, name in enumerate(names)]
    widths = _fitting(widths, width - len(_GAP) * (len(names) - 1))
    yield _joined(names, widths)
    yield _joined(["-" * size for size in widths], widths)
    for row in rows:
        wrapped = [_wrapped(cell, size) for cell, size in zip(row, widths, strict=True)]
        for place in range(max(map(len, wrapped))):
            yield _joined([lines[place] if place < len(lines) else "" for lines in wrapped], widths)


def _fitting(widths: Sequence[int], room: int) -> list[int]:
    """Narrow the widest columns, all to one width, until they fit."""
    if sum(widths) <= room:
        return list(widths)
    most = max(widths)
    while sum(min(size, most) for size in widths) > room:
        most -= 1
    return [min(size, most) for size in widths]


def _wrapped(cell: str, width: int) -> list[str]:
    if len(cell) <= width and cell.isprintable():
        return [cell]
    parts = ("".join(sign if sign.isprintable() else " " for sign in part) for part in cell.splitlines())
    return [line for part in parts for line in textwrap.wrap(part, width)] or [""]


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(cell.ljust(size) for cell, size in zip(cells, widths, strict=True)).rstrip()


def _blocks(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    for row in rows:
        yield from _wrapped(row[0], width)
        for name, cell in zip(names[1:], row[1:], strict=True):
            if cell:
                yield textwrap.fill(f"{name}: {cell}", width, initial_indent=_GAP, subsequent_indent=_GAP * 2)


def markdown(answer: Answer) -> str:
    """Lay the rows out as a table in Markdown."""
    names, rows = table(answer)
    lines = [names, ["---"] * len(names), *([plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def html(answer: Answer) -> str:
    """Lay the first rows out as a table in HTML."""
    names, rows = table(answer)
    body = [("th", names), *(("td", row) for row in rows[:_SHOWN])]
    lines = ("<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>" for tag, cells in body)
    more = f"<p>The first {_SHOWN} of {len(rows)} rows.</p>" if len(rows) > _SHOWN else ""
    return f"<table>{''.join(lines)}</table>{more}"
