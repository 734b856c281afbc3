"""Addresses: where this server tells of a thing, and which thing an address names."""

from __future__ import annotations

from urllib.parse import quote, unquote

from imidgraph.namespaces import IMID, compress, expand
from imidgraph.server.negotiation import XLSX

RESERVED = frozenset(
    {
        ".well-known",
        "about",
        "api",
        "catalog",
        "compare",
        "explain",
        "graph",
        "health",
        "mcp",
        "metrics",
        "openapi.json",
        "pictures",
        "queries",
        "ready",
        "search",
        "sources",
        "sparql",
        "static",
        "version",
        "void",
        "why",
    }
)
"""The first parts of addresses that belong to the server; no thing of the graph may have such a name."""
SUFFIXES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": XLSX,
    "html": "text/html",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
}
"""The media types that the end of an address asks for."""
_SOURCES = "sources/"


def address(iri: str, root: str = "/") -> str:
    """Give the address at which this server tells of a thing.

    Parameters
    ----------
    iri : str
        The thing.
    root : str
        The path below which the server answers.

    Examples
    --------
    >>> address("https://w3id.org/imidgraph/lenalidomide"), address("https://doi.org/10.1182/blood.2019003749", "/imid/")
    ('/lenalidomide', '/imid/sources/doi:10.1182/blood.2019003749')
    """
    if iri.startswith(IMID):
        return root + quote(iri.removeprefix(IMID))
    return f"{root}{_SOURCES}{quote(compress(iri), safe=':/')}"


def named(path: str) -> tuple[str, str]:
    """Give the thing that an address below the root names, and the suffix behind it.

    Examples
    --------
    >>> named("lenalidomide.ttl"), named("sources/pubmed:1")
    (('https://w3id.org/imidgraph/lenalidomide', 'ttl'), ('https://pubmed.ncbi.nlm.nih.gov/1', ''))
    """
    stem, dot, suffix = path.rpartition(".")
    name, suffix = (stem, suffix) if dot and suffix in SUFFIXES else (path, "")
    name = unquote(name)
    if not name.startswith(_SOURCES):
        return IMID + name, suffix
    curie = name.removeprefix(_SOURCES)
    return expand(curie) or curie, suffix
