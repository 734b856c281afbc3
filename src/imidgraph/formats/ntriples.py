"""N-Triples: one triple a line, sorted; N-Quads too, with all of it in the default graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from imidgraph.formats.sorting import sort_unique
from imidgraph.rdf import RdfFormat, Triple, serialize

_BATCH = 10_000  # triples that are serialized at once


def write_ntriples(triples: Iterable[Triple]) -> Iterator[bytes]:
    """Write triples in N-Triples; the same triples give the same bytes.

    Examples
    --------
    >>> list(write_ntriples([]))
    []
    """
    return sort_unique(_lines(triples))


def _lines(triples: Iterable[Triple]) -> Iterator[bytes]:
    remaining = iter(triples)
    while batch := list(islice(remaining, _BATCH)):
        yield from (serialize(batch, format=RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
