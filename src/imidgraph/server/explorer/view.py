"""A view: what a page shows, as values that a template lays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
    """

    template: str
    title: str
    values: Mapping[str, Any]
    notes: Notes = field(default_factory=Notes)
    statements: tuple[Statement, ...] = ()

    @property
    def unread(self) -> str:
        """How much of its evidence no second reader has seen."""
        return unread(self.statements)
