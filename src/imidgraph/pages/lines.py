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
    """

    depth: int
    text: str


Lines = Iterator[Line]
