"""RDF/XML: one description a subject, sorted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from imidgraph.errors import ExportError
from imidgraph.namespaces import PREFIXES
from imidgraph.rdf import Literal, RdfFormat, Triple, serialize

_XML_NAME = re.compile(r"[^\W\d][\w.-]*$")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_rdfxml(triples: Iterable[Triple]) -> Iterator[bytes]:
    """Write triples in RDF/XML; the same triples give the same bytes.

    Raises
    ------
    ExportError
        Where XML cannot hold the graph: a predicate that is not an XML name, or a control character in a text.

    Examples
    --------
    >>> b"".join(write_rdfxml([])).startswith(b"<?xml")
    True
    """
    ordered = sorted(set(triples), key=str)
    for triple in ordered:
        if isinstance(triple.object, Literal) and _NOT_XML.search(triple.object.value):
            raise ExportError(
                f"XML cannot contain the control character in {triple.object}. Write Turtle, N-Triples or JSON-LD instead."
            )
    used = {triple.predicate.value for triple in ordered}
    for iri in sorted(used):
        if not _XML_NAME.search(iri):
            raise ExportError(f"XML has no name for the predicate <{iri}>. Write Turtle, N-Triples or JSON-LD instead.")
    prefixes = {prefix: namespace for prefix, namespace in PREFIXES.items() if any(iri.startswith(namespace) for iri in used)}
    text = serialize(ordered, format=RdfFormat.RDF_XML, prefixes=prefixes) or b""
    yield text.replace(b"\r", b"&#13;")  # a bare one would be read as a line break
