"""Sheets: the rows of an answer for a spreadsheet, with words for a header."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from imidgraph.answers import Answer
from imidgraph.formats.xlsx import write_table
from imidgraph.words import begun, lexical, spaced


def workbook(answer: Answer, title: str) -> bytes:
    """Write the rows of an answer as a workbook.

    Parameters
    ----------
    answer : Answer
        The answer.
    title : str
        What it answers.

    Examples
    --------
    >>> import imidgraph
    >>> found = imidgraph.load().statements("lenalidomide", "degrades", "CSNK1A1")
    >>> workbook(found, "What lenalidomide degrades")[:2]
    b'PK'
    """
    header = [begun(spaced(name)) for name in answer.columns]
    return write_table(
        title, header, [[_cell(value) for value in row] for row in answer.rows], answer.limit or "", answer.graph_version or ""
    )


def _cell(value: Any) -> str | bool | int | float:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, bool | int | float) else lexical(value)
