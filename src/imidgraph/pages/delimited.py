"""Delimited text: the rows of an answer for a program, as CSV or TSV."""

from __future__ import annotations

import csv
import io
from typing import Any

from imidgraph.answers import Answer
from imidgraph.words import lexical

_TSV_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})


def write_csv(answer: Answer) -> str:
    """Write an answer as CSV (RFC 4180, lines ended by a line feed).

    Examples
    --------
    >>> import imidgraph
    >>> print(write_csv(imidgraph.load().search("thalidomide", limit=1)), end="")
    entity,label,category,matched,score
    imid:thalidomide,thalidomide,Drug,thalidomide,100.0
    """
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows([answer.columns, *(map(_text, row) for row in answer.rows)])
    return lines.getvalue()


def write_tsv(answer: Answer) -> str:
    """Write an answer as tab-separated values, with tabs and line ends escaped."""
    return "".join(
        "\t".join(_text(cell).translate(_TSV_ESCAPES) for cell in row) + "\n" for row in [answer.columns, *answer.rows]
    )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return lexical(cell)
