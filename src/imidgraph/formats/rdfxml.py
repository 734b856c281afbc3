"""RDF/XML: one description a subject, sorted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from imidgraph.errors import ExportError
from imidgraph.namespaces import PREFIXES
from imidgraph.rdf import Literal, RdfFormat, Triple, serialize

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_XML_NAME = re.compile(rf"[{_START}][{_START}\-.0-9\u00b7\u0300-\u036f\u203f-\u2040]*$")
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
        if not _is_named(iri):
            raise ExportError(f"XML has no name for the predicate <{iri}>. Write Turtle, N-Triples or JSON-LD instead.")
    prefixes = {prefix: namespace for prefix, namespace in PREFIXES.items() if any(iri.startswith(namespace) for iri in used)}
    text = serialize(ordered, format=RdfFormat.RDF_XML, prefixes=prefixes) or b""
    yield text.replace(b"\r", b"&#13;")  # a bare one would be read as a line break


def _is_named(iri: str) -> bool:
    """Tell whether an IRI ends in a name of XML, as old readers know names too: the fifth edition has more of them."""
    name = _XML_NAME.search(iri)
    try:
        return name is not None and expat.ParserCreate().Parse(f"<{name[0]}/>".encode(), True) == 1
    except expat.ExpatError:
        return False
