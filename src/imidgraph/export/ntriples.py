"""N-Triples: one triple a line, sorted."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import RdfFormat, Triple, serialize


def write_ntriples(triples: Iterable[Triple]) -> bytes:
    """Write triples in N-Triples; the same triples give the same bytes.

    Examples
    --------
    >>> write_ntriples([])
    b''
    """
    return b"".join(sorted((serialize(triples, format=RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)))
