"""Lines: what an outline is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Line(NamedTuple):
    """One line of an outline.

    Parameters
    ----------
    depth : int
        How far it is indented: 0 is a heading.
    text : str
        What it says.
    is_paragraph : bool
        Whether it is a paragraph that stands by itself, and no heading.
    """

    depth: int
    text: str
    is_paragraph: bool = False


Lines = Iterator[Line]
