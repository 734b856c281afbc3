"""JSON-LD: a context with the prefixes of the graph, then one object for each thing."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Triple

from imidgraph.export.ntriples import write_ntriples
from imidgraph.namespaces import PREFIXES


def write_jsonld(triples: Iterable[Triple]) -> bytes:
    """Write triples in JSON-LD, compacted; the same triples give the same bytes.

    Examples
    --------
    >>> write_jsonld([]).startswith(b"{")
    True
    """
    import rdflib

    graph = rdflib.Graph(bind_namespaces="none").parse(data=write_ntriples(triples), format="nt")
    return graph.serialize(format="json-ld", context=PREFIXES, sort_keys=True, indent=2, encoding="utf-8")
