"""Things: what the graph holds at an IRI, and which kind of page tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from imidgraph.graph import KnowledgeGraph
from imidgraph.namespaces import PREFIXES, local_name
from imidgraph.rdf import NamedNode
from imidgraph.sparql.text import bind

_OWL = PREFIXES["owl"]
_ABOUT = """
SELECT ?type ?end ?successor ?retired WHERE {
    ?thing ?property ?value .
    OPTIONAL { ?thing a ?type }
    OPTIONAL { ?thing imid:subject ?end }
    OPTIONAL { ?thing dcterms:isReplacedBy ?successor }
    OPTIONAL { ?thing owl:deprecated ?retired }
}
"""
_TERMS = {_OWL + name for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
_SOURCES = {"Article", "DrugLabel", "RegisterEntry", "WebPage"}
_PASSAGES = {"Evidence", "Frequency"}


class Kind(Enum):
    """Which kind of page tells of a thing."""

    ENTITY = "entity"
    STATEMENT = "statement"
    EVIDENCE = "evidence"
    SOURCE = "source"
    TERM = "term"
    RETIRED = "retired"


@dataclass(frozen=True)
class Thing:
    """What the graph holds at an IRI.

    Parameters
    ----------
    iri : str
        Its IRI.
    kind : Kind
        Which kind of page tells of it.
    types : tuple of str
        Its classes, by their local names.
    successors : tuple of str
        The IRIs of what took its place.
    """

    iri: str
    kind: Kind
    types: tuple[str, ...]
    successors: tuple[str, ...] = ()


def thing(graph: KnowledgeGraph, iri: str) -> Thing | None:
    """Find out what the graph holds at an IRI; None where it says nothing of it.

    Examples
    --------
    >>> import imidgraph
    >>> kg = imidgraph.load()
    >>> [thing(kg, "https://w3id.org/imidgraph/" + name).kind.value for name in ("IKZF1", "Drug", "revlimid-us-label")]
    ['entity', 'term', 'source']
    """
    try:
        name = str(NamedNode(iri))
    except ValueError:
        return None
    rows = graph.select(bind(_ABOUT, {"thing": name})).rows
    if not rows:
        return None
    types = {str(row[0]) for row in rows if row[0]}
    names = tuple(sorted({local_name(item) for item in types}))
    successors = tuple(sorted({str(row[2]) for row in rows if row[2]}))
    return Thing(iri, _kind(types, names, rows), names, successors)


def _kind(types: set[str], names: tuple[str, ...], rows: list[tuple[object, ...]]) -> Kind:
    if any(row[3] for row in rows):
        return Kind.RETIRED
    if types & _TERMS:
        return Kind.TERM
    if any(row[1] for row in rows):
        return Kind.STATEMENT
    if not _PASSAGES.isdisjoint(names):
        return Kind.EVIDENCE
    return Kind.SOURCE if not _SOURCES.isdisjoint(names) else Kind.ENTITY
