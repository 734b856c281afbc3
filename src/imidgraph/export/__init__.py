"""Exports: one format, one module; the table says which suffix belongs to which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from imidgraph.errors import ExportError
from imidgraph.export import jsonld, ntriples, turtle

if TYPE_CHECKING:
    from pyoxigraph import Triple

FORMATS: dict[str, Callable[[Iterable[Triple]], bytes]] = {
    "jsonld": jsonld.write_jsonld,
    "nt": ntriples.write_ntriples,
    "ttl": turtle.write_turtle,
}


def writer(suffix: str) -> Callable[[Iterable[Triple]], bytes]:
    """Give the writer of a format, by file suffix or name.

    Raises
    ------
    ExportError
        Where no format has the suffix; the message names those that exist.

    Examples
    --------
    >>> writer(".nt").__name__
    'write_ntriples'
    """
    format = suffix.removeprefix(".").lower()
    if format not in FORMATS:
        raise ExportError(f"No format has the suffix {suffix!r}. Use one of {', '.join('.' + name for name in FORMATS)}.")
    return FORMATS[format]


__all__ = ["FORMATS", "writer"]
