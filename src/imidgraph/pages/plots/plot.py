"""A plot: what was drawn, as SVG and as a table, with the numbers of its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from imidgraph import files
from imidgraph.model import Source
from imidgraph.words import counted


@dataclass(frozen=True)
class Plot:
    """A picture of statements, and the same as a table.

    Parameters
    ----------
    title : str
        What it shows.
    description : str
        How to read it, in words: also the ``desc`` of the picture.
    svg : str
        The picture.
    header : tuple of str
        The names of the columns of the table.
    rows : tuple of tuple
        The rows of the table: all that was given, also what the picture has no room for.
    sources : mapping of int to Source
        The sources that it cites, by their numbers.
    """

    title: str
    description: str
    svg: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sources: Mapping[int, Source] = field(default_factory=dict, hash=False)

    def _repr_svg_(self) -> str:
        return self.svg

    def write(self, path: str | Path) -> Path:
        """Write the picture to a file, whole or not at all."""
        target = Path(path)
        files.write_whole(target, self.svg.encode())
        return target


def not_drawn(number: int, noun: str) -> str:
    """Say how much a plot has no room for; nothing where all is drawn.

    Examples
    --------
    >>> not_drawn(2, "more row"), not_drawn(0, "more row")
    ('Not drawn: 2 more rows, which the table has. ', '')
    """
    return f"Not drawn: {counted(number, noun)}, which the table has. " if number else ""
