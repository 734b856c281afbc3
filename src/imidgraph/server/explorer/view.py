"""A view: what a page shows, as values that a template lays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from imidgraph.model import Statement
from imidgraph.prose.citations import Notes, unread


@dataclass(frozen=True)
class View:
    """What a page shows.

    Parameters
    ----------
    template : str
        The name of its template.
    title : str
        Its title.
    values : mapping
        What the template lays out.
    notes : Notes
        The numbered sources.
    statements : tuple of Statement
        The statements that it rests on.
    verb : str
        The verb whose answer it is, if it is that of one: the answer can then be downloaded.
    asked : mapping
        What the verb was asked.
    """

    template: str
    title: str
    values: Mapping[str, Any]
    notes: Notes = field(default_factory=Notes)
    statements: tuple[Statement, ...] = ()
    verb: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict)

    def download(self, suffix: str) -> str:
        """Give the address, below the root, at which its answer is downloaded.

        Examples
        --------
        >>> View("compare.html", "", {}, verb="compare", asked={"drugs": ["Revlimid", "Pomalyst"]}).download("csv")
        'api/compare.csv?drugs=Revlimid&drugs=Pomalyst'
        """
        return f"api/{self.verb}.{suffix}?{urlencode(self.asked, doseq=True)}".rstrip("?")

    @property
    def unread(self) -> str:
        """How much of its evidence no second reader has seen."""
        return unread(self.statements)
