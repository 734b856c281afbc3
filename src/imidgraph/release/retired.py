"""Retired names: what was renamed, split or removed keeps its name, deprecated, with its successors."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from imidgraph.namespaces import IMID, PREFIXES
from imidgraph.rdf import Literal, NamedNode, Triple
from imidgraph.release.entries import Entry
from imidgraph.release.names import Names
from imidgraph.release.terms import iri_of

_DEPRECATED = NamedNode(PREFIXES["owl"] + "deprecated")
_REPLACED = NamedNode(PREFIXES["dcterms"] + "isReplacedBy")
_NOTE = NamedNode(PREFIXES["skos"] + "scopeNote")
_TRUE = Literal("true", datatype=NamedNode(PREFIXES["xsd"] + "boolean"))


def retire(entry: Entry, names: Names) -> None:
    """Take the name of an entry out of use; what is wrong with the entry is noted."""
    entry.check_keys({"id", "replacedBy", "reason"})
    reason = entry.text("reason")
    if reason is None:
        entry.fault("The retired name has no reason. Add one.")
    if entry.name in names.retired:
        entry.fault("The name is retired twice. Keep one entry.")
    names.retired[entry.name] = (reason or "no reason given").rstrip(".")


def read_retired(entry: Entry, names: Names) -> Iterator[Triple]:
    """Give the triples of a retired name; a successor that is not described is noted."""
    name = NamedNode(IMID + entry.name)
    yield Triple(name, _DEPRECATED, _TRUE)
    reason = entry.text("reason")
    if reason is not None:
        yield Triple(name, _NOTE, Literal(reason, language="en"))
    for value in entry.texts("replacedBy") if "replacedBy" in entry else []:
        if value.text in names or value.text in names.retired:
            yield Triple(name, _REPLACED, iri_of(value.text))
        else:
            entry.fault(f"Unknown successor {value.text!r}.", value.line, partial(names.suggest, value.text, names.facts))
